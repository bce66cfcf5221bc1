#include "analysis/theory/channels/unmasking.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace symbreak::theory {

namespace {

constexpr int kCells = 1 << 14;  ///< of e in [0, 1], for integrals of sqrt(h')

double h(const ChannelCurve& curve, double e) { return curve.rate(1 - e); }

/// The integral of sqrt(h') from e = 0 to j/kCells, j = 0 .. kCells.
std::vector<double> integrated_roots(const ChannelCurve& curve) {
  std::vector<double> sums{0};
  double before = h(curve, 0);
  for (int j = 1; j <= kCells; ++j) {
    const double here = h(curve, static_cast<double>(j) / kCells);
    sums.push_back(sums.back() + std::sqrt(std::max(0.0, here - before) / kCells));
    before = here;
  }
  return sums;
}

/// Places between 1 and 0 at which a growing function of e has the shares k/n; `inverse` of its
/// values.
template <class Inverse>
std::vector<double> equal_shares(int steps, double whole, const Inverse& inverse) {
  std::vector<double> nodes{1};
  for (int k = 1; k < steps; ++k) {
    nodes.push_back(inverse(whole * static_cast<double>(steps - k) / steps));
  }
  nodes.push_back(0);
  return nodes;
}

/// The cheapest way through one candidate a step: first and last have a single one.
std::vector<double> cheapest(const ChannelCurve& curve,
                             const std::vector<std::vector<double>>& candidates) {
  const std::size_t steps = candidates.size() - 1;
  std::vector<double> cost{0}, rate{h(curve, 1)};
  std::vector<std::vector<std::size_t>> from(candidates.size());
  for (std::size_t k = 1; k <= steps; ++k) {
    const std::vector<double>&before = candidates[k - 1], &here = candidates[k];
    std::vector<double> next(here.size(), INFINITY);
    from[k].assign(here.size(), 0);
    for (std::size_t j = 0; j < here.size(); ++j) {
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] < here[j]) continue;
        const double sum = cost[i] + (before[i] - here[j]) * rate[i];
        if (sum < next[j]) {
          next[j] = sum;
          from[k][j] = i;
        }
      }
    }
    cost = std::move(next);
    rate.clear();
    for (const double e : here) rate.push_back(h(curve, e));
  }
  std::vector<double> nodes(candidates.size());
  std::size_t at = 0;
  for (std::size_t k = steps + 1; k-- > 0;) {
    nodes[k] = candidates[k][at];
    if (k > 0) at = from[k][at];
  }
  return nodes;
}

}  // namespace

double leaping_excess(const ChannelCurve& erasure, const std::vector<double>& nodes) {
  double sum = 0;
  for (std::size_t k = 0; k + 1 < nodes.size(); ++k) {
    sum += (nodes[k] - nodes[k + 1]) * h(erasure, nodes[k]);
  }
  return sum - erasure.data_entropy();
}

std::vector<double> even_nodes(int steps) {
  return equal_shares(steps, 1, [](double share) { return share; });
}

std::vector<double> cosine_nodes(int steps) {
  return equal_shares(steps, 1, [](double share) { return std::cos((1 - share) * M_PI / 2); });
}

std::vector<double> entropic_nodes(const ChannelCurve& erasure, int steps) {
  return equal_shares(steps, erasure.data_entropy(), [&](double share) {
    double low = 0, high = 1;
    while (high - low > 1e-15) {
      const double middle = (low + high) / 2;
      if (middle == low || middle == high) break;
      (erasure.entropy(1 - middle) < share ? low : high) = middle;
    }
    return (low + high) / 2;
  });
}

std::vector<double> sqrt_rate_nodes(const ChannelCurve& erasure, int steps) {
  const std::vector<double> sums = integrated_roots(erasure);
  if (!(sums.back() > 0)) return even_nodes(steps);  // independent spins: every grid is exact
  return equal_shares(steps, sums.back(), [&](double share) {
    const auto above = std::upper_bound(sums.begin(), sums.end(), share);
    const auto j = std::clamp<std::ptrdiff_t>(above - sums.begin(), 1, kCells);
    const double low = sums[static_cast<std::size_t>(j - 1)];
    const double width = sums[static_cast<std::size_t>(j)] - low;
    const double inside = width > 0 ? (share - low) / width : 0;
    return (static_cast<double>(j - 1) + inside) / kCells;
  });
}

std::vector<double> optimal_nodes(const ChannelCurve& erasure, int steps) {
  constexpr int kCoarse = 512, kFine = 8;  // candidates of all nodes; on either side of one
  constexpr int kMany = 64;                // steps of which sqrt_rate is close to the best
  // Even ones, and those that lie where h grows: dense at both ends of every scale of it.
  std::vector<double> coarse = even_nodes(kCoarse), dense = sqrt_rate_nodes(erasure, kCoarse);
  coarse.insert(coarse.end(), dense.begin() + 1, dense.end() - 1);
  std::ranges::sort(coarse, std::greater{});
  if (steps > kMany) coarse.clear();
  std::vector<std::vector<double>> candidates(static_cast<std::size_t>(steps) + 1, coarse);
  candidates.front() = {1};
  candidates.back() = {0};
  std::vector<double> nodes =
      steps > kMany ? sqrt_rate_nodes(erasure, steps) : cheapest(erasure, candidates);
  for (double reach = 1.0 / kCoarse; reach > 1e-10; reach /= 2) {
    for (std::size_t k = 1; k + 1 < nodes.size(); ++k) {
      candidates[k].clear();
      for (int j = -kFine; j <= kFine; ++j) {
        candidates[k].push_back(std::clamp(nodes[k] + reach * j / kFine, 0.0, 1.0));
      }
    }
    nodes = cheapest(erasure, candidates);
  }
  return nodes;
}

double many_leaps_excess(const ChannelCurve& erasure, int steps) {
  const double root = integrated_roots(erasure).back();
  return root * root / (2 * steps);
}

}  // namespace symbreak::theory
