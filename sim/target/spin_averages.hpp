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

#include "sim/kernel/spin_lanes.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

/// One measurement of what is watched: overlap, bonds, magnetization.
using Watched = std::array<kernel::LaneValues, 3>;

class SpinAverages {
 public:
  SpinAverages(Index sites, Index walkers, Index chains, Index measurements);

  /// Advances the chains and measures them once: fills what is watched, and adds to sums[64 i +
  /// lane] an estimate of the mean of spin i.
  using Measurement = std::function<void(Watched& watched, std::span<float> sums)>;
  /// All measurements of the 64 chains of a block.
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

  void add(Index block, const std::vector<double>& sums, double count);

  Index sites_, walkers_, chains_, measurements_, batches_;
  std::vector<std::array<Halves, 3>> halves_;  ///< per walker
  MatrixXd shift_, sum_, squares_;
};

}  // namespace symbreak::target
