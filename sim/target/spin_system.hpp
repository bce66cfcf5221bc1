// Data of +-1 spins. May depend on: denoiser.hpp, sim/kernel/spins.
#pragma once
#include "sim/kernel/spins/spin_graph.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

/// Coordinates that may be +-1 spins, with or without a graph of bonds.
class SpinLaw {
 public:
  virtual ~SpinLaw() = default;
  /// Law of M = sum_i y_i without a noisy state: P(M) at M = -d, -d + 2, ..., d; nullopt where it
  /// is not known exactly, or the coordinates are no spins after all.
  virtual std::optional<VectorXd> magnetization_law() const = 0;
  /// Whether M says all of a state: those of equal M are equally likely, and P(M) is known.
  virtual bool exchangeable() const { return false; }
};

/// Spins on a graph.
class SpinSystem : public SpinLaw {
 public:
  /// Couplings K = J/T.
  virtual const kernel::SpinGraph& spin_graph() const = 0;
};

inline std::optional<VectorXd> magnetization_law(const Denoiser& denoiser) {
  const auto* spins = part<SpinLaw>(denoiser);
  return spins != nullptr ? spins->magnetization_law() : std::nullopt;
}

}  // namespace symbreak::target
