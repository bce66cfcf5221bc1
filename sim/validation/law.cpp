#include "sim/validation/law.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/normality.hpp"

namespace symbreak::validation {

using verdict::Verdict;

bool judged(const Verdict& row) {
  return std::isfinite(row.z()) && (row.error > 0 || row.predicted_error > 0);
}

bool solved(const Seeds& seeds) {
  return std::ranges::all_of(seeds, [&](const std::vector<Verdict>& rows) {
    return std::ranges::equal(rows, seeds.front(), {}, &Verdict::measured, &Verdict::measured);
  });
}

std::vector<double> shared_variance(const Seeds& seeds) {
  constexpr double kNone = .01, kSame = .1;  // of the prediction's error: it is one prediction
  std::vector<double> shared(seeds.front().size(), 0.0);
  for (const std::vector<Verdict>& rows : seeds) {
    const bool same =
        std::ranges::equal(rows, seeds.front(), [](const Verdict& a, const Verdict& b) {
          return a.predicted == b.predicted ||
                 std::abs(a.predicted - b.predicted) < kSame * a.predicted_error;
        });
    if (!same) return std::vector<double>(shared.size(), 0.0);
    for (std::size_t j = 0; j < rows.size(); ++j) {
      // The error of chi^2/n = 1 is that of the law, not of the prediction.
      const double theirs =
          rows[j].squares > 0 ? 0 : rows[j].predicted_error * rows[j].predicted_error;
      if (theirs > 0) shared[j] += theirs / (theirs + rows[j].error * rows[j].error);
    }
  }
  for (double& share : shared) {
    share /= static_cast<double>(seeds.size());
    if (share < kNone) share = 0;
  }
  return shared;
}

Law law_of(const Seeds& seeds) {
  Law law;
  if (seeds.empty() || solved(seeds)) return law;
  constexpr double kAll = .98, kFew = 8;
  const std::vector<double> shared = shared_variance(seeds);
  const auto n = static_cast<double>(seeds.size());
  std::vector<double> offset(shared.size(), 0.0);
  double spread = 0;
  for (std::size_t j = 0; j < shared.size(); ++j) {
    spread += std::sqrt(shared[j]) / static_cast<double>(shared.size());
    law.prediction += shared[j] / static_cast<double>(shared.size());
    if (shared[j] == 0) continue;
    for (const std::vector<Verdict>& rows : seeds) offset[j] += rows[j].z() / n;
  }
  std::vector<double> means, squares;
  for (const std::vector<Verdict>& rows : seeds) {
    double sum = 0, square = 0, judged_rows = 0, wide_rows = 0;
    for (std::size_t j = 0; j < rows.size(); ++j) {
      if (!judged(rows[j])) continue;
      const double z = rows[j].z();
      sum += z, law.rms += z * z, judged_rows += 1;
      law.beyond_3 += std::abs(z) > 3 ? 1 : 0;
      // Seeds of other lengths than the first have no shares.
      const double share = j < shared.size() ? shared[j] : 0;
      // Of few degrees of freedom z is no longer a multiple of the deviation that is shared.
      if (share > kAll || (share > 0 && rows[j].combined_dof() < kFew)) continue;
      const double own = share > 0 ? z - offset[j] : z;
      square += share > 0 ? own * own * n / (n - 1) / (1 - share) : z * z;
      wide_rows += 1;
    }
    if (judged_rows == 0) continue;
    law.count += static_cast<std::size_t>(judged_rows);
    law.mean += sum;
    means.push_back(sum / judged_rows);
    if (wide_rows > 0) squares.push_back(square / wide_rows);
  }
  if (law.count == 0) return law;
  law.mean /= static_cast<double>(law.count);
  law.rms = std::sqrt(law.rms / static_cast<double>(law.count));
  law.mean_p = statistics::mean_tail(means, 0, spread);
  // z^2 is skew: its logarithm-like root has a mean that depends on the law, but t of the squares
  // themselves is exact enough from ten seeds on, and conservative for a width that is too large.
  law.width_p = statistics::mean_tail(squares, 1);
  return law;
}

}  // namespace symbreak::validation
