#include "sim/experiment/equation_of_state/fixed_points.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "sim/target/finite_support.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::equation_of_state {

namespace {

constexpr Index kDense = 32;        // largest dimension with dense spectra
constexpr Index kExhaustive = 8;    // largest dimension searched in full
constexpr double kMarginal = 1e-6;  // |eigenvalue - 1| of a critical or rotated fixed point

double residual_at(const SelfConsistency& equation, const Line& line, double c) {
  return residual(equation, line, VectorXd::Constant(1, c))[0];
}

/// Clean samples that do not depend on the run: part of the definition of the search.
MatrixXd probes(const target::Target& target, Index count) {
  random::Stream stream(random::Address{.purpose = random::Purpose::start});
  MatrixXd y(target.dimension(), count);
  target.sample(stream, y);
  return y;
}

double polish(const SelfConsistency& equation, const Line& line, double c) {
  for (int step = 0; step < 3; ++step) {
    const double f = residual_at(equation, line, c);
    const double derivative = slope(equation, line, c);
    if (f == 0 || std::abs(derivative) < kMarginal) break;
    const double next = c - f / derivative;
    if (!(std::abs(residual_at(equation, line, next)) < std::abs(f))) break;
    c = next;
  }
  return c;
}

double bracketed(const SelfConsistency& equation, const Line& line, double low, double high,
                 double f_low, double f_high) {
  std::uintmax_t steps = 200;
  const auto f = [&](double c) { return residual_at(equation, line, c); };
  const auto [a, b] = boost::math::tools::toms748_solve(
      f, low, high, f_low, f_high, boost::math::tools::eps_tolerance<double>(52), steps);
  return polish(equation, line, (a + b) / 2);
}

/// Zeros within the scanned coordinates, ascending.
std::vector<double> scan(const SelfConsistency& equation, const Line& line,
                         const std::vector<double>& c) {
  const VectorXd f =
      residual(equation, line, Eigen::Map<const VectorXd>(c.data(), static_cast<Index>(c.size())));
  std::vector<double> found;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const auto k = static_cast<Index>(i);
    if (f[k] == 0) {
      found.push_back(c[i]);
    } else if (i > 0 && f[k] * f[k - 1] < 0) {
      found.push_back(bracketed(equation, line, c[i - 1], c[i], f[k - 1], f[k]));
    }
    const bool dips = i > 0 && i + 1 < c.size() && f[k - 1] * f[k] > 0 && f[k] * f[k + 1] > 0 &&
                      std::abs(f[k]) < std::abs(f[k - 1]) && std::abs(f[k]) < std::abs(f[k + 1]);
    if (!dips) continue;
    const double sign = f[k] > 0 ? 1 : -1;
    const auto [at, lowest] = boost::math::tools::brent_find_minima(
        [&](double x) { return sign * residual_at(equation, line, x); }, c[i - 1], c[i + 1], 30);
    if (lowest >= 0) continue;
    found.push_back(bracketed(equation, line, c[i - 1], at, f[k - 1], sign * lowest));
    found.push_back(bracketed(equation, line, at, c[i + 1], sign * lowest, f[k + 1]));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::pair<VectorXd, MatrixXd> spectrum(const SelfConsistency& equation, const VectorXd& mean) {
  return symmetric_spectrum(
      equation.linearised(mean, MatrixXd::Identity(mean.size(), mean.size())));
}

/// Newton in the full space with the marginal directions left out (steps along an orbit of fixed
/// points lead nowhere). nullopt when it does not converge.
std::optional<VectorXd> newton(const SelfConsistency& equation, VectorXd mean, double extent) {
  for (int step = 0; step < 60; ++step) {
    const VectorXd f = mean - equation.map(mean).col(0);
    if (!f.allFinite()) return std::nullopt;
    if (f.norm() < 64 * kEpsilon * extent) return mean;
    const auto [values, vectors] = spectrum(equation, mean);
    VectorXd gain = 1 - values.array();
    gain = (gain.array().abs() < kMarginal).select(1, gain);
    VectorXd move = vectors * ((vectors.transpose() * f).array() / gain.array()).matrix();
    if (move.norm() < 8 * kEpsilon * extent) return mean;
    if (move.norm() > extent) move *= extent / move.norm();
    mean -= move;
  }
  return std::nullopt;
}

std::vector<VectorXd> newton_starts(const target::Target& target, const Line& line) {
  std::vector<VectorXd> base;
  if (const auto* points = target::part<target::FiniteSupport>(target)) {
    for (Index j = 0; j < std::min<Index>(points->count(), 64); ++j)
      base.push_back(points->point(j));
  }
  const MatrixXd samples = probes(target, 16);
  for (Index j = 0; j < samples.cols(); ++j) base.push_back(samples.col(j));
  const MatrixXd axes = target.order_axes();
  const Index used = std::min<Index>(axes.cols(), 4);
  for (Index code = 0, all = static_cast<Index>(std::pow(3, used)); code < all; ++code) {
    VectorXd start = line.origin;
    for (Index a = 0, rest = code; a < used; ++a, rest /= 3) {
      start += static_cast<double>(rest % 3 - 1) * line.extent() * axes.col(a);
    }
    base.push_back(start);
  }
  std::vector<VectorXd> starts;
  for (const double amplitude : {1.0, 0.5, 0.2, 0.05}) {
    for (const VectorXd& start : base) {
      starts.push_back(line.origin + amplitude * (start - line.origin));
    }
  }
  return starts;
}

/// The fixed points reached from samples by iterating the map.
std::vector<VectorXd> reached(const SelfConsistency& equation) {
  MatrixXd mean = probes(*equation.target, 16);
  for (int step = 0; step < 2000; ++step) {
    const MatrixXd next = equation.map(mean);
    const double change = (next - mean).cwiseAbs().maxCoeff();
    mean = next;
    if (change < 1e-13 * (1 + mean.cwiseAbs().maxCoeff())) break;
  }
  std::vector<VectorXd> found;
  for (Index j = 0; j < mean.cols(); ++j) found.push_back(mean.col(j));
  return found;
}

FixedPoint describe(const SelfConsistency& equation, const VectorXd& mean, double extent) {
  FixedPoint point;
  point.mean = mean;
  point.free_energy = equation.free_energy(mean)[0];
  point.potential = equation.potential(mean)[0];
  double softest = 1;
  if (mean.size() <= kDense) {
    const VectorXd values = spectrum(equation, mean).first;
    point.top = {values[values.size() - 1], 8 * kEpsilon * std::max(1.0, values.maxCoeff())};
    point.unstable = (values.array() > 1 + kMarginal).count();
    for (const double value : values) {
      if (std::abs(value - 1) < kMarginal)
        point.marginal = true;
      else
        softest = std::min(softest, std::abs(value - 1));
    }
  } else {
    point.top = top_eigenvalue(equation, mean);
    point.unstable = point.top.value > 1 + kMarginal ? 1 : 0;
    point.marginal = std::abs(point.top.value - 1) < kMarginal;
    if (!point.marginal) softest = std::min(softest, std::abs(point.top.value - 1));
  }
  const double f = (mean - equation.map(mean).col(0)).norm();
  point.error = mean.isZero(0) ? 0 : (f + 4 * kEpsilon * extent) / softest;
  return point;
}

/// The same branch: close together, or two points of one orbit of a continuous symmetry.
bool same(const FixedPoint& a, const FixedPoint& b, double extent) {
  const double distance = (a.mean - b.mean).norm();
  if (!a.marginal || !b.marginal) return distance < 1e-7 * extent;
  if (distance < 1e-3 * extent) return true;  // residuals of a critical point are cubic
  return std::abs(a.potential - b.potential) < 1e-10 * (std::abs(a.potential) + extent * extent) &&
         std::abs(a.mean.norm() - b.mean.norm()) < 1e-7 * extent;
}

}  // namespace

std::pair<VectorXd, MatrixXd> symmetric_spectrum(const MatrixXd& matrix) {
  auto [values, vectors] = target::symmetric_spectrum((matrix + matrix.transpose()) / 2);
  return {std::move(values), std::move(vectors)};
}

double kappa(Criterion criterion, double noise) {
  return criterion == Criterion::score ? 1 : 2 * (1 + noise) / (2 + noise);
}

target::Averages SelfConsistency::posterior(const MatrixXd& mean) const {
  const MatrixXd state = (kappa * mean).colwise() + field;
  return target->averages(state, VectorXd::Constant(mean.cols(), 1 / noise));
}

MatrixXd SelfConsistency::linearised(const VectorXd& mean, const MatrixXd& v) const {
  const VectorXd state = kappa * mean + field;
  return kappa * target->jacobian_product(state.replicate(1, v.cols()),
                                          VectorXd::Constant(v.cols(), 1 / noise), v);
}

VectorXd SelfConsistency::free_energy(const MatrixXd& mean) const {
  return -noise * posterior(mean).log_partition;
}

VectorXd SelfConsistency::potential(const MatrixXd& mean) const {
  return free_energy(mean) + kappa / 2 * mean.colwise().squaredNorm().transpose();
}

Line first_axis(const target::Target& target) {
  Line line;
  line.axis = target.order_axes().col(0);
  const VectorXd centre = target.mean_of_target();
  line.origin = centre - line.coordinate(centre) * line.axis;
  if (line.origin.norm() < 1e-13 * (1 + centre.norm())) line.origin.setZero();
  double lowest = 0, highest = 0;
  const auto include = [&](const VectorXd& y) {
    lowest = std::min(lowest, line.coordinate(y));
    highest = std::max(highest, line.coordinate(y));
  };
  if (const auto* points = target::part<target::FiniteSupport>(target)) {
    for (Index j = 0; j < points->count(); ++j) include(points->point(j));
  } else {
    const MatrixXd samples = probes(target, 512);
    for (Index j = 0; j < samples.cols(); ++j) include(samples.col(j));
  }
  const double margin = 0.05 * (highest - lowest);
  line.lowest = lowest - margin;
  line.highest = highest + margin;
  if (target.even()) line.lowest = -(line.highest = line.extent());
  return line;
}

bool invariant(const SelfConsistency& equation, const Line& line) {
  if (line.axis.size() == 1) return true;
  MatrixXd mean(line.axis.size(), 3);
  for (Index k = 0; k < 3; ++k) {
    mean.col(k) = line.at(line.lowest + (line.highest - line.lowest) * (0.21 + 0.27 * k));
  }
  const MatrixXd image = equation.map(mean);
  for (Index k = 0; k < 3; ++k) {
    const VectorXd y = image.col(k);
    if ((y - line.at(line.coordinate(y))).norm() > 1e-9 * line.extent() * line.axis.norm()) {
      return false;
    }
  }
  return true;
}

VectorXd residual(const SelfConsistency& equation, const Line& line, const VectorXd& c) {
  const MatrixXd mean = (line.axis * c.transpose()).colwise() + line.origin;
  return c - equation.map(mean).transpose() * line.axis / line.axis.squaredNorm();
}

double slope(const SelfConsistency& equation, const Line& line, double c) {
  return 1 - line.coordinate(equation.linearised(line.at(c), line.axis).col(0));
}

std::vector<double> roots(const SelfConsistency& equation, const Line& line, double centre) {
  // A Gaussian part of the target can carry branches beyond the sampled support.
  double low = line.lowest, high = line.highest;
  for (int i = 0; i < 40 && residual_at(equation, line, high) <= 0; ++i) high *= 2;
  for (int i = 0; i < 40 && residual_at(equation, line, low) >= 0; ++i) low *= 2;
  const bool mirrored =
      equation.target->even() && equation.field.isZero(0) && line.origin.isZero(0);
  if (mirrored) low = centre = 0;

  std::vector<double> c;
  const int cells = mirrored ? 96 : 192;
  for (int i = 1; i <= cells; ++i) c.push_back(low + (high - low) * i / cells);
  if (!mirrored) c.push_back(low);
  for (double offset = line.extent(); offset > 1e-4 * line.extent(); offset *= 0.8) {
    for (const double sign : {-1.0, 1.0}) {
      const double near = centre + sign * offset;
      if (near > low && near < high) c.push_back(near);
    }
  }
  std::sort(c.begin(), c.end());
  c.erase(std::unique(c.begin(), c.end()), c.end());
  std::vector<double> found = scan(equation, line, c);
  if (!mirrored) return found;
  std::vector<double> all;
  for (auto m = found.rbegin(); m != found.rend(); ++m) all.push_back(-*m);
  all.push_back(0);
  all.insert(all.end(), found.begin(), found.end());
  return all;
}

VectorXd symmetric_branch(const std::shared_ptr<const target::Target>& target, Criterion criterion,
                          double noise, const VectorXd& field, const Line& line) {
  if (target->even() && field.isZero(0)) return VectorXd::Zero(target->dimension());
  const double high = std::max(noise, 8 * line.extent() * line.extent() * line.axis.squaredNorm());
  const int steps = 1 + static_cast<int>(std::ceil(16 * std::log(high / noise)));
  VectorXd mean = target->mean_of_target();
  for (int step = 0; step <= steps; ++step) {
    const double s = high * std::pow(noise / high, static_cast<double>(step) / steps);
    const SelfConsistency equation(target, criterion, s, field);
    std::optional<VectorXd> next;
    if (mean.size() <= kDense) next = newton(equation, mean, line.extent() * line.axis.norm());
    // In large dimension, or past a spinodal of the branch: what the map flows to.
    for (int i = 0; !next && i < 2000; ++i) {
      const VectorXd image = equation.map(mean).col(0);
      const double change = (image - mean).norm();
      mean = image;
      if (change < 1e-14 * (1 + mean.norm())) next = mean;
    }
    if (next) mean = *next;
  }
  return mean;
}

Eigenvalue top_eigenvalue(const SelfConsistency& equation, const VectorXd& mean) {
  const Index d = mean.size();
  if (d <= kDense) {
    const VectorXd values = spectrum(equation, mean).first;
    return {values[d - 1], 8 * kEpsilon * std::max(1.0, std::abs(values[d - 1]))};
  }
  // Lanczos with full reorthogonalisation. The start must not be an eigenvector: a fixed, generic
  // vector is added to the first order axis.
  const Index most = std::min<Index>(d, 64);
  MatrixXd basis(d, most);
  MatrixXd tridiagonal = MatrixXd::Zero(most, most);
  VectorXd v = equation.target->order_axes().col(0).normalized();
  for (Index i = 0; i < d; ++i) v[i] += 0.1 * std::sin(1.7 * i + 0.3 * i * i) / std::sqrt(d);
  basis.col(0) = v.normalized();
  Eigenvalue top;
  for (Index k = 0; k < most; ++k) {
    VectorXd w = equation.linearised(mean, basis.col(k)).col(0);
    tridiagonal(k, k) = basis.col(k).dot(w);
    for (int twice = 0; twice < 2; ++twice) {
      w -= basis.leftCols(k + 1) * (basis.leftCols(k + 1).transpose() * w);
    }
    const double norm = w.norm();
    const auto [ritz, vectors] = symmetric_spectrum(tridiagonal.topLeftCorner(k + 1, k + 1));
    top.value = ritz[k];
    const double rest = norm * std::abs(vectors(k, k));
    const double gap = k > 0 ? top.value - ritz[k - 1] : 0;
    top.error = (gap > 10 * rest ? rest * rest / gap : rest) + 16 * kEpsilon * top.value;
    if (rest < 1e-9 * gap || norm < 1e-14 * std::abs(top.value) || k + 1 == most) break;
    tridiagonal(k, k + 1) = tridiagonal(k + 1, k) = norm;
    basis.col(k + 1) = w / norm;
  }
  return top;
}

std::vector<FixedPoint> fixed_points(const SelfConsistency& equation, const Line& line,
                                     const VectorXd& symmetric) {
  const Index d = equation.target->dimension();
  const double extent = line.extent() * line.axis.norm();
  std::vector<VectorXd> candidates = {symmetric};
  const bool on_line = invariant(equation, line);
  if (on_line) {
    for (const double c : roots(equation, line, line.coordinate(symmetric))) {
      candidates.push_back(line.at(c));
    }
  }
  if (d > 1 && d <= kExhaustive) {
    for (const VectorXd& start : newton_starts(*equation.target, line)) {
      if (const auto found = newton(equation, start, extent)) candidates.push_back(*found);
    }
  } else if (!on_line) {
    for (const VectorXd& found : reached(equation)) candidates.push_back(found);
  }

  std::vector<FixedPoint> all;
  std::vector<VectorXd> seen;  // cheap exact-duplicate filter before the spectra
  for (const VectorXd& mean : candidates) {
    const auto near = [&](const VectorXd& other) { return (mean - other).norm() < 1e-9 * extent; };
    if (std::any_of(seen.begin(), seen.end(), near)) continue;
    seen.push_back(mean);
    const FixedPoint point = describe(equation, mean, extent);
    const auto known = [&](const FixedPoint& other) { return same(point, other, extent); };
    if (std::none_of(all.begin(), all.end(), known)) all.push_back(point);
  }
  const MatrixXd axes = equation.target->order_axes();
  std::sort(all.begin(), all.end(), [&](const FixedPoint& a, const FixedPoint& b) {
    for (Index k = 0; k < axes.cols(); ++k) {
      const double left = axes.col(k).dot(a.mean), right = axes.col(k).dot(b.mean);
      if (std::abs(left - right) > 1e-9 * extent * axes.col(k).norm()) return left < right;
    }
    return false;
  });
  return all;
}

std::optional<VectorXd> response(const SelfConsistency& equation, const VectorXd& mean,
                                 const VectorXd& v) {
  const VectorXd target = equation.linearised(mean, v).col(0) / equation.kappa;
  VectorXd solution = VectorXd::Zero(v.size()), rest = target, direction = rest;
  double square = rest.squaredNorm();
  const double enough = 1e-30 * square;
  for (Index step = 0; step < 4 * v.size() + 20 && square > enough; ++step) {
    const VectorXd image = direction - equation.linearised(mean, direction).col(0);
    const double curvature = direction.dot(image);
    if (!(curvature > 1e-9 * direction.squaredNorm())) return std::nullopt;
    solution += square / curvature * direction;
    rest -= square / curvature * image;
    const double next = rest.squaredNorm();
    direction = rest + next / square * direction;
    square = next;
  }
  return solution;
}

}  // namespace symbreak::experiment::equation_of_state
