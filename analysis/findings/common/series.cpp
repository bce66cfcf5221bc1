#include "analysis/findings/common/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/fit/critical.hpp"

namespace symbreak::findings {

std::vector<TimeSeries> time_series(const Result& result) { return points_along(result, kTime); }

VectorXd column(const Samples& samples, double Sample::*member) {
  VectorXd values(static_cast<Index>(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    values[static_cast<Index>(i)] = samples[i].*member;
  }
  return values;
}

fit::Errors errors_of(const Samples& samples) {
  return {column(samples, &Sample::sigma), column(samples, &Sample::dof)};
}

Measured interpolate(Samples samples, double x) {
  std::sort(samples.begin(), samples.end(), [&](const Sample& a, const Sample& b) {
    return std::abs(a.x - x) < std::abs(b.x - x);
  });
  // Nodes that (nearly) coincide, as in overlapping sweeps, would divide rounding by nothing.
  const double spread = std::abs(samples.back().x - x);
  Samples nodes;
  for (const Sample& sample : samples) {
    const auto close = [&](const Sample& node) {
      return std::abs(node.x - sample.x) < 1e-4 * spread;
    };
    if (nodes.size() < kNodes && std::none_of(nodes.begin(), nodes.end(), close)) {
      nodes.push_back(sample);
    }
  }
  samples = nodes;
  const auto neville = [&](std::size_t n) {
    std::vector<double> value(n);
    for (std::size_t i = 0; i < n; ++i) value[i] = samples[i].y;
    for (std::size_t level = 1; level < n; ++level) {
      for (std::size_t i = 0; i + level < n; ++i) {
        const double left = samples[i].x, right = samples[i + level].x;
        value[i] = ((x - right) * value[i] + (left - x) * value[i + 1]) / (left - right);
      }
    }
    return value[0];
  };
  const double best = neville(samples.size());
  return {{best, std::abs(best - neville(samples.size() - 1)) + kRounding * std::abs(best)}, {}};
}

std::vector<Measured> zeros(Samples samples, const std::string& what) {
  std::erase_if(samples, [](const Sample& s) { return !std::isfinite(s.y); });
  std::sort(samples.begin(), samples.end(), [](auto& a, auto& b) { return a.x < b.x; });
  std::vector<std::size_t> changes;  // between i - 1 and i
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if ((samples[i - 1].y < 0) != (samples[i].y < 0)) changes.push_back(i);
  }
  std::vector<Measured> found;
  for (std::size_t k = 0; k < changes.size(); ++k) {
    std::size_t first = k > 0 ? changes[k - 1] : 0;
    std::size_t last = k + 1 < changes.size() ? changes[k + 1] : samples.size();
    first = std::max(first, changes[k] - std::min<std::size_t>(8, changes[k]));
    last = std::min(last, changes[k] + 8);
    const Samples near(samples.begin() + static_cast<std::ptrdiff_t>(first),
                       samples.begin() + static_cast<std::ptrdiff_t>(last));
    if (near.size() < 4) continue;
    const fit::Fit root = fit::root(column(near, &Sample::x), column(near, &Sample::y),
                                    errors_of(near), static_cast<int>(near.size()) / 2 - 1);
    found.push_back(
        {{root.value[0], root.error[0] + kRounding * std::abs(root.value[0]), root.error_dof[0]},
         "zero of " + what,
         fmt::format("{} points in [{:.4g}, {:.4g}]", near.size(), near.front().x, near.back().x)});
  }
  return found;
}

double at(const Point& point, ObservableName name, Index i) {
  const Observable* found = point.find(name);
  return found != nullptr ? found->estimate.mean[i] : std::numeric_limits<double>::quiet_NaN();
}
double error_at(const Point& point, ObservableName name, Index i) {
  const Observable* found = point.find(name);
  return found != nullptr ? found->estimate.error[i] : 0;
}

}  // namespace symbreak::findings
