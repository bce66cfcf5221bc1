#include "sim/experiment/rem/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/rem/observables.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::rem {

namespace observable = findings::rem::observable;
using findings::rem::kHistogramBins;
using findings::rem::kQuantiles;

namespace {

using target::LevelAverages;

/// Levels of one block of an enumerated sample, some 0.1 s.
constexpr std::uint64_t kBlockLevels = std::uint64_t{1} << 24;
/// Samples of one block of the others.
constexpr std::int64_t kBlockSamples = 250;

/// One unit: `batch` disorder samples.
class RandomEnergies final : public Unit<Setting> {
 public:
  RandomEnergies(const Setting& setting, std::optional<target::TopLevels> top,
                 std::optional<target::LevelEnumeration> enumeration,
                 const measure::UnitAddress& address)
      : Unit(setting, address), top_(std::move(top)), enumeration_(std::move(enumeration)) {
    keep_integers("stream", levels_);
  }

  std::int64_t blocks() const override {
    if (s_.enumerate && enumeration_->count() > kBlockLevels) {
      return s_.batch *
             static_cast<std::int64_t>((enumeration_->count() + kBlockLevels - 1) / kBlockLevels);
    }
    return (s_.batch + per_block() - 1) / per_block();
  }

  void advance(measure::Recorder& recorder) override {
    LevelAverages sample;
    if (s_.enumerate && enumeration_->count() > kBlockLevels) {
      if (enumeration_->advance(levels_, kBlockLevels, sample)) take(sample, recorder);
    } else {
      for (std::int64_t i = 0; i < per_block() && taken() < s_.batch; ++i) {
        if (s_.enumerate) {
          enumeration_->advance(levels_, kBlockLevels, sample);
        } else {
          top_->draw(levels_, sample);
        }
        take(sample, recorder);
      }
    }
    if (taken() == s_.batch) finish(recorder);
  }

  void save(measure::State& state) const override {
    Unit::save(state);
    state.reals["participation"] = participation_;
    state.reals["log_partition"] = log_partition_;
    if (enumeration_) state.reals["enumeration"] = enumeration_->save();
  }
  void load(const measure::State& state) override {
    Unit::load(state);
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

  void take(const LevelAverages& sample, measure::Recorder& recorder) {
    const double unit = s_.ensemble->energy_unit();
    recorder.measure(observable::log_partition, sample.log_partition);
    // A single level at a = b/b_c has b = 0 and no energy: F = 0.
    const VectorXd free_energy =
        (s_.b.array() > 0).select(-unit * sample.log_partition.array() / s_.b.array(), 0).matrix();
    recorder.measure(observable::free_energy, free_energy);
    recorder.measure(observable::energy, -unit * sample.level);
    recorder.measure(observable::entropy, sample.entropy);
    recorder.measure(observable::participation, sample.second);
    recorder.measure(observable::participation_3, sample.third);
    recorder.measure(observable::participation_4, sample.fourth);
    recorder.measure(observable::participation_square, sample.second.cwiseAbs2());
    // Of 2^1000000 levels more share the weight than a double can count.
    constexpr double kMost = 1e-300;
    recorder.measure(observable::effective_patterns, sample.second.cwiseMax(kMost).cwiseInverse());
    recorder.measure(observable::largest_weight, sample.largest);
    if (s_.planted) {
      recorder.measure(observable::true_weight, sample.planted);
      recorder.measure(observable::map_correct, sample.success);
      recorder.measure(observable::true_weight_identity, sample.planted - sample.second);
      recorder.measure(observable::map_identity, sample.success - sample.largest);
    }
    participation_.insert(participation_.end(), sample.second.begin(), sample.second.end());
    log_partition_.insert(log_partition_.end(), sample.log_partition.begin(),
                          sample.log_partition.end());
  }

  /// What needs all samples of the unit: distribution, quantiles, the variance of log Z.
  void finish(measure::Recorder& recorder) const {
    const auto n = static_cast<std::size_t>(s_.b.size());
    const Distribution distribution(participation_, n);
    recorder.measure(observable::participation_quantiles, distribution.quantiles);
    recorder.measure(observable::participation_distribution, distribution.density);
    recorder.measure(observable::log_partition_variance, variance_of(log_partition_, n));
  }

  random::Stream levels_ = address_.stream(Purpose::levels);
  std::optional<target::TopLevels> top_;
  std::optional<target::LevelEnumeration> enumeration_;
  std::vector<double> participation_, log_partition_;  // sample after sample
};

}  // namespace

Distribution::Distribution(const std::vector<double>& values, std::size_t n)
    : density(n * kHistogramBins, 0) {
  const std::size_t samples = values.size() / n;
  std::vector<double> column(samples);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t s = 0; s < samples; ++s) {
      column[s] = values[s * n + i];
      const auto bin = std::min<std::size_t>(kHistogramBins - 1,
                                             static_cast<std::size_t>(column[s] * kHistogramBins));
      density[i * kHistogramBins + bin] += kHistogramBins / static_cast<double>(samples);
    }
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
}

std::vector<double> variance_of(const std::vector<double>& values, std::size_t n) {
  const std::size_t samples = values.size() / n;
  std::vector<double> variance;
  for (std::size_t i = 0; i < n; ++i) {
    double mean = 0, squares = 0;
    for (std::size_t s = 0; s < samples; ++s) mean += values[s * n + i];
    mean /= static_cast<double>(samples);
    for (std::size_t s = 0; s < samples; ++s) {
      const double deviation = values[s * n + i] - mean;
      squares += deviation * deviation;
    }
    variance.push_back(squares / static_cast<double>(samples - 1));
  }
  return variance;
}

std::unique_ptr<measure::Simulation> simulation(
    const Setting& setting, const std::optional<target::TopLevels>& top,
    const std::optional<target::LevelEnumeration>& enumeration,
    const measure::UnitAddress& address) {
  return std::make_unique<RandomEnergies>(setting, top, enumeration, address);
}

}  // namespace symbreak::experiment::rem
