// Thermodynamics of random-energy ensembles: condensation of the Boltzmann weights onto single
// levels.
//
// N = 2^M independent levels at inverse temperature beta; a = beta/beta_c. For a > 1 finitely many
// levels carry the weight (Derrida, Phys. Rev. B 24 (1981) 2613; Gross & Mezard, Nucl. Phys. B 240
// (1984) 431): Y_k = sum_j w_j^k is of order one and does not self-average, the weights are
// Poisson-Dirichlet with parameter 1/a. This is the memorization of a dataset by a diffusion model
// seen from its log-weights (Ambrogioni 2024, section 8). States are of two kinds, never mixed:
//   unplanted  all levels alike: x independent of the dataset;
//   planted    level 1 carries the extra weight of the datum behind x: what trajectories see. Its
//   law
//              is the unplanted one reweighted by Z.
// Y_2 is also the probability that two replicas sit on the same level (overlap one).
// All temperatures of a point share their disorder samples.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/experiment/families.hpp"
#include "sim/experiment/rem_analysis.hpp"
#include "sim/target/level_sampler.hpp"

namespace symbreak::experiment {

namespace {

using target::LevelAverages;
using target::VectorXd;

/// Enumeration up to this many bits; beyond it a sample takes more than seconds.
constexpr double kMostBits = 30;
/// Levels of one block of an enumerated sample, some 0.1 s.
constexpr std::uint64_t kBlockLevels = std::uint64_t{1} << 24;
/// Samples of one block of the others.
constexpr std::int64_t kBlockSamples = 250;

struct Setting {
  std::shared_ptr<const target::LevelEnsemble> ensemble;
  VectorXd b;  ///< in units of the law
  bool planted = false, enumerate = false;
  double kept = 64;
  std::int64_t batch = 1000;
};

/// One unit: `batch` disorder samples.
class Rem final : public Simulation {
 public:
  Rem(const Setting& setting, std::optional<target::TopLevels> top,
      std::optional<target::LevelEnumeration> enumeration, const UnitAddress& address)
      : s_(setting),
        stream_(address.stream(random::Purpose::levels)),
        top_(std::move(top)),
        enumeration_(std::move(enumeration)) {}

  std::int64_t blocks() const override {
    if (s_.enumerate && enumeration_->count() > kBlockLevels) {
      return s_.batch *
             static_cast<std::int64_t>((enumeration_->count() + kBlockLevels - 1) / kBlockLevels);
    }
    return (s_.batch + per_block() - 1) / per_block();
  }

  void advance(Recorder& recorder) override {
    LevelAverages sample;
    if (s_.enumerate && enumeration_->count() > kBlockLevels) {
      if (enumeration_->advance(stream_, kBlockLevels, sample)) take(sample, recorder);
    } else {
      for (std::int64_t i = 0; i < per_block() && taken() < s_.batch; ++i) {
        if (s_.enumerate) {
          enumeration_->advance(stream_, kBlockLevels, sample);
        } else {
          top_->draw(stream_, sample);
        }
        take(sample, recorder);
      }
    }
    if (taken() == s_.batch) finish(recorder);
  }

  void save(State& state) const override {
    state.integers["stream"] = {stream_.position()};
    state.reals["participation"] = participation_;
    state.reals["log_partition"] = log_partition_;
    if (enumeration_) state.reals["enumeration"] = enumeration_->save();
  }
  void load(const State& state) override {
    stream_.seek(state.integers.at("stream")[0]);
    participation_ = state.reals.at("participation");
    log_partition_ = state.reals.at("log_partition");
    if (enumeration_) enumeration_->load(state.reals.at("enumeration"));
  }

 private:
  std::int64_t per_block() const {
    if (!s_.enumerate) return kBlockSamples;
    return std::clamp<std::int64_t>(
        static_cast<std::int64_t>(kBlockLevels / std::max<std::uint64_t>(1, enumeration_->count())),
        1, kBlockSamples);
  }
  std::int64_t taken() const {
    return static_cast<std::int64_t>(participation_.size()) / s_.b.size();
  }

  static std::span<const double> span(const VectorXd& v) {
    return {v.data(), static_cast<std::size_t>(v.size())};
  }

