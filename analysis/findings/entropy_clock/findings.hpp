// From entropy rates to verdicts, peaks and figures. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per point: `entropy_rate` mmse against score and trace, each as one chi^2 over all
/// times (the gaps have independent samples at each time; predicted chi^2/n = 1); trace against
/// quadrature where there is one; `entropy_produced` against the difference of the mutual
/// information at both ends, an estimator that shares nothing with the rate; against the entropy of
/// the data where all of it is produced; `entropy_rate_peak` per clock; `pathwise_variance` is
/// drawn.
verdict::Findings analyse_entropy_clock(const verdict::Result& result);

}  // namespace symbreak::experiment
