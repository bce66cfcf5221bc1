#include <fmt/format.h>

#include <algorithm>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "analysis/fit/critical.hpp"
#include "analysis/fit/polynomial.hpp"
#include "analysis/statistics/matrix.hpp"

namespace symbreak::fit {

namespace {

using Eigen::RowVectorXd;

/// Powers of (x - centre)/width: well conditioned.
struct Basis {
  double centre = 0, width = 1;
  MatrixXd design(const VectorXd& x, Index degree) const {
    return powers_of(VectorXd((x.array() - centre) / width), degree);
  }
};

/// Newton from `u`; NaN when it leaves [-limit, limit] or does not settle.
double zero(const VectorXd& coefficients, double u, double limit) {
  for (int iteration = 0; iteration < 60; ++iteration) {
    const PolynomialValue p = polynomial(coefficients, u);
    const double step = p.value / p.slope;
    u -= step;
    if (!(std::abs(u) <= limit)) break;
    if (std::abs(step) <= 1e-15 * limit) return u;
    if (iteration > 40 && std::abs(step) <= 1e-12 * limit) return u;  // rounding of a flat slope
  }
  return std::nan("");
}

std::vector<Index> ascending(const VectorXd& x) {
  std::vector<Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return x[a] < x[b]; });
  return order;
}

/// Where the straight line between two points crosses zero.
double chord(const VectorXd& x, const VectorXd& y, Index i) {
  if (y[i] == y[i + 1]) return 0.5 * (x[i] + x[i + 1]);
  return x[i] - y[i] * (x[i + 1] - x[i]) / (y[i + 1] - y[i]);
}

VectorXd pair(double first, double second) {
  VectorXd both(2);
  both << first, second;
  return both;
}

void require(const VectorXd& x, const VectorXd& y, const VectorXd& sigma, int degree,
             const char* what) {
  if (x.size() != y.size() || x.size() != sigma.size()) {
    throw std::invalid_argument(
        fmt::format("{}: {} x, {} y, {} errors", what, x.size(), y.size(), sigma.size()));
  }
  if (degree < 1) {
    throw std::invalid_argument(fmt::format("{}: degree {}; at least 1", what, degree));
  }
}

}  // namespace

Index sign_change(const VectorXd& y, const VectorXd& sigma) {
  const VectorXd significance = y.cwiseQuotient(sigma);
  const double total = significance.sum();
  double left = 0, best_contrast = -1;
  Index best = -1;
  for (Index i = 0; i + 1 < y.size(); ++i) {
    left += significance[i];
    const bool changes = (y[i] <= 0 && y[i + 1] >= 0) || (y[i] >= 0 && y[i + 1] <= 0);
    const double contrast = std::abs(total - 2 * left);
    if (changes && contrast > best_contrast) {
      best_contrast = contrast;
      best = i;
    }
  }
  return best;
}

Peak peak(const VectorXd& x, const VectorXd& y, const Errors& errors, int degree) {
  require(x, y, errors.sigma, degree, "peak");
  Fit fit = linear(Basis{}.design(x, degree), y, errors);
  const VectorXd& c = fit.value;
  Peak top;
  for (int iteration = 0; iteration < 50 && top.bends; ++iteration) {
    double slope = 0, curvature = 0;
    for (Index k = 1; k <= degree; ++k) {
      slope += static_cast<double>(k) * c[k] * std::pow(top.x, k - 1);
    }
    for (Index k = 2; k <= degree; ++k) {
      curvature += static_cast<double>(k * (k - 1)) * c[k] * std::pow(top.x, k - 2);
    }
    top.bends = curvature < 0;
    if (top.bends) top.x -= slope / curvature;
  }
  const RowVectorXd powers = powers_of(top.x, degree);
  fit.transform(powers * c, powers);
  top.height = fit.at(0);
  return top;
}

