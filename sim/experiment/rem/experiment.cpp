// Thermodynamics of random-energy ensembles: condensation of the Boltzmann weights onto single
// levels.
//
// N = 2^M independent levels at inverse temperature beta; a = beta/beta_c. For a > 1 finitely many
// levels carry the weight (Derrida, Phys. Rev. B 24 (1981) 2613; Gross & Mezard, Nucl. Phys. B 240
// (1984) 431): Y_k = sum_j w_j^k is of order one and does not self-average, the weights are
// Poisson-Dirichlet with parameter 1/a. This is the memorization of a dataset by a diffusion model
// seen from its log-weights (Ambrogioni 2024, section 8). States are of two kinds, never mixed:
//   unplanted  all levels alike: x independent of the dataset;
//   planted    level 1 carries the extra weight of the datum behind x: what trajectories see; the
//              law is the unplanted one reweighted by Z.
// Y_2 is also the probability that two replicas sit on the same level (overlap one).
// All temperatures of a point share their disorder samples.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/rem/observables.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/rem/simulation.hpp"

namespace symbreak::experiment::rem {

using namespace findings::rem;

namespace {

using target::VectorXd;

/// Enumeration up to this many bits; beyond it a sample takes more than seconds.
constexpr double kMostBits = 30;
}  // namespace

void check_batches(const Setting& setting) {
  refuse_if(setting.disorder_samples % setting.batch != 0, "sampling.disorder_samples",
            fmt::format("{} samples are no whole number of batches of {}", setting.disorder_samples,
                        setting.batch));
}

measure::ObservableInfo at_temperatures(const Setting& setting, verdict::ObservableName name,
                                        const std::string& unit, const std::string& text) {
  return {.name = name,
          .shape = {setting.b.size()},
          .unit = unit,
          .text = text + (setting.planted ? ", planted" : ", unplanted") + "; one entry per beta",
          .max_bins = 2};
}

VectorXd inverse_temperatures(const deck::Parameters& parameters,
                              const target::LevelEnsemble& ensemble) {
  const std::vector<double>& a = parameters.reals("experiment.a");
  const std::vector<double>& beta = parameters.reals("experiment.beta");
  refuse_if(a.empty() == beta.empty(), "experiment.a",
            "needs either a, the list of beta/beta_c, or the list beta");
  const std::vector<double>& values = a.empty() ? beta : a;
  const double critical = ensemble.critical();
  refuse_if(
      !a.empty() && !std::isfinite(critical), "experiment.a",
      "this ensemble has no condensation (N > 2^d: levels repeat before they run out); give beta");
  return Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size())) *
         (a.empty() ? ensemble.energy_unit() : critical);
}

namespace {

class Rem final : public PointExperiment<Setting> {
 public:
  explicit Rem(const deck::Parameters& parameters) : PointExperiment(parameters) {
    s_.ensemble = target::build_levels(parameters);
    s_.b = inverse_temperatures(parameters, *s_.ensemble);
    s_.planted = parameters.word("experiment.state") == "planted";
    s_.batch = parameters.integer("sampling.batch");
    s_.kept = static_cast<double>(parameters.integer("experiment.K"));
    choose_method(parameters.word("experiment.method"));
    check_batches(s_);
    if (s_.planted) {
      for (const double b : s_.b) {
        if (std::isfinite(s_.ensemble->law->log_generating(b))) continue;
        throw deck::KeyError("experiment.state",
                             "exponential levels have no planted state at beta >= 1: E Z diverges");
      }
    }
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index n = s_.b.size();
    const std::string kind = s_.planted ? "planted" : "unplanted";
    const auto row = [&](verdict::ObservableName name, const std::string& unit,
                         const std::string& text) { return at_temperatures(s_, name, unit, text); };
    std::vector<measure::ObservableInfo> all = {
        row(observable::log_partition, "nats", "log Z = log sum_j exp(-beta E_j)"),
        row(observable::free_energy, "energy", "F = -log(Z)/beta, total"),
        row(observable::energy, "energy", "<E> = sum_j w_j E_j, total"),
        row(observable::entropy, "nats", "-sum_j w_j log w_j, total (log N at beta = 0)"),
        row(observable::participation, "",
            "Y = sum_j w_j^2, the probability of replica overlap one"),
        row(observable::participation_3, "", "Y_3 = sum_j w_j^3"),
        row(observable::participation_4, "", "Y_4 = sum_j w_j^4"),
        row(observable::participation_square, "", "Y^2, for the variance of Y over disorder"),
        row(observable::effective_patterns, "", "1/Y, the number of levels that share the weight"),
        row(observable::largest_weight, "", "max_j w_j"),
        row(observable::log_partition_variance, "nats^2",
            "variance of log Z over the disorder samples of a unit, unbiased"),
        shaped(observable::participation_quantiles, {n, static_cast<Index>(kQuantiles.size())},
               "quantiles 0.1, 0.25, 0.5 (median), 0.75, 0.9 of Y over the disorder samples of a "
               "unit, " +
                   kind,
               2),
        shaped(observable::participation_distribution, {n, static_cast<Index>(kHistogramBins)},
               "probability density of Y in equal bins of [0, 1], " + kind, 2)};
    if (!s_.planted) return measure::independent(std::move(all));
    append(all, {row(observable::true_weight, "", "weight w_1 of the planted level"),
                 row(observable::map_correct, "", "1 when the planted level is the highest"),
                 row(observable::true_weight_identity, "", "w_1 - Y, of mean zero exactly"),
                 row(observable::map_identity, "", "(MAP correct) - max_j w_j, of mean zero")});
    return measure::independent(std::move(all));
  }

