// What the experiments share: amounts of sampling, the start of a unit, rough costs, refusals.
// May depend on: sim/measure, sim/target, sim/diffusion.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/diffusion/forward.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

/// Section [sampling], as far as an experiment has these keys. A base of the settings.
struct Sampling {
  Index walkers = 1;
  std::int64_t blocks = 1, replicas = 1, disorder_samples = 1;

  double walkers_per_unit() const { return static_cast<double>(walkers * blocks); }
};
Sampling sampling(const deck::Parameters& parameters);

/// An experiment on one point of a deck, with what is fixed for all of its units.
template <class Setting>
class PointExperiment : public measure::Experiment {
 public:
  std::int64_t disorder_samples() const override { return s_.disorder_samples; }
  std::int64_t replicas() const override { return s_.replicas; }

 protected:
  explicit PointExperiment(const deck::Parameters& parameters) : forward_(parameters) {
    static_cast<Sampling&>(s_) = sampling(parameters);
  }

  diffusion::Forward forward_;
  Setting s_;
};

/// One whose units are `simulation(setting, address)` and refer to its setting.
template <class Setting>
class BatchExperiment : public PointExperiment<Setting> {
 public:
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(this->s_, address);
  }

 protected:
  using PointExperiment<Setting>::PointExperiment;
};

/// The target of the units of a point: one and the same, or a new one per disorder sample.
class UnitTarget {
 public:
  /// Throws deck::KeyError for several disorder samples of a target that has no disorder.
  explicit UnitTarget(const deck::Parameters& parameters);

  bool disordered() const { return fixed_ == nullptr; }
  /// Any one: all have the same size and the same law. Not kept where there are others.
  std::shared_ptr<const target::Target> sample() const;
  std::shared_ptr<const target::Target> of(const measure::UnitAddress& address) const;

 private:
  deck::Parameters parameters_;
  std::shared_ptr<const target::Target> fixed_;
};

/// Declares an observable that is no scalar.
inline measure::ObservableInfo shaped(verdict::ObservableName name, std::vector<Index> shape,
                                      const std::string& text, Index max_bins = 256) {
  return {.name = name, .shape = std::move(shape), .text = text, .max_bins = max_bins};
}

/// Throws a deck::KeyError where the point makes no sense.
inline void refuse_if(bool senseless, const std::string& key, const std::string& why) {
  if (senseless) throw deck::KeyError(key, why);
}

/// Refuses a target whose clean mean can only be sampled by Markov chains.
void require_evaluated(const deck::Parameters& parameters, const target::Model& model);

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
  for (T& each : more) all.push_back(std::move(each));
}

/// The order axes, d x k, divided by |u|^2: m = axes^T y.
target::MatrixXd order_projection(const target::CleanData& data);
/// Times of these noise levels, deck's clock.
std::vector<double> times_of(const diffusion::Forward& forward, const std::vector<double>& noise);
/// `records` of the `levels` of a grid, evenly, the first and the last included.
std::vector<Index> recorded_levels(Index levels, Index records);
std::vector<double> at_levels(const std::vector<double>& grid, const std::vector<Index>& recorded);
std::vector<double> weights_of_classes(const target::CleanData& data);
/// For ExperimentKind::critical: the time of this noise, or a KeyError for there being none.
double critical_time(const deck::Parameters& parameters, const std::optional<double>& noise,
                     const std::string& refusal = "no critical time is known for this target");

/// Rough seconds of one clean mean of one state, summed over the data points where there are any.
double mean_seconds(const target::Denoiser& denoiser);
/// The target itself and so many doubles.
std::size_t memory_with(const target::Denoiser& denoiser, Index numbers);

}  // namespace symbreak::experiment
