// Two isotropic Gaussian classes; Gaussian classes of any variances. May depend on: denoiser.hpp,
// analysis/theory.
#pragma once
#include "analysis/theory/gaussian_classes.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

/// Two Gaussian classes of the same isotropic variance: everything about a noisy state depends on
/// its projection on the axis between the means alone.
struct TwoClasses {
  VectorXd middle, axis;  ///< means middle +- axis
  double variance = 0;    ///< per coordinate, within each class
  double log_odds = 0;    ///< log of the weight of middle + axis over that of middle - axis
};

/// A law that is two such classes for some of its parameters.
class TwoClassLaw {
 public:
  virtual ~TwoClassLaw() = default;
  virtual std::optional<TwoClasses> two_classes() const = 0;
};

/// A law of Gaussian classes whose variances may differ: what is known of its clones.
class GaussianClassLaw {
 public:
  virtual ~GaussianClassLaw() = default;
  /// Of two classes.
  virtual std::optional<theory::ClassPair> class_pair() const = 0;
  /// E sum_c P(c|x)^2 at noise s, exact; nullopt where no integral is known.
  virtual std::optional<double> clone_probability(double noise) const = 0;
};

inline std::optional<TwoClasses> two_classes(const Denoiser& denoiser) {
  const auto* law = part<TwoClassLaw>(denoiser);
  return law != nullptr ? law->two_classes() : std::nullopt;
}

}  // namespace symbreak::target
