#include "analysis/theory/levels/threshold.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/theory/quadrature.hpp"

namespace symbreak::theory {

PlantedLaw planted_law(const Information& information, double log_count) {
  // Levels v ~ N(0, V), planted N(V, V), L' of them in all, u = s + v:
  //   E[w_1]   = int ds E_planted[e^{u - e^u}] ell(s)^{N' - 1}, ell = E e^{-e^u}
  //   E[log Z] = int ds (e^{-e^s} - E_planted[e^{-e^u}] ell(s)^{N' - 1})
  // On one grid for u, s and v the averages are discrete convolutions. Trapezoid rule: e^{-e^u} is
  // analytic in |Im u| < pi/2 (error e^{-pi^2/step}), the density (e^{-2 pi^2 V/step^2}).
  const double V = information.variance, root = std::sqrt(V), gap = log_count - information.mean;
  const double levels = std::max(0.0, gap + V / 2);
  if (levels == 0) return {1, 0};
  if (V > 100 && std::abs(gap) > 9 * root) return {gap > 0 ? 0.0 : 1.0, std::max(0.0, gap)};
  const double step = std::min(0.4, root / 1.5), others = std::expm1(levels);
  const auto index = [step](double x) { return static_cast<int>(std::floor(x / step)); };
  const int first = index(-9 * root), last = index(V + 9 * root) + 1;
  std::vector<double> free, planted;  // densities of v from `first` on, times the step
  for (int k = first; k <= last; ++k) {
    const double v = k * step, norm = step / (root * std::sqrt(2 * M_PI));
    free.push_back(norm * std::exp(-v * v / (2 * V)));
    planted.push_back(norm * std::exp(-(v - V) * (v - V) / (2 * V)));
  }
  // From where not even the planted level counts to where every level and e^s do.
  const int low = index(-std::max(levels + V / 2, V + 9 * root) - 30), high = index(9 * root + 5);
  std::vector<double> survival, tail, score;  // e^{-e^u}, 1 - e^{-e^u}, e^{u - e^u}
  for (int k = low + first; k <= high + last; ++k) {
    const double e = std::exp(k * step);
    survival.push_back(std::exp(-e));
    tail.push_back(-std::expm1(-e));
    score.push_back(survival.back() > 0 ? e * survival.back() : 0);
  }
  double weight = 0, log_partition = 0;
  for (int s = low; s <= high; ++s) {
    double lost = 0, kept = 0, own = 0;
    for (std::size_t k = 0; k < free.size(); ++k) {
      const std::size_t u = static_cast<std::size_t>(s - low) + k;
      lost += free[k] * tail[u];
      kept += planted[k] * survival[u];
      own += planted[k] * score[u];
    }
    const double alone = std::exp(others * std::log1p(-std::min(lost, 1.0)));
    weight += own * alone;
    log_partition += std::exp(-std::exp(s * step)) - kept * alone;
  }
  return {weight * step, log_partition * step - V};
}

ThresholdWeight threshold_weight(const Information& information, double log_count) {
  const double V = information.variance, root = std::sqrt(V), log2 = std::log(2.0);
  const double q = 1 / std::sqrt(2 * M_PI);
  const double skewness = information.third / (V * root);
  const double rho2 = 1 - information.posterior / V;
  const double deficit = gaussian_average(
      [&](double z) { return -std::log(std::erfc(-std::sqrt(rho2 / 2) * z) / 2); });
  double value = planted_law(information, log_count).weight;
  value -= skewness * (q / 6 + 1 / (6 * M_PI * root));
  value += skewness * q * (M_PI * M_PI / 6 + log2 * log2 / 2) / (2 * V);
  value += q * (deficit - log2) / root;
  value -= rho2 * log2 / (M_PI * V);
  return {value, rho2 / (4 * V)};
}

}  // namespace symbreak::theory
