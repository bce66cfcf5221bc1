// The experiment `copies`: keys, observables, predictions, the critical isotherm. The model and the
// algorithm are in copies_chain.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/theory/mean_field.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/forward.hpp"
#include "analysis/findings/copies/findings.hpp"
#include "sim/experiment/copies/simulation.hpp"
#include "sim/experiment/copies/law.hpp"
#include "sim/experiment/copies/target.hpp"
#include "sim/experiment/copies/landau.hpp"
#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;

class CopiesExperiment final : public Experiment {
 public:
  explicit CopiesExperiment(const deck::Parameters& parameters)
      : parameters_(parameters),
        forward_(parameters),
        replicas_(parameters.integer("sampling.replicas")) {
    const double t = parameters.real("experiment.t");
    const CopiesTarget effective = copies_target(parameters);
    target_ = effective.target;
    law_ = effective.law;
    settings_.chains = effective.chains;
    settings_.chain_sweeps = parameters.integer("experiment.chain_sweeps");
    settings_.beta = forward_.beta(t);
    settings_.field = parameters.real("experiment.h");
    settings_.copies = parameters.integer("experiment.n");
    settings_.candidates = settings_.chains ? 1 : parameters.integer("experiment.candidates");
    settings_.coupled_everywhere = parameters.word("experiment.coupling") == "all";
    settings_.sweeps_per_block = parameters.integer("sampling.sweeps_per_block");
    settings_.blocks = parameters.integer("sampling.blocks");
    const double burn_in = std::ceil(parameters.real("sampling.burn_in") *
                                     std::sqrt(static_cast<double>(settings_.copies)));
    settings_.burn_in_blocks = static_cast<std::int64_t>(
        std::ceil(burn_in / static_cast<double>(settings_.sweeps_per_block)));
    if (settings_.chains) return;  // order_plane of a sampled posterior: the user's word for it
    if (!settings_.coupled_everywhere && !plane_is_invariant(*target_, settings_.beta)) {
      throw deck::KeyError("experiment.coupling",
                           "order_plane needs a target whose posterior mean stays in the order "
                           "plane by symmetry; here it leaves it: use coupling = all");
    }
  }

  std::vector<ObservableInfo> observables() const override {
    return copies_observables(target_->order_axes().cols());
  }

