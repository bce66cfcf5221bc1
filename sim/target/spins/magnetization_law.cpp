#include "sim/target/spins/magnetization_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/target/points/multinomial.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::target {

namespace {

using Eigen::ArrayXd;

constexpr Index kFields = 64;    // of the ladder: one per lane of the spin kernels
constexpr Index kSegments = 16;  // of the jackknife
constexpr Index kGap = 16;       // sweeps between recorded states

double second_moment(const VectorXd& law) {
  const double d = static_cast<double>(law.size() - 1);
  const ArrayXd M = ArrayXd::LinSpaced(law.size(), -d, d);
  return (law.array() * M.square()).sum() / (law.sum() * d);
}

class MagnetizationTarget final : public Target {
 public:
  explicit MagnetizationTarget(const MagnetizationLaw& law)
      : d_(static_cast<double>(law.probability.size() - 1)), second_(law.second) {
    for (Index up = 0; up < law.probability.size(); ++up) {
      if (!(law.probability[up] > 0)) continue;
      value_.push_back((2 * static_cast<double>(up) - d_) / std::sqrt(d_));
      log_weight_.push_back(std::log(law.probability[up]));
    }
  }

  Index dimension() const override { return 1; }

  Averages averages(const States& x, const Betas& beta) const override {
    const VectorXd none = VectorXd::Constant(x.cols(), NAN);
    Averages result{MatrixXd(1, x.cols()), VectorXd(x.cols()), none, none, none};
    for (Index k = 0; k < x.cols(); ++k) {
      const Weights w = weights(beta[k] * x(0, k));
      result.mean(0, k) = w.mean;
      result.log_partition[k] = w.log_sum - beta[k] * d_ / 2;
    }
    return result;
  }
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    MatrixXd result(1, x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const Weights w = weights(beta[k] * x(0, k));
      double square = 0;
      for (std::size_t j = 0; j < value_.size(); ++j) square += w.w[j] * value_[j] * value_[j];
      result(0, k) = beta[k] * (square - w.mean * w.mean) * v(0, k);
    }
    return result;
  }
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    const Weights w = weights(0);
    for (Index k = 0; k < y.cols(); ++k) {
      double rest = stream.uniform();
      std::size_t j = 0;
      while (j + 1 < value_.size() && (rest -= w.w[j]) > 0) ++j;
      y(0, k) = value_[j];
    }
  }
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override {
    // Values that n copies practically never take would cost a binomial draw each.
    const Weights all = weights(beta * x[0]);
    std::vector<double> w, value;
    for (std::size_t j = 0; j < value_.size(); ++j) {
      if (all.w[j] < 1e-18) continue;
      w.push_back(all.w[j]);
      value.push_back(value_[j]);
    }
    const auto counts = multinomial(n, w, stream);
    CopySum result{VectorXd::Zero(1), static_cast<double>(n) * d_};
    for (std::size_t j = 0; j < w.size(); ++j) {
      result.sum[0] += static_cast<double>(counts[j]) * value[j];
    }
    return result;
  }
  VectorXd mean_of_target() const override { return VectorXd::Zero(1); }
  std::optional<MatrixXd> covariance() const override { return MatrixXd::Constant(1, 1, second_); }
  MatrixXd order_axes() const override { return MatrixXd::Constant(1, 1, std::sqrt(d_)); }
  std::optional<double> critical_noise() const override { return second_; }
  bool even() const override { return true; }
  bool fixed_norm() const override { return true; }
  std::string describe() const override {
    return fmt::format("the magnetization of {} spins", static_cast<Index>(d_));
  }
  std::size_t memory() const override { return sizeof(*this) + 16 * value_.size(); }

 private:
  struct Weights {
    std::vector<double> w;
    double log_sum = 0, mean = 0;
  };
  Weights weights(double field) const {
    Weights result;
    result.w.resize(value_.size());
    double top = -INFINITY;
    for (std::size_t j = 0; j < value_.size(); ++j) {
      result.w[j] = log_weight_[j] + field * value_[j];
      top = std::max(top, result.w[j]);
    }
    double sum = 0;
    for (double& w : result.w) sum += w = std::exp(w - top);
    for (std::size_t j = 0; j < value_.size(); ++j) {
      result.w[j] /= sum;
      result.mean += result.w[j] * value_[j];
    }
    result.log_sum = top + std::log(sum);
    return result;
  }

  double d_, second_;
  std::vector<double> value_, log_weight_;
};

