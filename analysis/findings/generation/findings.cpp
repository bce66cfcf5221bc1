// From recorded reverse trajectories to verdicts. Per point: `overlap` against forward noised data
// and, in one dimension, against quadrature; `branch_occupation` per class; `wasserstein_2`,
// `energy_distance` and `frechet_distance` in excess of two exact samples of the same size
// (predicted 0); moments of spins.
#include "analysis/findings/generation/findings.hpp"

#include <fmt/format.h>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/spin_moments.hpp"
#include "analysis/findings/generation/observables.hpp"

namespace symbreak::findings::generation {

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const verdict::Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    const auto add = [&](const std::string& quantity, Value measured, Value predicted,
                         const std::string& source, const std::string& from) {
      judge(findings, quantity, keys, measured, predicted, source, from);
    };
    const Value overlap = value_of(point, observable::mean_overlap);
    add("overlap", overlap, value_of(point, observable::mean_overlap_forward),
        "forward noised data: E|<y>|^2 is the same on both", "mean over recorded times");
    if (const auto exact = point.prediction(prediction::mean_overlap)) {
      add("overlap", overlap, {*exact}, "1 - mmse by quadrature over p_t",
          "mean over recorded times");
    }
    const std::vector<double> weights = point.prediction_values(prediction::class_weight);
    for (std::size_t c = 0; weights.size() > 1 && c < weights.size(); ++c) {
      add("branch_occupation",
          value_of(point, observable::branch_occupation, static_cast<Eigen::Index>(c)),
          {weights[c]}, "weight of the class in the target", fmt::format("class {}", c + 1));
    }
    add("wasserstein_2", value_of(point, observable::wasserstein_2_excess), {}, "same law",
        "W_2^2 to exact samples minus that between exact samples");
    add("energy_distance", value_of(point, observable::energy_distance), {}, "same law",
        "unbiased, to exact samples");
    if (point.find(observable::frechet_excess) != nullptr) {
      add("frechet_distance", value_of(point, observable::frechet_excess), {},
          "same mean and covariance", "to the exact moments, minus that of as many exact samples");
    }
    draw(point, key_label(keys), findings);
  }
  judge_generated_spins(result, findings);
  return findings;
}

}  // namespace symbreak::findings::generation
