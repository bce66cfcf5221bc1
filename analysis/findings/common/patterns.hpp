// Findings about final images, for mode_softening and pattern_formation. May depend on: analysis.
#pragma once
#include <map>
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

/// The unit in which noise is told: P^2 of the windows (q = P^2/s), else lambda_max of the data.
struct NoiseUnit {
  double value = 1;
  bool windows = false;
  std::string ratio() const { return windows ? "q = P²/s" : "q = λ_max(C)/s"; }  ///< axis label
};
NoiseUnit noise_unit(const verdict::Point& point);

/// Whether the point is the patch score of two uniform patches, which the references are for.
bool of_uniform_patches(const verdict::Point& point);

/// (L/P)^2 <M^2> against the reference where there is one (uniform patches, s_end = 1e-4 P^2,
/// L/P >= 4, no corrector).
void judge_mosaics(const verdict::Point& point, const std::map<std::string, std::string>& keys,
                   verdict::Findings& findings);
/// Images, structure factor with both correlation lengths, domain sizes of one point.
void draw_patterns(const verdict::Point& point, const std::map<std::string, std::string>& keys,
                   verdict::Findings& findings);

}  // namespace symbreak::findings
