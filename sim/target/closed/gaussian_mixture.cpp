// Mixture of classes with isotropic Gaussian spread (Biroli, Bonnaire, de Bortoli & Mezard 2024;
// two symmetric classes: the 1-D mixture +-mu of variance s^2 along the axis, which destabilises at
// sigma^2 t_c = mu^2 - s^2; Ambrogioni 2024).
#include "sim/target/closed/gaussian_mixture.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/data/array.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/points/multinomial.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

constexpr double kNoiseless = 1e30;  // beta of clean states
constexpr Index kLargestCovariance = 2048;

double chi_squared(double degrees, random::Stream& stream) {
  if (degrees <= 0) return 0;
  // Gamma(degrees/2) by Marsaglia & Tsang 2000 (degrees >= 1 here, hence shape >= 1/2: boosted by
  // one where it is below 1).
  const double shape = degrees / 2, boosted = shape < 1 ? shape + 1 : shape;
  const double d = boosted - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double z = stream.normal(), v = std::pow(1 + c * z, 3);
    if (v <= 0 || std::log(stream.uniform()) >= z * z / 2 + d - d * v + d * std::log(v)) continue;
    return 2 * d * v * (shape < 1 ? std::pow(stream.uniform(), 1 / shape) : 1);
  }
}

}  // namespace

GaussianMixture::GaussianMixture(MatrixXd means, VectorXd deviations, VectorXd weights,
                                 bool symmetric)
    : means_(std::move(means)),
      variances_(deviations.cwiseAbs2()),
      weights_(weights / weights.sum()),
      symmetric_(symmetric) {}

Averages GaussianMixture::averages(const States& x, const Betas& beta) const {
  const VectorXd none = VectorXd::Constant(x.cols(), NAN);
  Averages result{MatrixXd(x.rows(), x.cols()), VectorXd(x.cols()), none, none, none};
  for (Index k = 0; k < x.cols(); ++k) {
    const Classes here = at(x.col(k), beta[k]);
    result.mean.col(k) = here.means * here.probabilities;
    result.log_partition[k] = here.log_norm + beta[k] * x.col(k).squaredNorm() / 2;
  }
  return result;
}

MatrixXd GaussianMixture::jacobian_product(const States& x, const Betas& beta,
                                           const States& v) const {
  MatrixXd result(x.rows(), x.cols());
  for (Index k = 0; k < x.cols(); ++k) {
    const Classes here = at(x.col(k), beta[k]);
    const MatrixXd spread = here.means.colwise() - here.means * here.probabilities;
    const VectorXd along = spread.transpose() * v.col(k);
    result.col(k) = beta[k] * (here.probabilities.dot(here.variances) * v.col(k) +
                               spread * here.probabilities.cwiseProduct(along));
  }
  return result;
}

void GaussianMixture::sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
  VectorXd noise(dimension());
  for (Index k = 0; k < y.cols(); ++k) {
    const double u = stream.uniform();
    Index c = 0;
    for (double below = weights_[0]; u >= below && c + 1 < classes(); below += weights_[++c]) {
    }
    stream.normals({noise.data(), static_cast<std::size_t>(noise.size())});
    y.col(k) = means_.col(c) + std::sqrt(variances_[c]) * noise;
  }
}

GaussianMixture::CopySum GaussianMixture::draw_copies(const Eigen::Ref<const VectorXd>& x,
                                                      double beta, std::int64_t n,
                                                      random::Stream& stream) const {
  const Classes here = at(x, beta);
  const auto counts =
      multinomial(n, {here.probabilities.data(), static_cast<std::size_t>(classes())}, stream);
  CopySum result{VectorXd::Zero(dimension()), 0};
  VectorXd noise(dimension());
  for (Index c = 0; c < classes(); ++c) {
    const auto copies = static_cast<double>(counts[static_cast<std::size_t>(c)]);
    if (copies == 0) continue;
    stream.normals({noise.data(), static_cast<std::size_t>(noise.size())});
    const VectorXd spread = std::sqrt(copies * here.variances[c]) * noise;
    result.sum += copies * here.means.col(c) + spread;
    const double degrees = static_cast<double>(dimension()) * (copies - 1);
    result.squared_norm += copies * here.means.col(c).squaredNorm() +
                           2 * here.means.col(c).dot(spread) +
                           here.variances[c] * (noise.squaredNorm() + chi_squared(degrees, stream));
  }
  return result;
}

