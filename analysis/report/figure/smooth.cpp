#include "analysis/report/figure/smooth.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace symbreak::report {

namespace {

/// Slopes at the points: a weighted harmonic mean of those beside them, 0 at extremes.
std::vector<double> slopes(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t n = x.size();
  std::vector<double> chord(n - 1), result(n);
  for (std::size_t i = 0; i + 1 < n; ++i) chord[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  for (std::size_t i = 1; i + 1 < n; ++i) {
    const double left = x[i] - x[i - 1], right = x[i + 1] - x[i];
    const double a = (left + 2 * right) / (3 * (left + right));
    if (chord[i - 1] * chord[i] > 0) {
      result[i] = chord[i - 1] * chord[i] / (a * chord[i] + (1 - a) * chord[i - 1]);
    }
  }
  // At the ends the parabola of the next slope, as steep as monotone allows.
  const auto end = [](double known, double slope) {
    const double free = (3 * known - slope) / 2;
    return free * known <= 0 ? 0.0 : std::abs(free) > 3 * std::abs(known) ? 3 * known : free;
  };
  result.front() = end(chord.front(), result[1]);
  result.back() = end(chord.back(), result[n - 2]);
  return result;
}

}  // namespace

verdict::Curve smooth(const verdict::Curve& curve, bool log_x, bool log_y) {
  const std::size_t n = curve.x.size();
  if (n > 1 && curve.x.front() > curve.x.back()) {  // from high noise down
    verdict::Curve turned = curve;
    std::reverse(turned.x.begin(), turned.x.end());
    std::reverse(turned.y.begin(), turned.y.end());
    return curve.error.empty() ? smooth(turned, log_x, log_y) : curve;
  }
  if (n < 3 || n >= kSmooth || !curve.error.empty()) return curve;
  std::vector<double> x, y;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(log_x ? std::log(curve.x[i]) : curve.x[i]);
    y.push_back(log_y ? std::log(curve.y[i]) : curve.y[i]);
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) return curve;
    if (i > 0 && !(x[i] > x[i - 1])) return curve;
  }
  const std::vector<double> slope = slopes(x, y);
  const std::size_t pieces = (kSmooth + n - 2) / (n - 1);
  verdict::Curve result = curve;
  result.x.clear(), result.y.clear();
  for (std::size_t i = 0; i + 1 < n; ++i) {
    result.x.push_back(curve.x[i]), result.y.push_back(curve.y[i]);
    const double h = x[i + 1] - x[i];
    for (std::size_t k = 1; k < pieces; ++k) {
      const double u = static_cast<double>(k) / static_cast<double>(pieces), v = 1 - u;
      const double at = v * v * (1 + 2 * u) * y[i] + u * u * (3 - 2 * u) * y[i + 1] +
                        h * u * v * (v * slope[i] - u * slope[i + 1]);
      const double place = x[i] + u * h;
      result.x.push_back(log_x ? std::exp(place) : place);
      result.y.push_back(log_y ? std::exp(at) : at);
    }
  }
  result.x.push_back(curve.x.back()), result.y.push_back(curve.y.back());
  return result;
}

}  // namespace symbreak::report
