#include <fmt/format.h>

#include <algorithm>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <stdexcept>

#include "analysis/fit/critical.hpp"
#include "analysis/fit/polynomial.hpp"
#include "analysis/fit/scaling.hpp"
#include "analysis/statistics/matrix.hpp"

namespace symbreak::fit {

namespace {

constexpr int kDraws = 1000;

std::vector<Index> inside(const SizeCurve& curve, double low, double high) {
  std::vector<Index> all;
  for (Index i = 0; i < curve.x.size(); ++i) {
    if (curve.x[i] >= low && curve.x[i] <= high) all.push_back(i);
  }
  return all;
}

/// The zero nearest to `guess` in [-1, 1], which the data span, by halving; NaN where there is none.
double nearest_zero(const VectorXd& p, double guess) {
  constexpr int kCells = 128;
  double best = std::nan("");
  for (int i = 0; i < kCells; ++i) {
    double left = -1 + 2.0 * i / kCells, right = -1 + 2.0 * (i + 1) / kCells;
    const bool positive = polynomial(p, left).value > 0;
    if (positive == (polynomial(p, right).value > 0)) continue;
    for (int step = 0; step < 50; ++step) {
      const double middle = (left + right) / 2;
      ((polynomial(p, middle).value > 0) == positive ? left : right) = middle;
    }
    if (!(std::abs(left - guess) >= std::abs(best - guess))) best = left;
  }
  return best;
}

double interpolated(const VectorXd& x, const VectorXd& y, double at) {
  Index right = 1;
  while (right + 1 < x.size() && x[right] < at) ++right;
  const double part = (at - x[right - 1]) / (x[right] - x[right - 1]);
  return std::lerp(y[right - 1], y[right], part);
}

/// Two curves near where they cross.
class Pair {
 public:
  Pair(const SizeCurve& small, const SizeCurve& large, const CrossingOptions& options)
      : curves_{&small, &large}, options_(options) {
    low_ = std::max(small.x[0], large.x[0]);
    high_ = std::min(small.x[small.x.size() - 1], large.x[large.x.size() - 1]);
    for (int c : {0, 1}) rows_[c] = inside(*curves_[c], low_, high_);
    if (std::min(rows_[0].size(), rows_[1].size()) < 2) {
      throw std::invalid_argument("too few points in common");
    }
    const auto fewest = static_cast<int>(std::min(rows_[0].size(), rows_[1].size()));
    degree_ = options.degree > 0 ? options.degree : std::clamp(fewest - 2, 1, 3);
    if (fewest < degree_ + 1) {
      throw std::invalid_argument("too few points in common for polynomials of this degree");
    }
    double at = first_guess();
    for (;;) {
      const double found = fit(at);
      if (std::isfinite(found)) at = found;
      const bool chance = dof_ == 0 || survival(chi2_, dof_) > kAcceptable;
      if (std::isfinite(found) && chance) break;
      if (drop_farthest(at)) continue;
      if (std::isfinite(found)) break;
      throw std::invalid_argument("polynomials through the curves do not cross");
    }
    at_ = at;
  }

  /// Where the data cross that are these standard deviates away from the measured ones.
  VectorXd at(const VectorXd& small, const VectorXd& large) const {
    const VectorXd* deviates[2] = {&small, &large};
    VectorXd p[2];
    for (int c : {0, 1}) {
      p[c] =
          solve_[c] * (curves_[c]->y(rows_[c]) + error_[c].cwiseProduct((*deviates[c])(rows_[c])));
    }
    const double u = nearest_zero(p[1] - p[0], (at_ - centre_) / width_);
    VectorXd found(2);
    found << centre_ + width_ * u, polynomial(p[0], u).value;
    return found;
  }