/// The multiple-histogram equations for data that are even in (H, M):
///   P(M) = sum_k [N_k(M) + N_k(-M)] / sum_k n_k (e^{f_k + H_k M} + e^{f_k - H_k M}),
///   e^{-f_k} = sum_M P(M) e^{H_k M}.
/// `counts`: M x fields. Returns the denominators, by which the law follows from any counts.
ArrayXd solve_histograms(const MatrixXd& counts, const VectorXd& fields) {
  const Index values = counts.rows();
  const double d = static_cast<double>(values - 1);
  const ArrayXd M = ArrayXd::LinSpaced(values, -d, d);
  const ArrayXd total = counts.rowwise().sum() + counts.rowwise().sum().reverse();
  const double n = counts.sum() / static_cast<double>(fields.size());
  // cosh(H_k M) with its largest value e^{H_k d} taken out.
  MatrixXd boltzmann(values, fields.size());
  for (Index k = 0; k < fields.size(); ++k) {
    boltzmann.col(k) = (fields[k] * (M.abs() - d)).exp() * (1 + (-2 * fields[k] * M.abs()).exp());
  }
  ArrayXd denominator = ArrayXd::Ones(values);
  VectorXd scale = VectorXd::Ones(fields.size());  // e^{f_k} in the same units
  constexpr int kMost = 20000;
  for (int iteration = 0; iteration < kMost; ++iteration) {
    denominator = n * (boltzmann * scale).array();
    const VectorXd law = total / denominator;
    const VectorXd next = (boltzmann.transpose() * law / (2 * law.sum())).cwiseInverse();
    const double change = (next.array() / scale.array() - 1).abs().maxCoeff();
    scale = next;
    if (change < 1e-10) break;
  }
  return denominator;
}

VectorXd law_of(const ArrayXd& counts, const ArrayXd& denominator) {
  const ArrayXd law = (counts + counts.reverse()) / denominator;
  return law / law.sum();
}

}  // namespace

std::shared_ptr<const Target> magnetization_target(const MagnetizationLaw& law) {
  return std::make_shared<MagnetizationTarget>(law);
}

bool magnetization_orders(const Target& target) {
  if (!target.even() || !target.fixed_norm()) return false;
  if (part<SpinSystem>(target) == nullptr && !magnetization_law(target)) return false;
  const MatrixXd axes = target.order_axes();
  return axes.cols() == 1 &&
         (axes.array() - axes(0, 0)).abs().maxCoeff() <= 1e-9 * std::abs(axes(0, 0));
}

MagnetizationLaw magnetization_law(const Target& target, const random::Address& address,
                                   Index samples) {
  if (const auto exact = magnetization_law(target)) {
    return {.probability = *exact, .second = second_moment(*exact)};
  }
  return measure_magnetization_law(target, address, samples);
}

MagnetizationLaw measure_magnetization_law(const Target& target, const random::Address& address,
                                           Index samples) {
  const Index d = target.dimension();
  random::Stream start = stream_of(address, random::Purpose::start);
  MatrixXd y(d, kFields);
  target.sample(start, y);
  const double spread = y.colwise().sum().squaredNorm() / static_cast<double>(d * kFields);

  random::Address chain_address = address;
  chain_address.purpose = random::Purpose::posterior;
  const auto chains = target.monte_carlo(kFields, chain_address, 1);
  if (!chains) throw std::logic_error("a law of M is measured by the target's own chains");
  const VectorXd fields = VectorXd::LinSpaced(kFields, 0, 1.2 / spread);
  const MatrixXd x = fields.transpose().replicate(d, 1);
  const VectorXd beta = VectorXd::Ones(kFields);
  chains->plant(y);
  chains->draw(x, beta, 64 * kGap);

  const Index draws = std::max(kSegments, samples / kFields / kSegments * kSegments);
  MatrixXd counts = MatrixXd::Zero(d + 1, kFields);
  MatrixXd segments = MatrixXd::Zero(d + 1, kSegments);
  for (Index i = 0; i < draws; ++i) {
    const Eigen::RowVectorXd M = chains->draw(x, beta, kGap).colwise().sum();
    for (Index k = 0; k < kFields; ++k) {
      const auto up = static_cast<Index>(std::lround((M[k] + static_cast<double>(d)) / 2));
      counts(up, k) += 1;
      segments(up, i * kSegments / draws) += 1;
    }
  }
  const ArrayXd denominator = solve_histograms(counts, fields);
  const ArrayXd all = counts.rowwise().sum();
  MagnetizationLaw result{.probability = law_of(all, denominator), .measured = true};
  result.second = second_moment(result.probability);
  double variance = 0;
  for (Index g = 0; g < kSegments; ++g) {
    const double without = second_moment(law_of(all - segments.col(g).array(), denominator));
    variance += (without - result.second) * (without - result.second);
  }
  result.second_error = std::sqrt(variance * (kSegments - 1) / kSegments);
  return result;
}

}  // namespace symbreak::target
