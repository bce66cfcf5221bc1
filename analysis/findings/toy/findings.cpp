#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/toy/observables.hpp"

namespace symbreak::findings::toy {

/// Verdicts `mean`, `variance`, `tau_int` per point, as far as they are known.
Findings analyse(const Result& result) {
  Findings findings;
  for (const KeyedPoint& at : measured_points(result)) {
    const auto compare = [&](PredictionName known, Value measured) {
      judge_known(findings, known.string(), at.keys, measured, at.point, known, "all samples");
    };
    const statistics::Estimate& chain = at.point.at(observable::value).estimate;
    compare(prediction::mean, chain.value());
    compare(prediction::variance, value_of(at.point, observable::square));
    compare(prediction::tau_int, {chain.tau_int[0], chain.tau_error[0]});
  }
  return findings;
}

}  // namespace symbreak::findings::toy