std::optional<MatrixXd> GaussianMixture::covariance() const {
  if (dimension() > kLargestCovariance) return std::nullopt;
  const MatrixXd spread = means_.colwise() - mean_of_target();
  return weights_.dot(variances_) * MatrixXd::Identity(dimension(), dimension()) +
         spread * weights_.asDiagonal() * spread.transpose();
}

MatrixXd GaussianMixture::order_axes() const {
  if (symmetric_) return MatrixXd::Ones(dimension(), 1);
  // The isotropic part does not turn the axes: those of the means' covariance suffice.
  const MatrixXd spread = means_.colwise() - mean_of_target();
  if (dimension() <= kLargestCovariance) {
    return leading_axes(spread * weights_.asDiagonal() * spread.transpose());
  }
  return leading_axis(
      [&](const VectorXd& v) -> VectorXd {
        return spread * weights_.cwiseProduct(spread.transpose() * v);
      },
      dimension());
}

std::optional<double> GaussianMixture::critical_noise() const {
  const double noise = means_.col(0).squaredNorm() - variances_[0];
  return even() && noise > 0 ? std::optional(noise) : std::nullopt;
}

std::optional<TwoClasses> GaussianMixture::two_classes() const {
  if (means_.cols() != 2 || variances_[0] != variances_[1]) return std::nullopt;
  return TwoClasses{.middle = (means_.col(0) + means_.col(1)) / 2,
                    .axis = (means_.col(0) - means_.col(1)) / 2,
                    .variance = variances_[0],
                    .log_odds = std::log(weights_[0] / weights_[1])};
}

std::optional<theory::ClassPair> GaussianMixture::class_pair() const {
  if (means_.cols() != 2) return std::nullopt;
  const double distance = (means_.col(0) - means_.col(1)).norm();
  theory::ClassPair pair{{{1, variances_[0], variances_[1], distance}},
                         std::log(weights_[0] / weights_[1])};
  if (dimension() > 1) {
    pair.modes.push_back({static_cast<double>(dimension() - 1), variances_[0], variances_[1], 0});
  }
  return pair;
}

std::optional<double> GaussianMixture::clone_probability(double noise) const {
  if (const auto pair = class_pair()) return pair->clone_probability(noise);
  const MatrixXd apart = means_.colwise() - VectorXd(means_.col(0));
  if (!apart.isZero(0)) return std::nullopt;
  return theory::concentric_clone_probability(static_cast<double>(dimension()),
                                              {variances_.begin(), variances_.end()},
                                              {weights_.begin(), weights_.end()}, noise);
}

MatrixXd GaussianMixture::class_probabilities(const States& x, const Betas& beta) const {
  MatrixXd result(classes(), x.cols());
  for (Index k = 0; k < x.cols(); ++k) result.col(k) = at(x.col(k), beta[k]).probabilities;
  return result;
}

MatrixXd GaussianMixture::class_mean(const States& x, const Betas& beta, Index label) const {
  const Eigen::RowVectorXd share =
      beta.unaryExpr([v = variances_[label]](double b) { return b * v / (1 + b * v); }).transpose();
  const VectorXd mean = means_.col(label);
  return ((x.colwise() - mean) * share.asDiagonal()).colwise() + mean;
}

void GaussianMixture::sample_class(random::Stream& stream, Index label,
                                   Eigen::Ref<MatrixXd> y) const {
  VectorXd noise(dimension());
  for (Index k = 0; k < y.cols(); ++k) {
    stream.normals({noise.data(), static_cast<std::size_t>(noise.size())});
    y.col(k) = means_.col(label) + std::sqrt(variances_[label]) * noise;
  }
}

GaussianMixture::Moments GaussianMixture::class_moments(Index label, const VectorXd&) const {
  return {means_.col(label), VectorXd::Constant(dimension(), variances_[label]), variances_[label]};
}

MatrixXd GaussianMixture::class_shares(const States& y) const {
  return class_probabilities(y, VectorXd::Constant(y.cols(), kNoiseless));
}

std::vector<Index> GaussianMixture::classify(const States& y) const {
  std::vector<Index> result(static_cast<std::size_t>(y.cols()));
  for (Index k = 0; k < y.cols(); ++k) {
    at(y.col(k), kNoiseless).probabilities.maxCoeff(&result[static_cast<std::size_t>(k)]);
  }
  return result;
}

std::string GaussianMixture::describe() const {
  return fmt::format("{} Gaussian class{} in {} dimension{}", classes(), classes() == 1 ? "" : "es",
                     dimension(), dimension() == 1 ? "" : "s");
}

