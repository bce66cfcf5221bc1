// What several seeds say of the error bars of one quantity. May depend on: analysis.
#pragma once
#include <cstddef>
#include <vector>

#include "analysis/verdict/findings.hpp"

namespace symbreak::validation {

/// The verdicts of one quantity of a deck: one list a seed.
using Seeds = std::vector<std::vector<verdict::Verdict>>;

/// Whether z is a deviation in standard errors: both numbers exist and one of them has an error.
bool judged(const verdict::Verdict& row);

/// Whether every seed has the same numbers: solved, not sampled. Their errors are bounds, no law.
bool solved(const Seeds& seeds);

/// Share of the variance of z that is the prediction's, for every row: where seeds are held against
/// the same uncertain number (another simulation, an asymptotic law), their z deviate together by
/// as much, and scatter by less. Below 1 %, or with predictions that differ between seeds by a tenth of
/// their errors: 0.
std::vector<double> shared_variance(const Seeds& seeds);

/// Verdicts of a run may share samples, runs do not: means over a run's verdicts are independent.
struct Law {
  std::size_t count = 0, beyond_3 = 0;
  double mean = 0, rms = 0;
  /// Two-sided: of the mean of z against 0, within what the prediction's error allows; of the mean
  /// square against 1, without it (rows with 98 % of it say nothing).
  double mean_p = 1, width_p = 1;
  double prediction = 0;  ///< mean share of the variance that is the prediction's
};
/// count = 0 for what was solved or is not judged.
Law law_of(const Seeds& seeds);

}  // namespace symbreak::validation
