// Streaming accumulation of a time series and its finished form. May depend on: Eigen.
//
// Definitions (Wolff 2004; Ambegaokar & Troyer 2010). For a stationary series a_1..a_N with
// autocorrelation rho(k), tau_int = 1/2 + sum_{k>=1} rho(k) (so tau_int = 1/2 for independent
// samples), Var(mean) = 2 tau_int Var(a)/N, effective sample size = N/(2 tau_int).
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace symbreak::statistics {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A finished series of one observable (of `elements` components) from one work unit. Immutable:
/// it cannot be fed.
struct Series {
  std::uint64_t count = 0;     ///< samples
  std::uint64_t bin_size = 1;  ///< samples per retained bin
  VectorXd mean;               ///< over all samples
  VectorXd variance;           ///< of a single sample, unbiased (elements)
  MatrixXd bins;               ///< elements x bins, means of consecutive `bin_size` samples
  Index elements() const { return mean.size(); }
};

/// O(1) amortised per sample and element; keeps at most `max_bins` bins and doubles the bin size
/// when they are full. A sample is a vector of `elements` numbers.
class Accumulator {
 public:
  explicit Accumulator(Index elements = 1, Index max_bins = 256);
  void add(double sample);  ///< elements == 1
  void add(std::span<const double> sample);
  std::uint64_t count() const { return count_; }
  /// The series so far. An incomplete last bin enters `mean` and `variance` but not `bins`.
  Series finish() const;

  /// The whole state as plain numbers, bit for bit, for checkpoints.
  std::vector<double> save() const;
  /// With room for more bins than before (0: as many): the accumulator that would be there had it
  /// been so from the start. Throws std::invalid_argument for what is no state, and where bins were
  /// merged already.
  static Accumulator load(std::span<const double> state, Index max_bins = 0);

 private:
  Index elements_, max_bins_;
  std::uint64_t count_ = 0, bin_size_ = 1, filled_ = 0;  // filled_: samples in the open bin
  Index bins_used_ = 0;
  VectorXd shift_, sum_, sum_squares_;  // of sample - shift_ (shift_ = first sample)
  VectorXd open_bin_;                   // running sum of the open bin
  MatrixXd bins_;                       // elements x max_bins
};

}  // namespace symbreak::statistics
