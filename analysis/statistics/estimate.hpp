// From finished series to a mean with an error that can be published. May depend on: Eigen,
// Boost.Math (F distribution).
#pragma once
#include <functional>
#include <span>

#include "analysis/statistics/accumulator.hpp"

namespace symbreak::statistics {

/// What the spread between units means.
enum class Grouping {
  replicas,  ///< independent chains of the same system: error from binning and from spread
  disorder,  ///< one unit per disorder sample: error from the spread alone
};

/// Quantities per element, N samples in U units (or groups of units).
///
/// error_binning^2 = C/n over the n bins of all units, C the long-run variance of the bins
/// (autocorrelation.hpp), deviations taken within units. error_spread^2 = sum_u w_u (m_u - mean)^2
/// / (U-1) with w_u the share of the samples; for disorder, where m_u have the same variance
/// whatever their length, times sum w^2 (U-1)/(1 - sum w^2).
///
/// error is the larger of the two *as far as the data can tell them apart*: the spread when it
/// exceeds binning at 5 % significance (F test with U-1 and Wolff's degrees of freedom), else
/// binning, which has more degrees of freedom. (The plain maximum of two noisy estimates of the
/// same error is too large: with 4 units its bars cover about 73 % instead of 68.3 %.) When the
/// units are too short to see autocorrelation (fewer than 6 bins each), the plain maximum is taken.
///
/// tau_int = B C / (2 v), B samples per bin, v the variance of a sample; relative variance of it
/// [2(2W+1)B - 4 tau_int]/N, which is eq. 42 of Wolff (2004) for B = 1. It inherits the truncation
/// bias of C (low, at most about its own error). Compare Ambegaokar & Troyer, Am. J. Phys. 78
/// (2010) 150: tau_int here is their tau + 1/2.
///
/// ess = v/error^2: N/(2 tau_int) when binning gives the error, less when the units disagree.
struct Estimate {
  VectorXd mean;                         ///< elements; weighted by counts
  VectorXd error;                        ///< one standard error of the mean
  VectorXd error_binning, error_spread;  ///< the two independent ways (NaN where not available)
  VectorXd tau_int;                      ///< in samples, convention of accumulator.hpp
  VectorXd tau_error;                    ///< its own standard error
  VectorXd ess;                          ///< effective sample size
  VectorXd r_hat;  ///< split R-hat (Vehtari et al. 2021, eq. 3) over bins; NaN for too few bins
  /// false when the two errors of some element differ beyond their own uncertainty (F test, false
  /// alarm 0.27 % for all elements together). Always true for disorder: there they must differ.
  bool errors_agree = true;
  /// false when an element is NaN, has fewer than 50 effective samples, or has R-hat > 1.05 that
  /// chance does not explain (F test as above).
  bool converged = true;
};

/// Combine the units of one point, in the order given (plan order), with a fixed order of sums.
/// `units_per_group` consecutive units form one sample of the spread: replicas of one disorder
/// sample. Constant data: error exactly 0, tau_int 1/2. A solved observable (no bins, count 1,
/// variance = its squared numerical error) keeps that error. Throws std::invalid_argument when
/// units do not fit together.
Estimate combine(std::span<const Series> units, Grouping grouping, Index units_per_group = 1);

/// A function of several means with its bias-corrected value and error. `rows` holds one row of
/// observables per block (bins or disorder samples, equally weighted, independent). Throws
/// std::invalid_argument for fewer than 2 rows.
struct Derived {
  VectorXd value, error;
  MatrixXd covariance;
};
using Function = std::function<VectorXd(const VectorXd& means)>;

/// Leave-one-out jackknife: value n f(mean) - (n-1) <f_(i)>, bias O(1/n^2); covariance
/// (n-1)/n sum (f_(i) - <f_(i)>)(...)^T. B. Efron, The Jackknife, the Bootstrap and Other
/// Resampling Plans (1982), eqs. 2.8 and 3.1. Cost: n calls of the function.
Derived jackknife(const MatrixXd& rows, const Function& function);
/// Bootstrap over rows, seeded: value 2 f(mean) - <f*>, covariance that of f* times n/(n-1) (exact
/// for linear f). Efron (1982), chapter 5. `samples` >= 200.
Derived bootstrap(const MatrixXd& rows, const Function& function, int samples, std::uint64_t seed);

/// Bins (elements x bins, as in Series) as rows for the above: at most `rows` x elements, each the
/// mean of the same number of consecutive bins. What does not fill a row is left out at the start,
/// where the series is least equilibrated. Choose `rows` so that a row spans several tau_int.
MatrixXd rebin(const MatrixXd& bins, Index rows);

}  // namespace symbreak::statistics