  std::vector<verdict::Prediction> predictions() const override {
    const MatrixXd axes = target_->order_axes();
    std::vector<verdict::Prediction> all = {
        {"components", static_cast<double>(axes.cols()), "components of the order parameter"},
        {"fluctuation_factor",
         static_cast<double>(settings_.copies) * settings_.beta * axes.col(0).squaredNorm(),
         "n beta |u|^2: chi = factor Var(m)"}};
    const auto noise = target_->critical_noise();
    if (!noise) return all;
    if (law_ && law_->measured) {
      all.push_back({"law_second_moment", law_->second, "<M^2>/N of the measured law of M"});
      all.push_back({"law_second_moment_error", law_->second_error, "jackknife"});
      if (law_->exact_second > 0) {
        all.push_back({"law_second_moment_exact", law_->exact_second, law_->exact_source});
        all.push_back({"law_second_moment_exact_error", law_->exact_error, law_->exact_source});
      }
    }
    all.push_back(
        {"critical_time", forward_.time(*noise),
         fmt::format(
             "{}{}, score criterion, clock t", law_ && law_->measured ? "measured law of M: " : "",
             target_->fixed_norm() ? "lambda_max(C)/sigma^2" : "beta lambda_max(C_beta) = 1")});
    const std::string class_text = "mean-field universality (Ambrogioni 2024, section 3)";
    if (settings_.chains) return all;
    const auto law = landau(*target_);
    if (!law) return all;
    for (const auto& [quantity, value] :
         {std::pair{"exponent_beta", theory::kBeta},
          {"exponent_gamma", theory::kGamma},
          {"exponent_gamma_prime", theory::kGamma},
          {"exponent_delta", theory::kDelta},
          {"exponent_nu_bar", theory::kNuBar},
          {"exponent_beta_over_nu_bar", theory::kBeta / theory::kNuBar},
          {"amplitude_ratio", theory::kAmplitudeRatio}}) {
      all.push_back({quantity, value, class_text});
    }
    all.push_back(
        {"binder_crossing", law->binder(0),
         fmt::format("zero-dimensional phi^4 integral, {} component{}{}", law->components,
                     law->components == 1 ? "" : "s", law->isotropic() ? "" : ", anisotropic")});
    all.push_back({"critical_amplitude", law->moment(2, 0),
                   "<|m|^2> sqrt(n) at t_c: phi^4 integral with the target's quartic term"});
    if (law->isotropic()) {
      all.push_back({"landau_quadratic", law->quadratic, "|u|^2/lambda"});
      all.push_back({"landau_quartic", law->quartic[0], "quartic term of beta Ft at t_c"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const double sweeps = static_cast<double>((settings_.burn_in_blocks + settings_.blocks) *
                                              settings_.sweeps_per_block);
    if (law_) return sweeps * 1e-6 + 1e-4 * static_cast<double>(law_->spins);
    if (settings_.chains) {
      return sweeps * static_cast<double>(target_->dimension()) *
             (20e-9 + 0.05e-9 * static_cast<double>(settings_.copies * settings_.chain_sweeps));
    }
    const double d = static_cast<double>(target_->dimension());
    const double points = target_->points() ? static_cast<double>(target_->points()->count) : 1;
    const double states = static_cast<double>(settings_.candidates + 1);
    const double copies = target_->points() ? 0 : static_cast<double>(settings_.copies);
    return sweeps * (1.5e-6 + states * points * (1e-8 + 1e-9 * d) + 5e-9 * d * copies);
  }
  std::size_t memory_per_unit() const override {
    const auto columns =
        static_cast<std::size_t>((4 * settings_.candidates + 8) * target_->dimension());
    return target_->memory() + sizeof(double) * (columns + 256 * 8);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    if (law_) return copies_of_law(law_, settings_, address);
    return copies_chain(target_, settings_, address);
  }

 private:
  deck::Parameters parameters_;
  diffusion::Forward forward_;
  std::int64_t replicas_;
  CopiesSettings settings_;
  std::shared_ptr<const target::Target> target_;
  std::shared_ptr<const CopiesLaw> law_;
};

double critical_time(const deck::Parameters& parameters) {
  const auto noise = copies_target(parameters).target->critical_noise();
  if (!noise) {
    throw deck::KeyError("experiment.t", "no critical time is known for this target; give numbers");
  }
  return diffusion::Forward(parameters).time(*noise);
}

deck::Parameters with(deck::Parameters parameters, const std::string& key, double number) {
  deck::Value value = parameters.all().at(key);
  value.numbers = {number};
  parameters.set(key, std::move(value));
  return parameters;
}

/// The critical isotherm: t = t_c, every field of `isotherm`, n = `isotherm_n`, for every other
/// combination of swept keys.
std::vector<deck::Parameters> isotherm(const std::vector<deck::Parameters>& points) {
  std::vector<deck::Parameters> extra;
  std::vector<std::uint64_t> seen;
  double largest = 1;
  for (const deck::Parameters& point : points) {
    largest = std::max(largest, static_cast<double>(point.integer("experiment.n")));
  }
  for (const deck::Parameters& point : points) {
    const auto given = static_cast<double>(point.integer("experiment.isotherm_n"));
    const double n = given > 0 ? given : largest;
    for (double h : point.reals("experiment.isotherm")) {
      deck::Parameters added = with(with(point, "experiment.n", n), "experiment.h", h);
      added = with(added, "experiment.t", critical_time(added));
      if (std::find(seen.begin(), seen.end(), added.identity()) != seen.end()) continue;
      seen.push_back(added.identity());
      extra.push_back(std::move(added));
    }
  }
  return extra;
}

std::vector<deck::Key> keys() {
  using deck::Arity;
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  return {
      Key{.section = "experiment",
          .name = "t",
          .text = "diffusion time in the deck's clock",
          .minimum = 0,
          .open_minimum = true,
          .critical = true},
      Key{.section = "experiment",
          .name = "n",
          .kind = Kind::integer,
          .text = "number of copies; the size of finite-size scaling",
          .minimum = 1,
          .maximum = 1e12},
      Key{.section = "experiment",
          .name = "h",
          .fallback = "0",
          .text = "field along the first order axis u, in units of the order parameter: m = "
                  "<y>_{x = (m + h) u}"},
      Key{.section = "experiment",
          .name = "isotherm",
          .fallback = "",
          .text = "fields of the critical isotherm: adds points at t = t_c, n = isotherm_n",
          .minimum = 0,
          .open_minimum = true,
          .arity = Arity::list},
      deck::count_key(
          "experiment", "isotherm_n", "0",
          "number of copies on the critical isotherm, where corrections are 1/(n h m); 0: "
          "the largest n",
          0, 1e12),
      Key{.section = "experiment",
          .name = "coupling",
          .kind = Kind::word,
          .fallback = "all",
          .text = "what couples the copies: all coordinates of their sum, or its projection on the "
                  "order plane (same equation of state, cheaper and smaller corrections in n)",
          .choices = {"all", "order_plane"}},
      Key{.section = "experiment",
          .name = "copies",
          .kind = Kind::word,
          .fallback = "auto",
          .text =
              "how copies are drawn: from the exact posterior; through the law of their "
              "magnetization (spins ordering uniformly, coupling = order_plane), exact or "
              "measured once by chains in a ladder of fields; or as n Markov chains in the common "
              "field. auto: magnetization where it applies, else exact, else chains",
          .choices = {"auto", "exact", "magnetization", "chains"}},
      Key{.section = "experiment",
          .name = "law",
          .kind = Kind::word,
          .fallback = "auto",
          .text =
              "copies = magnetization: the law of M exact, measured, or exact where it is known",
          .choices = {"auto", "exact", "measured"}},
      deck::count_key("experiment", "law_samples", "400000",
                      "states from which a law of M is measured, once per target and seed", 1024,
                      1e10),
      deck::count_key("experiment", "chain_sweeps", "1",
                      "copies = chains: sweeps of the copies per draw of their field", 1, 1e6),
      deck::count_key("experiment", "candidates", "16",
                      "states weighed by exact log Z before each sweep; 1: plain Gibbs sampling", 1,
                      4096),
      deck::sampling_key(
          "replicas", "2",
          "independent chains per point: even ones start ordered, odd ones symmetric"),
      deck::sampling_key("blocks", "64", "measured blocks per chain"),
      deck::sampling_key("sweeps_per_block", "1000", "sweeps, each measured, per block"),
      Key{.section = "sampling",
          .name = "burn_in",
          .fallback = "10",
          .text = "discarded sweeps per chain in units of sqrt(n), the relaxation time of plain "
                  "Gibbs sampling at t_c; whether it was enough is checked by split R-hat",
          .minimum = 0,
          .role = Role::statistics},
  };
}

}  // namespace

ExperimentKind copies() {
  ExperimentKind kind;
  kind.name = "copies";
  kind.text =
      "n copies of the target coupled through their sum: critical exponents of the equation of "
      "state by Monte Carlo and finite-size scaling in n (Ambrogioni 2024, section 3)";
  kind.keys = keys();
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<CopiesExperiment>(parameters);
  };
  kind.analyse = analyse_copies;
  kind.expand = isotherm;
  kind.critical = critical_time;
  return kind;
}

}  // namespace symbreak::experiment
