// The experiment `copies`: keys, observables, predictions, the critical isotherm. The model and the
// algorithm are in simulation.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/copies/observables.hpp"
#include "analysis/theory/mean_field.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/copies/landau.hpp"
#include "sim/experiment/copies/law.hpp"
#include "sim/experiment/copies/simulation.hpp"
#include "sim/experiment/copies/target.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::copies {

using namespace findings::copies;

namespace {

using target::MatrixXd;

class CopiesExperiment final : public PointExperiment<Setting> {
 public:
  explicit CopiesExperiment(const deck::Parameters& parameters) : PointExperiment(parameters) {
    const double t = parameters.real("experiment.t");
    const EffectiveTarget effective = effective_target(parameters);
    target_ = effective.target;
    law_ = effective.law;
    s_.chains = effective.chains;
    s_.chain_sweeps = parameters.integer("experiment.chain_sweeps");
    s_.beta = forward_.beta(t);
    s_.field = parameters.real("experiment.h");
    s_.copies = parameters.integer("experiment.n");
    s_.candidates = s_.chains ? 1 : parameters.integer("experiment.candidates");
    s_.coupled_everywhere = parameters.word("experiment.coupling") == "all";
    s_.sweeps_per_block = parameters.integer("sampling.sweeps_per_block");
    const double burn_in =
        std::ceil(parameters.real("sampling.burn_in") * std::sqrt(static_cast<double>(s_.copies)));
    s_.burn_in_blocks =
        static_cast<std::int64_t>(std::ceil(burn_in / static_cast<double>(s_.sweeps_per_block)));
    if (s_.chains) return;  // order_plane of a sampled posterior: the user's word for it
    refuse_if(!s_.coupled_everywhere && !plane_is_invariant(*target_, s_.beta),
              "experiment.coupling",
              "order_plane needs a target whose posterior mean stays in the order plane by "
              "symmetry; here it leaves it: use coupling = all");
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index components = target_->order_axes().cols();
    const std::string of = "of m_a = u_a.y/|u_a|^2 averaged over the n copies, u_a the order axes";
    std::vector<measure::ObservableInfo> infos = {
        shaped(observable::order_parameter, {components},
               "order parameter m_a, signed; mean over copies"),
        {.name = observable::m_abs, .text = "|m| = sqrt(sum_a m_a^2), " + of},
        {.name = observable::m2, .text = "|m|^2 = sum_a m_a^2, " + of},
        {.name = observable::m4, .text = "|m|^4, " + of + "; U4 = 1 - <|m|^4>/(3 <|m|^2>^2)"},
    };
    if (components > 1) {
      infos.push_back(shaped(observable::component_m2, {components}, "m_a^2, " + of));
      infos.push_back(shaped(observable::component_m4, {components}, "m_a^4, " + of));
    }
    return infos;
  }

  std::vector<verdict::Fact> facts() const override {
    const MatrixXd axes = target_->order_axes();
    std::vector<verdict::Fact> all = {
        {fact::components, static_cast<double>(axes.cols()), "components of the order parameter"},
        {fact::fluctuation_factor,
         static_cast<double>(s_.copies) * s_.beta * axes.col(0).squaredNorm(),
         "n beta |u|^2: chi = factor Var(m)"}};
    if (!target_->critical_noise()) return all;
    if (law_ && law_->measured) {
      all.push_back({fact::law_second_moment, law_->second, "<M^2>/N of the measured law of M"});
      all.push_back({fact::law_second_moment_error, law_->second_error, "jackknife"});
    }
    if (const auto& law = scaling_law(); law && law->isotropic()) {
      all.push_back({fact::landau_quadratic, law->quadratic, "|u|^2/lambda"});
      all.push_back({fact::landau_quartic, law->quartic[0], "quartic term of beta Ft at t_c"});
    }
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    const auto noise = target_->critical_noise();
    if (!noise) return {};
    std::vector<verdict::Prediction> all;
    const bool measured = law_ && law_->measured;
    if (measured && law_->exact_second > 0) {
      all.push_back({prediction::law_second_moment_exact, law_->exact_second, law_->exact_source});
      all.push_back(
          {prediction::law_second_moment_exact_error, law_->exact_error, law_->exact_source});
    }
    all.push_back(
        {prediction::critical_time, forward_.time(*noise),
         fmt::format(
             "{}{}, score criterion, clock t", measured ? "measured law of M: " : "",
             target_->fixed_norm() ? "lambda_max(C)/sigma^2" : "beta lambda_max(C_beta) = 1")});
    const auto& law = scaling_law();
    if (!law) return all;
    for (const auto& [quantity, value] :
         {std::pair{prediction::exponent_beta, theory::kBeta},
          {prediction::exponent_gamma, theory::kGamma},
          {prediction::exponent_gamma_prime, theory::kGamma},
          {prediction::exponent_delta, theory::kDelta},
          {prediction::exponent_nu_bar, theory::kNuBar},
          {prediction::exponent_beta_over_nu_bar, theory::kBeta / theory::kNuBar},
          {prediction::amplitude_ratio, theory::kAmplitudeRatio}}) {
      all.push_back({quantity, value, "mean-field universality (Ambrogioni 2024, section 3)"});
    }
    all.push_back(
        {prediction::binder_crossing, law->binder(0),
         fmt::format("zero-dimensional phi^4 integral, {} component{}{}", law->components,
                     law->components == 1 ? "" : "s", law->isotropic() ? "" : ", anisotropic")});
    all.push_back({prediction::critical_amplitude, law->moment(2, 0),
                   "<|m|^2> sqrt(n) at t_c: phi^4 integral with the target's quartic term"});
    return all;
  }

