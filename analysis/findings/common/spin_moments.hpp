// Generated spins against the exact moments of their target, and what the error of a sampled score
// does to them. May depend on: analysis, analysis/findings/common/grouping.hpp.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

/// Verdicts `energy`, `magnetization_abs`, `magnetization_second`, `binder_cumulant` of every point
/// for which they are known exactly; `wasserstein_1` of the laws of M and E. Points that differ in
/// experiment.sweeps only: the same moments extrapolated linearly to zero variance of the score
/// (variance ~ 1/sweeps), with the drift in the note and in the figure `score_error`. Warns of
/// chains that did not follow their trajectories.
void judge_generated_spins(const verdict::Result& result, verdict::Findings& findings);

/// The torus that the spins of a point live on, with equal ferromagnetic couplings and no field;
/// nullopt for any other target, and where the deck does not tell its side (couplings of a file).
struct Torus {
  double dimension, coupling;
};
std::optional<Torus> torus(const verdict::Point& point);

}  // namespace symbreak::findings
