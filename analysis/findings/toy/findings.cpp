#include "analysis/verdict/findings.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/toy/observables.hpp"

namespace symbreak::findings::toy {

/// Verdicts `mean`, `variance`, `tau_int` per point, as far as they are known.
verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const verdict::Point& point : result.points) {
    if (!point.complete) continue;
    const auto compare = [&](verdict::PredictionName known, Value measured) {
      const auto predicted = point.prediction(known);
      if (!predicted) return;
      judge(findings, known.string(), swept_keys(result, point), measured, {*predicted, 0},
            point.source(known), "all samples");
    };
    const statistics::Estimate& chain = point.at(observable::value).estimate;
    compare(prediction::mean, chain.value());
    compare(prediction::variance, value_of(point, observable::square));
    compare(prediction::tau_int, {chain.tau_int[0], chain.tau_error[0]});
  }
  return findings;
}

}  // namespace symbreak::findings::toy
