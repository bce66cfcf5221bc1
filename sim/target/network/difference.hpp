// Jacobian products of a function that only answers with values, by central differences with a step
// chosen from the rounding seen. May depend on: sim/target/denoiser.hpp.
#pragma once
#include <functional>

#include "sim/target/denoiser.hpp"

namespace symbreak::target::network {

/// D(x, s): the clean mean at states x (d x walkers) and noise s (walkers).
using CleanMeanOf = std::function<MatrixXd(const MatrixXd& x, const VectorXd& s)>;

/// J v = [D(x + h u) - D(x - h u)] |v|/(2 h), u = v/|v|, h = step sqrt(s): sqrt(s) is the scale on
/// which a clean mean bends.
struct DifferenceStep {
  double step = 0;   ///< in units of sqrt(s)
  double error = 0;  ///< root mean square, relative to that of the products
};

/// Tries the steps 4^k, k = 2 .. -11, at these states and directions (d x probes), each probe on
/// its own scale. f_k is off by a truncation, which a step four times as long makes 16 times as
/// large, and by the rounding of D, which a step four times as short makes 4 times as large:
///   error_k = max(|f_k - f_{k+1}|/15, |f_k - f_{k-1}|)
/// is the first where it rules, and at most 4 times the second where that does. The step with the
/// least error, which is the largest over the groups of probes first .. first + size - 1: a
/// direction in the space of the data bends earlier than one across it.
DifferenceStep find_step(const CleanMeanOf& mean, const MatrixXd& x, double s,
                         const MatrixXd& directions, Index group);

/// J v of each column.
MatrixXd difference_product(const CleanMeanOf& mean, const States& x, const VectorXd& s,
                            const States& v, const VectorXd& steps);

}  // namespace symbreak::target::network