  void take(const LevelAverages& sample, Recorder& recorder) {
    const double unit = s_.ensemble->energy_unit();
    recorder.measure("log_partition", span(sample.log_partition));
    // A single level at a = b/b_c has b = 0 and no energy: F = 0.
    const VectorXd free_energy =
        (s_.b.array() > 0).select(-unit * sample.log_partition.array() / s_.b.array(), 0).matrix();
    recorder.measure("free_energy", span(free_energy));
    const VectorXd energy = -unit * sample.level;
    recorder.measure("energy", span(energy));
    recorder.measure("entropy", span(sample.entropy));
    recorder.measure("participation", span(sample.second));
    recorder.measure("participation_3", span(sample.third));
    recorder.measure("participation_4", span(sample.fourth));
    const VectorXd square = sample.second.cwiseAbs2();
    recorder.measure("participation_square", span(square));
    const VectorXd patterns = sample.second.cwiseInverse();
    recorder.measure("effective_patterns", span(patterns));
    recorder.measure("largest_weight", span(sample.largest));
    if (s_.planted) {
      recorder.measure("true_weight", span(sample.planted));
      recorder.measure("map_correct", span(sample.success));
      const VectorXd weight_identity = sample.planted - sample.second;
      recorder.measure("true_weight_identity", span(weight_identity));
      const VectorXd map_identity = sample.success - sample.largest;
      recorder.measure("map_identity", span(map_identity));
    }
    participation_.insert(participation_.end(), sample.second.begin(), sample.second.end());
    log_partition_.insert(log_partition_.end(), sample.log_partition.begin(),
                          sample.log_partition.end());
  }

  /// What needs all samples of the unit: distribution, quantiles, the variance of log Z.
  void finish(Recorder& recorder) const {
    const auto n = static_cast<std::size_t>(s_.b.size());
    const auto samples = static_cast<std::size_t>(s_.batch);
    std::vector<double> quantiles, histogram(n * kHistogramBins, 0), variance;
    std::vector<double> column(samples);
    for (std::size_t i = 0; i < n; ++i) {
      double mean = 0, squares = 0;
      for (std::size_t s = 0; s < samples; ++s) mean += log_partition_[s * n + i];
      mean /= static_cast<double>(samples);
      for (std::size_t s = 0; s < samples; ++s) {
        const double deviation = log_partition_[s * n + i] - mean;
        squares += deviation * deviation;
        column[s] = participation_[s * n + i];
        const auto bin = std::min<std::size_t>(
            kHistogramBins - 1, static_cast<std::size_t>(column[s] * kHistogramBins));
        histogram[i * kHistogramBins + bin] += kHistogramBins / static_cast<double>(samples);
      }
      variance.push_back(squares / static_cast<double>(samples - 1));
      std::sort(column.begin(), column.end());
      for (const double q : kQuantiles) {
        // Between order statistics, the (n-1)q convention.
        const double place = q * static_cast<double>(samples - 1);
        const auto below = static_cast<std::size_t>(place);
        const std::size_t above = std::min(below + 1, samples - 1);
        const double share = place - static_cast<double>(below);
        quantiles.push_back(column[below] + share * (column[above] - column[below]));
      }
    }
    recorder.measure("participation_quantiles", quantiles);
    recorder.measure("participation_distribution", histogram);
    recorder.measure("log_partition_variance", variance);
  }

  Setting s_;
  random::Stream stream_;
  std::optional<target::TopLevels> top_;
  std::optional<target::LevelEnumeration> enumeration_;
  std::vector<double> participation_, log_partition_;  // sample after sample
};

/// The values a or beta of the deck, in the law's own unit b.
VectorXd inverse_temperatures(const deck::Parameters& parameters,
                              const target::LevelEnsemble& ensemble) {
  const std::vector<double>& a = parameters.reals("experiment.a");
  const std::vector<double>& beta = parameters.reals("experiment.beta");
  if (a.empty() == beta.empty()) {
    throw deck::KeyError("experiment.a",
                         "needs either a, the list of beta/beta_c, or the list beta");
  }
  const std::vector<double>& values = a.empty() ? beta : a;
  const double critical = ensemble.critical();
  if (!a.empty() && !std::isfinite(critical)) {
    throw deck::KeyError("experiment.a",
                         "this ensemble has no condensation (N > 2^d: levels repeat before they "
                         "run out); give beta");
  }
  return Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size())) *
         (a.empty() ? ensemble.energy_unit() : critical);
}

