// From finished series to a mean with an error that can be published. May depend on: Eigen,
// analysis/statistics.
#pragma once
#include <functional>
#include <span>

#include "analysis/statistics/accumulator.hpp"
#include "analysis/statistics/value.hpp"

namespace symbreak::statistics {

/// What the spread between units means.
enum class Grouping {
  replicas,  ///< units of the same system
  disorder,  ///< one unit per disorder sample: error from the spread alone
};
/// What successive samples of a unit are.
enum class Sequence {
  chain,        ///< a stationary process with memory: Markov chains
  independent,  ///< drawn afresh each time, by construction
};

/// Quantities per element, N samples in U units (or groups of units).
///
/// Independent samples: error^2 = s^2/N with s^2 the variance of all samples around their mean and
/// N - 1 degrees of freedom, fewer where few samples make the variance (degrees_of_freedom in
/// tail.hpp, of the bins; of disorder samples, their means); no autocorrelation is looked for,
/// tau_int = 1/2, ess = N. (A window that grows with the noise of the autocorrelation gives 64
/// independent batches 7 to 17 degrees of freedom, and deviations of 3 errors .009 of the time
/// instead of .0027.)
///
/// Disorder: error^2 = sum_u w_u (m_u - mean)^2 sum w^2/(1 - sum w^2) over disorder samples, whose
/// m_u have the same variance whatever their length, w_u the share of the samples; U - 1 degrees.
///
/// Chains: error_binning^2 = C/n over the n bins of all units, C the long-run variance of the bins
/// (autocorrelation.hpp), deviations taken within units. The relative variance of C is
/// 2(2W+1)/n for a window W (N. Madras & A. D. Sokal, J. Stat. Phys. 50 (1988) 109, eq. C.19;
/// Wolff 2004, eq. 35), hence n/(2W+1) - U degrees of freedom. error_spread^2 =
/// sum_u w_u (m_u - mean)^2/(U-1), U - 1 degrees. Both estimate the same variance, and from
/// independent parts of the data: error^2 is their mean, weighted by their degrees, with the sum of
/// the degrees, as long as an F test at 5 % significance allows it. Where it does not the spread is
/// larger because chains have not met, and where no window was found (fewer than 6 bins a unit, or
/// too long a memory) binning says too little: there the larger of the two is taken, with the U - 1
/// degrees of the spread.
///
/// tau_int = B C / (2 v), B samples per bin, v the variance of a sample; relative variance of it
/// [2(2W+1)B - 4 tau_int]/N, which is eq. 42 of Wolff (2004) for B = 1. It inherits the truncation
/// bias of C (low, at most about its own error). Compare Ambegaokar & Troyer, Am. J. Phys. 78
/// (2010) 150: tau_int here is their tau + 1/2.
///
/// ess = v/error^2, at most N: N/(2 tau_int) when binning gives the error, less when the units
/// disagree.
struct Estimate {
  VectorXd mean;                         ///< elements; weighted by counts
  VectorXd error;                        ///< one standard error of the mean
  VectorXd dof;                          ///< degrees of freedom of `error`; infinite: solved
  VectorXd error_binning, error_spread;  ///< the two independent ways (NaN where not available)
  VectorXd tau_int;                      ///< in samples, convention of accumulator.hpp
  VectorXd tau_error;                    ///< its own standard error
  VectorXd ess;                          ///< effective sample size
  /// Of chains: split R-hat (Vehtari et al. 2021, eq. 3) over bins; NaN for too few bins.
  VectorXd r_hat;
  /// false when the two errors of some element differ beyond their own uncertainty (F test, false
  /// alarm 0.27 % for all elements together). Always true for disorder: there they must differ.
  bool errors_agree = true;
  /// false when an element is NaN, or a chain is shorter than 100 tau_int (50 effective samples) or
  /// has R-hat > 1.05 that chance does not explain (F test as above). Independent samples, and
  /// units of one sample each, have nothing to converge: how many there are is what `dof` says.
  bool converged = true;
  std::vector<Value> values() const;  ///< of all elements
  /// An element with its error.
  Value value(Index i = 0) const { return {mean[i], error[i], i < dof.size() ? dof[i] : kKnown}; }
};

/// Combine the units of one point, in the order given (plan order), with a fixed order of sums.
/// `units_per_group` consecutive units form one sample of the spread: replicas of one disorder
/// sample. Constant data: error exactly 0, tau_int 1/2. A solved observable (no bins, count 1,
/// variance = its squared numerical error) keeps that error. Throws std::invalid_argument when
/// units do not fit together.
Estimate combine(std::span<const Series> units, Grouping grouping, Index units_per_group = 1,
                 Sequence samples = Sequence::chain);

/// A function of several means with its bias-corrected value and error. `rows` holds one row of
/// observables per block (bins or disorder samples, equally weighted, independent). Throws
/// std::invalid_argument for fewer than 2 rows.
struct Derived {
  VectorXd value, error;
  MatrixXd covariance;
  VectorXd dof;  ///< of the errors: rows - 1, fewer where few rows make an error (tail.hpp)
  Value at(Index i = 0) const { return {value[i], error[i], dof[i]}; }
};
using Function = std::function<VectorXd(const VectorXd& means)>;

/// Leave-one-out jackknife: value n f(mean) - (n-1) <f_(i)>, bias O(1/n^2); covariance
/// (n-1)/n sum (f_(i) - <f_(i)>)(...)^T. B. Efron, The Jackknife, the Bootstrap and Other
/// Resampling Plans (1982), eqs. 2.8 and 3.1. Cost: n calls of the function. A single row has a
/// value and no error (NaN).
Derived jackknife(const MatrixXd& rows, const Function& function);
/// Bootstrap over rows, seeded: value 2 f(mean) - <f*>, covariance that of f* times n/(n-1) (exact
/// for linear f). Efron (1982), chapter 5. `samples` >= 200.
Derived bootstrap(const MatrixXd& rows, const Function& function, int samples, std::uint64_t seed);

/// Bins (elements x bins, as in Series) as rows for the above: at most `rows` x elements, each the
/// mean of the same number of consecutive bins. What does not fill a row is left out at the start,
/// where the series is least equilibrated. Choose `rows` so that a row spans several tau_int.
MatrixXd rebin(const MatrixXd& bins, Index rows);

}  // namespace symbreak::statistics