  double seconds_per_unit() const override {
    const double sweeps =
        static_cast<double>((s_.burn_in_blocks + s_.blocks) * s_.sweeps_per_block);
    if (law_) return sweeps * 1e-6 + 1e-4 * static_cast<double>(law_->spins);
    if (s_.chains) {
      return sweeps * static_cast<double>(target_->dimension()) *
             (20e-9 + 0.05e-9 * static_cast<double>(s_.copies * s_.chain_sweeps));
    }
    const double d = static_cast<double>(target_->dimension());
    const auto* support = target::part<target::FiniteSupport>(*target_);
    const double points = support ? static_cast<double>(support->count()) : 1;
    const double states = static_cast<double>(s_.candidates + 1);
    const double copies = support ? 0 : static_cast<double>(s_.copies);
    return sweeps * (1.5e-6 + states * points * (1e-8 + 1e-9 * d) + 5e-9 * d * copies);
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*target_, (4 * s_.candidates + 8) * target_->dimension() + 256 * 8);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    if (law_) return law_simulation(law_, s_, address);
    return simulation(target_, s_, address);
  }

 private:
  /// What mean-field theory predicts; chains have no log Z to know it from. Solved on first use:
  /// facts and predictions are asked for more than once.
  const std::optional<theory::LandauLaw>& scaling_law() const {
    if (!scaling_law_) scaling_law_ = s_.chains ? std::nullopt : landau(*target_);
    return *scaling_law_;
  }

  std::shared_ptr<const target::Target> target_;
  std::shared_ptr<const Law> law_;
  mutable std::optional<std::optional<theory::LandauLaw>> scaling_law_;
};

double centre(const deck::Parameters& parameters) {
  return critical_time(parameters, effective_target(parameters).target->critical_noise());
}

deck::Parameters with(deck::Parameters parameters, const std::string& key, double number) {
  deck::Value value = parameters.value(key);
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
      added = with(added, "experiment.t", centre(added));
      if (std::find(seen.begin(), seen.end(), added.identity()) != seen.end()) continue;
      seen.push_back(added.identity());
      extra.push_back(std::move(added));
    }
  }
  return extra;
}

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "copies";
  kind.text =
      "n copies of the target coupled through their sum: critical exponents of the equation of "
      "state by Monte Carlo and finite-size scaling in n (Ambrogioni 2024, section 3)";
  kind.keys = {
      deck::time_key(),
      deck::count_key("experiment", "n", deck::required,
                      "number of copies; the size of finite-size scaling", 1, 1e12),
      deck::real_key("experiment", "h", "0",
                     "field along the first order axis u, in units of the order parameter: m = "
                     "<y>_{x = (m + h) u}"),
      deck::list_of(deck::positive_key(
          "experiment", "isotherm", "",
          "fields of the critical isotherm: adds points at t = t_c, n = isotherm_n")),
      deck::used_with(
          "isotherm",
          deck::count_key(
              "experiment", "isotherm_n", "0",
              "number of copies on the critical isotherm, where corrections are 1/(n h m); "
              "0: the largest n",
              0, 1e12)),
      deck::word_key(
          "experiment", "coupling", "all",
          "what couples the copies: all coordinates of their sum, or its projection on the order "
          "plane (same equation of state, cheaper and smaller corrections in n)",
          {"all", "order_plane"}),
      deck::word_key("experiment", "copies", "auto",
                     "how copies are drawn: from the exact posterior; through the law of their "
                     "magnetization (spins ordering uniformly, coupling = order_plane), exact or "
                     "measured once by chains in a ladder of fields; or as n Markov chains in the "
                     "common field. auto: magnetization where it applies, else exact, else chains",
                     {"auto", "exact", "magnetization", "chains"}),
      deck::used_with(
          "copies=auto|magnetization",
          deck::used_with("coupling=order_plane",
                          deck::word_key("experiment", "law", "auto",
                                         "the law of M exact, measured, or exact where it is known",
                                         {"auto", "exact", "measured"}))),
      deck::used_with(
          "law=auto|measured",
          deck::count_key("experiment", "law_samples", "400000",
                          "states from which a law of M is measured, once per target and seed",
                          1024, 1e10)),
      deck::used_with("copies=auto|chains",
                      deck::count_key("experiment", "chain_sweeps", "1",
                                      "sweeps of the copies per draw of their field", 1, 1e6)),
      deck::used_with(
          "copies=auto|exact",
          deck::count_key(
              "experiment", "candidates", "16",
              "states weighed by exact log Z before each sweep; 1: plain Gibbs sampling", 1, 4096)),
      deck::sampling_key(
          "replicas", "2",
          "independent chains per point: even ones start ordered, odd ones symmetric"),
      deck::sampling_key("blocks", "64", "measured blocks per chain"),
      deck::sampling_key("sweeps_per_block", "1000", "sweeps, each measured, per block"),
      deck::with_role(
          deck::Role::statistics,
          deck::real_key(
              "sampling", "burn_in", "10",
              "discarded sweeps per chain in units of sqrt(n), the relaxation time of plain Gibbs "
              "sampling at t_c; whether it was enough is checked by split R-hat",
              0)),
  };
  kind.needs = {target::Part::clean_data, target::Part::posterior};
  kind.make = make<CopiesExperiment>;
  kind.expand = isotherm;
  kind.critical = centre;
  return kind;
}

}  // namespace symbreak::experiment::copies
