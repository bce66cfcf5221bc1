#include "sim/diffusion/state_average.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "sim/random/draws.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::diffusion {

using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

/// Where the data lie: 4096 exact samples and all points, or six standard deviations around them.
std::pair<double, double> support(const target::CleanData& data) {
  random::Stream probe = random::probe();
  MatrixXd y(1, 4096);
  data.sample(probe, y);
  double low = y.minCoeff(), high = y.maxCoeff();
  if (const auto* points = dynamic_cast<const target::FiniteSupport*>(&data)) {
    constexpr Index kAll = 100'000;
    for (Index j = 0; points->count() <= kAll && j < points->count(); ++j) {
      low = std::min(low, points->point(j)[0]);
      high = std::max(high, points->point(j)[0]);
    }
    return {low, high};
  }
  const double spread = 6 * std::sqrt((*data.covariance())(0, 0));
  return {low - spread, high + spread};
}

}  // namespace

double state_average(const target::Posterior& posterior, const target::CleanData& data, double s,
                     const StateFunction& f) {
  if (data.mean_of_target().size() != 1) {
    throw std::logic_error("quadrature over x needs one dimension");
  }
  const auto [low, high] = support(data);
  const double sigma = std::sqrt(s), begin = low - 10 * sigma, width = high - low + 20 * sigma;
  const auto nodes = static_cast<Index>(std::clamp(width / (0.02 * sigma), 2001., 4e5));
  const double step = width / static_cast<double>(nodes - 1);
  // Over the sum of p_s: far from 0 log Z and x^2/2s are known to the rounding of their size only,
  // which is alike above and below.
  double sum = 0, norm = 0;
  constexpr Index kBatch = 4096;
  for (Index first = 0; first < nodes; first += kBatch) {
    const Index n = std::min(kBatch, nodes - first);
    MatrixXd x(1, n);
    for (Index i = 0; i < n; ++i) x(0, i) = begin + step * static_cast<double>(first + i);
    const VectorXd beta = VectorXd::Constant(n, 1 / s);
    const target::Averages averages = posterior.averages(x, beta);
    const VectorXd value = f(x, beta, averages);
    for (Index i = 0; i < n; ++i) {
      const double density = std::exp(averages.log_partition[i] - x(0, i) * x(0, i) / (2 * s));
      sum += value[i] * density;
      norm += density;
    }
  }
  return sum / norm;
}

}  // namespace symbreak::diffusion
