// Figures of several runs in one. May depend on: analysis/{verdict,report}.
#pragma once
#include <vector>

#include "analysis/report/page/comparison.hpp"

namespace symbreak::report {

/// One figure for each quantity that at least two runs have results of, against the coordinate that
/// varies most, one curve for each run and other coordinate; what is predicted as a line.
/// Headlines first, twelve at most, no checks.
std::vector<verdict::Figure> overlaid_results(
    const std::vector<Analysed>& runs, const std::vector<std::vector<verdict::Verdict>>& results);
/// Adds the figures that at least two runs draw under the same name and axes: curves that are the
/// same in all (theory) once, the others named after their run.
void overlay_figures(const std::vector<Analysed>& runs, Comparison& comparison);

}  // namespace symbreak::report
