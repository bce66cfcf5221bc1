// From finished series to a mean with an error that can be published. May depend on: Eigen.
#pragma once
#include <functional>
#include <span>

#include "analysis/statistics/accumulator.hpp"

namespace symbreak::statistics {

/// What the spread between units means.
enum class Grouping {
  replicas,  ///< independent chains of the same system: error = max(binning, spread)
  disorder,  ///< one unit per disorder sample: error from the spread alone
};

struct Estimate {
  VectorXd mean;                         ///< elements
  VectorXd error;                        ///< one standard error of the mean
  VectorXd error_binning, error_spread;  ///< the two independent ways (NaN where not available)
  VectorXd tau_int;                      ///< in samples, convention of accumulator.hpp
  VectorXd tau_error;                    ///< its own standard error
  VectorXd ess;                          ///< effective sample size
  VectorXd r_hat;  ///< split R-hat (Vehtari et al. 2021, eq. 3) over bins; NaN for too few bins
  bool errors_agree = true;  ///< false when binning and spread differ beyond their own uncertainty
  bool converged = true;     ///< false when R-hat > 1.05 or fewer than 50 effective samples
};

/// Combine the units of one point, in the order given (plan order), with a fixed order of sums.
Estimate combine(std::span<const Series> units, Grouping grouping);

/// A function of several means with its jackknife value (bias-corrected) and error. `rows` holds
/// one row of observables per jackknife block (bins or disorder samples, equally weighted).
struct Derived {
  VectorXd value, error;
  MatrixXd covariance;
};
using Function = std::function<VectorXd(const VectorXd& means)>;
Derived jackknife(const MatrixXd& rows, const Function& function);
/// Bootstrap over rows, seeded; `samples` >= 200.
Derived bootstrap(const MatrixXd& rows, const Function& function, int samples, std::uint64_t seed);

/// Bins merged so that neighbouring rows are independent: rebin to at most `rows` rows.
MatrixXd rebin(const MatrixXd& bins, Index rows);

}  // namespace symbreak::statistics
