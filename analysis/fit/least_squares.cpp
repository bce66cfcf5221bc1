#include "analysis/fit/least_squares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <unsupported/Eigen/NonLinearOptimization>

#include "analysis/statistics/matrix.hpp"

namespace symbreak::fit {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void require(Index parameters, const VectorXd& y, Index errors) {
  if (y.size() != errors) {
    throw std::invalid_argument(fmt::format("fit: {} data with {} errors", y.size(), errors));
  }
  if (parameters < 1 || y.size() < parameters) {
    throw std::invalid_argument(
        fmt::format("fit: {} data cannot determine {} parameters", y.size(), parameters));
  }
  if (!y.allFinite()) throw std::invalid_argument("fit: a datum is not finite");
}

void require_rows(const MatrixXd& design, const VectorXd& y) {
  if (design.rows() != y.size()) {
    throw std::invalid_argument(
        fmt::format("fit: a design of {} rows for {} data", design.rows(), y.size()));
  }
}

/// The data scaled to unit independent errors.
class Whitening {
 public:
  explicit Whitening(const VectorXd& sigma) : sigma_(sigma) {
    if (!((sigma.array() > 0).all() && sigma.allFinite())) {
      throw std::invalid_argument("fit: every error must be positive and finite");
    }
  }
  explicit Whitening(const MatrixXd& covariance) : cholesky_(covariance) {
    if (!cholesky_.valid()) {
      throw std::invalid_argument("fit: the covariance of the data is not positive definite");
    }
  }
  MatrixXd operator()(const MatrixXd& a) const {
    if (sigma_.size() > 0) return sigma_.cwiseInverse().asDiagonal() * a;
    return cholesky_.whitened(a);
  }

 private:
  VectorXd sigma_;
  statistics::Cholesky cholesky_;
};

void judge(Fit& fit, const VectorXd& residuals, const MatrixXd& jacobian, const VectorXd& dof) {
  fit.chi2 = residuals.squaredNorm();
  fit.dof = residuals.size() - jacobian.cols();
  fit.p_value = survival(fit.chi2, fit.dof);
  fit.noise = propagated(jacobian, fit.covariance, dof);
  if (!dof.array().isInf().all()) fit.covariance = fit.noise.covariance();
  fit.error = fit.covariance.diagonal().cwiseSqrt();
  fit.error_dof = fit.noise.freedom();
}

Fit linear_whitened(const MatrixXd& design, const VectorXd& y, const VectorXd& dof) {
  const statistics::LeastSquares solved(design, y);
  if (!solved.full_rank) {
    throw std::invalid_argument(
        fmt::format("fit: the {} columns of the design are linearly dependent", design.cols()));
  }
  Fit fit;
  fit.value = solved.solution;
  fit.covariance = solved.covariance;
  fit.window = fmt::format("{} points", y.size());
  judge(fit, y - design * fit.value, design, dof);
  return fit;
}

/// Residuals and their central-difference Jacobian, in the form Eigen's MINPACK wants.
class Functor {
 public:
  Functor(const Model& model, const VectorXd& start, const VectorXd& y, const Whitening& white)
      : model_(model),
        y_(y),
        white_(white),
        scale_(start.unaryExpr([](double p) { return p == 0 ? 1 : std::abs(p); })) {}
  int values() const { return static_cast<int>(y_.size()); }
  int operator()(const VectorXd& p, VectorXd& residuals) const {
    const VectorXd predicted = model_(p);
    if (predicted.size() != y_.size()) {
      throw std::invalid_argument(fmt::format("fit: the model predicts {} values for {} data",
                                              predicted.size(), y_.size()));
    }
    residuals = white_(predicted - y_);
    // MINPACK rejects a step by its growing residual; NaN would pass the comparison.
    if (!residuals.allFinite()) residuals.setConstant(1e150);
    return 0;
  }
  int df(const VectorXd& p, MatrixXd& jacobian) const {
    VectorXd up(y_.size()), down(y_.size()), moved = p;
    for (Index k = 0; k < p.size(); ++k) {
      const double h = 6e-6 * std::max(std::abs(p[k]), 1e-3 * scale_[k]);
      moved[k] = p[k] + h;
      (*this)(moved, up);
      const double upper = moved[k];
      moved[k] = p[k] - h;
      (*this)(moved, down);
      jacobian.col(k) = (up - down) / (upper - moved[k]);
      moved[k] = p[k];
    }
    return 0;
  }

