// Exact sums over the states of a spin system in site-dependent fields: the posterior of a spin
// target where it is cheap. May depend on: Eigen, sim/kernel, sim/random.
//
// p(s) ~ exp(E(s) + field.s), E(s) = sum_bonds K s s' of a SpinGraph; its own field is not
// included. Batches: columns are walkers.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/kernel/spins/spin_graph.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::target {

/// The numbers of a matrix, column after column.
template <class Matrix>
auto span(Matrix& matrix) {
  return std::span(matrix.data(), static_cast<std::size_t>(matrix.size()));
}

class SpinOracle {
 public:
  using Index = Eigen::Index;
  using MatrixXd = Eigen::MatrixXd;
  using VectorXd = Eigen::VectorXd;

  struct Sums {
    VectorXd log_sum;  ///< log sum_s exp(E(s) + field.s)
    MatrixXd mean;     ///< <s>; empty unless wanted
    VectorXd energy;   ///< <E(s) + field.s>; empty unless wanted
  };
  struct Wanted {
    bool mean = true, energy = false;
  };

  virtual ~SpinOracle() = default;
  virtual Sums sums(const MatrixXd& field, Wanted wanted) const = 0;
  /// Cov(s) v, column by column.
  virtual MatrixXd covariance_product(const MatrixXd& field, const MatrixXd& v) const = 0;
  /// P(k spins up), k = 0 .. d.
  virtual VectorXd law_of_up_spins(const VectorXd& field) const = 0;
  /// P(s) of every state, spin i up being bit i; nullopt where states are not enumerated.
  virtual std::optional<VectorXd> state_probabilities(const VectorXd& field) const {
    (void)field;
    return std::nullopt;
  }
  /// Independent exact samples, d x n.
  virtual MatrixXd draw(const VectorXd& field, Index n, random::Stream& stream) const = 0;
  /// Sum of n independent exact samples.
  virtual VectorXd draw_sum(const VectorXd& field, std::int64_t n, random::Stream& stream) const;

  virtual double operations() const = 0;  ///< elementary steps of one log-sum at one field
  virtual std::size_t memory() const = 0;
  virtual std::string describe() const = 0;  ///< "enumeration of 2^16 states"
};

/// What an oracle of this system would cost, and how to make it.
struct OraclePlan {
  double operations = 0;
  std::string text;                                   ///< "transfer vector of 2^8 entries"
  std::function<std::unique_ptr<SpinOracle>()> make;  ///< empty: out of reach
};

/// The cheapest oracle. `sides`: of the lattice the sites are on (row-major); empty: none.
OraclePlan plan_oracle(const kernel::SpinGraph& graph, const std::vector<Eigen::Index>& sides);

/// By enumeration: d <= kLargestEnumeration.
constexpr Eigen::Index kLargestEnumeration = 20;
std::unique_ptr<SpinOracle> enumerate_spins(const kernel::SpinGraph& graph);
/// By the transfer method along one axis of the lattice; nullptr if a bond does not join
/// neighbours.
OraclePlan plan_layers(const kernel::SpinGraph& graph, const std::vector<Eigen::Index>& sides);

}  // namespace symbreak::target
