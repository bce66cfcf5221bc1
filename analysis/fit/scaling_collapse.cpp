#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "analysis/fit/scaling.hpp"
#include "analysis/statistics/matrix.hpp"

namespace symbreak::fit {

namespace {

constexpr int kLeastDegree = 3, kMostDegree = 7;
constexpr double kWidest = 4;  // 1/nu in [1/kWidest, kWidest]

using Exponents = std::array<double, 3>;  // x_c, 1/nu, p

/// All data side by side.
struct Together {
  VectorXd x, size, y;
  Errors errors;
  VectorXd z(const Exponents& at) const { return (x.array() - at[0]) * size.array().pow(at[1]); }
};

Together together(const std::vector<SizeCurve>& curves) {
  Index count = 0;
  for (const SizeCurve& curve : curves) count += curve.x.size();
  Together all{
      VectorXd(count), VectorXd(count), VectorXd(count), {VectorXd(count), VectorXd(count), true}};
  Index at = 0;
  for (const SizeCurve& curve : curves) {
    const auto rows = Eigen::seqN(at, curve.x.size());
    all.x(rows) = curve.x;
    all.size(rows).setConstant(curve.size);
    all.y(rows) = curve.y;
    all.errors.sigma(rows) = curve.errors.sigma;
    all.errors.dof(rows) = curve.errors.freedom();
    at += curve.x.size();
  }
  return all;
}

/// L^p (z/scale)^k: the fit is linear in the coefficients of f.
MatrixXd columns(const Together& data, const Exponents& at, double scale, int degree) {
  MatrixXd design(data.x.size(), degree + 1);
  design.col(0) = data.size.array().pow(at[2]);
  const VectorXd z = data.z(at) / scale;
  for (Index k = 1; k <= degree; ++k) design.col(k) = design.col(k - 1).cwiseProduct(z);
  return design;
}

double most(const VectorXd& z) { return std::max(z.cwiseAbs().maxCoeff(), 1e-300); }

/// Of the best f at these exponents; infinite where the data do not determine it.
double misfit(const Together& data, const Exponents& at, int degree) {
  const MatrixXd design = columns(data, at, most(data.z(at)), degree);
  const statistics::LeastSquares solved(data.errors.sigma.cwiseInverse().asDiagonal() * design,
                                        data.y.cwiseQuotient(data.errors.sigma));
  if (!solved.full_rank) return std::numeric_limits<double>::infinity();
  return (data.y - design * solved.solution).cwiseQuotient(data.errors.sigma).squaredNorm();
}

/// How y grows with the sizes at x: a straight line of logarithms; 0 where it is not positive.
double growth(const std::vector<SizeCurve>& curves, double x) {
  double n = 0, sum_l = 0, sum_y = 0, sum_ll = 0, sum_ly = 0;
  for (const SizeCurve& curve : curves) {
    Index right = 1;
    while (right + 1 < curve.x.size() && curve.x[right] < x) ++right;
    if (curve.x.size() < 2) continue;
    const double part =
        std::clamp((x - curve.x[right - 1]) / (curve.x[right] - curve.x[right - 1]), 0.0, 1.0);
    const double y = std::lerp(curve.y[right - 1], curve.y[right], part);
    if (!(y > 0)) return 0;
    const double l = std::log(curve.size);
    n += 1, sum_l += l, sum_y += std::log(y), sum_ll += l * l, sum_ly += l * std::log(y);
  }
  const double width = n * sum_ll - sum_l * sum_l;
  return width > 0 ? (n * sum_ly - sum_l * sum_y) / width : 0;
}

/// The best of a grid that is refined around its best place.
Exponents search(const std::vector<SizeCurve>& curves, const Together& data,
                 const CollapseOptions& options, int degree) {
  constexpr int kSteps = 16;
  const int rounds = data.x.size() > 300 ? 2 : 4;
  VectorXd sorted = data.x;
  std::sort(sorted.begin(), sorted.end());
  VectorXd centres(kSteps + 1), inverse(kSteps + 1);
  for (int i = 0; i <= kSteps; ++i) {
    centres[i] = sorted[(sorted.size() - 1) * i / kSteps];
    inverse[i] = std::pow(kWidest, 2.0 * i / kSteps - 1);
  }
  if (options.critical) centres = VectorXd::Constant(1, *options.critical);
  if (options.inverse_nu) inverse = VectorXd::Constant(1, *options.inverse_nu);
  Exponents best{centres[0], inverse[0], 0};
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    Index best_i = 0, best_j = 0;
    for (Index i = 0; i < centres.size(); ++i) {
      const double p = options.exponent ? *options.exponent : growth(curves, centres[i]);
      for (Index j = 0; j < inverse.size(); ++j) {
        const Exponents at{centres[i], inverse[j], p};
        const double chi2 = misfit(data, at, degree);
        if (!(chi2 < least)) continue;
        least = chi2, best = at, best_i = i, best_j = j;
      }
    }
    const auto around = [](const VectorXd& grid, Index k) -> VectorXd {
      if (grid.size() == 1) return grid;
      return VectorXd::LinSpaced(grid.size(), grid[std::max<Index>(k - 1, 0)],
                                 grid[std::min<Index>(k + 1, grid.size() - 1)]);
    };
    centres = around(centres, best_i);
    inverse = around(inverse, best_j);
  }
  return best;
}

/// Everything free, from there.
Fit refine(const Together& data, const Exponents& from, const CollapseOptions& options, int degree,
           double scale) {
  const std::array fixed = {options.critical, options.inverse_nu, options.exponent};
  std::vector<std::size_t> free;
  for (std::size_t k = 0; k < 3; ++k) {
    if (!fixed[k]) free.push_back(k);
  }
  const auto count = static_cast<Index>(free.size());
  const auto exponents = [&](const VectorXd& parameters) {
    Exponents at = from;
    for (std::size_t k = 0; k < free.size(); ++k) at[free[k]] = parameters[static_cast<Index>(k)];
    return at;
  };
  const MatrixXd design = columns(data, from, scale, degree);
  const statistics::LeastSquares solved(data.errors.sigma.cwiseInverse().asDiagonal() * design,
                                        data.y.cwiseQuotient(data.errors.sigma));
  if (!solved.full_rank)
    throw std::invalid_argument("the data do not determine the scaling function");
  VectorXd start(count + degree + 1);
  for (Index k = 0; k < count; ++k) start[k] = from[free[static_cast<std::size_t>(k)]];
  start.tail(degree + 1) = solved.solution;
  Fit result = nonlinear(
      [&](const VectorXd& parameters) -> VectorXd {
        return columns(data, exponents(parameters), scale, degree) * parameters.tail(degree + 1);
      },
      start, data.y, data.errors);
  // Where something was fixed its place is filled again, without error.
  MatrixXd places = MatrixXd::Zero(3 + degree + 1, start.size());
  VectorXd value = VectorXd::Zero(places.rows());
  for (std::size_t k = 0; k < 3; ++k) {
    if (fixed[k]) value[static_cast<Index>(k)] = *fixed[k];
  }
  for (Index k = 0; k < count; ++k)
    places(static_cast<Index>(free[static_cast<std::size_t>(k)]), k) = 1;
  places.bottomRightCorner(degree + 1, degree + 1).setIdentity();
  value += places * result.value;
  result.transform(value, places);
  const double widened = std::max(1.0, result.chi2_per_dof());
  result.covariance *= widened;
  result.error *= std::sqrt(widened);
  const bool sensible = result.value[0] >= data.x.minCoeff() &&
                        result.value[0] <= data.x.maxCoeff() &&
                        result.value[1] > 1 / (2 * kWidest) && result.value[1] < 2 * kWidest &&
                        result.error.head(3).allFinite();
  result.converged = sensible;
  return result;
}

std::vector<SizeCurve> within(const std::vector<SizeCurve>& curves, const Exponents& at,
                              double window) {
  std::vector<SizeCurve> left;
  for (const SizeCurve& curve : curves) {
    std::vector<Index> rows;
    for (Index i = 0; i < curve.x.size(); ++i) {
      if (std::abs((curve.x[i] - at[0]) * std::pow(curve.size, at[1])) <= window) rows.push_back(i);
    }
    if (rows.size() > 1) left.push_back(curve.of(rows));
  }
  return left;
}

}  // namespace

