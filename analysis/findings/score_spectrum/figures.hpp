// Pictures of spectra over noise. May depend on: analysis.
#pragma once
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::score_spectrum {

/// Eigenvalues (means, medians), local dimension by its two definitions, and J along the axes of the
/// law against what points without collapse have.
void draw(const Point& point, const Keys& keys, Findings& findings);

}  // namespace symbreak::findings::score_spectrum
