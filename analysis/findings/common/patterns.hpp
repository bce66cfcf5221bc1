// Findings about final images, for mode_softening and pattern_formation. May depend on: analysis.
#pragma once
#include <string>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

/// The unit in which noise is told: P^2 of the windows (q = P^2/s), else lambda_max of the data.
struct NoiseUnit {
  double value = 1;
  bool windows = false;
  std::string ratio() const { return windows ? "q = P²/s" : "q = λ_max(C)/s"; }  ///< axis label
};
NoiseUnit noise_unit(const Point& point);

/// Whether the point is the patch score of two uniform patches, which the references are for.
bool of_uniform_patches(const Point& point);

/// (L/P)^2 <M^2> against the reference where there is one (uniform patches, s_end = 1e-4 P^2,
/// L/P >= 4, no corrector).
void judge_mosaics(const Point& point, const Keys& keys, Findings& findings);
/// Images, structure factor with both correlation lengths, domain sizes of one point.
void draw_patterns(const Point& point, const Keys& keys, Findings& findings);

}  // namespace symbreak::findings
