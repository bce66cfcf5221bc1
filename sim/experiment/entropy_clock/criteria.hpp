// Critical times by criterion, on the symmetric line x = 0 of an even target. May depend on:
// sim/target, sim/diffusion, analysis/theory.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::entropy_clock {

/// With J the slope of <y> at x = 0 along the first order axis and s = sigma^2 t, the Jacobian
/// vanishes of
///   score              J = 1                                   (every gauge)
///   vp_drift           J = 1 - s/(2(1+s)), reverse drift of the variance-preserving SDE
///   vp_flow            J = 1/(1+s), its probability flow: may have no solution
/// For each: solved, by bisection of the denoiser's own Jacobian from high noise down, and for fixed
/// norm the closed form in the top eigenvalue of the covariance (analysis/theory/mean_field.hpp).
/// All as times of the deck's clock. Also the speciation time (lambda theta^2 = 1, Biroli et al.
/// 2024), which is a definition. Empty unless the data are even and the clean mean is no sampled
/// one.
std::vector<verdict::Prediction> critical_criteria(const target::Model& model,
                                                   const diffusion::Forward& forward);

}  // namespace symbreak::experiment::entropy_clock
