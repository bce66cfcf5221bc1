// Figures of the condensation experiment. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/condensation/groups.hpp"

namespace symbreak::findings::condensation {

/// Weights, effective patterns, entropy, excess entropy, losses, generated samples.
std::vector<Figure> figures(const Groups& all,
                            const std::vector<std::pair<double, std::string>>& lines,
                            const std::vector<Curve>& sigmoids);

// maps.cpp:

/// The plane of t and N: E[w_1] as a surface with generalization, partial condensation and
/// memorization, and the line I(Y;X_t) = log N. Empty unless t and one other key are swept.
std::vector<Figure> memorization_maps(const Groups& all);

/// The fitted collapse times of `findings` against N with what predicts them, or bounds them. Empty
/// for fewer than two N.
std::vector<Figure> collapse_times(const Groups& all, const Findings& findings);

}  // namespace symbreak::findings::condensation
