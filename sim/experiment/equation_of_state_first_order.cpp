#include "sim/experiment/equation_of_state_first_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace symbreak::experiment {

using Eigen::Index;
using verdict::Observable;
using verdict::Point;

namespace {

/// Branches off the symmetric one as (m, top eigenvalue - 1), ascending in m; of a mirrored pair
/// only the positive one.
Samples off_branches(const Point& point) {
  const Observable& branches = point.observables.at("branches");
  const double symmetric = at(point, "symmetric_branch");
  const bool mirrored = point.find("landau") != nullptr;  // recorded for even targets
  Samples all;
  for (Index i = 0; i < branches.shape[0]; ++i) {
    const double m = branches.estimate.mean[i];
    if (!std::isfinite(m) || std::abs(m - symmetric) < 1e-9) continue;
    if (mirrored && m < symmetric) continue;
    all.push_back({m, at(point, "branch_eigenvalue", i) - 1,
                   error_at(point, "branch_eigenvalue", i) + 10 * branches.estimate.error[i]});
  }
  return all;
}

/// Potential of the outermost branch minus that of the centre; NaN where there are not both.
Sample excess(const Point& point) {
  const Observable& branches = point.observables.at("branches");
  Index outer = -1, centre = -1;
  for (Index i = 0; i < branches.shape[0]; ++i) {
    if (!std::isfinite(branches.estimate.mean[i])) continue;
    if (branches.estimate.mean[i] == 0) centre = i;
    outer = i;
  }
  if (outer == centre || centre < 0 || at(point, "branch_unstable", centre) > 0) {
    return {point.number(kTime), std::numeric_limits<double>::quiet_NaN(), 0};
  }
  return {point.number(kTime),
          at(point, "branch_potential", outer) - at(point, "branch_potential", centre),
          2 * error_at(point, "branch_potential", outer)};
}

}  // namespace

std::optional<Measured> fold(const TimeSeries& series) {
  Samples eigenvalues, times;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  // Downwards in time from the fold, as long as the two branches move apart: further down t(m) may
  // have another extremum.
  for (auto point = series.points.rbegin(); point != series.points.rend(); ++point) {
    if ((*point)->observables.at("branches").shape[1] != 1) return std::nullopt;
    const Samples pair = off_branches(**point);
    if (pair.size() != 2) continue;
    if (pair[0].x >= low || pair[1].x <= high) break;
    low = pair[0].x;
    high = pair[1].x;
    for (const Sample& branch : pair) {
      eigenvalues.push_back(branch);
      times.push_back({branch.x, (*point)->number(kTime), 0});
    }
  }
  const auto found = zeros(eigenvalues, "top eigenvalue - 1 along the merging branches");
  if (found.size() != 1) return std::nullopt;
  const Measured& place = found.front();
  Measured time = interpolate(times, place.value);
  // t(m) is extremal there, so the error of m enters squared.
  time.error += std::abs(interpolate(times, place.value + place.error).value - time.value);
  time.from =
      fmt::format("extremum of t(m) along the merging branches, at m = {:.6g}", place.value);
  return time;
}

std::optional<Measured> equal_potential(const TimeSeries& series) {
  Samples all;
  for (const Point* point : series.points) all.push_back(excess(*point));
  const auto found = zeros(all, "potential of the outer branch minus that of the centre");
  if (found.empty()) return std::nullopt;
  return found.back();
}

}  // namespace symbreak::experiment
