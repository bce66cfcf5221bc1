// Finite-size scaling of any quantity: where curves of several sizes cross, and the exponents that
// make them one. Sizes have their own x each, so that windows may narrow as the sizes grow.
// May depend on: analysis/fit, analysis/statistics.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/least_squares.hpp"

namespace symbreak::fit {

/// One size L: y(x) at ascending x, with independent positive errors.
struct SizeCurve {
  double size = 0;
  VectorXd x, y;
  Errors errors;
  template <class Rows>
  SizeCurve of(const Rows& rows) const {
    return {size, x(rows), y(rows), errors.of(rows)};
  }
};

/// Windows begin with all data, and end where chance explains what is left of chi2 at this level.
inline constexpr double kAcceptable = 0.05;

struct CrossingOptions {
  int degree = 0;         ///< of the polynomials; 0: 3, less where there are few points
  double correction = 0;  ///< w of an extrapolation x(L) = x + a L^-w; 0: none
  std::uint64_t seed = 1;
};

/// Where the curves of two sizes cross.
struct PairCrossing {
  double small = 0, large = 0;
  Fit fit{};  ///< value (x, y); chi2 and dof of both polynomials
};

struct Crossings {
  std::vector<PairCrossing> pairs;   ///< of neighbouring sizes, ascending
  std::vector<std::string> missing;  ///< of pairs without: "8 and 16: the curves do not cross"
  /// One crossing of all pairs from `first` on, the smallest with which they agree (p > .05; else
  /// the last pair alone): value (x) and value (y).
  std::size_t first = 0;
  std::optional<Fit> x, y;
  /// value (x_inf, a): with corrections, at least three pairs.
  std::optional<Fit> extrapolated;
};

/// Of each pair a polynomial through every curve, in the common range of x; then, as long as chance
/// does not explain its chi2, without the point farthest from the crossing (K. Binder, Z. Phys. B 43
/// (1981) 119: curves of a dimensionless quantity cross at the critical point). Errors: half the
/// central 68.3 % of 1000 data sets drawn within the errors (moderated and widened as in errors.hpp),
/// the same ones for all pairs, so that the covariance of pairs that share a size is in the pooled
/// errors; times sqrt(chi2/dof) where p < .001 and there are no points to leave out. A size of a pair in the extrapolation is
/// the geometric mean. Throws std::invalid_argument for fewer than two curves.
Crossings crossings(const std::vector<SizeCurve>& curves, const CrossingOptions& options = {});

struct CollapseOptions {
  std::optional<double> critical{}, inverse_nu{}, exponent{};  ///< fixed
  int degree = 0;  ///< of f; 0: 3 to 7, the least that fits
};

/// y = L^p f((x - x_c) L^{1/nu}), f a polynomial: no corrections to scaling, so the window in
/// z = (x - x_c) L^{1/nu} narrows by quarters until chance explains chi2 (p > .05).
struct ScalingCollapse {
  Fit fit;  ///< value (x_c, 1/nu, p), error 0 of what was fixed; `converged`: chi2 was accepted
  int degree = 0;
  double window = std::numeric_limits<double>::infinity();  ///< |z| <= window
  std::size_t points = 0, of = 0;                           ///< in the window, of all
  std::vector<double> z, f;  ///< the scaling function over the window
};

/// From the best of a grid (x_c over the quantiles of x, 1/nu from 1/4 to 4, p from the sizes at
/// x_c) by Levenberg-Marquardt. Errors are those of chi2 at its minimum, times sqrt(chi2/dof) where
/// that is above 1, errors being moderated within each size. Throws std::invalid_argument for fewer than two sizes, for errors that are not
/// positive, and where the data are too few for the coefficients.
ScalingCollapse scaling_collapse(const std::vector<SizeCurve>& curves,
                                 const CollapseOptions& options = {});

}  // namespace symbreak::fit
