// Copies of a spin target that couple through their magnetization: independent samples.
//
// With coupling = order_plane the auxiliary field is x u, u = (1,..,1), and its law is known:
//     p(x) ~ exp(n [-beta N (x - h)^2/2 + log Z(beta x)]),  Z(H) = sum_M P(M) e^{HM},
// one integral whatever n and N. It (without field: the law of |x|) is tabulated on 4096 cells
// across its support (everything above e^{-45} of its maximum) and drawn by inversion, linear in
// each cell: a relative error of (cell/ width)^2/12 ~ 2e-6, far below any statistical one. Given x
// the n copies are independent, so the conditional moments of their mean m follow from the
// cumulants of M in the field beta x, exactly for m, m^2 and m^4; |m| with the Gaussian law of a
// mean of n copies (error O(1/n^{3/2})). Recorded are these conditional moments at independent x
// (Rao-Blackwell: the same mean, less variance). Cost: 4096 x (N + 1) exponentials per unit, then
// O(1) per sample.
//
// May depend on: simulation.hpp, target.hpp.
#pragma once
#include "sim/experiment/copies/simulation.hpp"
#include "sim/experiment/copies/target.hpp"

namespace symbreak::experiment::copies {

std::unique_ptr<measure::Simulation> law_simulation(std::shared_ptr<const Law> law,
                                                    const Setting& setting,
                                                    const measure::UnitAddress& address);

}  // namespace symbreak::experiment::copies
