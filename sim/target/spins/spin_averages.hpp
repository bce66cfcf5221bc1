// Averages over the chains of a sampled spin posterior: mean, standard error, split R-hat.
// May depend on: sim/kernel, target.hpp.
//
// Error: the spread of the independent chains of a walker, Var(chain means)/chains, whatever the
// autocorrelation within a chain. With fewer than 8 chains each is cut into batches, so that there
// are at least 16 samples; then the error is honest only when a batch outlasts the autocorrelation
// time.
// R-hat: of the halves of all chains (Vehtari et al., Bayesian Analysis 16 (2021) 667, eqs. 1-4),
// of the overlap with the field, the bond energy and the magnetization; the largest.
#pragma once
#include <array>
#include <functional>
#include <span>
#include <vector>

#include "sim/kernel/spins/spin_lanes.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

inline constexpr auto lanes = static_cast<Index>(kernel::spin_lanes);  ///< chains side by side

/// One measurement: overlap, bond energy and magnetization of the first lane of every chain, and
/// the factor of the spins of every lane (zero where another lane speaks for the chain).
struct Measured {
  std::array<kernel::LaneValues, 3> watched;
  kernel::LaneValues weight;
};

/// Chains of `levels` lanes each, side by side.
struct SpinAveragesShape {
  Index sites, walkers, chains, levels, measurements;
};

class SpinAverages {
 public:
  explicit SpinAverages(const SpinAveragesShape& shape);

  /// Advances the chains and measures them once: fills `measured`, and adds weight times spin i to
  /// sums[64 i + lane].
  using Measurement = std::function<void(Measured& measured, std::span<float> sums)>;
  /// All measurements of the 64 lanes of a block.
  void measure(Index block, const Measurement& measurement);

  MonteCarloPosterior::Estimate estimate() const;

 private:
  /// Count, mean and sum of squared deviations (Welford) of one quantity in every lane.
  struct Moments {
    double count = 0;
    kernel::LaneValues mean{}, squares{};
    void add(const kernel::LaneValues& value);
  };
  /// The means and variances of the half-chains of a walker.
  struct Halves {
    double count = 0, length = 0, shift = 0, sum = 0, squares = 0, within = 0;
    void add(const Moments& moments, std::size_t lane);
    double r_hat() const;
  };

  /// `sums`: lanes x sites.
  template <class Sums>
  void add(Index block, bool first_batch, const Sums& sums,
           const kernel::LaneValues& weight_squares, double count);
  /// R-hat of all spins together: the variances within and between chains are summed over the
  /// sites.
  double spins_r_hat(Index walker) const;

  SpinAveragesShape shape_;
  Index batches_;
  std::vector<std::array<Halves, 3>> halves_;  ///< per walker
  MatrixXd shift_, sum_, squares_;             ///< of the chains' means, about the first one
  VectorXd within_;                            ///< per walker: variances of the spins in a chain
  Eigen::ArrayXXf sums_;                       ///< lanes x sites, of the measurements of a block
  Eigen::ArrayXXd totals_;                     ///< the same where there are too many for float
};

}  // namespace symbreak::target
