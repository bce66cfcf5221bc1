// What is known of the Jacobian of a clean mean beyond its products. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <optional>

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
  /// Of points drawn from a Gaussian law.
  virtual std::optional<PrincipalAxes> principal_axes() const { return std::nullopt; }
};

}  // namespace symbreak::target
