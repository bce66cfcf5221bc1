// Guided generation of one of K = e^{alpha d} Gaussian classes, scores (1 + w) s(x|c) - w s(x), in
// the limit d -> infinity. May depend on: analysis/theory.
//
// Class means have independent coordinates N(0, c), classes the variance v; e = v + s at noise s.
// Before the classes condense all of them together are a Gaussian of variance c + e, and the wanted
// one generates x = A mu + sqrt(V) noise, with (SDE; the probability flow: half of the drifts and no
// noise)
//   dA/dln e = -(1 + w)(1 - A) - w A e/(c + e),
//   dV/dln e = 2 V [1 + w - w e/(c + e)] - e,
// from A = 0, V = c + e. At constant w, from infinite noise, with r = e/(c + e):
//   A = (1 - r^{1+w})/(1 - r),  V = e (1 - r^{1+2w})/((1 - r)(1 + 2w)).
// The class outweighs all others together where
//   [(A - 1)^2 m + V]/2e = -alpha + ln(1 + c/e)/2 + (A^2 m + V)/2(c + e),  m = |mu|^2/d,
// the others averaged over their means (they are not frozen there for w >= 0); below that noise the
// two scores are one and guidance has nothing to push. Unguided: e = c/(e^{2 alpha} - 1), and for
// alpha -> 0 guided trajectories condense at 1 + 2w times that. What was pushed before stays: a shift
// of order 1 a coordinate for any alpha > 0, unlike that of few classes. Derived here; arXiv:2602.00716
// has the same limit.
//
// Of finite d (SDE, the others averaged over their means) the log odds of the class are known exactly.
// With q = c/(e (c + e)) and the moving centre z = mu (c + e)/c they are
//   D = -ln(K - 1) + (d/2) ln((c + e)/e) - q |x - z|^2/2 + |mu|^2/2c,
// and the guided step is isotropic about z: with u = -ln e and P = 1/(1 + e^{-D}),
//   d(x - z) = -(1 + w (1 - P) c/(c + e)) (x - z) du + sqrt(e) dB,
// so that |x - z| is a Markov process by itself, for any d. D drifts by c_1 d (1 + 2w (1 - P)) and
// diffuses by c_1 d: a run that has condensed goes on 1 + 2w times slower. Derived here.
#pragma once
#include <functional>
#include <optional>

namespace symbreak::theory {

struct GuidedClass {
  double rate = 0;          ///< alpha = ln K/d
  double within = 1;        ///< v
  double centres = 1;       ///< c
  double own = 1;           ///< m of the wanted class
  double from = 0, to = 0;  ///< noise s where runs start, from the noised law of all, and end
  bool flow = false;        ///< the probability flow
  std::function<double(double noise)> weight;
};

struct ManyClassLaw {
  double shift = 0;         ///< A - 1 at the end
  double variance = 1;      ///< V per coordinate, over v + s
  double condensation = 0;  ///< s where the class outweighs all others; 0: not before the end
  double drift = 0;         ///< of the log odds there, per dimension and -ln e
};

/// At finite dimension: s where the mean over runs of P(class|x) passes 1/2, SDE; nullopt where it does
/// not before `to`. The Fokker-Planck equation of |x - z| on 800 cells by Crank & Nicolson: 1e-4 of
/// v + s, up to d = 10^4. 20 to 100 ms.
std::optional<double> finite_condensation(const GuidedClass& setting, double dimension);

/// For weights >= 0. Fourth order in steps of .005 of ln e: 1e-9 where the weight is smooth.
ManyClassLaw guided_class(const GuidedClass& setting);

}  // namespace symbreak::theory
