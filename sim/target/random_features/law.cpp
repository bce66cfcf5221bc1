#include "sim/target/random_features/law.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/target/finite_support.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::target::feature_flow {

std::optional<Law> Law::of(const Denoiser& source, Activation activation, Index points,
                           random::Stream stream) {
  Law law;
  law.data_ = part<CleanData>(source);
  law.finite_ = part<FiniteSupport>(source) != nullptr;
  const Index d = source.dimension();
  const auto model = law.data_->data_model();
  const bool whole = model && model->dimension == static_cast<double>(d);
  if (const auto classes = two_classes(source)) {
    law.kind_ = Kind::gaussians;
    const double first = 1 / (1 + std::exp(-classes->log_odds));
    law.cloud_ = {.centres = MatrixXd(d, 2),
                  .weights = Eigen::Vector2d(first, 1 - first),
                  .variance = classes->variance};
    law.cloud_.centres << classes->middle + classes->axis, classes->middle - classes->axis;
  } else if (whole && model->law == theory::DataLaw::gaussian) {
    law.kind_ = Kind::gaussians;
    const double m = std::sqrt(model->class_signal / static_cast<double>(d));
    law.cloud_ = {.centres = MatrixXd(d, m > 0 ? 2 : 1), .variance = model->variance};
    law.cloud_.centres.setConstant(m);
    if (m > 0) law.cloud_.centres.col(1) *= -1;
  } else if (whole && model->law == theory::DataLaw::binary &&
             (activation == Activation::cos || activation == Activation::linear)) {
    law.kind_ = Kind::signs;
    law.cloud_.centres = MatrixXd::Zero(d, 1);
    law.sigma_ = std::sqrt(model->variance);
  } else {
    if (law.finite_ && !law.data_->has_law()) return std::nullopt;
    law.cloud_.centres.resize(d, points);
    law.sample(stream, law.cloud_.centres);
  }
  law.text_ = law.kind_ == Kind::gaussians ? "Gaussian classes, exact averages"
              : law.kind_ == Kind::signs   ? "independent signs, exact averages"
                                           : fmt::format("{} held-out data", points);
  return law;
}

Moments Law::moments(const Features& features, const MatrixXd& gram, const VectorXd& shift,
                     double k, double noise) const {
  Cloud moved = cloud_;
  moved.centres.colwise() -= shift;
  if (kind_ == Kind::signs) {
    return sign_moments(features, moved.centres.col(0), sigma_, k, noise);
  }
  return feature_flow::moments(features, gram, moved, k, noise);
}

std::optional<MatrixXd> Law::mean(const States& x, double noise) const {
  if (kind_ == Kind::points) return std::nullopt;
  if (kind_ == Kind::signs) {
    return MatrixXd(sigma_ * (x.array() * (sigma_ / noise)).tanh());
  }
  // Class c: weight ~ w_c exp(-|x - mu_c|^2/(2(s + v))), mean (s mu_c + v x)/(s + v).
  const double v = cloud_.variance;
  const VectorXd weights = detail::cloud_weights(cloud_);
  MatrixXd probability(cloud_.centres.cols(), x.cols());
  for (Index c = 0; c < probability.rows(); ++c) {
    probability.row(c) =
        -(x.colwise() - cloud_.centres.col(c)).colwise().squaredNorm() / (2 * (noise + v));
    probability.row(c).array() += std::log(weights[c]);
  }
  const Eigen::RowVectorXd top = probability.colwise().maxCoeff();
  probability = (probability.rowwise() - top).array().exp();
  const Eigen::RowVectorXd sum = probability.colwise().sum();
  probability.array().rowwise() /= sum.array();
  return MatrixXd((noise * (cloud_.centres * probability) + v * x) / (noise + v));
}

void Law::sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
  if (finite_) {
    data_->sample_law(stream, y);
  } else {
    data_->sample(stream, y);
  }
}

}  // namespace symbreak::target::feature_flow
