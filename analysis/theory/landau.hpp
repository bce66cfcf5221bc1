// The zero-dimensional phi^4 integral: the scaling law of a finite number of coupled copies at their
// critical point (Brezin & Zinn-Justin 1985),
//     p(xi) ~ exp(-a z xi^2/2 - q xi^4).
// May depend on: Boost.Math.
#pragma once
#include <Eigen/Core>
#include <vector>

namespace symbreak::theory {

/// The zero-dimensional phi^4 integral of a k-component order parameter.
struct LandauLaw {
  Eigen::Index components = 1;
  double quadratic = 1;         ///< a
  std::vector<double> quartic;  ///< q in directions that carry equal weight

  /// <|xi|^power> at scaling variable z. Relative error below 1e-9 for |z| <= 20.
  double moment(double power, double z) const;
  /// 1 - <|xi|^4>/(3 <|xi|^2>^2); 0.270520128258 for one component at z = 0.
  double binder(double z) const;
  /// One q serves all directions: the numbers (k, a, q) say everything.
  bool isotropic() const;
};

}  // namespace symbreak::theory