Fit polynomial_zero(const VectorXd& x, const VectorXd& y, const Errors& errors, int degree,
                    double guess) {
  require(x, y, errors.sigma, degree, "zero");
  const Basis basis{guess, 0.5 * (x.maxCoeff() - x.minCoeff())};
  Fit fit = linear(basis.design(x, degree), y, errors);
  const double u = zero(fit.value, 0, 4);
  const double slope = polynomial(fit.value, u).slope;
  const RowVectorXd powers = powers_of(u, degree);
  MatrixXd jacobian = MatrixXd::Zero(2, degree + 1);
  jacobian.row(0) = -basis.width / slope * powers;
  for (Index k = 1; k <= degree; ++k) {
    jacobian(1, k) = static_cast<double>(k) * powers[k - 1] / basis.width;
  }
  fit.transform(pair(guess + basis.width * u, slope / basis.width), jacobian);
  fit.converged = fit.value.allFinite() && fit.error.allFinite();
  fit.window = fmt::format("{} points, x in [{:.4g}, {:.4g}], degree {}", x.size(), x.minCoeff(),
                           x.maxCoeff(), degree);
  return fit;
}

Fit root(const VectorXd& x, const VectorXd& y, const Errors& errors, int degree) {
  require(x, y, errors.sigma, degree, "root");
  const std::vector<Index> order = ascending(x);
  const VectorXd xs = x(order), ys = y(order);
  const Errors sorted = moderated(errors.of(order));
  const Index change = sign_change(ys, sorted.sigma);
  if (change < 0) {
    throw std::invalid_argument(fmt::format("root: no sign change in {} points", x.size()));
  }
  const double guess = chord(xs, ys, change);
  Fit result;
  double previous = guess;
  for (Index d = 1; d <= degree; ++d) {
    const Index count = std::min<Index>(2 * (d + 1), xs.size());
    // The window of `count` neighbouring points whose ends are nearest to the zero.
    Index first = std::max<Index>(0, change + 1 - count);
    for (Index f = first; f <= change + 1 && f + count <= xs.size(); ++f) {
      const auto reach = [&](Index at) {
        return std::max(guess - xs[at], xs[at + count - 1] - guess);
      };
      if (reach(f) < reach(first)) first = f;
    }
    const auto near = Eigen::seqN(first, count);
    result = polynomial_zero(xs(near), ys(near), sorted.of(near), static_cast<int>(d), guess);
    // Data that no polynomial of this degree fits, for chance, are off by more than they say.
    if (result.p_value < 1e-3) {
      result.covariance *= result.chi2_per_dof();
      result.error *= std::sqrt(result.chi2_per_dof());
    }
    result.window_shift = std::abs(result.value[0] - previous);
    previous = result.value[0];
  }
  if (degree > 1) result.error[0] = std::max(result.error[0], result.window_shift);
  return result;
}

