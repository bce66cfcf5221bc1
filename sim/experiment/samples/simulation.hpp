// One file of samples, block by block. May depend on: sim/measure, sim/target, sim/data,
// sim/experiment/common.
#pragma once
#include <memory>

#include "sim/data/array.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::samples {

/// A sample is a copy when its nearest datum is this much closer than the second nearest (Yoon et
/// al. 2023), as in `condensation`.
inline constexpr double kThreshold = 1.0 / 3;

struct Setting : Sampling {
  target::Model model;                              ///< whose classes are told
  const target::FiniteSupport* training = nullptr;  ///< the data
  data::Source file;
  double scale = 1, threshold = kThreshold;
  Space space;                    ///< where laws are compared
  Index count = 0, held_out = 0;  ///< samples in the file; held-out data

  bool per_datum() const;  ///< whether copies are counted datum by datum
  bool distances() const;  ///< whether laws are compared
};

/// The samples of a file, one per column. Throws deck::KeyError.
target::MatrixXd read_samples(const Setting& setting, Index dimension);

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::samples
