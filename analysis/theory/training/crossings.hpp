// Times of training, read off its losses. May depend on: the standard library.
//
// Every definition is a first crossing, interpolated linearly in ln tau between points of a
// logarithmic grid; 30 of them per decade leave an error below 1e-3. Published definitions differ,
// and with them the exponents: name the one you quote.
#pragma once
#include <cmath>
#include <optional>
#include <vector>

namespace symbreak::theory {

struct TrainingTimes {
  std::optional<double> generalization;  ///< test has done 90 % of its fall from tau = 0 to its min
  std::optional<double> best;            ///< argmin of test: a point of the grid
  std::optional<double> rise;            ///< after `best`: test >= 1.1 min
  std::optional<double> harm;            ///< after `best`: test >= its value at tau = 0
  std::optional<double> memorization;  ///< after `best`: train is half way to its value at the end
  double test_minimum = 0;
};

/// `tau` ascending; losses on it, at tau = 0 (test) and at tau = infinity (train). All times are
/// logarithms. None is reached where test does not fall by `least_fall` at all.
TrainingTimes training_times(const std::vector<double>& tau, const std::vector<double>& train,
                             const std::vector<double>& test, double test_before, double train_end,
                             double least_fall = 0);

/// ln tau of the first crossing of `level` at or after grid point `from`: f comes down to it
/// (falling) or up to it.
std::optional<double> first_crossing(const std::vector<double>& tau, const std::vector<double>& f,
                                     double level, std::size_t from, bool falling);

}  // namespace symbreak::theory
