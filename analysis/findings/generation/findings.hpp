// From recorded reverse trajectories to verdicts and figures. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per point: `overlap` against forward noised data and, in one dimension, against
/// quadrature; `branch_occupation` per class; `wasserstein_2`, `energy_distance` and
/// `frechet_distance` in excess of two exact samples of the same size (predicted 0).
verdict::Findings analyse_generation(const verdict::Result& result);

}  // namespace symbreak::experiment