  std::vector<verdict::Fact> facts() const override {
    return {{fact::log_count, s_.ensemble->log_count, "log N"},
            {fact::energy_unit, s_.ensemble->energy_unit(),
             "energy of a level of one standard deviation"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    const double critical = s_.ensemble->critical();
    const std::string source = s_.ensemble->family == theory::LevelFamily::gaussian
                                   ? "2 sqrt(log 2), Derrida 1981"
                                   : "slope of the large-deviation rate at the highest of N levels";
    if (!std::isfinite(critical) || !(s_.ensemble->energy_unit() > 0)) return {};
    return {{prediction::critical_beta, critical / s_.ensemble->energy_unit(), source}};
  }

  std::int64_t disorder_samples() const override { return s_.disorder_samples / s_.batch; }
  double seconds_per_unit() const override {
    const double levels = s_.enumerate ? std::exp(s_.ensemble->log_count) : s_.kept + 64;
    const auto temperatures = static_cast<double>(s_.b.size());
    double each = 0.1e-6 * temperatures;
    if (bins() > 0) {
      each += 3.5e-9 * levels + 6e-9 * bins() * temperatures;
    } else if (s_.enumerate) {
      each += (4e-9 + 0.3e-9 * temperatures) * levels;
    } else {
      each += 1e-9 * temperatures * levels;
    }
    return static_cast<double>(s_.batch) * each;
  }
  std::size_t memory_per_unit() const override {
    const auto n = static_cast<std::size_t>(s_.b.size()),
               batch = static_cast<std::size_t>(s_.batch);
    return sizeof(double) * n * (2 * batch + 100 + 100 * n) + (std::size_t{1} << 20) +
           64 * static_cast<std::size_t>(bins());
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    // Tables are made once per point; a unit works on a copy.
    if (s_.enumerate && !enumeration_) enumeration_.emplace(*s_.ensemble, s_.b, s_.planted);
    if (!s_.enumerate && !top_) top_.emplace(*s_.ensemble, s_.b, s_.planted, s_.kept);
    return simulation(s_, top_, enumeration_, address);
  }

 private:
  double bins() const {
    return s_.enumerate ? target::LevelEnumeration::bins(*s_.ensemble, s_.b) : 0;
  }
  void choose_method(const std::string& method) {
    const double bits = s_.ensemble->bits;
    // The highest K of N levels are worth singling out when the others are many.
    const double most_kept = std::exp(std::min(60.0, s_.ensemble->log_count)) / 4 - 1;
    constexpr double kEnumerateBelow = 11;
    s_.enumerate = method == "enumerate" || (method == "auto" && bits <= kEnumerateBelow);
    refuse_if(s_.enumerate && bits > kMostBits, "experiment.method",
              fmt::format("2^{:g} levels are too many to enumerate (at most 2^{}); use top_k, "
                          "which takes the same time for every M",
                          bits, kMostBits));
    refuse_if(
        !s_.enumerate && s_.kept > most_kept, "experiment.K",
        fmt::format(
            "top_k keeps at most a quarter of the levels, here {:.0f}; use method = enumerate",
            std::max(0.0, most_kept)));
  }

  mutable std::optional<target::TopLevels> top_;
  mutable std::optional<target::LevelEnumeration> enumeration_;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "rem";
  kind.text =
      "condensation of random-energy ensembles at any number of levels: free energy, entropy, "
      "participation ratios and their distribution, planted and unplanted, against exact "
      "quadrature (Derrida 1981; Ambrogioni 2024, section 8)";
  kind.keys = {
      deck::list_of(deck::positive_key(
          "experiment", "a", "",
          "inverse temperatures as beta/beta_c = t_c/t; all share their disorder samples", 100)),
      deck::list_of(deck::positive_key(
          "experiment", "beta", "",
          "inverse temperatures in the energy unit of the law, instead of a", 1e4)),
      deck::word_key("experiment", "state", "unplanted",
                     "unplanted: x independent of the dataset; planted: x = datum + noise, level 1 "
                     "of law P(E) exp(-beta E)",
                     {"unplanted", "planted"}),
      deck::word_key("experiment", "method", "auto",
                     "top_k: the highest levels one by one, the rest by its exact mean and "
                     "covariance (of levels in classes: the highest members of the leading "
                     "classes); enumerate: all levels (M <= 30, in classes 20); auto: enumerate "
                     "up to M = 11",
                     {"auto", "enumerate", "top_k"}),
      deck::used_with("method=auto|top_k",
                      deck::count_key("experiment", "K", "64",
                                      "mean number of levels drawn one by one", 8, 1e5)),
      deck::sampling_key("disorder_samples", "100000",
                         "independent sets of levels; errors come from them", 2, 1e12),
      deck::count_key("sampling", "batch", "1000",
                      "disorder samples per work unit; quantiles of Y are taken within one", 2,
                      1e6),
  };
  kind.needs = {target::Part::levels};
  kind.make = [](const deck::Parameters& point) {
    const bool grouped = point.has("target.levels") && point.integer("target.levels") == 2;
    return grouped ? two_levels(point) : make<Rem>(point);
  };
  return kind;
}

}  // namespace symbreak::experiment::rem
