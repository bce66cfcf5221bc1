// Finite-size scaling in the number of copies and power laws of the thermodynamic limit: fits on
// plain rows. May depend on: analysis/{fit,statistics}.
//
// Everything is in the Brownian gauge: s = 1/beta = sigma^2 t, tau = s/s_c - 1. n copies are a
// zero-dimensional system with singular part f(tau n^{1/nu_bar}): nu_bar plays the part of d nu
// (Botet, Jullien & Pfeuty 1982), corrections come in powers of n^{-1/2}.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "analysis/fit/least_squares.hpp"
#include "analysis/statistics/value.hpp"

namespace symbreak::findings::copies {

using statistics::Value;

/// One point of the deck.
struct Row {
  double t = 0, s = 0, n = 0, h = 0;
  double factor = 0;  ///< n beta |u|^2
  Value binder;       ///< U4 = 1 - <|m|^4>/(3 <|m|^2>^2)
  Value second;       ///< <|m|^2>
  Value absolute;     ///< <|m|>
  Value order;        ///< <m_1>, signed, along the field
  Value spread;       ///< <|m|^2> - <|m|>^2
};
using Rows = std::vector<Row>;
/// Those at h = 0 that are wanted (all), by size, ascending in s.
std::map<double, Rows> by_size(const Rows& rows,
                               const std::function<bool(const Row&)>& wanted = {});

/// U4 of each size as a quintic in tau near the transition, the crossings of successive sizes, and
/// their extrapolation: s_x = s_c + a/n, U_x = U* + b/sqrt(n), n the smaller size of a pair.
/// Errors to first order in all U4 values, with the covariance between pairs.
struct Crossings {
  std::vector<double> n;  ///< smaller size of each pair
  std::vector<Value> s, binder;
  fit::Fit critical_s, critical_binder;
  double chi2 = 0;  ///< of the quintics
  fit::Index dof = 0;
};
/// `rows` at h = 0. nullopt when fewer than two sizes have 7 points in the critical window
/// (U4 between 18 % and 67.5 % of the way from its disordered value to 2/3) or nothing crosses.
std::optional<Crossings> crossings(const Rows& rows, int components);

/// U4 of all sizes at once in a wider critical window (8 % to 80 %): fit::collapse with corrections
/// n^{-1/2}.
/// value = (s_c, nu_bar, U4*, ...).
fit::Fit binder_scaling(const Rows& rows, int components);

/// <|m|^2> of each size at s_c, from a quintic of its logarithm in tau.
struct Critical {
  std::vector<double> n;
  std::vector<Value> second;
  fit::Fit power;  ///< log <|m|^2> = c - w log n + a n^{-1/2}: value = (w, c, a); w = 2beta/nu_bar
  fit::Fit amplitude;  ///< the same at w = 1/2: value = (c, a)
};
std::optional<Critical> critical_moments(const Rows& rows, int components, Value s_c);

/// log y = log A + p log x + a_1 x^w + a_2 x^{2w} + ... + c/size + d/size^2 + e x^w/size: a power law
/// with analytic corrections in x and finite-size corrections, `size` >> 1. Linear in all parameters;
/// two to four powers of x^w, and e, as the number of samples allows.
struct ScalingSample {
  double x = 0, size = 0;  ///< size ~ x^2 where x moves
  Value y;
  /// Change of log x per standard error of what all x are measured from, the critical time: noise that
  /// the samples share, and that hides the exponent where |moved| is not small.
  double moved = 0;
};
struct Power {
  fit::Fit fit;  ///< value = (p, log A, ...); window and window_shift filled
  std::vector<ScalingSample> used;
  double shared = 0;  ///< of the error of parameter 0: that of the noise that samples share, signed
  /// Statistical error and the change of the exponent with the window, in quadrature.
  double exponent() const { return fit.value[0]; }
  double error() const;
  Value value() const { return {exponent(), error(), fit.error_dof[0]}; }
  void window_moved(const fit::Fit& next);  ///< takes the fit in a narrower window into account
};
/// The widest window (x <= x_max, size >= size_min) with p > 0.05 (of many samples the one within it),
/// weighted by the covariance of own and shared noise (of `shared_dof`). Where none has it, p > 0.001
/// will do, with wider errors; nullopt when none has two degrees of freedom. `fixed` prescribes p (for
/// amplitudes): value = (log A, ...).
std::optional<Power> power_law(const std::vector<ScalingSample>& samples, double w,
                               std::optional<double> fixed = std::nullopt,
                               double shared_dof = statistics::kKnown);

}  // namespace symbreak::findings::copies
