// Findings about final images, for mode_softening and pattern_formation. May depend on: analysis.
#pragma once
#include <map>
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// (L/P)^2 <M^2> against the reference where there is one (uniform patches, s_end = 1e-4 P^2,
/// L/P >= 4, no corrector).
void judge_mosaics(const verdict::Point& point, const std::map<std::string, std::string>& keys,
                   verdict::Findings& findings);
/// Images, structure factor with both correlation lengths, domain sizes of one point.
void draw_patterns(const verdict::Point& point, const std::map<std::string, std::string>& keys,
                   verdict::Findings& findings);

verdict::Findings analyse_patterns(const verdict::Result& result);

}  // namespace symbreak::experiment
