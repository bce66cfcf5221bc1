// What is known of a spin target without a noisy state: covariance, order parameter, critical
// noise, classes. Exact where its states can be summed, else from clean samples.
#include <algorithm>
#include <cmath>

#include "sim/target/spectrum.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

constexpr Index kLargestCovariance = 2048;
constexpr Index kLargestDense = 256;         // d whose eigenvectors are all found
constexpr double kCovarianceSteps = 0x1p34;  // elementary steps spent on C: seconds
constexpr double kSlope = 6;                 // steps of a derivative in those of a log-sum

}  // namespace

Index SpinTarget::sample_count() const {
  constexpr Index kFewest = 512, kMost = 4096, kNumbers = Index{1} << 21;
  return std::clamp<Index>(kNumbers / d_ / SpinSampler::kChains * SpinSampler::kChains, kFewest,
                           kMost);
}

bool SpinTarget::covariance_in_reach() const {
  const double columns = model_.homogeneous ? 1 : static_cast<double>(d_);
  return oracle_ && d_ <= kLargestCovariance &&
         columns * kSlope * oracle_->operations() <= kCovarianceSteps;
}

const MatrixXd& SpinTarget::samples() const {
  if (samples_.size() == 0) {
    random::Address address = model_.address;
    address.purpose = random::Purpose::target;
    address.replica = 1;  // 0: the sampler's own search for its chain length
    random::Stream stream(address);
    samples_.resize(d_, sample_count());
    if (sampler_) {
      sampler_->series(stream, samples_);
    } else {
      sample(stream, samples_);
    }
  }
  return samples_;
}

VectorXd SpinTarget::mean_of_target() const {
  if (even_) return VectorXd::Zero(d_);
  if (!mean_) {
    mean_ = oracle_ ? VectorXd(oracle_->sums(h_, {}).mean) : VectorXd(samples().rowwise().mean());
    if (!oracle_ && model_.homogeneous) mean_ = VectorXd::Constant(d_, mean_->mean());
  }
  return *mean_;
}

std::optional<MatrixXd> SpinTarget::covariance() const {
  if (!covariance_in_reach()) return std::nullopt;
  if (!covariance_) {
    if (model_.homogeneous) {
      MatrixXd unit = MatrixXd::Zero(d_, 1);
      unit(0, 0) = 1;
      covariance_ = translated(oracle_->covariance_product(h_, unit).col(0));
    } else {
      const MatrixXd product =
          oracle_->covariance_product(h_.replicate(1, d_), MatrixXd::Identity(d_, d_));
      covariance_ = (product + product.transpose()) / 2;
    }
  }
  return covariance_;
}

/// C_ij = c(j - i), differences of coordinates around the torus.
MatrixXd SpinTarget::translated(const VectorXd& first) const {
  MatrixXd result(d_, d_);
  for (Index i = 0; i < d_; ++i) {
    for (Index j = 0; j < d_; ++j) {
      Index difference = 0, stride = 1, from = i, to = j;
      for (std::size_t a = model_.sides.size(); a-- > 0;) {
        const Index side = model_.sides[a];
        difference += stride * ((to % side - from % side + side) % side);
        stride *= side;
        from /= side;
        to /= side;
      }
      result(i, j) = first[difference];
    }
  }
  return (result + result.transpose()) / 2;
}

bool SpinTarget::axis_is_known() const {
  return model_.axes.size() > 0 || (model_.homogeneous && ferromagnetic_);
}

MatrixXd SpinTarget::order_axes() const {
  if (axes_) return *axes_;
  if (model_.axes.size() > 0) {
    axes_ = model_.axes;
  } else if (axis_is_known()) {
    axes_ = MatrixXd::Ones(d_, 1);
  } else if (covariance_in_reach() && d_ <= kLargestDense) {
    axes_ = leading_axes(*covariance());
  } else if (oracle_) {
    axes_ = leading_axis(
        [&](const VectorXd& v) -> VectorXd { return oracle_->covariance_product(h_, v); }, d_);
  } else if (model_.patterns.cols() > 0) {
    axes_ = model_.patterns;  // the retrieval overlaps; the soft modes lie close to their span
  } else {
    axes_ = measured_eigenvalue().axis;
  }
  return *axes_;
}

std::optional<double> SpinTarget::critical_noise() const {
  if (!even_) return std::nullopt;
  if (!critical_noise_) {
    critical_noise_ = std::optional<double>();
    if (oracle_) {
      const MatrixXd axis = order_axes().col(0).normalized();
      critical_noise_ = axis.col(0).dot(oracle_->covariance_product(h_, axis).col(0));
    }
  }
  return *critical_noise_;
}

/// v'Cv/N for v = cos k.r and v = sin k.r together.
std::optional<double> SpinTarget::structure_factor(const std::vector<Index>& mode) const {
  if (!oracle_ || mode.size() != model_.sides.size()) return std::nullopt;
  MatrixXd waves(d_, 2);
  for (Index i = 0; i < d_; ++i) {
    double phase = 0;
    Index rest = i;
    for (std::size_t a = mode.size(); a-- > 0; rest /= model_.sides[a]) {
      const Index side = model_.sides[a];
      phase += 2 * M_PI * static_cast<double>(mode[a] * (rest % side) % side) /
               static_cast<double>(side);
    }
    waves(i, 0) = std::cos(phase);
    waves(i, 1) = std::sin(phase);
  }
  const MatrixXd product = oracle_->covariance_product(h_.replicate(1, 2), waves);
  return waves.cwiseProduct(product).sum() / static_cast<double>(d_);
}

