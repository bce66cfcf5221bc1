#include "analysis/findings/equation_of_state/first_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/findings/equation_of_state/observables.hpp"

namespace symbreak::findings::equation_of_state {

namespace {

/// Order parameters of the branches off the symmetric one, ascending; of a mirrored pair only the
/// positive one.
std::vector<double> off_branches(const Point& point) {
  const Observable& branches = point.at(observable::branches);
  const double symmetric = at(point, observable::symmetric_branch);
  const bool mirrored = point.find(observable::landau) != nullptr;  // recorded for even targets
  std::vector<double> all;
  for (Index i = 0; i < branches.shape[0]; ++i) {
    const double m = branches.estimate.mean[i];
    if (!std::isfinite(m) || std::abs(m - symmetric) < 1e-9) continue;
    if (!mirrored || m > symmetric) all.push_back(m);
  }
  return all;
}

/// Potential of the outermost branch minus that of the centre; NaN where there are not both.
Sample excess(const Point& point) {
  const Observable& branches = point.at(observable::branches);
  Index outer = -1, centre = -1;
  for (Index i = 0; i < branches.shape[0]; ++i) {
    if (!std::isfinite(branches.estimate.mean[i])) continue;
    if (branches.estimate.mean[i] == 0) centre = i;
    outer = i;
  }
  if (outer == centre || centre < 0 || at(point, observable::branch_unstable, centre) > 0) {
    return {point.number(kTime), std::numeric_limits<double>::quiet_NaN(), 0};
  }
  return {point.number(kTime),
          at(point, observable::branch_potential, outer) -
              at(point, observable::branch_potential, centre),
          2 * error_at(point, observable::branch_potential, outer)};
}

}  // namespace

std::optional<Measured> fold(const TimeSeries& series) {
  Samples times;
  // Downwards in time from the fold, as long as the two branches move apart.
  for (auto point = series.points.rbegin(); point != series.points.rend(); ++point) {
    if ((*point)->at(observable::branches).shape[1] != 1) return std::nullopt;
    const std::vector<double> pair = off_branches(**point);
    if (pair.size() != 2) continue;
    const double square = (pair[1] - pair[0]) * (pair[1] - pair[0]);
    if (!times.empty() && square <= times.back().x) break;
    times.push_back({square, (*point)->number(kTime), 0});
  }
  if (times.size() < 6) return std::nullopt;
  Measured time = interpolate(times, 0);
  time.from = "t where the distance^2 of the merging branches vanishes";
  time.detail = fmt::format("{} points", std::min<std::size_t>(times.size(), kNodes));
  return time;
}

std::optional<Measured> equal_potential(const TimeSeries& series) {
  Samples all;
  for (const Point* point : series.points) all.push_back(excess(*point));
  const auto found = zeros(all, "potential of the outer branch minus that of the centre");
  if (found.empty()) return std::nullopt;
  return found.back();
}

}  // namespace symbreak::findings::equation_of_state
