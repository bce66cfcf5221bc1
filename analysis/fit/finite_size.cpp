#include "analysis/fit/finite_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "analysis/statistics/matrix.hpp"

namespace symbreak::fit {

namespace {

void require(const VectorXd& x, const VectorXd& n, const VectorXd& y, const char* what) {
  if (x.size() != y.size() || n.size() != y.size() || !(n.array() > 0).all()) {
    throw std::invalid_argument(fmt::format("{}: {} x, {} sizes, {} data; as many, sizes positive",
                                            what, x.size(), n.size(), y.size()));
  }
}

/// Columns z^0 .. z^degree, then n^-w z^0 ...: the fit is linear in their coefficients.
MatrixXd scaling_design(const VectorXd& t, const VectorXd& n, double critical, double nu,
                        const Collapse& options) {
  const VectorXd z = (t.array() - critical) * n.array().pow(1 / nu);
  MatrixXd design(t.size(), options.degree + 1 + options.corrections);
  design.col(0).setOnes();
  for (Index k = 1; k <= options.degree; ++k) {
    design.col(k) = design.col(k - 1).cwiseProduct(z);
  }
  VectorXd column = n.array().pow(-options.correction_exponent);
  for (Index k = options.degree + 1; k < design.cols(); ++k) {
    design.col(k) = column;
    column = column.cwiseProduct(z);
  }
  return design;
}

}  // namespace

Fit collapse(const VectorXd& t, const VectorXd& n, const VectorXd& q, const Errors& errors,
             Collapse options) {
  require(t, n, q, "collapse");
  if (options.degree < 1 || options.corrections < 0 || n.minCoeff() == n.maxCoeff()) {
    throw std::invalid_argument(
        fmt::format("collapse: degree {}, {} corrections, sizes from {} to {}; degree at least 1 "
                    "and two sizes",
                    options.degree, options.corrections, n.minCoeff(), n.maxCoeff()));
  }
  const Errors used = moderated(errors, n);
  const VectorXd& sigma = used.sigma;
  constexpr int steps = 24, refinements = 3;
  constexpr double widest = 4;  // nu in [1/widest, widest]
  const double low = t.minCoeff(), high = t.maxCoeff();
  const Index coefficients = options.degree + 1 + options.corrections;
  VectorXd start(2 + coefficients);
  double least = std::numeric_limits<double>::infinity();
  // The windows of the larger sizes are narrower and nest around t_c: quantiles of t resolve it on
  // the scale of the largest size, which an even grid over the widest window does not.
  VectorXd sorted = t;
  std::sort(sorted.begin(), sorted.end());
  VectorXd times(steps + 1), exponents(steps + 1);
  for (int i = 0; i <= steps; ++i) {
    times[i] = sorted[(sorted.size() - 1) * i / steps];
    exponents[i] = std::pow(widest, 2.0 * i / steps - 1);
  }
  for (int level = 0; level <= refinements; ++level) {
    Index best_i = -1, best_j = -1;
    for (Index i = 0; i <= steps; ++i) {
      for (Index j = 0; j <= steps; ++j) {
        // Far from the truth the largest size may dwarf all others and leave columns dependent.
        const MatrixXd design = scaling_design(t, n, times[i], exponents[j], options);
        const statistics::LeastSquares solved(sigma.cwiseInverse().asDiagonal() * design,
                                              q.cwiseQuotient(sigma));
        if (!solved.full_rank) continue;
        const VectorXd& solution = solved.solution;
        const double chi2 = (q - design * solution).cwiseQuotient(sigma).squaredNorm();
        if (!(chi2 < least)) continue;
        least = chi2;
        start << times[i], exponents[j], solution;
        best_i = i;
        best_j = j;
      }
    }
    if (best_i < 0) break;
    const auto around = [](const VectorXd& grid, Index k) -> VectorXd {
      return VectorXd::LinSpaced(grid.size(), grid[std::max<Index>(k - 1, 0)],
                                 grid[std::min<Index>(k + 1, grid.size() - 1)]);
    };
    times = around(times, best_i);
    exponents = around(exponents, best_j);
  }
  if (!std::isfinite(least)) {
    throw std::invalid_argument(fmt::format("collapse: {} points do not determine {} coefficients",
                                            t.size(), coefficients));
  }
  const Model model = [&](const VectorXd& p) -> VectorXd {
    return scaling_design(t, n, p[0], p[1], options) * p.tail(coefficients);
  };
  Fit fit = nonlinear(model, start, q, used);
  fit.converged = fit.converged && fit.value[0] >= low && fit.value[0] <= high &&
                  fit.value[1] >= 1 / widest && fit.value[1] <= widest;
  fit.window = fmt::format("{} points, t in [{:.4g}, {:.4g}], n in [{:.4g}, {:.4g}], degree {}",
                           t.size(), low, high, n.minCoeff(), n.maxCoeff(), options.degree);
  return fit;
}

}  // namespace symbreak::fit
