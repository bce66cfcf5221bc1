#include "analysis/findings/condensation/groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/findings/common/drawing.hpp"

namespace symbreak::findings::condensation {

namespace {
constexpr const char* kState = "experiment.state";
}  // namespace

std::string Group::label(const std::string& what) const { return what + joined(", ", label()); }

double time_of(const Point& point) { return point.number(kTime); }

Groups groups(const Result& result) {
  Groups all;
  for (PointGroup& group : points_along(result, kTime)) {
    group.keys.erase(kState);
    const std::string& state = group.first().parameters.at(kState);
    all.push_back({std::move(group), state});
  }
  return all;
}

const Group* partner(const Groups& all, const Group& of, const std::string& state) {
  for (const Group& group : all) {
    if (group.keys == of.keys && group.state == state) return &group;
  }
  return nullptr;
}

Curve mean_curve(const Group& group, ObservableName observable, const std::string& label) {
  return along(group.points, time_of, observable, {.label = group.label(label)});
}

std::pair<double, double> sample_quantile(const Point& point, ObservableName observable, double q) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const Observable* found = point.find(observable);
  if (found == nullptr) return {nan, nan};
  std::vector<double> samples;
  for (const statistics::Series& unit : found->units) {
    if (unit.bin_size != 1) continue;
    samples.insert(samples.end(), unit.bins.data(), unit.bins.data() + unit.bins.size());
  }
  if (samples.size() < 8) return {nan, nan};
  std::sort(samples.begin(), samples.end());
  const double n = static_cast<double>(samples.size()), spread = std::sqrt(n * q * (1 - q));
  const auto rank = [&](double position) {
    return samples[static_cast<std::size_t>(std::clamp(position, 0.0, n - 1))];
  };
  return {rank(n * q), (rank(n * q + spread) - rank(n * q - spread)) / 2};
}

Curve quantile_curve(const Group& group, ObservableName observable, double q,
                     const std::string& label) {
  const auto quantile = [&](const Point& point) -> std::optional<Value> {
    const auto [value, error] = sample_quantile(point, observable, q);
    if (!std::isfinite(value)) return std::nullopt;
    return Value{value, error};
  };
  return along(group.points, time_of, quantile, {.label = group.label(label)});
}

}  // namespace symbreak::findings::condensation
