#include "analysis/findings/samples/crossing.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/samples/observables.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings::samples {

Value excess(const Point& point) {
  const Value memorized = value_of(point, observable::memorized);
  if (point.find(observable::memorized_held_out) == nullptr) return memorized;
  return memorized - value_of(point, observable::memorized_held_out);
}

std::optional<Value> memorization_time(const PointGroup& group) {
  const double level = group.first().fact(fact::level).value_or(NAN);
  for (std::size_t i = 0; i + 1 < group.points.size(); ++i) {
    const Value below = excess(*group.points[i]), above = excess(*group.points[i + 1]);
    if (!(below.value < level && above.value >= level)) continue;
    const double from = *group.points[i]->fact(fact::number),
                 to = *group.points[i + 1]->fact(fact::number);
    if (!(from > 0 && to > from)) return std::nullopt;
    const double width = std::log(to / from), slope = (above.value - below.value) / width;
    const double share = (level - below.value) / (above.value - below.value);
    const double log_time = std::log(from) + share * width;
    constexpr double kCurved = 0.1;
    const double error = std::hypot(
        std::hypot((1 - share) * below.error, share * above.error) / slope, kCurved * width);
    return Value{std::exp(log_time), std::exp(log_time) * error};
  }
  return std::nullopt;
}

std::optional<Value> memorization_exponent(const std::vector<double>& sizes,
                                           const std::vector<Value>& times) {
  const auto n = static_cast<Index>(sizes.size());
  if (n < 2 || *std::ranges::min_element(sizes) == *std::ranges::max_element(sizes)) {
    return std::nullopt;
  }
  VectorXd x(n);
  std::vector<Value> y;
  for (Index i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    x[i] = std::log(sizes[at]);
    y.push_back({std::log(times[at].value), times[at].error / times[at].value, times[at].dof});
  }
  const fit::Fit line = fit::line(x, fit::values_of(y), fit::errors_of(y));
  return line.at(1, true);
}

}  // namespace symbreak::findings::samples