  /// Of (x, y) to first order, due to all data of one of the curves, whose degrees of freedom it has.
  Noise noise(int c) const {
    const VectorXd p[2] = {solve_[0] * curves_[0]->y(rows_[0]),
                           solve_[1] * curves_[1]->y(rows_[1])};
    const double u = nearest_zero(p[1] - p[0], (at_ - centre_) / width_);
    const double slopes[2] = {polynomial(p[0], u).slope, polynomial(p[1], u).slope};
    const MatrixXd parts = powers_of(u, degree_) * solve_[c] * error_[c].asDiagonal();
    const double moves = (c == 0 ? 1 : -1) / (slopes[1] - slopes[0]);
    Noise result{MatrixXd::Zero(2, curves_[c]->y.size()), curves_[c]->errors.freedom()};
    result.parts(0, rows_[c]) = width_ * moves * parts;
    result.parts(1, rows_[c]) = ((c == 0 ? 1 : 0) + slopes[0] * moves) * parts;
    return result;
  }

  Fit described() const {
    Fit result;
    result.chi2 = chi2_;
    result.dof = dof_;
    result.p_value = survival(chi2_, dof_);
    result.window = fmt::format("{} + {} points in [{:.6g}, {:.6g}], degree {}", rows_[0].size(),
                                rows_[1].size(), centre_ - width_, centre_ + width_, degree_);
    return result;
  }

 private:
  /// Where the difference changes sign most clearly.
  double first_guess() const {
    const SizeCurve &a = *curves_[0], &b = *curves_[1];
    const auto count = static_cast<Index>(rows_[0].size());
    VectorXd difference(count), sigma(count);
    for (Index i = 0; i < count; ++i) {
      const Index row = rows_[0][static_cast<std::size_t>(i)];
      difference[i] = interpolated(b.x, b.y, a.x[row]) - a.y[row];
      sigma[i] = std::hypot(a.errors.sigma[row], interpolated(b.x, b.errors.sigma, a.x[row]));
    }
    const Index change = sign_change(difference, sigma);
    if (change < 0) throw std::invalid_argument("the curves do not cross");
    const double left = a.x[rows_[0][static_cast<std::size_t>(change)]],
                 right = a.x[rows_[0][static_cast<std::size_t>(change) + 1]],
                 rise = difference[change + 1] - difference[change];
    return rise == 0 ? (left + right) / 2 : left - difference[change] * (right - left) / rise;
  }

  /// Where they cross; NaN where polynomials so far from the curves do not.
  double fit(double guess) {
    double least = curves_[0]->x[rows_[0].front()], most = curves_[0]->x[rows_[0].back()];
    least = std::min(least, curves_[1]->x[rows_[1].front()]);
    most = std::max(most, curves_[1]->x[rows_[1].back()]);
    centre_ = (least + most) / 2;
    width_ = (most - least) / 2;
    chi2_ = 0;
    dof_ = 0;
    VectorXd p[2];
    for (int c : {0, 1}) {
      const VectorXd y = curves_[c]->y(rows_[c]), sigma = curves_[c]->errors.sigma(rows_[c]);
      const MatrixXd design =
          powers_of((curves_[c]->x(rows_[c]).array() - centre_) / width_, degree_);
      const MatrixXd weighted = sigma.cwiseInverse().asDiagonal() * design;
      const statistics::LeastSquares solved(weighted, y.cwiseQuotient(sigma));
      if (!solved.full_rank)
        throw std::invalid_argument("too few different points near the crossing");
      solve_[c] = solved.covariance * weighted.transpose() * sigma.cwiseInverse().asDiagonal();
      error_[c] = sigma.cwiseProduct(
          widening(weighted, solved.covariance, curves_[c]->errors.freedom()(rows_[c])));
      p[c] = solve_[c] * y;
      chi2_ += (y - design * p[c]).cwiseQuotient(sigma).squaredNorm();
      dof_ += y.size() - degree_ - 1;
    }
    return centre_ + width_ * nearest_zero(p[1] - p[0], (guess - centre_) / width_);
  }

