#include "analysis/findings/score_comparison/followed.hpp"

#include <cmath>

#include "analysis/findings/score_comparison/observables.hpp"

namespace symbreak::findings::score_comparison {

namespace {

Value distance(const Point& point, std::size_t reference, Index level) {
  return value_of(point, kScores[reference].distance, level);
}

/// The noise between two levels at which `next` becomes nearer than `last`.
Value crossing(const Point& point, std::size_t last, std::size_t next, Index above, Index below,
               const std::vector<double>& s) {
  const Value high = distance(point, last, above) - distance(point, next, above),
              low = distance(point, last, below) - distance(point, next, below);
  const double from = std::log(s[static_cast<std::size_t>(above)]),
               to = std::log(s[static_cast<std::size_t>(below)]);
  const double change = low.value - high.value;
  const double share = std::min(1.0, std::max(0.0, change != 0 ? -high.value / change : 0.5));
  const double at = from + share * (to - from);
  const double error = std::abs(to - from) *
                       std::hypot((1 - share) * high.error, share * low.error) /
                       std::max(std::abs(change), 1e-300);
  return {std::exp(at), std::exp(at) * std::min(error, std::abs(to - from))};
}

}  // namespace

std::vector<Stretch> followed(const Point& point) {
  std::vector<std::size_t> there;
  for (std::size_t r = 0; r < kReferences; ++r) {
    if (point.find(kScores[r].distance) != nullptr) there.push_back(r);
  }
  std::vector<Stretch> stretches;
  if (there.size() < 2) return stretches;
  const std::vector<double> s = point.fact_values(fact::noise);
  for (Index i = static_cast<Index>(s.size()) - 1; i >= 0; --i) {
    std::size_t best = there.front();
    for (const std::size_t r : there) {
      if (distance(point, r, i).value < distance(point, best, i).value) best = r;
    }
    if (stretches.empty()) {
      stretches.push_back({best});
      continue;
    }
    const std::size_t last = stretches.back().reference;
    const Value ahead = distance(point, last, i) - distance(point, best, i);
    if (best == last || !(ahead.value > 2 * ahead.error)) continue;
    stretches.back().until = crossing(point, last, best, i + 1, i, s);
    stretches.push_back({best});
  }
  return stretches;
}

Value curl_share(const Point& point, Index level) {
  const Value part = value_of(point, observable::antisymmetric, level),
              all = value_of(point, observable::jacobian_square, level);
  if (!(all.value > 0)) return {0, 0};
  const double share = part.value / all.value;
  return {share, std::hypot(part.error, share * all.error) / all.value};
}

}  // namespace symbreak::findings::score_comparison
