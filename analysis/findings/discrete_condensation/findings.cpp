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

constexpr const char* kNoise = "experiment.noise";

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

/// Noise at which the probit of w_1 passes that of `level`: linear between two points.
std::optional<Value> crossing(const PointGroup& group, double level, bool measured) {
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
    const double share = (za - z) / (za - zb), width = b.number(kNoise) - a.number(kNoise);
    const double da = high.error / slope(*above) * (1 - share),
                 db = low.error / slope(*below) * share;
    return Value{a.number(kNoise) + share * width, std::hypot(da, db) / (za - zb) * width,
                 std::min(high.dof, low.dof)};
  }
  return std::nullopt;
}

void threshold(const PointGroup& group, Findings& findings) {
  const auto critical = group.first().prediction(prediction::critical_noise),
             level = group.first().prediction(prediction::threshold_weight);
  if (!critical || !level) return;
  Verdict* row = nullptr;
  const auto measured = crossing(group, *level, true), theory = crossing(group, *level, false);
  if (measured && theory) {
    Value found = *measured;
    found.value -= theory->value - *critical;  // what the interpolation does to the exact curve
    row = &judge(findings, "memorization_noise", group.keys, found, {*critical},
                 group.first().source(prediction::critical_noise),
                 "noise at which E[w_1] passes its exact value at the threshold");
  } else {
    row = &tell(findings, "memorization_noise", group.keys, {*critical},
                group.first().source(prediction::critical_noise));
  }
  row->role = Role::headline;
}

void identities(const Result& result, Findings& findings) {
  constexpr std::pair<ObservableName, const char*> kIdentities[] = {
      {observable::true_weight_identity, "E[w_1] = E[Y] in every channel"},
      {observable::clone_identity, "P(clones are the same datum) = E[Y]"},
      {observable::return_identity, "P(U-turn returns) = E[Y]"},
      {observable::map_identity, "P(MAP correct) = E[max w]"}};
  for (const auto& [name, identity] : kIdentities) {
    Pool pool;
    for (const auto& [point, keys] : measured_points(result, name)) {
      const Value value = value_of(point, name);
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
  Figure figure = new_figure("memorization", "Who knows the datum", "noise", "E[w₁]", Log::none,
                             "The weight of the datum behind a noisy state; vertical: the channel "
                             "carries log N.");
  figure.y_range = {{-0.02, 1.02}};
  for (const PointGroup& group : points_along(result, kNoise)) {
    threshold(group, findings);
    if (group.points.size() < 2) continue;
    figure.curves.push_back(along(group.points, kNoise, observable::true_weight,
                                  {.label = "E[w₁]" + joined(", ", group.label())}));
    add(figure, along(group.points, kNoise, prediction::true_weight,
                      line("exact" + joined(", ", group.label()))));
    if (const auto critical = group.first().prediction(prediction::critical_noise)) {
      figure.vertical_lines.emplace_back(*critical, "threshold");
    }
  }
  add(findings, figure);
  identities(result, findings);
  return findings;
}

}  // namespace symbreak::findings::discrete_condensation
