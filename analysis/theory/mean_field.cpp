#include "analysis/theory/mean_field.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>

namespace symbreak::theory {

namespace {

/// Root of a continuous f with a sign change on [low, high].
template <class Function>
double root(const Function& f, double low, double high) {
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      f, low, high, boost::math::tools::eps_tolerance<double>(52), iterations);
  return (bracket.first + bracket.second) / 2;
}

/// Smallest beta at which three deltas have a fixed point with beta m = u, from
/// r e^{beta/2} = beta sinh(u)/u - cosh(u), r = w0/(1 - w0); infinite when there is none.
double three_deltas_beta(double u, double r) {
  const double slope = std::sinh(u) / u;
  const auto excess = [&](double beta) {
    return beta * slope - std::cosh(u) - r * std::exp(beta / 2);
  };
  if (r == 0) return std::cosh(u) / slope;
  const double top = 2 * std::log(2 * slope / r);  // the excess is concave in beta, maximal here
  if (top <= 0 || excess(top) < 0) return std::numeric_limits<double>::infinity();
  return root(excess, 0, top);
}

}  // namespace

double two_deltas_magnetization(double s, double h) {
  if (h == 0 && s >= 1) return 0;
  // s atanh(m) - m - h is increasing and convex to the right of its largest root: Newton from above
  // converges monotonically.
  double m = std::tanh((1 + std::abs(h)) / s);
  for (int i = 0; i < 200 && m < 1; ++i) {
    const double step = (s * std::atanh(m) - m - std::abs(h)) / (s / (1 - m * m) - 1);
    m -= step;
    if (!(std::abs(step) > 1e-16 * m)) break;
  }
  return std::copysign(m, h);
}

double two_deltas_susceptibility(double s, double h) {
  const double m = two_deltas_magnetization(s, h), variance = 1 - m * m;
  return variance / (s - variance);
}

double critical_binder(int components) {
  // <|m|^p> = Gamma((k + p)/4)/Gamma(k/4) c^{-p/4}; logarithms, for many components.
  const auto log_gamma = [](double x) { return boost::math::lgamma(x); };
  const double k = components;
  return 1 - std::exp(log_gamma((k + 4) / 4) + log_gamma(k / 4) - 2 * log_gamma((k + 2) / 4)) / 3;
}

double two_deltas_critical_amplitude() {
  return std::sqrt(12.0) * boost::math::tgamma(0.75) / boost::math::tgamma(0.25);
}

double score_signal(double lambda) { return 1 / (1 + lambda); }
double drift_signal(double lambda) { return 1 / (std::sqrt(1 + lambda * lambda) + lambda); }
double speciation_signal(double lambda) { return 1 / lambda; }

double minority_spinodal(double p) {
  // Fold of m = tanh(m/s + h0), h0 = log(p/(1-p))/2, on the minority side: m = -r, s = 1 - r^2 and
  // r/(1 - r^2) - atanh(r) = h0, increasing in r.
  const double field = std::log(p / (1 - p)) / 2;
  const double r =
      root([&](double x) { return x / (1 - x * x) - std::atanh(x) - field; }, 1e-12, 1 - 1e-12);
  return 1 - r * r;
}

Window three_deltas_instability(double w0) {
  // beta <y^2>_0 = 1 <=> (beta - 1) e^{-beta/2} = w0/(1 - w0); the left side is maximal at beta
  // = 3.
  const double r = w0 / (1 - w0);
  const auto excess = [&](double beta) { return (beta - 1) * std::exp(-beta / 2) - r; };
  if (excess(3) <= 0) return {};
  return {r > 0 ? 1 / root(excess, 3, 2000) : 0, 1 / root(excess, 1, 3)};
}

double three_deltas_outer_birth(double w0) {
  const double r = w0 / (1 - w0);
  const auto beta = [&](double u) { return three_deltas_beta(u, r); };
  double best = 1e-3;
  for (double u = 1e-3; u < 60; u *= 1.01) {
    if (beta(u) < beta(best)) best = u;
  }
  const auto minimum = boost::math::tools::brent_find_minima(beta, best / 1.01, best * 1.01, 50);
  return 1 / std::min(minimum.second, beta(best));
}

Tricritical three_deltas_tricritical() {
  // log Z = const + u^2/(2(1+a)) + u^4 (1/(24(1+a)) - 1/(8(1+a)^2)) + ..., u = beta x and
  // a = r e^{beta/2}: the quartic vanishes at a = 2, where <y^2>_0 = 1/3 = 1/beta.
  const double r = 2 * std::exp(-1.5);
  return {1.0 / 3, r / (1 + r)};
}

}  // namespace symbreak::theory
