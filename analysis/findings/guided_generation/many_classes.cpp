#include "analysis/findings/guided_generation/many_classes.hpp"

#include <fmt/format.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/guided_generation/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/fit/polynomial.hpp"

namespace symbreak::findings::guided_generation {

namespace {

constexpr const char* kDimension = "target.dimension";

Value shift_of_mean(const Point& point) {
  const Value shift = value_of(point, observable::shift);
  const double length = std::sqrt(point.fact(fact::signal).value());
  return {shift.value / length, shift.error / length, shift.dof};
}

/// s where the mean P(class|x) along the runs passes 1/2: of a cubic through the logits of the
/// levels around it, over the blocks of the runs (levels of one run are correlated).
std::optional<Value> condensation(const Point& point) {
  constexpr double kFoot = 0.1;
  constexpr std::size_t kFewest = 6;
  const std::vector<double> s = point.fact_values(fact::followed);
  const VectorXd& mean = point.at(observable::committed).estimate.mean;
  const double v = point.fact(fact::within).value();
  std::vector<Index> near;
  for (Index i = 0; i < mean.size(); ++i) {
    if (mean[i] > kFoot && mean[i] < 1 - kFoot) near.push_back(i);
  }
  if (near.size() < kFewest || mean[near.front()] > 0.5 || mean[near.back()] < 0.5) {
    return std::nullopt;
  }
  VectorXd place(static_cast<Index>(near.size()));  // -1 at the first level, 1 at the last
  const double first = std::log(v + s[static_cast<std::size_t>(near.front())]),
               last = std::log(v + s[static_cast<std::size_t>(near.back())]);
  for (Index i = 0; i < place.size(); ++i) {
    const double at = std::log(v + s[static_cast<std::size_t>(near[static_cast<std::size_t>(i)])]);
    place[i] = 2 * (at - first) / (last - first) - 1;
  }
  const auto crossing = [&](const VectorXd& committed) -> VectorXd {
    VectorXd logits(place.size());
    for (Index i = 0; i < place.size(); ++i) {
      const double p = committed[near[static_cast<std::size_t>(i)]];
      logits[i] = std::log(p / (1 - p));
    }
    const MatrixXd powers = fit::powers_of(place, 3);
    const VectorXd c = powers.colPivHouseholderQr().solve(logits);
    double low = -1, high = 1;  // logits rise along the runs
    while (high - low > 1e-12) {
      const double middle = (low + high) / 2;
      (fit::polynomial(c, middle).value < 0 ? low : high) = middle;
    }
    return VectorXd::Constant(1, std::exp(first + (low + 1) / 2 * (last - first)) - v);
  };
  return statistics::jackknife(jackknife_rows(point, {observable::committed}), crossing).at();
}

struct Quantity {
  const char* name;
  PredictionName known;
  std::function<std::optional<Value>(const Point&)> measured;
  const char* from;
};

/// What is off at d = infinity, and the coefficient of 1/d.
std::optional<fit::Fit> extrapolated(const PointGroup& group, const Quantity& quantity) {
  std::vector<double> d;
  std::vector<Value> off;
  for (const Point* point : group.points) {
    const auto known = point->prediction(quantity.known);
    const auto value = quantity.measured(*point);
    if (!known || !value || !(value->error > 0)) continue;
    d.push_back(point->number(kDimension));
    off.push_back({value->value - *known, value->error, value->dof});
  }
  constexpr std::size_t kFewest = 3, kCurved = 5;
  if (d.size() < kFewest) return std::nullopt;
  return fit::extrapolate(vector_of(d), fit::values_of(off), fit::errors_of(off), 1,
                          d.size() < kCurved ? 1 : 2);
}

/// Whether the largest dimension is one from which 1/d leads to the limit: where runs condense it is
/// near already. Straight lines from d = 20 to 80 at w = 3 end two errors beside it.
bool near_limit(const Point& largest) {
  constexpr double kNear = 0.03;  // of v + s
  const auto finite = largest.prediction(prediction::condensation_finite),
             limit = largest.prediction(prediction::condensation_noise);
  if (!finite || !limit) return true;
  return std::abs(*finite - *limit) < kNear * (largest.fact(fact::within).value() + *limit);
}

void judge_limit(const PointGroup& group, const Quantity& quantity, Findings& findings) {
  const auto fitted = extrapolated(group, quantity);
  const Point& largest = *group.points.back();
  const auto known = largest.prediction(quantity.known);
  if (!fitted || !known) return;
  Value limit = fitted->at(0, true);
  limit.value += *known;
  if (!near_limit(largest)) {
    tell(findings, std::string(quantity.name) + "_limit", group.keys, limit,
         std::string(quantity.from) + ", from dimensions too small for it");
    return;
  }
  Verdict& row = judge(findings, std::string(quantity.name) + "_limit", group.keys, limit, {*known},
                       largest.source(quantity.known), quantity.from);
  of_fit(row, *fitted);
  row.role = Role::headline;
  Verdict& slope = tell(findings, "finite_size", group.keys, fitted->at(1, true),
                        "coefficient of 1/d of what differs from the limit");
  slope.criterion = quantity.name;
}

void draw_dimensions(const PointGroup& group, const Quantity& quantity, const char* known_as,
                     Figure& figure) {
  const auto place = [](const Point& point) { return 1 / point.number(kDimension); };
  const auto judged = [&](const Point& point) {
    return point.prediction(quantity.known) ? quantity.measured(point) : std::nullopt;
  };
  Curve points = along(group.points, place, judged, {.label = joined("", group.label())});
  if (points.x.size() < 2) return;
  // Straight from one dimension to the next: a monotone function, and little between them.
  Curve theory =
      along(group.points, place, quantity.known, {.label = known_as, .style = Curve::Style::line});
  points.colour = theory.colour = static_cast<int>(figure.curves.size() / 2);
  if (points.label.empty()) points.label = "generated";
  if (!figure.curves.empty()) theory.label = "";
  add(figure, points);
  add(figure, theory);
}

}  // namespace

void many_classes(const Result& result, Findings& findings) {
  const std::vector<Quantity> quantities = {
      {"shift", prediction::limit_shift,
       [](const Point& point) { return std::optional(shift_of_mean(point)); },
       "shift along the class's mean, extrapolated in 1/d"},
      {"spread", prediction::limit_spread,
       [](const Point& point) { return std::optional(value_of(point, observable::spread)); },
       "variance over all coordinates, extrapolated in 1/d"}};
  bool any = false;
  for (const auto& [point, keys] : measured_points(result, observable::committed)) {
    if (!point.fact(fact::rate)) continue;
    any = true;
    tell(findings, "shift_of_mean", keys, shift_of_mean(point),
         "E (x - mu).mu/|mu|^2 of the class's mean mu");
    if (const auto s = condensation(point)) {
      judge_or_tell(findings, "condensation_noise", keys, *s, point,
                    prediction::condensation_finite,
                    "s where the mean P(class|x) along the runs is 1/2");
    }
    if (const auto limit = point.prediction(prediction::condensation_noise)) {
      tell(findings, "condensation_noise", keys, {*limit},
           point.source(prediction::condensation_noise))
          .criterion = "limit";
    }
  }
  if (!any || std::ranges::find(result.swept, kDimension) == result.swept.end()) return;
  Figure figure =
      new_figure("many_classes", "Exponentially many classes are moved at any dimension", "1/d",
                 "shift over the class's mean", Log::none,
                 "Points: generated. Lines: the limit of infinite dimension.");
  Figure where = new_figure("condensation", "Where guided runs find their class", "1/d",
                            "s where the mean P(class|x) is 1/2", Log::none,
                            "Points: generated. Known: the log odds at that dimension, which move "
                            "1 + 2w times slower once the class is found.");
  const Quantity found{"condensation_noise", prediction::condensation_finite, condensation, ""};
  for (const PointGroup& group : points_along(result, kDimension)) {
    for (const Quantity& quantity : quantities) judge_limit(group, quantity, findings);
    draw_dimensions(group, quantities.front(), "d = infinity", figure);
    draw_dimensions(group, found, "exact", where);
  }
  add(findings, std::move(figure));
  add(findings, std::move(where));
}

}  // namespace symbreak::findings::guided_generation