 private:
  const Model& model_;
  const VectorXd& y_;
  const Whitening& white_;
  VectorXd scale_;
};

Fit minimise(const Model& model, const VectorXd& start, const VectorXd& y, const Whitening& white,
             const VectorXd& dof) {
  Functor functor(model, start, y, white);
  Eigen::LevenbergMarquardt<Functor> solver(functor);
  solver.parameters.xtol = solver.parameters.ftol = 1e-14;
  solver.parameters.maxfev = 400 * static_cast<int>(start.size() + 1);
  Fit fit;
  fit.value = start;
  const auto status = solver.minimize(fit.value);
  // "Too small" tolerances mean that rounding stops further progress: the minimum is reached.
  using namespace Eigen::LevenbergMarquardtSpace;
  fit.converged = status != TooManyFunctionEvaluation && status != ImproperInputParameters &&
                  status != UserAsked && status != NotStarted && status != Running;
  VectorXd residuals(y.size());
  MatrixXd jacobian(y.size(), start.size());
  functor(fit.value, residuals);
  functor.df(fit.value, jacobian);
  const statistics::LeastSquares at_minimum(jacobian, residuals);
  fit.covariance = at_minimum.full_rank ? at_minimum.covariance
                                        : MatrixXd::Constant(start.size(), start.size(), nan);
  fit.window = fmt::format("{} points", y.size());
  judge(fit, residuals, jacobian, dof);
  fit.converged = fit.converged && at_minimum.full_rank && fit.chi2 < 1e299;
  return fit;
}

}  // namespace

double survival(double chi2, Index dof) {
  if (dof < 1 || !std::isfinite(chi2)) return nan;
  return boost::math::gamma_q(0.5 * static_cast<double>(dof), 0.5 * chi2);
}

statistics::Value Fit::at(Index k, bool widened) const {
  const double wider = widened ? std::sqrt(std::max(1.0, chi2_per_dof())) : 1;
  return {value[k], error[k] * wider, error_dof[k]};
}

void Fit::transform(const VectorXd& functions, const MatrixXd& jacobian) {
  value = functions;
  covariance = jacobian * covariance * jacobian.transpose();
  error = covariance.diagonal().cwiseSqrt();
  noise = noise.of(jacobian);
  error_dof = noise.freedom();
}

Fit linear(const MatrixXd& design, const VectorXd& y, const Errors& errors) {
  require_rows(design, y);
  require(design.cols(), y, errors.sigma.size());
  const Errors used = moderated(errors);
  const Whitening white(used.sigma);
  return linear_whitened(white(design), white(y), used.freedom());
}

Fit line(const VectorXd& x, const VectorXd& y, const Errors& errors) {
  MatrixXd design = MatrixXd::Ones(x.size(), 2);
  design.col(1) = x;
  return linear(design, y, errors);
}

Fit linear_correlated(const MatrixXd& design, const VectorXd& y, const MatrixXd& covariance,
                      const Noise& noise) {
  require_rows(design, y);
  require(design.cols(), y, covariance.rows());
  const Whitening white(covariance);
  const MatrixXd whitened = white(design);
  Fit fit = linear_whitened(whitened, white(y), VectorXd::Constant(y.size(), statistics::kKnown));
  if (noise.parts.size() == 0) return fit;
  fit.noise = {fit.covariance * whitened.transpose() * white(noise.parts), noise.dof};
  fit.error_dof = fit.noise.freedom();
  return fit;
}

Fit nonlinear(const Model& model, const VectorXd& start, const VectorXd& y, const Errors& errors) {
  require(start.size(), y, errors.sigma.size());
  const Errors used = moderated(errors);
  return minimise(model, start, y, Whitening(used.sigma), used.freedom());
}

}  // namespace symbreak::fit