std::optional<KnownValue> GaussianMixture::known_value(Known quantity, double) const {
  if (quantity != Known::gaussian_variance || !symmetric_ || !means_.isZero(0)) {
    return std::nullopt;
  }
  return KnownValue{weights_.dot(variances_), "classes that coincide"};
}

GaussianMixture::Classes GaussianMixture::at(const Eigen::Ref<const VectorXd>& x,
                                             double beta) const {
  Classes here{VectorXd(classes()), means_, VectorXd(classes())};
  for (Index c = 0; c < classes(); ++c) {
    const double a = 1 + beta * variances_[c];
    here.probabilities[c] = std::log(weights_[c]) -
                            static_cast<double>(dimension()) / 2 * std::log(a) -
                            beta / a * (x - means_.col(c)).squaredNorm() / 2;
    here.means.col(c) += beta * variances_[c] / a * (x - means_.col(c));
    here.variances[c] = variances_[c] / a;
  }
  const double top = here.probabilities.maxCoeff();
  here.probabilities = (here.probabilities.array() - top).exp();
  here.log_norm = top + std::log(here.probabilities.sum());
  here.probabilities /= here.probabilities.sum();
  return here;
}

namespace {

std::shared_ptr<const Target> make_mixture(const deck::Parameters& parameters,
                                           const random::Address&) {
  const bool symmetric = parameters.word("target.means") == "symmetric";
  MatrixXd means;
  if (symmetric) {
    const auto d = static_cast<Index>(parameters.integer("target.dimension"));
    means.resize(d, 2);
    means << VectorXd::Constant(d, parameters.real("target.m")),
        VectorXd::Constant(d, -parameters.real("target.m"));
  } else {
    if (parameters.word("target.file").empty()) {
      throw deck::KeyError("target.file", "means = file needs a file: one row per class mean");
    }
    const auto array = data::read<double>({.file = parameters.word("target.file"),
                                           .key = "target.file",
                                           .dataset_path = parameters.word("target.dataset_path"),
                                           .row = "class mean",
                                           .path_key = "target.dataset_path"});
    means = Eigen::Map<const MatrixXd>(array.values.data(), static_cast<Index>(array.columns()),
                                       static_cast<Index>(array.rows()));
  }
  const auto per_class = [&](const std::string& key, double fallback) -> VectorXd {
    const std::vector<double>& values = parameters.reals(key);
    if (values.empty()) return VectorXd::Constant(means.cols(), fallback);
    if (static_cast<Index>(values.size()) != means.cols()) {
      throw deck::KeyError(key, "{} values for {} classes", values.size(), means.cols());
    }
    return Eigen::Map<const VectorXd>(values.data(), means.cols());
  };
  const VectorXd weights = per_class("target.weights", 1);
  const VectorXd deviations = per_class("target.class_std", parameters.real("target.std"));
  return std::make_shared<GaussianMixture>(means, deviations, weights,
                                           symmetric && deviations[0] == deviations[1]);
}

}  // namespace

TargetKind gaussian_mixture() {
  return {
      .name = "gaussian_mixture",
      .text =
          "classes with isotropic Gaussian spread; two symmetric ones speciate at sigma^2 t_c = d "
          "m^2 - std^2 (Biroli et al. 2024)",
      .keys = {deck::word_key("target", "means", "symmetric",
                              "symmetric: two classes at +-m (1,..,1); file: one row per class",
                              {"symmetric", "file"}),
               deck::used_with("means=symmetric", deck::count_key("target", "dimension", "1",
                                                                  "dimension of the data", 1, 1e7)),
               deck::used_with(
                   "means=symmetric",
                   deck::real_key(
                       "target", "m", "1",
                       "mean of each coordinate in the first class; |mean|^2 = dimension m^2", 0)),
               deck::used_with(
                   "!class_std",
                   deck::real_key("target", "std", "1",
                                  "standard deviation within each class, per coordinate", 0)),
               deck::list_of(deck::real_key("target", "class_std", "",
                                            "one standard deviation per class, instead of std", 0)),
               deck::list_of(deck::positive_key(
                   "target", "weights", "",
                   "one weight per class, normalised by their sum; default: equal")),
               deck::used_with("means=file",
                               deck::plain_key(deck::Kind::file, "target", "file", "",
                                               "CSV, .npy or HDF5 of shape classes x dimension")),
               deck::used_with("means=file",
                               deck::plain_key(deck::Kind::text, "target", "dataset_path", "",
                                               "HDF5 file: the data set to read"))},
      .make = make_mixture,
      .provides = plus({Part::two_classes, Part::class_score})};
}

}  // namespace symbreak::target