class RemExperiment final : public Experiment {
 public:
  explicit RemExperiment(const deck::Parameters& parameters)
      : disorder_samples_(parameters.integer("sampling.disorder_samples")) {
    s_.ensemble = target::build_levels(parameters);
    s_.b = inverse_temperatures(parameters, *s_.ensemble);
    s_.planted = parameters.word("experiment.state") == "planted";
    s_.batch = parameters.integer("sampling.batch");
    s_.kept = static_cast<double>(parameters.integer("experiment.K"));
    choose_method(parameters.word("experiment.method"));
    if (disorder_samples_ % s_.batch != 0) {
      throw deck::KeyError("sampling.disorder_samples",
                           fmt::format("{} samples are no whole number of batches of {}",
                                       disorder_samples_, s_.batch));
    }
    if (s_.planted) {
      for (const double b : s_.b) {
        if (std::isfinite(s_.ensemble->law->log_generating(b))) continue;
        throw deck::KeyError("experiment.state",
                             "exponential levels have no planted state at beta >= 1: E Z diverges");
      }
    }
  }

  std::vector<ObservableInfo> observables() const override {
    const Index n = s_.b.size();
    const std::string kind = s_.planted ? "planted" : "unplanted";
    const auto row = [&](const std::string& name, const std::string& unit,
                         const std::string& text) {
      return ObservableInfo{.name = name,
                            .shape = {n},
                            .unit = unit,
                            .text = text + ", " + kind + "; one entry per beta",
                            .max_bins = 2};
    };
    std::vector<ObservableInfo> all = {
        row("log_partition", "nats", "log Z = log sum_j exp(-beta E_j)"),
        row("free_energy", "energy", "F = -log(Z)/beta, total"),
        row("energy", "energy", "<E> = sum_j w_j E_j, total"),
        row("entropy", "nats", "-sum_j w_j log w_j, total (log N at beta = 0)"),
        row("participation", "", "Y = sum_j w_j^2, the probability of replica overlap one"),
        row("participation_3", "", "Y_3 = sum_j w_j^3"),
        row("participation_4", "", "Y_4 = sum_j w_j^4"),
        row("participation_square", "", "Y^2, for the variance of Y over disorder"),
        row("effective_patterns", "", "1/Y, the number of levels that share the weight"),
        row("largest_weight", "", "max_j w_j"),
        row("log_partition_variance", "nats^2",
            "variance of log Z over the disorder samples of a unit, unbiased"),
        {.name = "participation_quantiles",
         .shape = {n, static_cast<Index>(kQuantiles.size())},
         .text = "quantiles 0.1, 0.25, 0.5 (median), 0.75, 0.9 of Y over the disorder samples of a "
                 "unit, " +
                 kind,
         .max_bins = 2},
        {.name = "participation_distribution",
         .shape = {n, static_cast<Index>(kHistogramBins)},
         .text = "probability density of Y in equal bins of [0, 1], " + kind,
         .max_bins = 2}};
    if (!s_.planted) return all;
    all.insert(all.end(), {row("true_weight", "", "weight w_1 of the planted level"),
                           row("map_correct", "", "1 when the planted level is the highest"),
                           row("true_weight_identity", "", "w_1 - Y, of mean zero exactly"),
                           row("map_identity", "", "(MAP correct) - max_j w_j, of mean zero")});
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    const double critical = s_.ensemble->critical();
    const std::string source = s_.ensemble->family == theory::LevelFamily::gaussian
                                   ? "2 sqrt(log 2), Derrida 1981"
                                   : "slope of the large-deviation rate at the highest of N levels";
    std::vector<verdict::Prediction> all = {
        {"log_count", s_.ensemble->log_count, "log N"},
        {"energy_unit", s_.ensemble->energy_unit(), "energy of a level of one standard deviation"}};
    if (std::isfinite(critical) && s_.ensemble->energy_unit() > 0) {
      all.push_back({"critical_beta", critical / s_.ensemble->energy_unit(), source});
    }
    return all;
  }

