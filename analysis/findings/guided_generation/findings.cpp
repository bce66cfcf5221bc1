// What guidance does to a class. Verdicts, for two Gaussian classes: `guided_shift`,
// `guided_variance`, and `purity` and `class_fraction` unless almost all are pure, against the exact
// law; without guidance (w = 0 at all levels) `energy_distance` to the class against 0. Results of
// any classes: the same numbers, and the variance over all coordinates. Of e^{alpha d} classes:
// many_classes.hpp.
#include <algorithm>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/guided_generation/many_classes.hpp"
#include "analysis/findings/guided_generation/observables.hpp"

namespace symbreak::findings::guided_generation {

namespace {

constexpr const char* kWeight = "experiment.weight";
/// Impurities are carried by rare states: they have an error bar once enough are in the sample.
constexpr double kClear = 20;  ///< impurity over its error

bool unguided(const Point& point) {
  return std::ranges::all_of(point.fact_values(fact::weight), [](double w) { return w == 0; });
}

/// Shift and variance against the weight: a curve for each value of the other keys.
void draw(const Result& result, Findings& findings) {
  Figure shift = new_figure("shift", "Guidance moves the class", "guidance weight w",
                            "shift / deviations of the class");
  Figure variance = new_figure("variance", "Guidance narrows the class", "guidance weight w",
                               "variance / that of the class");
  shift.caption = "The reverse SDE forgets an early push, the probability flow does not.";
  variance.caption = "1: the class as it is. Late guidance narrows, early guidance moves.";
  for (const PointGroup& group : points_along(result, kWeight)) {
    if (group.points.size() < 2) continue;
    const std::string label = group.label();
    add(shift, along(group.points, kWeight, observable::shift,
                     {.label = label.empty() ? "generated" : label}));
    add(shift,
        along(group.points, kWeight, prediction::shift, line("theory" + joined(", ", label))));
    add(variance, along(group.points, kWeight, observable::variance,
                        {.label = label.empty() ? "generated" : label}));
    add(variance,
        along(group.points, kWeight, prediction::variance, line("theory" + joined(", ", label))));
  }
  add(findings, std::move(shift));
  add(findings, std::move(variance));
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& at : measured_points(result)) {
    const Point& point = at.point;
    const auto row = [&](const std::string& quantity, ObservableName name, PredictionName known,
                         const std::string& from) -> Verdict& {
      return judge_or_tell(findings, quantity, at.keys, value_of(point, name), point, known, from);
    };
    row("guided_shift", observable::shift, prediction::shift,
        "mean along the class axis, in deviations of the class")
        .role = Role::headline;
    row("guided_variance", observable::variance, prediction::variance,
        "variance along the class axis, over that of the class")
        .role = Role::headline;
    const auto share = [&](const std::string& quantity, ObservableName name, PredictionName known,
                           const std::string& from) {
      const Value value = value_of(point, name);
      if (1 - value.value > kClear * value.error) {
        row(quantity, name, known, from);
      } else {
        tell(findings, quantity, at.keys, value, from);
      }
    };
    if (point.find(observable::purity) != nullptr) {
      share("purity", observable::purity, prediction::purity, "mean P(class|x) at the end");
    }
    share("class_fraction", observable::class_fraction, prediction::class_fraction,
          "generated data nearest to the class");
    tell(findings, "guided_spread", at.keys, value_of(point, observable::spread),
         "variance over all coordinates, over that of the class");
    if (point.find(observable::energy_distance) == nullptr) continue;
    const Value distance = value_of(point, observable::energy_distance);
    const std::string from = "to noised data of the class, unbiased";
    if (unguided(point)) {
      judge(findings, "energy_distance", at.keys, distance, {}, "conditional sampling", from);
    } else {
      tell(findings, "energy_distance", at.keys, distance, from);
    }
  }
  many_classes(result, findings);
  draw(result, findings);
  return findings;
}

}  // namespace symbreak::findings::guided_generation
