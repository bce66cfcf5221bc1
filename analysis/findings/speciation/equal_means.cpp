#include "analysis/findings/speciation/equal_means.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/clone_crossing.hpp"
#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/speciation/observables.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings::speciation {

namespace {

constexpr const char* kDimension = "target.dimension";

/// Where clones of one dimension part: s*, and what to add to it.
struct Parting {
  double dimension;
  Value noise;
  double mean_variance;
};

std::optional<Parting> parting(const PointGroup& group) {
  const auto variance = group.first().fact(branching::fact::mean_variance);
  if (!variance) return std::nullopt;
  std::vector<double> noise;
  std::vector<Value> probability;
  for (const Point* point : group.points) {
    const double p = point->at(observable::clone_probability).value();
    noise.push_back(point->fact(branching::fact::noise).value());
    probability.push_back(
        {p, std::sqrt(p * (1 - p) / point->fact(branching::fact::samples).value())});
  }
  const auto found = clone_crossing(noise, noise, probability);
  if (!found || !(found->time.error > 0)) return std::nullopt;
  return Parting{group.first().number(kDimension), found->time, *variance};
}

void judge_exponent(const Keys& keys, const std::vector<Parting>& all, Findings& findings) {
  constexpr std::size_t fewest = 4;
  if (all.size() < fewest) return;
  const auto n = static_cast<Index>(all.size());
  MatrixXd design(n, 3);
  std::vector<Value> logs;
  for (Index i = 0; i < n; ++i) {
    const Parting& each = all[static_cast<std::size_t>(i)];
    const double sum = each.noise.value + each.mean_variance;
    design.row(i) = Eigen::RowVector3d(1, std::log(each.dimension), 1 / each.dimension);
    logs.push_back({std::log(sum), each.noise.error / sum, each.noise.dof});
  }
  const fit::Fit fitted = fit::linear(design, fit::values_of(logs), fit::errors_of(logs));
  Verdict& row = judge(findings, "speciation_exponent", keys, 0.5 * fitted.at(1, true), {0.25},
                       "G = d dv^2/(8 (v + s)^2) = 1: t* = (1/4) ln d (Ornstein-Uhlenbeck clock)",
                       "half the slope of ln(v + s*) = c_0 + slope ln d + c_1/d");
  of_fit(row, fitted);
  row.detail = fmt::format("{} dimensions, {:g} to {:g}", all.size(), all.front().dimension,
                           all.back().dimension);
  row.role = Role::headline;

  Figure figure = new_figure(keys, "speciation_exponent", "Classes of equal means", "dimension d",
                             "v + s* where clones part", Log::both,
                             "Points: clones. Line: the fit, slope twice the exponent of t*.");
  Curve points{.label = "clones"}, law{.label = "fit", .style = Curve::Style::line};
  for (Index i = 0; i < n; ++i) {
    const Value& log = logs[static_cast<std::size_t>(i)];
    const double d = all[static_cast<std::size_t>(i)].dimension, value = std::exp(log.value);
    push(points, d, Value{value, log.error * value});
    push(law, d, std::exp(design.row(i).dot(fitted.value)));
  }
  figure.curves = {points, law};
  findings.figures.push_back(figure);
}

}  // namespace

void equal_means(const Result& result, Findings& findings) {
  if (std::ranges::find(result.swept, kDimension) == result.swept.end()) return;
  std::map<Keys, std::vector<Parting>> by_keys;
  for (const PointGroup& group : points_along(result, kTime)) {
    Keys keys = group.keys;
    keys.erase(kDimension);
    if (const auto found = parting(group)) by_keys[keys].push_back(*found);
  }
  for (auto& [keys, all] : by_keys) {
    std::ranges::sort(all, {}, &Parting::dimension);
    judge_exponent(keys, all, findings);
  }
}

}  // namespace symbreak::findings::speciation