  /// Of both curves; false where too few are left.
  bool drop_farthest(double at) {
    std::vector<Index>* from = nullptr;
    bool first = false;
    double farthest = 0;
    for (int c : {0, 1}) {
      if (static_cast<int>(rows_[c].size()) < degree_ + 3) continue;
      for (const bool front : {true, false}) {
        const Index row = front ? rows_[c].front() : rows_[c].back();
        const double away = std::abs(curves_[c]->x[row] - at);
        if (away > farthest) farthest = away, from = &rows_[c], first = front;
      }
    }
    if (from == nullptr) return false;
    from->erase(first ? from->begin() : from->end() - 1);
    return true;
  }

  const SizeCurve* curves_[2];
  const CrossingOptions& options_;
  int degree_ = 0;
  double low_ = 0, high_ = 0, centre_ = 0, width_ = 1, chi2_ = 0, at_ = 0;
  Index dof_ = 0;
  std::vector<Index> rows_[2];
  MatrixXd solve_[2];  ///< coefficients of y
  VectorXd error_[2];  ///< that data count with
};

/// Half the central 68.3 % of what is a number.
double central_spread(const VectorXd& values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (std::isfinite(value)) sorted.push_back(value);
  }
  if (sorted.size() < kDraws / 2) return std::numeric_limits<double>::infinity();
  std::sort(sorted.begin(), sorted.end());
  const auto quantile = [&](double q) {
    return sorted[static_cast<std::size_t>(
        std::lround(q * (static_cast<double>(sorted.size()) - 1)))];
  };
  return (quantile(0.841345) - quantile(0.158655)) / 2;
}

/// Correlations of draws (rows), with these errors.
MatrixXd covariance_of(const MatrixXd& draws, const VectorXd& error) {
  MatrixXd covariance = error.cwiseAbs2().asDiagonal();
  for (Index i = 0; i < draws.cols(); ++i) {
    for (Index j = 0; j < i; ++j) {
      double count = 0;
      Eigen::Vector2d mean = Eigen::Vector2d::Zero();
      Eigen::Vector3d squares = Eigen::Vector3d::Zero();
      const auto each = [&](const auto& use) {
        for (Index s = 0; s < draws.rows(); ++s) {
          if (std::isfinite(draws(s, i)) && std::isfinite(draws(s, j)))
            use(draws(s, i), draws(s, j));
        }
      };
      each([&](double a, double b) { mean += Eigen::Vector2d(a, b), count += 1; });
      mean /= count;
      each([&](double a, double b) {
        a -= mean[0], b -= mean[1];
        squares += Eigen::Vector3d(a * a, b * b, a * b);
      });
      const double correlation = squares[2] / std::sqrt(squares[0] * squares[1]);
      if (!std::isfinite(correlation)) continue;
      covariance(i, j) = covariance(j, i) = correlation * error[i] * error[j];
    }
  }
  return covariance;
}

/// `x_noise`, `y_noise`: of the pairs, due to all data.
void pool(Crossings& all, const MatrixXd& x_draws, const MatrixXd& y_draws, const Noise& x_noise,
          const Noise& y_noise, double correction) {
  const auto count = static_cast<Index>(all.pairs.size());
  VectorXd x(count), y(count), x_error(count), y_error(count), size(count);
  for (Index i = 0; i < count; ++i) {
    const PairCrossing& pair = all.pairs[static_cast<std::size_t>(i)];
    x[i] = pair.fit.value[0], y[i] = pair.fit.value[1];
    x_error[i] = pair.fit.error[0], y_error[i] = pair.fit.error[1];
    size[i] = std::sqrt(pair.small * pair.large);
  }
  if (!x_error.allFinite() || !y_error.allFinite()) return;
  const MatrixXd x_covariance = covariance_of(x_draws, x_error),
                 y_covariance = covariance_of(y_draws, y_error);
  for (Index first = 0; first < count; ++first) {
    const auto rows = Eigen::seqN(first, count - first);
    const auto pooled = [&](const VectorXd& data, const MatrixXd& covariance, const Noise& noise) {
      return linear_correlated(MatrixXd::Ones(count - first, 1), data(rows), covariance(rows, rows),
                               {noise.parts(rows, Eigen::all), noise.dof});
    };
    const Fit in_x = pooled(x, x_covariance, x_noise);
    if (count - first > 1 && !(in_x.p_value > kAcceptable)) continue;
    all.first = static_cast<std::size_t>(first);
    all.x = in_x;
    all.y = pooled(y, y_covariance, y_noise);
    break;
  }
  if (!(correction > 0) || count < 3) return;
  MatrixXd design = MatrixXd::Ones(count, 2);
  design.col(1) = size.array().pow(-correction);
  all.extrapolated = linear_correlated(design, x, x_covariance, x_noise);
}

}  // namespace