ScalingCollapse scaling_collapse(const std::vector<SizeCurve>& curves,
                                 const CollapseOptions& options) {
  if (curves.size() < 2) {
    throw std::invalid_argument(fmt::format("{} sizes; at least 2", curves.size()));
  }
  std::vector<SizeCurve> used;
  for (const SizeCurve& curve : curves) {
    const VectorXd& sigma = curve.errors.sigma;
    if (!(sigma.array() > 0).all() || !sigma.allFinite() || !curve.y.allFinite()) {
      throw std::invalid_argument("every value needs a positive error");
    }
    used.push_back(curve);
    used.back().errors = moderated(curve.errors);
  }
  const Together all = together(used);
  const int free = !options.critical + !options.inverse_nu + !options.exponent;
  const int first = options.degree > 0 ? options.degree : kLeastDegree;
  const int last = options.degree > 0 ? options.degree : kMostDegree;
  ScalingCollapse best;
  double window = std::numeric_limits<double>::infinity();
  std::string trouble;
  for (;;) {
    const Together data = together(used);
    std::optional<ScalingCollapse> here;
    for (int degree = first; degree <= last; ++degree) {
      // Some data more than coefficients, or any curve would do.
      if (data.x.size() < free + degree + 1 + (degree == first ? 1 : 4)) break;
      const Exponents start = search(used, data, options, degree);
      const double scale = most(data.z(start));
      ScalingCollapse found;
      found.degree = degree, found.window = window;
      try {
        found.fit = refine(data, start, options, degree, scale);
      } catch (const std::invalid_argument& why) {
        trouble = why.what();
        continue;
      }
      found.points = static_cast<std::size_t>(data.x.size());
      found.fit.window = fmt::format("{} of {} points, {} sizes, f of degree {}", data.x.size(),
                                     all.x.size(), used.size(), degree);
      if (std::isfinite(window)) found.fit.window += fmt::format(", |z| <= {:.3g}", window);
      found.of = static_cast<std::size_t>(all.x.size());
      const bool accepted = found.fit.converged && found.fit.p_value > kAcceptable;
      found.fit.converged = accepted;
      constexpr int kLine = 200;
      const Exponents at{found.fit.value[0], found.fit.value[1], found.fit.value[2]};
      const VectorXd z = data.z(at);
      for (int i = 0; i <= kLine; ++i) {
        found.z.push_back(std::lerp(z.minCoeff(), z.maxCoeff(), double(i) / kLine));
        double sum = 0;
        for (Index k = degree + 1; k-- > 0;)
          sum = sum * found.z.back() / scale + found.fit.value[3 + k];
        found.f.push_back(sum);
      }
      if (accepted || !here || found.fit.chi2_per_dof() < here->fit.chi2_per_dof()) here = found;
      if (accepted) break;
    }
    if (!here) break;
    best = *here;
    if (best.fit.converged) break;
    const Exponents at{best.fit.value[0], best.fit.value[1], best.fit.value[2]};
    window = 0.75 * std::min(window, most(data.z(at)));
    std::vector<SizeCurve> next = within(curves, at, window);
    const std::size_t left = std::accumulate(
        next.begin(), next.end(), std::size_t{0}, [](std::size_t sum, const SizeCurve& curve) {
          return sum + static_cast<std::size_t>(curve.x.size());
        });
    if (next.size() < 2 || left < static_cast<std::size_t>(free + first + 2)) break;
    used = std::move(next);
  }
  if (best.points == 0) {
    throw std::invalid_argument(
        trouble.empty() ? fmt::format("{} values do not determine {} coefficients and {} exponents",
                                      all.x.size(), first + 1, free)
                        : trouble);
  }
  return best;
}

}  // namespace symbreak::fit