Fit crossing(const VectorXd& x, const VectorXd& y1, const Errors& errors1, const VectorXd& y2,
             const Errors& errors2, int degree, std::uint64_t seed) {
  require(x, y1, errors1.sigma, degree, "crossing");
  require(x, y2, errors2.sigma, degree, "crossing");
  const std::vector<Index> order = ascending(x);
  const VectorXd xs = x(order), difference = (y1 - y2)(order);
  const VectorXd sigma = (errors1.sigma.cwiseAbs2() + errors2.sigma.cwiseAbs2()).cwiseSqrt();
  const Index change = sign_change(difference, sigma(order));
  if (change < 0) {
    throw std::invalid_argument(
        fmt::format("crossing: the curves do not cross in {} points", x.size()));
  }
  const double low = xs[0], high = xs[xs.size() - 1];
  const Basis basis{0.5 * (low + high), 0.5 * (high - low)};
  const MatrixXd design = basis.design(xs, degree);
  const Fit fits[2] = {linear(design, y1(order), errors1.of(order)),
                       linear(design, y2(order), errors2.of(order))};
  const auto cross = [&](const VectorXd& p1, const VectorXd& p2, double start) {
    const double u = zero(p1 - p2, start, 2);
    return pair(u, polynomial(p1, u).value);
  };
  const double start = (chord(xs, difference, change) - basis.centre) / basis.width;
  const VectorXd centre = cross(fits[0].value, fits[1].value, start);

  constexpr int samples = 1000;
  const MatrixXd roots[2] = {statistics::Cholesky(fits[0].covariance).lower(),
                             statistics::Cholesky(fits[1].covariance).lower()};
  boost::random::mt19937_64 engine(seed);
  boost::random::normal_distribution<double> normal;
  std::vector<VectorXd> drawn;
  for (int s = 0; s < samples; ++s) {
    VectorXd p[2];
    for (int curve = 0; curve < 2; ++curve) {
      VectorXd z(degree + 1);
      for (double& component : z) component = normal(engine);
      p[curve] = fits[curve].value + roots[curve] * z;
    }
    const VectorXd at = cross(p[0], p[1], centre[0]);
    if (at.allFinite()) drawn.push_back(at);
  }
  const auto spread = [&](Index component) {
    std::vector<double> values;
    for (const VectorXd& at : drawn) values.push_back(at[component]);
    std::sort(values.begin(), values.end());
    const double last = static_cast<double>(values.size()) - 1;
    const auto quantile = [&](double q) {
      return values[static_cast<std::size_t>(std::lround(q * last))];
    };
    return 0.5 * (quantile(0.841345) - quantile(0.158655));
  };
  Fit result;
  result.converged = centre.allFinite() && drawn.size() >= 0.99 * samples;
  result.value = pair(basis.centre + basis.width * centre[0], centre[1]);
  result.error = VectorXd::Constant(2, std::nan(""));
  if (!drawn.empty()) result.error = pair(basis.width * spread(0), spread(1));
  VectorXd mean = VectorXd::Zero(2);
  for (const VectorXd& at : drawn) mean += at / static_cast<double>(drawn.size());
  MatrixXd scatter = MatrixXd::Zero(2, 2);
  for (const VectorXd& at : drawn) scatter += (at - mean) * (at - mean).transpose();
  const double correlation = scatter(0, 1) / std::sqrt(scatter(0, 0) * scatter(1, 1));
  result.covariance = result.error.cwiseAbs2().asDiagonal();
  result.covariance(0, 1) = result.covariance(1, 0) =
      correlation * result.error[0] * result.error[1];
  // d (x, y) to first order in both polynomials, for the degrees of freedom alone.
  const RowVectorXd powers = powers_of(centre[0], degree);
  const double slopes[2] = {polynomial(fits[0].value, centre[0]).slope,
                            polynomial(fits[1].value, centre[0]).slope};
  const RowVectorXd moves = powers / (slopes[1] - slopes[0]);
  MatrixXd jacobians[2] = {MatrixXd(2, degree + 1), MatrixXd(2, degree + 1)};
  jacobians[0] << moves, powers + slopes[0] * moves;
  jacobians[1] << -moves, -slopes[0] * moves;
  result.noise = joined(fits[0].noise.of(jacobians[0]), fits[1].noise.of(jacobians[1]));
  result.error_dof = result.noise.freedom();
  result.chi2 = fits[0].chi2 + fits[1].chi2;
  result.dof = fits[0].dof + fits[1].dof;
  result.p_value = survival(result.chi2, result.dof);
  result.window =
      fmt::format("2 x {} points, x in [{:.4g}, {:.4g}], degree {}", x.size(), low, high, degree);
  return result;
}

Fit extrapolate(const VectorXd& n, const VectorXd& q, const Errors& errors, double w, int terms) {
  if (!(n.array() > 0).all() || !(w > 0) || terms < 1) {
    throw std::invalid_argument(fmt::format(
        "extrapolate: {} terms with exponent {}; at least 1, positive, and sizes positive", terms,
        w));
  }
  MatrixXd design(n.size(), terms + 1);
  for (Index k = 0; k <= terms; ++k) {
    design.col(k) = n.array().pow(-w * static_cast<double>(k));
  }
  Fit fit = linear(design, q, errors);
  fit.window = fmt::format("{} sizes, n in [{:.4g}, {:.4g}], {} terms in n^-{:.4g}", n.size(),
                           n.minCoeff(), n.maxCoeff(), terms, w);
  return fit;
}

}  // namespace symbreak::fit
