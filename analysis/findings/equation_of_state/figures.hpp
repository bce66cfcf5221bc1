// Pictures of recorded branches. May depend on: analysis/verdict, analysis/findings/common.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/findings/common/series.hpp"
#include "analysis/verdict/findings.hpp"

namespace symbreak::findings::equation_of_state {

/// Figures and the landscape movie of one series. `critical_times`: measured, with labels; the
/// first is the one that tau = t/t_c - 1 refers to (none: no scaling plots). `window`: largest |tau| of the fits.
void draw(const TimeSeries& series,
          const std::vector<std::pair<double, std::string>>& critical_times, bool scaling,
          double window, Findings& findings);

}  // namespace symbreak::findings::equation_of_state
