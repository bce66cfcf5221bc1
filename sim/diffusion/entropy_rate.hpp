// Entropy production of the reverse process, and clocks built from it.
// May depend on: sim/target, Eigen.
//
// H(s) = H(y|x) of the clean datum given the noisy one at noise s. I-MMSE (Guo, Shamai & Verdu
// 2005): dH/ds = mmse/(2 s^2), mmse = E|y - <y>|^2 summed over coordinates, so per unit ln s
//   r(s) = dH/dln s = mmse/(2 s).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sim/target/target.hpp"

namespace symbreak::diffusion {

/// r as a function of s.
using Rate = std::function<double(double)>;

/// r of a one-dimensional target: the average over its noisy states (state_average.hpp) of the
/// posterior variance s d<y>/dx, without cancellation.
double rate_by_quadrature(const target::Target& target, double s);
/// H(y|x) of a one-dimensional target with finite support, the same average, nats.
double entropy_by_quadrature(const target::Target& target, double s);

/// r of Gaussian data with these variances per mode, (1/2) sum_k w_k v_k/(v_k + s); `weights`
/// empty: all 1.
Rate gaussian_rate(const Eigen::VectorXd& variances, const Eigen::VectorXd& weights = {});
/// Piecewise linear in ln s between the rows of a table (s ascending or descending, r >= 0), zero
/// outside. Throws std::invalid_argument with the reason when it is no such table.
struct RateTable {
  std::vector<double> noise, rate;
};
Rate tabulated_rate(const RateTable& table);

/// Cumulative share of int s^{power} r dln s from `low` to `high`, and its inverse. Composite
/// Gauss-Legendre rule on 4096 cells in ln s (at the table's rows where there is one), inverse by
/// cubic Hermite interpolation and Newton steps: relative error below 1e-9 for smooth rates.
class EntropyClock {
 public:
  EntropyClock(const Rate& rate, double power, double low, double high);
  double total() const { return share_.back(); }
  double share(double s) const;  ///< int from low to s, over the total
  double noise(double share) const;

 private:
  double within(std::size_t cell, double log_s) const;
  Rate rate_;
  double power_;
  std::vector<double> log_s_, share_;
};

}  // namespace symbreak::diffusion
