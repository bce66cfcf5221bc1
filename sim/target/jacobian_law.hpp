// What is known of the Jacobian of a clean mean beyond its products. May depend on: denoiser.hpp.
#pragma once
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

/// The axes of the law that data were drawn from, and its variances along them, the largest first.
struct PrincipalAxes {
  Eigen::MatrixXd axes;  ///< d x D, orthonormal
  Eigen::VectorXd variances;
};

class JacobianLaw {
 public:
  virtual ~JacobianLaw() = default;
  /// E tr d<y>/dx over noised data at noise s.
  virtual std::optional<double> expected_trace(double noise) const {
    static_cast<void>(noise);
    return std::nullopt;
  }
  /// The same of the law that points were drawn from, all of it instead of those points; and the
  /// mutual information I(y; x) there, nats: e^I/N is how much N points differ from it.
  struct OfLaw {
    double trace = 0, information = 0;
  };
  virtual std::optional<OfLaw> trace_of_law(double noise) const {
    static_cast<void>(noise);
    return std::nullopt;
  }
  /// Of points drawn from a Gaussian law.
  virtual std::optional<PrincipalAxes> principal_axes() const { return std::nullopt; }
};

/// Scores that are no gradient, J = d<y>/dx not symmetric, and have products with J^T.
class AdjointJacobian {
 public:
  virtual ~AdjointJacobian() = default;
  /// J^T v column by column.
  virtual MatrixXd transposed_product(const States& x, const Betas& beta,
                                      const States& v) const = 0;
};

}  // namespace symbreak::target
