// From recorded weights of data at their own place to the capacity of the modern Hopfield network.
// May depend on: analysis.
//
// Verdicts, where the start is the datum itself: `capacity` per group of swept keys other than the
// number of points, from log N at E[w_1] = 1/2 with the finite-size shift of the theory taken off;
// `crosstalk` (exact mean at every N and d, points of equal norm); `energy_difference` and
// `energy_rise`.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/retrieval/observables.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings::retrieval {

namespace {

/// "what, d = 64".
std::string label(const std::string& what, const PointGroup& group) {
  return what + joined(", ", group.label());
}

double log_count(const Point& point) { return *point.fact(fact::log_count); }
double alpha(const Point& point) { return log_count(point) / *point.fact(fact::dimension); }

/// alpha at E[w_1] = 1/2: the probit of E[w_1] as a parabola of alpha, least squares.
struct Crossing {
  Value at;
  Index points;
};

std::optional<Crossing> crossing(const PointGroup& group, bool measured) {
  std::vector<double> a, z, sigma, freedom;
  const boost::math::normal normal;
  for (const Point* point : group.points) {
    const Observable* found = point->find(observable::true_weight);
    const auto theory = point->prediction(prediction::retrieval_weight);
    if (found == nullptr || !theory) continue;
    // The same points for both, chosen by the theory: no selection on the noise.
    if (*theory < 0.1 || *theory > 0.9) continue;
    const double w = std::clamp(measured ? found->value() : *theory, 0.01, 0.99);
    a.push_back(alpha(*point));
    z.push_back(boost::math::quantile(normal, w));
    sigma.push_back(std::max(1e-6, found->error()) /
                    boost::math::pdf(normal, boost::math::quantile(normal, *theory)));
    freedom.push_back(found->estimate.value().dof);
  }
  if (a.size() < 4) return std::nullopt;
  // alpha as a function of z, so that the crossing is its value at z = 0; errors through the slope.
  const auto n = static_cast<Index>(a.size());
  const VectorXd y = vector_of(z);
  const auto model = [&](const VectorXd& p) {
    VectorXd values(n);
    for (Index i = 0; i < n; ++i) {
      const double u = a[static_cast<std::size_t>(i)] - p[0];
      values[i] = u * (p[1] + p[2] * u);
    }
    return values;
  };
  VectorXd start(3);
  start << (a.front() + a.back()) / 2, (z.back() - z.front()) / (a.back() - a.front()), 0;
  const fit::Fit result = fit::nonlinear(model, start, y, {vector_of(sigma), vector_of(freedom)});
  if (!result.converged) return std::nullopt;
  return Crossing{result.at(0, measured), n};
}

void judge_capacity(Findings& findings, const PointGroup& group) {
  const auto limit = group.first().prediction(prediction::capacity);
  if (!limit || group.points.size() < 4) return;
  const auto measured = crossing(group, true), theory = crossing(group, false);
  if (!measured || !theory) {
    warn(findings, "capacity", label("fewer than 4 sizes have 0.1 < E[w_1] < 0.9", group),
         "add values of target.n around log N = alpha_1 d, the predicted capacity");
    return;
  }
  const std::string half = "log(N)/d at E[w_1] = 1/2";
  Verdict& row = judge(
      findings, "capacity", group.keys,
      {measured->at.value - (theory->at.value - *limit), measured->at.error, measured->at.dof},
      {*limit, 0}, "alpha_1, d -> infinity (Lucibello & Mezard 2024)",
      half + ", the distance of the finite-size theory from its limit taken off");
  row.detail = fmt::format("{} sizes", measured->points);
  row.role = Role::headline;
  tell(findings, "capacity", group.keys, measured->at, half).criterion = "at this d";
  tell(findings, "capacity", group.keys, {theory->at.value}, "finite-size theory").criterion =
      "at this d, finite-size theory";
}

void judge_crosstalk(Findings& findings, const std::vector<PointGroup>& all) {
  Pool pool;
  for (const PointGroup& group : all) {
    for (const Point* point : group.points) {
      const Observable* found = point->find(observable::crosstalk);
      const auto predicted = point->prediction(prediction::log_crosstalk);
      if (found == nullptr || !predicted || !(found->error() > 0)) continue;
      // A mean over overlaps that the data do not reach is made by rare samples: leave it out.
      if (found->error() > 0.2 * found->value()) continue;
      const double exact = std::exp(*predicted);
      pool.add({found->value() / exact, found->error() / exact, found->estimate.value().dof}, 1);
    }
  }
  pool.judge(findings, "crosstalk", {}, {1},
             "E[(1/w_1 - 1)/(N - 1)] in units of its exact value at every N and d", "point");
}

/// Rounding of the float dot products: 1e-7 of x.y per coordinate, hence of |y|^2/d. Where b is small
/// the logarithm of the sum rounds, and 1/b enlarges that: deviations are counted in units of the
/// largest of these, and of 1.
constexpr double kRounding = 1e-6;
void judge_energies(Findings& findings, const std::vector<PointGroup>& all) {
  double difference = 0, rise = -INFINITY;
  bool known = false;
  for (const PointGroup& group : all) {
    for (const Point* point : group.points) {
      const auto* square = point->find(observable::square);
      const double unit_of =
          std::min({1.0, point->fact(fact::beta).value_or(1), square ? 1 / square->value() : 1.0});
      if (const auto* found = point->find(observable::energy_difference)) {
        const auto& units = found->units;
        for (const auto& unit : units) {
          difference = std::max(difference, unit_of * unit.bins.cwiseAbs().maxCoeff());
        }
        known = true;
      }
      if (const auto* found = point->find(observable::energy_rise)) {
        for (const auto& unit : found->units) {
          if (unit.count > 0 && unit.bins.size() > 0) {
            rise = std::max(rise, unit_of * unit.bins.maxCoeff());
          }
        }
      }
    }
  }
  if (known) {
    judge(findings, "energy_difference", {}, {difference, kRounding}, {},
          "F~ of the diffusion model = energy of the dense associative memory + constant",
          "largest deviation per dimension of all starts, in max(1, 1/b, |y|^2/d); error: "
          "rounding of single precision")
        .role = Role::check;
  }
  if (std::isfinite(rise)) {
    judge(findings, "energy_rise", {}, {std::max(0.0, rise), kRounding}, {},
          "the potential never rises along the update (concave-convex procedure)",
          "largest rise per dimension of all updates, in max(1, 1/b, |y|^2/d); error: rounding of "
          "single precision")
        .role = Role::check;
  }
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  const std::vector<PointGroup> sizes = points_along(result, "target.n");
  Figure figure =
      new_figure("retrieval", "A datum at its own place", "α = log(N)/d", "E[w₁] at x = y₁");
  figure.y_range = {{-0.02, 1.02}};
  figure.caption = "Below the capacity α₁ a datum holds the weight at its own place, above it not.";
  for (const PointGroup& group : sizes) {
    judge_capacity(findings, group);
    if (group.first().number("experiment.overlap") != 1 || group.points.size() < 2) continue;
    figure.curves.push_back(
        along(group.points, alpha, observable::true_weight, {.label = label("E[w₁]", group)}));
    add(figure, along(group.points, alpha, prediction::retrieval_weight,
                      line(label("finite-size theory", group))));
    if (const auto limit = group.first().prediction(prediction::capacity)) {
      figure.vertical_lines.emplace_back(*limit, label("α₁", group));
    }
  }
  add(findings, figure);
  if (std::find(result.swept.begin(), result.swept.end(), "experiment.overlap") !=
      result.swept.end()) {
    Figure basin =
        new_figure("basin", "Basins of attraction", "overlap of the start", "fraction retrieved");
    basin.y_range = {{-0.02, 1.02}};
    basin.caption = "How far from a datum a start may be and still be drawn to it.";
    for (const PointGroup& group : points_along(result, "experiment.overlap")) {
      basin.curves.push_back(along(group.points, "experiment.overlap", observable::retrieved,
                                   {.label = label("retrieved", group)}));
    }
    findings.figures.push_back(basin);
  }
  judge_crosstalk(findings, sizes);
  judge_energies(findings, sizes);
  return findings;
}

}  // namespace symbreak::findings::retrieval
