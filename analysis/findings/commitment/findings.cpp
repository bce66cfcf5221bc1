// Clone probabilities, identities of an exact score, and where typical states are stable.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/commitment/observables.hpp"
#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/rare_events.hpp"
#include "analysis/theory/information.hpp"

namespace symbreak::findings::commitment {

namespace {

/// phi(G) is the law of two narrow classes, d -> infinity. Where the law of M at this d is known, its
/// moments make the G that is judged; the correction is of relative order 1/d, and its own square
/// what the next order may add.
void clones(const Result& result, const Point& point, double phi, Findings& findings) {
  const Keys keys = swept_keys(result, point);
  const std::string from = "E sum_c P(c|x)^2 on typical states";
  const Value measured = value_of(point, observable::clone_probability);
  const auto finite = point.fact(fact::class_signal_finite);
  const double law = finite ? theory::clone_probability(*finite) : phi;
  const double next = finite ? (law - phi) * (law - phi) / (law - 0.5) : 0;
  double states = 0;
  for (const auto& unit : point.at(observable::clone_probability).units) {
    states += static_cast<double>(unit.count);
  }
  // What is missing to 1 comes from states between the classes: fewer than this have no error.
  constexpr double kFewest = 10;
  const bool rare = states > 0 && states * (1 - law) < kFewest;
  const std::string name = observable::clone_probability.string();
  tell(findings, "class_signal", keys, {point.fact(fact::class_signal).value_or(NAN)},
       "G of narrow classes, d -> infinity");
  if (!rare) {
    judge(findings, name, keys, measured, {law, next},
          finite ? "(1 + q(G))/2, moments of M at this d" : "(1 + q(G))/2, narrow classes", from);
    return;
  }
  tell(findings, name, keys, measured, from).note =
      "no verdict: too few states lie between the classes";
  tell(findings, name, keys, {law}, "(1 + q(G))/2").criterion =
      finite ? "moments of M at this d" : "narrow classes, d -> infinity";
}

void judge_point(const Result& result, const Point& point, Findings& findings) {
  const auto compare = [&](ObservableName name, const Value& value, const std::string& source,
                           const std::string& from) {
    constexpr double kRounding = 1e-12;  // all that is left where the class is certain
    judge(findings, name.string(), swept_keys(result, point), value + Value{0, kRounding}, {},
          source, from);
  };
  if (const auto phi = point.prediction(prediction::clone_probability))
    clones(result, point, *phi, findings);
  compare(observable::class_identity,
          event_identity(point, observable::class_identity, observable::class_kept),
          "exact score: U-turns and clones keep the class alike",
          "P(class of y|x) - sum_c P(c|x)^2");
  compare(observable::stiffness_identity, value_of(point, observable::stiffness_identity),
          "E grad grad log p = -E grad log p grad log p'", "1 - beta Var(u.y|x) - s (u.score)^2");
}

void draw(const PointGroup& group, Findings& findings) {
  const auto against_time = [&](const auto& y, const Curve& curve) {
    return along(group.points, kTime, y, curve);
  };
  Figure clones =
      new_figure("clone_probability" + joined("_", group.label()),
                 "Commitment to a class" + joined(", ", group.label()), "t",
                 "P(clones end in the same class)", Log::x,
                 "Two clones of a noised datum, and a datum noised and brought back: below t_c "
                 "they keep the class, far above it is drawn anew.");
  clones.curves = {against_time(observable::clone_probability, {.label = "two clones"}),
                   against_time(observable::class_kept, {.label = "U-turn"})};
  for (FactName signal : {fact::class_signal, fact::class_signal_finite}) {
    const auto phi = [&](const Point& point) {
      const auto G = point.fact(signal);
      return G ? std::optional(theory::clone_probability(*G)) : std::nullopt;
    };
    add(clones, against_time(phi, line("(1 + q(G))/2")));
  }
  if (const auto critical = group.first().prediction(prediction::critical_time)) {
    clones.vertical_lines = {{*critical, "t_c"}};
  }
  Figure stiffness = clones;
  stiffness.name = "stiffness" + joined("_", group.label());
  stiffness.title = "Stability along the order parameter" + joined(", ", group.label());
  stiffness.y_label = "1 − β Var(u·y|x)";
  stiffness.y_range = std::pair{-1.0, 1.1};
  stiffness.curves = {
      against_time(observable::stiffness, {.label = "typical states, mean"}),
      against_time(observable::unstable_fraction, {.label = "fraction of unstable states"}),
      against_time(fact::noiseless_stiffness, line("noiseless line, x = 0"))};
  stiffness.caption =
      "The noiseless line crosses zero at t_c. On typical states the mean never does: for an exact "
      "score it is s E(u·score)².";
  findings.figures.push_back(clones);
  findings.figures.push_back(stiffness);

  const auto softest =
      std::min_element(group.points.begin(), group.points.end(), [](auto* a, auto* b) {
        return value_of(*a, observable::stiffness).value <
               value_of(*b, observable::stiffness).value;
      });
  const Value least = value_of(**softest, observable::stiffness);
  Value unstable{-1};
  double at = 0;
  for (const Point* point : group.points) {
    const Value here = value_of(*point, observable::unstable_fraction);
    if (here.value > unstable.value) unstable = here, at = point->number(kTime);
  }
  tell(findings, observable::stiffness.string(), group.keys, least,
       "1 - beta Var(u.y|x) on typical states, mean")
      .criterion = "smallest over t";
  findings.measured.back().axis = {{kTime, (*softest)->number(kTime)}};
  tell(findings, observable::unstable_fraction.string(), group.keys, unstable,
       "typical states that are unstable along the order parameter")
      .criterion = "largest over t";
  findings.measured.back().axis = {{kTime, at}};
}

}  // namespace

/// Verdicts per point: `clone_probability` against phi(G) where the classes are known to be two
/// narrow ones, `class_identity` and `stiffness_identity` (exact for every target). Figures: the
/// clone probability and the stiffness against t with the noiseless line, per group of other keys.
Findings analyse(const Result& result) {
  Findings findings;
  for (const Point& point : result.points) {
    if (point.measured()) judge_point(result, point, findings);
  }
  for (const PointGroup& group : points_along(result, kTime)) draw(group, findings);
  return findings;
}

}  // namespace symbreak::findings::commitment
