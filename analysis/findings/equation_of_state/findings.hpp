// From recorded branches to critical times, exponents and pictures.
// May depend on: analysis, sim/diffusion.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/findings/common/series.hpp"

namespace symbreak::experiment {

/// Verdicts on critical times (each names its criterion), exponents, amplitude ratio, spinodal,
/// coexistence and tricritical point; diagnostics; figures.
verdict::Findings analyse_equation_of_state(const verdict::Result& result);

/// Figures and the landscape movie of one series. `critical_times`: measured, with labels; the
/// first is the one that tau = t/t_c - 1 refers to (none: no scaling plots).
void draw_equation_of_state(const TimeSeries& series,
                            const std::vector<std::pair<double, std::string>>& critical_times,
                            bool scaling, verdict::Findings& findings);

}  // namespace symbreak::experiment
