#include "analysis/theory/training/crossings.hpp"

#include <algorithm>

namespace symbreak::theory {

std::optional<double> first_crossing(const std::vector<double>& tau, const std::vector<double>& f,
                                     double level, std::size_t from, bool falling) {
  for (std::size_t i = from; i < f.size(); ++i) {
    if (falling ? f[i] > level : f[i] < level) continue;
    if (i == from || f[i] == f[i - 1]) return std::log(tau[i]);
    const double share = (level - f[i - 1]) / (f[i] - f[i - 1]);
    return std::log(tau[i - 1]) + share * std::log(tau[i] / tau[i - 1]);
  }
  return std::nullopt;
}

TrainingTimes training_times(const std::vector<double>& tau, const std::vector<double>& train,
                             const std::vector<double>& test, double test_before, double train_end,
                             double least_fall) {
  TrainingTimes times;
  const auto least = std::min_element(test.begin(), test.end());
  const auto best = static_cast<std::size_t>(least - test.begin());
  times.test_minimum = *least;
  if (!(test_before - *least > least_fall)) return times;
  times.best = std::log(tau[best]);
  times.generalization =
      first_crossing(tau, test, test_before - 0.9 * (test_before - *least), 0, true);
  times.rise = first_crossing(tau, test, 1.1 * *least, best, false);
  times.harm = first_crossing(tau, test, test_before, best, false);
  times.memorization = first_crossing(tau, train, (train[best] + train_end) / 2, best, true);
  return times;
}

}  // namespace symbreak::theory
