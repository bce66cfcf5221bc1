// From clones to verdicts, speciation times and figures. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per curve (points that differ in t alone): `clone_probability` as chi^2/n against phi(G)
/// with binomial errors (predicted 1 +- sqrt(2/n)); the same for a published curve; `clone_identity`,
/// clones against class probabilities at the split, as chi^2/n; `speciation_time`, where clones agree
/// with probability phi(1) = .7752, by a local fit. Every other criterion's time is a note.
verdict::Findings analyse_speciation(const verdict::Result& result);

/// Verdicts per point: the exact identities of a U-turn. For two classes `class_kept` against
/// phi(G).
verdict::Findings analyse_u_turn(const verdict::Result& result);

}  // namespace symbreak::experiment
