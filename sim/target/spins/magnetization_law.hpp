// A spin target seen through its magnetization alone. May depend on: sim/target, sim/random.
//
// In a uniform field the posterior of y in {-1,1}^d depends on y through M = sum_i y_i only, and
// all it takes is the law P(M) without field: P_H(M) ~ P(M) e^{HM}. So a target in the plane x = X
// e, e = (1,..,1)/sqrt(d), is the one-dimensional target with points M/sqrt(d) and weights P(M);
// its clean norm is that of the spins, |y|^2 = d, for every point. Everything of the target that
// copies coupled in the order plane can see is kept, at O(d) per evaluation whatever the model.
#pragma once
#include "sim/target/target.hpp"

namespace symbreak::target {

/// Law of M at M = -d, -d + 2, ..., d (d + 1 numbers), and how well <M^2>/d is known.
struct MagnetizationLaw {
  VectorXd probability;
  double second = 0, second_error = 0;  ///< <M^2>/d = sigma^2 t_c; error 0 when exact
  bool measured = false;
};

/// The one-dimensional target. order_axes = sqrt(d), so that m = M/d.
std::shared_ptr<const Target> magnetization_target(const MagnetizationLaw& law);

/// Whether the order parameter of the target is the magnetization of an even spin system.
bool magnetization_orders(const Target& target);

/// The exact law where the target knows it, else a measured one (below).
MagnetizationLaw magnetization_law(const Target& target, const random::Address& address,
                                   Index samples);

/// The law by Monte Carlo: 64 chains in uniform fields H from 0 to 1.2/<M^2>*d, beyond what order
/// can make at the transition, combined by the multiple-histogram equations (Ferrenberg & Swendsen
/// 1989), with M and -M added up. `samples` states in all, 16 sweeps apart. The statistical error
/// is that of the recorded M; error of <M^2>/d by jackknife over 16 segments of the run.
MagnetizationLaw measure_magnetization_law(const Target& target, const random::Address& address,
                                           Index samples);

}  // namespace symbreak::target
