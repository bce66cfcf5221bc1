// Figures of coupled copies. May depend on: analysis/{theory,verdict}, scaling.hpp.
#pragma once
#include <optional>
#include <vector>

#include "analysis/findings/copies/scaling.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings::copies {

/// What was measured for one group of points; absent fits draw nothing.
struct Curves {
  const Rows* rows = nullptr;
  const verdict::Point* point = nullptr;  ///< one of the group: facts, predictions
  std::optional<Crossings> crossings;
  Value critical_s;
  std::optional<Power> below, chi_above, chi_below, isotherm;
};

/// U4 against t; m n^{1/4} against tau sqrt(n) with the exact scaling function; crossings against
/// n^{-1/2}; log-log plots of <|m|^2>, chi and the critical isotherm.
std::vector<verdict::Figure> figures(const Curves& curves);

}  // namespace symbreak::findings::copies
