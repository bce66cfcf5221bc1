#include "analysis/statistics/autocorrelation.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::statistics {

namespace {

using Eigen::Index;
using Eigen::RowVectorXd;

/// Wolff's g(W) < 0: the window is wide enough (eqs. 51, 52), from tau at this window.
bool wide_enough(double tau, Index window, double bins) {
  if (tau <= 0.5) return true;
  const double decay = 1.5 / std::log((2 * tau + 1) / (2 * tau - 1));
  const double w = static_cast<double>(window);
  return std::exp(-w / decay) < decay / std::sqrt(w * bins);
}

}  // namespace

LongRunVariance long_run_variance(const std::vector<RowVectorXd>& chains) {
  std::vector<RowVectorXd> deviations;
  Index bins = 0;
  for (const RowVectorXd& chain : chains) {
    if (chain.size() < 2) continue;
    deviations.emplace_back(chain.array() - chain.mean());
    bins += chain.size();
  }
  const auto gamma = [&](Index lag) {
    double sum = 0;
    Index pairs = 0;
    for (const RowVectorXd& chain : deviations) {
      const Index overlap = chain.size() - lag;
      if (overlap < 1) continue;
      sum += chain.head(overlap).dot(chain.tail(overlap));
      pairs += overlap;
    }
    return sum / static_cast<double>(pairs);
  };
  const double n = static_cast<double>(bins);
  const double bins_per_chain = n / static_cast<double>(deviations.size());
  // Each Gamma(k) is low by C/bins_per_chain, so the sum is C (1 - (2W+1)/bins_per_chain). With
  // W = 0 this is the usual n/(n-1); the window may cost at most half of C.
  const Index widest = static_cast<Index>(bins_per_chain / 4 - 0.5);

  const double gamma_0 = gamma(0);
  LongRunVariance result;
  double sum = gamma_0;
  const auto finish = [&](Index window) {
    const double terms = static_cast<double>(2 * window + 1);
    result.window = window;
    result.variance = sum / (1 - terms / bins_per_chain);
    result.degrees = n / terms - static_cast<double>(deviations.size());
    return result;
  };
  if (gamma_0 == 0 || std::isnan(gamma_0)) {
    result.window_found = true;
    return finish(0);
  }
  for (Index window = 1; window <= widest; ++window) {
    sum += 2 * gamma(window);
    finish(window);
    const double corrected_0 = gamma_0 + result.variance / bins_per_chain;
    result.window_found = wide_enough(0.5 * result.variance / corrected_0, window, n);
    if (result.window_found) break;
  }
  if (widest < 1) return finish(0);
  // Anticorrelation can drive a noisy sum to or below zero; one pair of bins is the least.
  result.variance = std::max(result.variance, gamma_0 / n);
  return result;
}

}  // namespace symbreak::statistics
