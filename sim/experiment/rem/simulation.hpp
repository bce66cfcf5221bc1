// One work unit of the experiment rem: a batch of disorder samples at all temperatures. May depend
// on: sim/experiment/common, sim/target, sim/random.
#pragma once
#include <memory>
#include <optional>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/levels/level_sampler.hpp"

namespace symbreak::experiment::rem {

struct Setting : Sampling {
  std::shared_ptr<const target::LevelEnsemble> ensemble;
  target::VectorXd b;  ///< in units of the law
  bool planted = false, enumerate = false;
  double kept = 64;
  std::int64_t batch = 1000;
};

/// The values a or beta of the deck, in the law's own unit b.
target::VectorXd inverse_temperatures(const deck::Parameters& parameters,
                                      const target::LevelEnsemble& ensemble);

/// Throws where the samples are no whole number of batches.
void check_batches(const Setting& setting);
/// A quantity with one entry a temperature.
measure::ObservableInfo at_temperatures(const Setting& setting, verdict::ObservableName name,
                                        const std::string& unit, const std::string& text);

/// The same experiment on levels in classes (two_levels.cpp).
std::unique_ptr<measure::Experiment> two_levels(const deck::Parameters& parameters);

/// Of a quantity in [0, 1] at n temperatures, sample after sample: quantiles (n x kQuantiles) and
/// probability density in equal bins (n x kHistogramBins).
struct Distribution {
  std::vector<double> quantiles, density;
  Distribution(const std::vector<double>& values, std::size_t temperatures);
};
/// Unbiased variance over the samples, per temperature.
std::vector<double> variance_of(const std::vector<double>& values, std::size_t temperatures);

/// `top` or `enumeration` is there, as the setting says; the unit works on copies.
std::unique_ptr<measure::Simulation> simulation(
    const Setting& setting, const std::optional<target::TopLevels>& top,
    const std::optional<target::LevelEnumeration>& enumeration,
    const measure::UnitAddress& address);

}  // namespace symbreak::experiment::rem
