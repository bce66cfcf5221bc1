#include "sim/target/random_features/features.hpp"

#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <span>

#include "sim/kernel/simd/cosine.hpp"

namespace symbreak::target::feature_flow {

namespace {

std::span<double> all_of(MatrixXd& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

/// phi = x: E x x^T, E y x^T, E z x^T.
Moments linear_moments(const Cloud& cloud, double noise) {
  const Index d = cloud.centres.rows();
  Moments result;
  result.data =
      cloud.centres * detail::cloud_weights(cloud).asDiagonal() * cloud.centres.transpose();
  if (cloud.covariance.size() > 0) result.data += cloud.covariance;
  result.data.diagonal().array() += cloud.variance;
  result.features = result.data + noise * MatrixXd::Identity(d, d);
  result.noise = std::sqrt(noise) * MatrixXd::Identity(d, d);
  result.square = detail::mean_square(cloud);
  return result;
}

}  // namespace

namespace detail {

void activate(Activation activation, MatrixXd& u) {
  switch (activation) {
    case Activation::cos:
      kernel::cosine(all_of(u), all_of(u));
      return;
    case Activation::tanh:
      u = u.array().tanh();
      return;
    case Activation::erf:
      u = u.unaryExpr([](double value) { return std::erf(value); });
      return;
    case Activation::linear:
      return;
  }
}

void mirror(MatrixXd& matrix) {
  constexpr Index kTile = 8;  // a cache line each way
  const Index size = matrix.rows();
  for (Index j = 0; j < size; j += kTile) {
    const Index width = std::min(kTile, size - j);
    matrix.block(j, j, width, width).triangularView<Eigen::StrictlyUpper>() =
        matrix.block(j, j, width, width).transpose();
    for (Index i = j + width; i < size; i += kTile) {
      const Index height = std::min(kTile, size - i);
      matrix.block(j, i, width, height) = matrix.block(i, j, height, width).transpose();
    }
  }
}

MatrixXd arguments(const Features& features, const States& x, double k) {
  MatrixXd u(features.count(), x.cols());
  u.noalias() = features.weights * (k * x);
  u.colwise() += features.phases;
  return u;
}

VectorXd cloud_weights(const Cloud& cloud) {
  const Index n = cloud.centres.cols();
  if (cloud.weights.size() > 0) return cloud.weights;
  return VectorXd::Constant(n, 1 / static_cast<double>(n));
}

double mean_square(const Cloud& cloud) {
  const auto d = static_cast<double>(cloud.centres.rows());
  const double centres =
      cloud.centres.colwise().squaredNorm().dot(cloud_weights(cloud).transpose()) / d;
  return centres + (cloud.covariance.size() > 0 ? cloud.covariance.trace() / d : cloud.variance);
}

MatrixXd spread_times_features(const Features& features, const Cloud& cloud) {
  if (cloud.covariance.size() > 0) return cloud.covariance * features.weights.transpose();
  return cloud.variance * features.weights.transpose();
}

MatrixXd noise_gram(const Features& features, const MatrixXd& gram, const Cloud& cloud, double k,
                    double noise) {
  if (cloud.covariance.size() == 0) return k * k * (noise + cloud.variance) * gram;
  MatrixXd all(gram.rows(), gram.cols());
  all.noalias() = features.weights * spread_times_features(features, cloud);
  return k * k * (all + noise * gram);
}

}  // namespace detail

double Features::amplitude() const {
  if (activation == Activation::linear) return 1;
  return std::sqrt((activation == Activation::cos ? 2.0 : 1.0) / static_cast<double>(count()));
}

double Features::slope(double noise, double variance) const {
  if (activation == Activation::linear) return 1;
  return omega / std::sqrt((variance + noise) * static_cast<double>(dimension()));
}

MatrixXd Features::values(const States& x, double k) const {
  if (activation == Activation::linear) return x;
  MatrixXd u = detail::arguments(*this, x, k);
  detail::activate(activation, u);
  u *= amplitude();
  return u;
}

MatrixXd Features::slopes(const States& x, double k) const {
  MatrixXd u = detail::arguments(*this, x, k);
  switch (activation) {
    case Activation::cos:
      u.array() += boost::math::constants::half_pi<double>();  // cos' = cos(u + pi/2)
      kernel::cosine(all_of(u), all_of(u));
      break;
    case Activation::tanh:
      u = 1 - u.array().tanh().square();
      break;
    case Activation::erf:
      u = 2 / std::sqrt(M_PI) * (-u.array().square()).exp();
      break;
    case Activation::linear:
      u.setOnes();
      return u;
  }
  return amplitude() * u;
}

MatrixXd Features::gram() const {
  MatrixXd result = MatrixXd::Zero(count(), count());
  result.selfadjointView<Eigen::Lower>().rankUpdate(weights);
  detail::mirror(result);
  return result;
}

Moments moments(const Features& features, const MatrixXd& gram, const Cloud& cloud, double k,
                double noise) {
  if (features.activation == Activation::linear) return linear_moments(cloud, noise);
  if (features.activation != Activation::cos) {
    return detail::mehler_moments(features, gram, cloud, k, noise);
  }
  const Index p = features.count(), n = cloud.centres.cols();
  const double R = features.amplitude();
  const VectorXd weights = detail::cloud_weights(cloud);
  const bool isotropic = cloud.covariance.size() == 0;
  const double scale = k * k * (noise + cloud.variance);
  const MatrixXd general =
      isotropic ? MatrixXd() : detail::noise_gram(features, gram, cloud, k, noise);
  const MatrixXd& pairs = isotropic ? gram : general;
  const double factor = isotropic ? scale : 1;
  const VectorXd halves = -factor / 2 * pairs.diagonal();  // - K_ii/2
  const VectorXd damping = halves.array().exp();

  Moments result;
  MatrixXd cosines(p, n), sines(p, n);
  {
    MatrixXd m = detail::arguments(features, cloud.centres, k);
    kernel::sine_cosine(all_of(m), all_of(sines), all_of(cosines));
  }
  const VectorXd mean_sine = R * damping.cwiseProduct(sines * weights);
  result.data.noalias() = cloud.centres * weights.asDiagonal() * cosines.transpose();
  result.data = R * result.data * damping.asDiagonal();
  if (!isotropic || cloud.variance > 0) {
    result.data -= k * detail::spread_times_features(features, cloud) * mean_sine.asDiagonal();
  }
  result.noise = -std::sqrt(noise) * k * features.weights.transpose() * mean_sine.asDiagonal();
  result.square = detail::mean_square(cloud);

  // The weights go into one root each; then panels of columns, from the diagonal down. Those
  // e^{-K_ii/2} stay inside the exponents: e^{K_ij} alone overflows.
  const VectorXd roots = weights.cwiseSqrt();
  cosines = cosines * roots.asDiagonal();
  sines = sines * roots.asDiagonal();
  result.features.resize(p, p);
  constexpr Index kPanel = 64;
  MatrixXd cc, ss;
  for (Index first = 0; first < p; first += kPanel) {
    const Index width = std::min(kPanel, p - first), rows = p - first;
    cc.noalias() = cosines.bottomRows(rows) * cosines.middleRows(first, width).transpose();
    ss.noalias() = sines.bottomRows(rows) * sines.middleRows(first, width).transpose();
    for (Index j = 0; j < width; ++j) {
      const Index column = first + j, count = rows - j;
      const auto pair = factor * pairs.col(column).tail(count).array();
      const auto half = halves.tail(count).array() + halves[column];
      const auto c = cc.col(j).tail(count).array();
      const auto s = ss.col(j).tail(count).array();
      result.features.col(column).tail(count) =
          R * R / 2 * ((half + pair).exp() * (c + s) + (half - pair).exp() * (c - s));
    }
  }
  detail::mirror(result.features);
  return result;
}

Moments sign_moments(const Features& features, const VectorXd& centre, double sigma, double k,
                     double noise) {
  if (features.activation == Activation::linear) {
    return linear_moments({.centres = centre, .weights = {}, .variance = sigma * sigma}, noise);
  }
  const Index p = features.count(), d = features.dimension();
  const double R = features.amplitude();
  const MatrixXd w = k * features.weights.transpose();  // d x p
  const VectorXd phase = features.phases + w.transpose() * centre;
  const VectorXd squares = w.colwise().squaredNorm();
  Moments result{MatrixXd(p, p), MatrixXd(d, p), MatrixXd(d, p),
                 centre.squaredNorm() / static_cast<double>(d) + sigma * sigma};
  MatrixXd angles = sigma * w, cosines(d, p), sines(d, p);
  kernel::sine_cosine(all_of(angles), all_of(sines), all_of(cosines));
  VectorXd before(d);
  for (Index i = 0; i < p; ++i) {
    const double damping = R * std::exp(-noise * squares[i] / 2);
    // Products over all coordinates but one, from the left and from the right.
    double product = 1;
    for (Index l = 0; l < d; ++l) {
      before[l] = product;
      product *= cosines(l, i);
    }
    const double mean = damping * product;
    double after = 1;
    for (Index l = d - 1; l >= 0; --l) {
      result.data(l, i) = centre[l] * mean * std::cos(phase[i]) -
                          sigma * sines(l, i) * before[l] * after * damping * std::sin(phase[i]);
      after *= cosines(l, i);
    }
    result.noise.col(i) = -std::sqrt(noise) * mean * std::sin(phase[i]) * w.col(i);
  }
  // cos(a - b) and cos(a + b) of all coordinates.
  for (Index i = 0; i < p; ++i) {
    for (Index j = i; j < p; ++j) {
      double plus = 1, minus = 1;
      for (Index l = 0; l < d; ++l) {
        const double cc = cosines(l, i) * cosines(l, j), ss = sines(l, i) * sines(l, j);
        plus *= cc - ss;
        minus *= cc + ss;
      }
      const double dot = w.col(i).dot(w.col(j));
      const double half = -noise * (squares[i] + squares[j]) / 2;
      const double value = R * R / 2 *
                           (std::cos(phase[i] - phase[j]) * minus * std::exp(half + noise * dot) +
                            std::cos(phase[i] + phase[j]) * plus * std::exp(half - noise * dot));
      result.features(i, j) = result.features(j, i) = value;
    }
  }
  return result;
}

Moments sampled_moments(const Features& features, const States& y, const States& z, double k,
                        double noise) {
  const double n = static_cast<double>(y.cols()), d = static_cast<double>(y.rows());
  Moments result{MatrixXd::Zero(features.count(), features.count()),
                 MatrixXd::Zero(y.rows(), features.count()),
                 MatrixXd::Zero(y.rows(), features.count())};
  constexpr Index kStates = 256;  // whose features are kept at a time
  for (Index first = 0; first < y.cols(); first += kStates) {
    const Index count = std::min(kStates, y.cols() - first);
    const auto clean = y.middleCols(first, count), white = z.middleCols(first, count);
    const MatrixXd phi = features.values(clean + std::sqrt(noise) * white, k);
    result.features.selfadjointView<Eigen::Lower>().rankUpdate(phi, 1 / n);
    result.data.noalias() += clean * phi.transpose() / n;
    result.noise.noalias() += white * phi.transpose() / n;
  }
  detail::mirror(result.features);
  result.square = y.squaredNorm() / (n * d);
  result.noise_square = z.squaredNorm() / (n * d);
  result.cross = (y.array() * z.array()).sum() / (n * d);
  return result;
}

MatrixXd smoothed_values(const Features& features, const States& centres, double k, double noise) {
  if (features.activation != Activation::cos) {
    return detail::mehler_values(features, centres, k, noise);
  }
  const VectorXd damping =
      (-k * k * noise / 2 * features.weights.rowwise().squaredNorm()).array().exp();
  return damping.asDiagonal() * features.values(centres, k);
}

}  // namespace symbreak::target::feature_flow
