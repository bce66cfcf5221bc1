// Verdicts: `true_weight` per point against its exact value; `memorization_noise` per curve, where
// E[w_1] passes its exact value at the threshold; the identities, pooled over all points.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/discrete_condensation/observables.hpp"

namespace symbreak::findings::discrete_condensation {

namespace {

/// What the points of a curve differ in: the noise, or the time of the deck's clock.
struct Axis {
  const char* key;
  const char* label;
  PredictionName critical;
  const char* found;  ///< the quantity that crosses there
};
constexpr Axis kNoise{"experiment.noise", "noise", prediction::critical_noise,
                      "memorization_noise"};
constexpr Axis kTime{"experiment.t", "t", prediction::critical_time, "memorization_time"};

/// Below this weight means are made by rare states.
constexpr double kRare = 0.02;

void weights(const Point& point, const Keys& keys, Findings& findings) {
  const Value measured = value_of(point, observable::true_weight);
  const std::string from = "weight of the datum that x was made from";
  const auto exact = point.prediction(prediction::true_weight);
  if (exact && (*exact < kRare || 1 - *exact < kRare)) {
    tell(findings, "true_weight", keys, measured, from);
  } else {
    judge_or_tell(findings, "true_weight", keys, measured, point, prediction::true_weight, from);
  }
}

/// Where the probit of w_1 passes that of `level`: linear between two points.
std::optional<Value> crossing(const PointGroup& group, const Axis& axis, double level,
                              bool measured) {
  const boost::math::normal normal;
  const auto probit = [&](double w) {
    return boost::math::quantile(normal, std::clamp(w, 1e-12, 1 - 1e-12));
  };
  for (std::size_t i = 0; i + 1 < group.points.size(); ++i) {
    const Point &a = *group.points[i], &b = *group.points[i + 1];
    const auto above = a.prediction(prediction::true_weight),
               below = b.prediction(prediction::true_weight);
    // The same two points for both, chosen by the theory: no selection on the noise.
    if (!above || !below || *above < level || *below > level) continue;
    const auto of = [&](const Point& point, double exact) {
      return measured ? value_of(point, observable::true_weight) : Value{exact};
    };
    const Value high = of(a, *above), low = of(b, *below);
    const auto slope = [&](double w) { return boost::math::pdf(normal, probit(w)); };
    const double z = probit(level), za = probit(high.value), zb = probit(low.value);
    if (!(za > zb)) return std::nullopt;
    const double share = (za - z) / (za - zb), width = b.number(axis.key) - a.number(axis.key);
    const double da = high.error / slope(*above) * (1 - share),
                 db = low.error / slope(*below) * share;
    return Value{a.number(axis.key) + share * width, std::hypot(da, db) / (za - zb) * width,
                 std::min(high.dof, low.dof)};
  }
  return std::nullopt;
}

void threshold(const PointGroup& group, const Axis& axis, Findings& findings) {
  const auto critical = group.first().prediction(axis.critical),
             level = group.first().prediction(prediction::threshold_weight);
  if (!critical || !level) return;
  Verdict* row = nullptr;
  const auto measured = crossing(group, axis, *level, true),
             theory = crossing(group, axis, *level, false);
  if (measured && theory) {
    Value found = *measured;
    found.value -= theory->value - *critical;  // what the interpolation does to the exact curve
    row = &judge(
        findings, axis.found, group.keys, found, {*critical}, group.first().source(axis.critical),
        std::string(axis.label) + " at which E[w_1] passes its exact value at the threshold");
  } else {
    row = &tell(findings, axis.found, group.keys, {*critical}, group.first().source(axis.critical));
  }
  row->role = Role::headline;
}

void identities(const Result& result, Findings& findings) {
  struct Identity {
    ObservableName name, frequency;
    const char* text;
  };
  constexpr Identity kIdentities[] = {
      {observable::true_weight_identity, observable::true_weight, "E[w_1] = E[Y] in every channel"},
      {observable::clone_identity, observable::clone_probability,
       "P(clones are the same datum) = E[Y]"},
      {observable::return_identity, observable::return_probability, "P(U-turn returns) = E[Y]"},
      {observable::map_identity, observable::map_correct, "P(MAP correct) = E[max w]"}};
  for (const auto& [name, frequency, identity] : kIdentities) {
    Pool pool;
    for (const auto& [point, keys] : measured_points(result, name)) {
      const Value value = event_identity(point, name, frequency);
      if (value.error > 1e-12) pool.add(value);
    }
    pool.judge(findings, name.string(), {}, {}, identity, "point");
  }
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result, observable::true_weight)) {
    weights(point, keys, findings);
  }
  const bool times = std::ranges::find(result.swept, kTime.key) != result.swept.end();
  const Axis& axis = times ? kTime : kNoise;
  Figure figure = new_figure("memorization", "Who knows the datum", axis.label, "E[w₁]", Log::none,
                             "The weight of the datum behind a noisy state; vertical: the channel "
                             "carries log N.");
  figure.y_range = {{-0.02, 1.02}};
  for (const PointGroup& group : points_along(result, axis.key)) {
    threshold(group, axis, findings);
    if (group.points.size() < 2) continue;
    figure.curves.push_back(along(group.points, axis.key, observable::true_weight,
                                  {.label = "E[w₁]" + joined(", ", group.label())}));
    add(figure, along(group.points, axis.key, prediction::true_weight,
                      line("exact" + joined(", ", group.label()))));
    if (const auto critical = group.first().prediction(axis.critical)) {
      figure.vertical_lines.emplace_back(*critical, "threshold");
    }
  }
  add(findings, figure);
  identities(result, findings);
  return findings;
}

}  // namespace symbreak::findings::discrete_condensation
