// What steps of finite size allow a prediction to be wrong. May depend on:
// analysis/findings/common.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

/// Standard error of a predicted probability: a third of the bound, so that three are the bound.
inline double step_error(const Point& point) {
  return point.fact(generated::fact::step_error).value_or(0) / 3;
}

/// A note where predictions are less sharp for it than samples of usual numbers are.
inline void note_steps(Findings& findings, const Result& result) {
  constexpr double kFelt = 0.01 / 3;
  for (const auto& [point, keys] : measured_points(result)) {
    if (step_error(point) < kFelt) continue;
    note(findings, "experiment.steps",
         "what steps this long may change is an error of what is predicted",
         "more steps, or steps = auto(0.01), predict sharply");
    return;
  }
}

}  // namespace symbreak::findings