Crossings crossings(const std::vector<SizeCurve>& given, const CrossingOptions& options) {
  if (given.size() < 2) {
    throw std::invalid_argument(fmt::format("crossings: {} sizes; at least 2", given.size()));
  }
  boost::random::mt19937_64 engine(options.seed);
  boost::random::normal_distribution<double> normal;
  std::vector<SizeCurve> curves = given;
  std::vector<MatrixXd> deviates;  // of each curve, its points x draws
  for (SizeCurve& curve : curves) {
    curve.errors = moderated(curve.errors);
    MatrixXd drawn(curve.y.size(), kDraws);
    for (double& entry : drawn.reshaped()) entry = normal(engine);
    deviates.push_back(drawn);
  }
  Crossings all;
  std::vector<VectorXd> x_draws, y_draws;
  for (std::size_t k = 0; k + 1 < curves.size(); ++k) {
    const SizeCurve &small = curves[k], &large = curves[k + 1];
    try {
      const Pair pair(small, large, options);
      PairCrossing found{small.size, large.size, pair.described()};
      found.fit.value = pair.at(VectorXd::Zero(small.y.size()), VectorXd::Zero(large.y.size()));
      MatrixXd draws(kDraws, 2);
      for (Index s = 0; s < kDraws; ++s) {
        draws.row(s) = pair.at(deviates[k].col(s), deviates[k + 1].col(s)).transpose();
      }
      VectorXd& error = found.fit.error;
      error.resize(2);
      error << central_spread(draws.col(0)), central_spread(draws.col(1));
      if (found.fit.p_value < 1e-3) error *= std::sqrt(found.fit.chi2_per_dof());
      found.fit.converged = error.allFinite();
      Noise& noise = found.fit.noise;  // due to all curves side by side
      for (std::size_t c = 0; c < curves.size(); ++c) {
        const bool mine = c == k || c == k + 1;
        const Index points = curves[c].y.size();
        const Noise part = mine ? pair.noise(c == k ? 0 : 1)
                                : Noise{MatrixXd::Zero(2, points), curves[c].errors.freedom()};
        noise = c == 0 ? part : joined(noise, part);
      }
      found.fit.error_dof = noise.freedom();
      x_draws.emplace_back(draws.col(0)), y_draws.emplace_back(draws.col(1));
      all.pairs.push_back(std::move(found));
    } catch (const std::invalid_argument& why) {
      all.missing.push_back(fmt::format("{:g} and {:g}: {}", small.size, large.size, why.what()));
    }
  }
  if (all.pairs.empty()) return all;
  const auto count = static_cast<Index>(all.pairs.size());
  MatrixXd x(kDraws, count), y = x;
  Noise x_noise{MatrixXd(count, all.pairs[0].fit.noise.dof.size()), all.pairs[0].fit.noise.dof},
      y_noise = x_noise;
  for (Index i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    x.col(i) = x_draws[at], y.col(i) = y_draws[at];
    x_noise.parts.row(i) = all.pairs[at].fit.noise.parts.row(0);
    y_noise.parts.row(i) = all.pairs[at].fit.noise.parts.row(1);
  }
  pool(all, x, y, x_noise, y_noise, options.correction);
  return all;
}

}  // namespace symbreak::fit