  std::int64_t disorder_samples() const override { return disorder_samples_ / s_.batch; }
  double seconds_per_unit() const override {
    const double levels = s_.enumerate ? std::exp(s_.ensemble->log_count) : s_.kept + 64;
    const double per_level = s_.enumerate ? 4e-9 + 0.3e-9 * static_cast<double>(s_.b.size())
                                          : 1e-9 * static_cast<double>(s_.b.size());
    return static_cast<double>(s_.batch) *
           (levels * per_level + 0.1e-6 * static_cast<double>(s_.b.size()));
  }
  std::size_t memory_per_unit() const override {
    const auto n = static_cast<std::size_t>(s_.b.size()),
               batch = static_cast<std::size_t>(s_.batch);
    return sizeof(double) * n * (2 * batch + 100 + 100 * n) + (std::size_t{1} << 20);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    // Tables are made once per point; a unit works on a copy.
    if (s_.enumerate && !enumeration_) enumeration_.emplace(*s_.ensemble, s_.b, s_.planted);
    if (!s_.enumerate && !top_) top_.emplace(*s_.ensemble, s_.b, s_.planted, s_.kept);
    return std::make_unique<Rem>(s_, top_, enumeration_, address);
  }

 private:
  void choose_method(const std::string& method) {
    const double bits = s_.ensemble->bits;
    // The highest K of N levels are worth singling out when the others are many.
    const double most_kept = std::exp(std::min(60.0, s_.ensemble->log_count)) / 4 - 1;
    constexpr double kEnumerateBelow = 11;
    s_.enumerate = method == "enumerate" || (method == "auto" && bits <= kEnumerateBelow);
    if (s_.enumerate && bits > kMostBits) {
      throw deck::KeyError(
          "experiment.method",
          fmt::format("2^{:g} levels are too many to enumerate (at most 2^{}); use "
                      "top_k, which takes the same time for every M",
                      bits, kMostBits));
    }
    if (!s_.enumerate && s_.kept > most_kept) {
      throw deck::KeyError("experiment.K",
                           fmt::format("top_k keeps at most a quarter of the levels, here {:.0f}; "
                                       "use method = enumerate",
                                       std::max(0.0, most_kept)));
    }
  }

  Setting s_;
  std::int64_t disorder_samples_;
  mutable std::optional<target::TopLevels> top_;
  mutable std::optional<target::LevelEnumeration> enumeration_;
};

}  // namespace

ExperimentKind rem() {
  using deck::Arity;
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  ExperimentKind kind;
  kind.name = "rem";
  kind.text =
      "condensation of random-energy ensembles at any number of levels: free energy, entropy, "
      "participation ratios and their distribution, planted and unplanted, against exact "
      "quadrature "
      "(Derrida 1981; Ambrogioni 2024, section 8)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "a",
          .fallback = "",
          .text = "inverse temperatures as beta/beta_c = t_c/t; all share their disorder samples",
          .minimum = 0,
          .maximum = 100,
          .open_minimum = true,
          .arity = Arity::list},
      Key{.section = "experiment",
          .name = "beta",
          .fallback = "",
          .text = "inverse temperatures in the energy unit of the law, instead of a",
          .minimum = 0,
          .maximum = 1e4,
          .open_minimum = true,
          .arity = Arity::list},
      Key{.section = "experiment",
          .name = "state",
          .kind = Kind::word,
          .fallback = "unplanted",
          .text = "unplanted: x independent of the dataset; planted: x = datum + noise, level 1 of "
                  "law P(E) exp(-beta E)",
          .choices = {"unplanted", "planted"}},
      Key{.section = "experiment",
          .name = "method",
          .kind = Kind::word,
          .fallback = "auto",
          .text =
              "top_k: the highest levels one by one, the rest by its exact mean and covariance; "
              "enumerate: all levels (M <= 30); auto: enumerate up to M = 11",
          .choices = {"auto", "enumerate", "top_k"}},
      Key{.section = "experiment",
          .name = "K",
          .kind = Kind::integer,
          .fallback = "64",
          .text = "top_k: mean number of levels drawn one by one",
          .minimum = 8,
          .maximum = 1e5},
      Key{.section = "sampling",
          .name = "disorder_samples",
          .kind = Kind::integer,
          .fallback = "100000",
          .text = "independent sets of levels; errors come from them",
          .minimum = 2,
          .maximum = 1e12,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "batch",
          .kind = Kind::integer,
          .fallback = "1000",
          .text = "disorder samples per work unit; quantiles of Y are taken within one",
          .minimum = 2,
          .maximum = 1e6},
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<RemExperiment>(parameters);
  };
  kind.analyse = analyse_rem;
  return kind;
}

}  // namespace symbreak::experiment
