// From clones to verdicts, speciation times and figures. May depend on: analysis.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per curve (points that differ in t alone): `clone_probability` as chi^2/n against
/// phi(G) with binomial errors (predicted 1 +- sqrt(2/n)); the same for a published curve;
/// `clone_identity`, clones against class probabilities at the split, as chi^2/n;
/// `speciation_time`, where clones agree with probability phi(1) = .7752, by a local fit. Every
/// other criterion's time is a note.
verdict::Findings analyse_speciation(const verdict::Result& result);

/// Where clones agree with probability phi(1) = .7752, as ln s: a quadratic (cubic from six points
/// on) through logit(2 p - 1) in ln s over .63 < p < .9, its error from resampled curves. nullopt
/// with fewer than 4 such points.
struct CloneCrossing {
  double log_s = 0, error = 0;
  int points = 0;
};
std::optional<CloneCrossing> clone_crossing(const std::vector<double>& log_s,
                                            const std::vector<double>& probability,
                                            const std::vector<double>& error, std::uint64_t seed);

/// A smooth function known at ascending nodes (at least three), between them.
double interpolated(const std::vector<double>& x, const std::vector<double>& y, double at);

/// Verdicts per point: the exact identities of a U-turn. For two classes `class_kept` against
/// phi(G).
verdict::Findings analyse_u_turn(const verdict::Result& result);

}  // namespace symbreak::experiment