MeasuredEigenvalue SpinTarget::measured_eigenvalue() const {
  constexpr Index kGroups = SpinSampler::kChains;
  const VectorXd centre = mean_of_target();
  const MatrixXd deviations = samples().colwise() - centre;
  const Index count = deviations.cols(), half = count / 2;
  const auto axis_of = [&](Index first, Index n) -> VectorXd {
    if (model_.axes.size() > 0) return model_.axes.col(0).normalized();
    if (axis_is_known()) return VectorXd::Constant(d_, 1 / std::sqrt(static_cast<double>(d_)));
    const auto part = deviations.middleCols(first, n);
    return leading_axis(
        [&](const VectorXd& v) -> VectorXd {
          return part * (part.transpose() * v) / static_cast<double>(n);
        },
        d_);
  };
  const VectorXd first = axis_of(0, half), second = axis_of(half, half);
  VectorXd squares(count);
  squares.head(half) = (second.transpose() * deviations.leftCols(half)).array().square();
  squares.tail(half) = (first.transpose() * deviations.rightCols(half)).array().square();
  const Index size = count / kGroups;
  VectorXd groups(kGroups);
  for (Index g = 0; g < kGroups; ++g) groups[g] = squares.segment(g * size, size).mean();
  const double mean = groups.mean();
  const double variance = (groups.array() - mean).square().sum() / (kGroups - 1) / kGroups;
  return {.value = mean, .error = std::sqrt(variance), .axis = axis_of(0, count)};
}

Index SpinTarget::classes() const {
  if (model_.patterns.cols() > 0) return 2 * model_.patterns.cols();
  // The law of M takes d/2 sums.
  const bool lawful =
      !oracle_ || static_cast<double>(d_) / 2 * oracle_->operations() <= kCovarianceSteps;
  return ferromagnetic_ && lawful && (even_ || oracle_) ? 2 : 1;
}

VectorXd SpinTarget::class_weights() const {
  const Index count = classes();
  if (count == 1) return VectorXd::Ones(1);
  if (count == 2 && even_) return VectorXd::Constant(2, 0.5);
  if (!class_weights_) {
    if (oracle_) {
      class_weights_ = class_sums(h_);
    } else {
      class_weights_ = VectorXd::Zero(count);
      const auto labels = classify(samples());
      for (const Index label : labels) {
        if (label >= 0) (*class_weights_)[label] += 1;
      }
      *class_weights_ /= class_weights_->sum();
    }
  }
  return *class_weights_;
}

MatrixXd SpinTarget::class_probabilities(const States& x, const Betas& beta) const {
  const Index count = classes();
  MatrixXd result = MatrixXd::Ones(count, x.cols());
  if (count == 1) return result;
  (void)oracle();
  const MatrixXd fields = field(x, beta);
  for (Index k = 0; k < x.cols(); ++k) result.col(k) = class_sums(fields.col(k));
  return result;
}

std::vector<Index> SpinTarget::classify(const States& y) const {
  std::vector<Index> labels(static_cast<std::size_t>(y.cols()), 0);
  const Index count = classes();
  if (count == 1) return labels;
  const MatrixXd overlaps = model_.patterns.cols() > 0 ? MatrixXd(model_.patterns.transpose() * y)
                                                       : MatrixXd(y.colwise().sum());
  for (Index k = 0; k < y.cols(); ++k) labels[static_cast<std::size_t>(k)] = label(overlaps.col(k));
  return labels;
}

/// Pattern of the largest |overlap|: mu where it is positive, P + mu where negative; -1 in a draw.
Index SpinTarget::label(const VectorXd& overlaps) {
  Index best = 0;
  const double top = overlaps.cwiseAbs().maxCoeff(&best);
  if (top < 0.5 || (overlaps.array().abs() > top - 0.5).count() > 1) return -1;
  return overlaps[best] > 0 ? best : overlaps.size() + best;
}

VectorXd SpinTarget::class_sums(const VectorXd& total) const {
  const Index count = classes();
  VectorXd result = VectorXd::Zero(count);
  double undecided = 0;
  if (model_.patterns.cols() == 0) {
    const VectorXd law = oracle_->law_of_up_spins(total);
    for (Index up = 0; up <= d_; ++up) {
      (2 * up > d_ ? result[0] : 2 * up < d_ ? result[1] : undecided) += law[up];
    }
  } else {
    const auto probabilities = oracle_->state_probabilities(total);
    if (!probabilities) throw std::logic_error("classes by pattern need enumeration");
    if (labels_.empty()) {
      VectorXd y(d_);
      for (Index s = 0; s < probabilities->size(); ++s) {
        for (Index i = 0; i < d_; ++i) y[i] = (s >> i & 1) != 0 ? 1 : -1;
        labels_.push_back(static_cast<std::int16_t>(label(model_.patterns.transpose() * y)));
      }
    }
    for (Index s = 0; s < probabilities->size(); ++s) {
      const auto at = labels_[static_cast<std::size_t>(s)];
      (at < 0 ? undecided : result[at]) += (*probabilities)[s];
    }
  }
  result.array() += undecided / static_cast<double>(count);  // draws count equally for all
  return result / result.sum();
}

}  // namespace symbreak::target
