// Guided generation of two Gaussian classes, exactly: scores (1 + w) s(x|c) - w s(x).
// May depend on: Eigen.
//
// Two classes +-a of one variance v per coordinate. Only the component along a is pushed. In units
// of the class's own deviation sqrt(v + s) at noise s it is z, with the signal G = |a|^2/(v + s) and
// h = log(p/(1 - p))/2 of the wanted class, +a; u = z - sqrt(G) is the place within that class:
//   SDE  du = [-u/2 + sqrt(G) w (1 - tanh(sqrt(G) z + h))] dlnG + sqrt(dlnG) noise
//   ODE  dz/dsqrt(G) = 1 + w - w tanh(sqrt(G) z + h)
// so that dimension, variance and noise enter through G alone, and w = 0 returns the class.
// Consequences of the first, G -> infinity: shift E u = A(w)/sqrt(G), variance 1 - B(w)/G, to first
// order A = 2 w log 2. The shift of the second does not fall with G.
#pragma once
#include <functional>
#include <vector>

namespace symbreak::theory {

/// The guidance weight w at a signal: `inside` low < G < high times min(G^power, largest), else
/// `outside`.
struct GuidanceWeight {
  double inside = 1, outside = 0;
  double low = 0, high = 1e300;
  double power = 0, largest = 1e300;
  double at(double signal) const;
};

struct GuidedClasses {
  double from = 0, to = 0;  ///< G where runs start, from the noised law of both classes; and end
  double log_odds = 0;      ///< of the wanted class
  GuidanceWeight weight{};
  double threshold = 0;  ///< of z: a state above it is counted to the wanted class
};

/// The law of u at the end.
struct GuidedLaw {
  double shift = 0, variance = 1;
  double purity = 1;    ///< mean posterior probability of the wanted class
  double fraction = 1;  ///< of the states above the threshold
  double error = 0;     ///< largest numerical error of these four
};
/// By Hermite functions in u. Trustworthy where `error` is small: not for a late start (G > 1), nor
/// for weights below -1/2, which open a second well.
GuidedLaw guided_law(const GuidedClasses& classes);
/// The same for the probability flow.
GuidedLaw guided_flow(const GuidedClasses& classes);

}  // namespace symbreak::theory
