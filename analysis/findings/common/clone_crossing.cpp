#include "analysis/findings/common/clone_crossing.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/resampled.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/information.hpp"

namespace symbreak::findings {

namespace {

/// A smooth function known at ascending nodes (at least three), between them.
double interpolated(const std::vector<double>& x, const std::vector<double>& y, double at) {
  // Lagrange's polynomial through the two nodes on either side, fewer where there are fewer.
  const std::size_t nodes = std::min<std::size_t>(4, x.size());
  std::size_t first = 0;
  while (first + nodes < x.size() && x[first + nodes / 2] < at) ++first;
  double sum = 0;
  for (std::size_t j = first; j < first + nodes; ++j) {
    double basis = 1;
    for (std::size_t k = first; k < first + nodes; ++k) {
      if (k != j) basis *= (at - x[k]) / (x[j] - x[k]);
    }
    sum += basis * y[j];
  }
  return sum;
}

/// A polynomial (quadratic; cubic from six points on) through logit(2p - 1) against ln s, solved
/// for p = phi(1) = .7752.
double crossing(const VectorXd& log_s, const VectorXd& p, const VectorXd& error) {
  const auto logit = [](double value) {
    const double q = std::clamp(2 * value - 1, 1e-6, 1 - 1e-6);
    return std::log(q / (1 - q));
  };
  const Index terms = p.size() >= 6 ? 4 : 3;
  const double level = logit(theory::clone_probability(1)), centre = log_s.mean();
  VectorXd y(p.size()), weight(p.size());
  for (Index i = 0; i < p.size(); ++i) {
    const double q = 2 * p[i] - 1;
    weight[i] = q * (1 - q) / (2 * error[i]);
    y[i] = logit(p[i]) - level;
  }
  return centre + fit::level_crossing(log_s.array() - centre, y, weight, terms);
}

}  // namespace

std::optional<CloneCrossing> clone_crossing(const std::vector<double>& noise,
                                            const std::vector<double>& time,
                                            const std::vector<double>& probability,
                                            const std::vector<double>& error, std::uint64_t seed) {
  std::vector<double> log_s, x, y, e;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    log_s.push_back(std::log(noise[i]));
    if (probability[i] < 0.63 || probability[i] > 0.9) continue;
    x.push_back(log_s[i]);
    y.push_back(probability[i]);
    e.push_back(error[i]);
  }
  if (x.size() < 4) return std::nullopt;
  const VectorXd at = vector_of(x), p = vector_of(y), sigma = vector_of(e);
  const auto solve = [&](const VectorXd& curve) { return crossing(at, curve, sigma); };
  const double found = solve(p);
  constexpr int kResamples = 200;
  double squares = 0;
  for (const double shaken : resampled(p, sigma, seed, kResamples, solve)) {
    squares += std::pow(shaken - found, 2) / kResamples;
  }
  const double spread = std::sqrt(squares);
  const auto at_time = [&](double v) { return interpolated(log_s, time, v); };
  return CloneCrossing{
      {at_time(found), std::abs(at_time(found + spread) - at_time(found - spread)) / 2},
      static_cast<int>(x.size())};
}

}  // namespace symbreak::findings
