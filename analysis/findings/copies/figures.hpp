// Figures of the copies experiment. May depend on: analysis/verdict, copies_scaling, copies_theory.
#pragma once
#include <optional>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"
#include "analysis/findings/copies/scaling.hpp"

namespace symbreak::experiment {

/// What was measured for one group of points; absent fits draw nothing.
struct CopiesCurves {
  const Rows* rows = nullptr;
  const verdict::Point* point = nullptr;  ///< one of the group: predictions
  std::optional<Crossings> crossings;
  Estimated critical_s;
  std::optional<Power> below, chi_above, chi_below, isotherm;
};

/// U4 against t; m n^{1/4} against tau sqrt(n) with the exact scaling function; crossings against
/// n^{-1/2}; log-log plots of <|m|^2>, chi and the critical isotherm.
std::vector<verdict::Figure> copies_figures(const CopiesCurves& curves);

}  // namespace symbreak::experiment
