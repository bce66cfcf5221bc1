// Two isotropic Gaussian classes. May depend on: denoiser.hpp.
#pragma once
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

inline std::optional<TwoClasses> two_classes(const Denoiser& denoiser) {
  const auto* law = part<TwoClassLaw>(denoiser);
  return law != nullptr ? law->two_classes() : std::nullopt;
}

}  // namespace symbreak::target
