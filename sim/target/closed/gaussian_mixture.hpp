// Classes with isotropic Gaussian spread. May depend on: sim/target.
//
// In the Brownian gauge class c of mean mu, deviation s sees a = 1 + beta s^2:
//   P(c|x) ~ weight_c a^{-d/2} exp(-beta |x - mu|^2/(2a)),  y|x,c ~ N((mu + beta s^2 x)/a, s^2/a).
#pragma once
#include "sim/target/class_score.hpp"
#include "sim/target/target.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::target {

class GaussianMixture : public Target,
                        public TwoClassLaw,
                        public GaussianClassLaw,
                        public ClassScore {
 public:
  /// means: d x classes. symmetric: the two classes are +-mean, of equal deviation.
  GaussianMixture(MatrixXd means, VectorXd deviations, VectorXd weights, bool symmetric);

  Index dimension() const override { return means_.rows(); }
  Averages averages(const States& x, const Betas& beta) const override;
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override;
  /// O(d classes), independent of n: copies fall on classes multinomially; the sum of the Gaussian
  /// parts of a class is Gaussian, and sum |z_a|^2 - |sum z_a|^2/n is an independent chi^2.
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override;

  VectorXd mean_of_target() const override { return means_ * weights_; }
  std::optional<MatrixXd> covariance() const override;
  MatrixXd order_axes() const override;
  std::optional<double> critical_noise() const override;
  bool even() const override { return symmetric_ && weights_[0] == weights_[1]; }

  std::optional<TwoClasses> two_classes() const override;
  std::optional<theory::ClassPair> class_pair() const override;
  std::optional<double> clone_probability(double noise) const override;
  Index classes() const override { return means_.cols(); }
  VectorXd class_weights() const override { return weights_; }
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override;
  MatrixXd class_mean(const States& x, const Betas& beta, Index label) const override;
  void sample_class(random::Stream& stream, Index label, Eigen::Ref<MatrixXd> y) const override;
  Moments class_moments(Index label, const VectorXd& direction) const override;
  /// The most probable class of a clean state: the limit of vanishing noise.
  std::vector<Index> classify(const States& y) const override;
  MatrixXd class_shares(const States& y) const override;

  std::string describe() const override;
  std::size_t memory() const override {
    return static_cast<std::size_t>(means_.size()) * sizeof(double);
  }
  std::optional<KnownValue> known_value(Known quantity, double noise) const override;

 protected:
  const MatrixXd& means() const { return means_; }
  const VectorXd& variances() const { return variances_; }

 private:
  /// The posterior as a mixture of Gaussians.
  struct Classes {
    VectorXd probabilities;
    MatrixXd means;       ///< d x classes
    VectorXd variances;   ///< per coordinate
    double log_norm = 0;  ///< log Z - beta |x|^2/2
  };
  Classes at(const Eigen::Ref<const VectorXd>& x, double beta) const;

  MatrixXd means_;
  VectorXd variances_, weights_;
  bool symmetric_;
};

}  // namespace symbreak::target
