#include "analysis/findings/condensation/groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace symbreak::experiment {

using verdict::Curve;
using verdict::Point;

namespace {
constexpr const char* kTime = "experiment.t";
constexpr const char* kState = "experiment.state";
}  // namespace

std::string CondensationGroup::label() const {
  std::string text;
  for (const auto& [key, value] : keys) {
    text += (text.empty() ? "" : ", ") + key.substr(key.find('.') + 1) + " = " + value;
  }
  return text;
}

std::string CondensationGroup::label(const std::string& what) const {
  return keys.empty() ? what : what + ", " + label();
}

double time_of(const Point& point) { return point.number(kTime); }

CondensationGroups condensation_groups(const verdict::Result& result) {
  CondensationGroups all;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    std::map<std::string, std::string> keys;
    for (const std::string& key : result.swept) {
      if (key != kTime && key != kState) keys[key] = point.parameters.at(key);
    }
    const std::string& state = point.parameters.at(kState);
    auto found = std::find_if(all.begin(), all.end(), [&](const CondensationGroup& group) {
      return group.keys == keys && group.state == state;
    });
    if (found == all.end()) found = all.insert(all.end(), CondensationGroup{keys, state, {}});
    found->points.push_back(&point);
  }
  for (CondensationGroup& group : all) {
    std::sort(group.points.begin(), group.points.end(),
              [](const Point* a, const Point* b) { return time_of(*a) < time_of(*b); });
  }
  return all;
}

const CondensationGroup* partner(const CondensationGroups& all, const CondensationGroup& of,
                                 const std::string& state) {
  for (const CondensationGroup& group : all) {
    if (group.keys == of.keys && group.state == state) return &group;
  }
  return nullptr;
}

Curve mean_curve(const CondensationGroup& group, const std::string& observable,
                 const std::string& label) {
  Curve result;
  result.label = group.label(label);
  for (const Point* point : group.points) {
    if (const verdict::Observable* found = point->find(observable)) {
      result.x.push_back(time_of(*point));
      result.y.push_back(found->value());
      result.error.push_back(found->error());
    }
  }
  return result;
}

std::pair<double, double> sample_quantile(const Point& point, const std::string& observable,
                                          double q) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const verdict::Observable* found = point.find(observable);
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

Curve quantile_curve(const CondensationGroup& group, const std::string& observable, double q,
                     const std::string& label) {
  Curve result;
  result.label = group.label(label);
  for (const Point* point : group.points) {
    const auto [value, error] = sample_quantile(*point, observable, q);
    if (!std::isfinite(value)) continue;
    result.x.push_back(time_of(*point));
    result.y.push_back(value);
    result.error.push_back(error);
  }
  return result;
}

std::vector<double> unit_means(const Point& point, const std::string& observable) {
  std::vector<double> means;
  if (const verdict::Observable* found = point.find(observable)) {
    for (const statistics::Series& unit : found->units) means.push_back(unit.mean[0]);
  }
  return means;
}

}  // namespace symbreak::experiment
