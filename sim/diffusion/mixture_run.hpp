// Whole reverse runs in two isotropic Gaussian classes, at nearly the cost of their normals.
// May depend on: sim/kernel, sim/target, sim/random.
//
// The bridge step x' = <y> + (x - <y>) s'/s + sqrt(s'(s-s')/s) z with
//   <y> = (v x + s (middle + tanh(l/2) axis))/(v + s),
//   l = 2 axis.(x - middle)/(v + s) + log_odds
// needs one projection per walker and step; the same pass that moves x takes the next projection
// (sim/kernel/points/mixture_step.hpp). Walker after walker through all steps, so that its state
// and its normals stay in L1. Same law as Integrator with Method::bridge, other random numbers.
#pragma once
#include <vector>

#include "sim/random/stream.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::diffusion {

/// With `transition` the step is the reverse process's own transition, exact for steps of any size:
/// the datum behind the state is drawn instead of averaged, its class with P(c|x) and its Gaussian
/// part with variance v s/(v + s), which adds (1 - s'/s)^2 of that to the noise.
class MixtureRun {
 public:
  /// Levels s, descending; the last may be 0. Real: float halves memory traffic and doubles the
  /// width of the step; states and normals are then rounded to 24 bits, the class log odds are not.
  MixtureRun(const target::TwoClasses& classes, const std::vector<double>& noise,
             bool transition = false);
  /// Moves one state through all levels.
  void run(random::Stream& stream, std::span<double> x) const;
  void run(random::Stream& stream, std::span<float> x) const;
  /// All columns of x.
  void run(random::Stream& stream, Eigen::MatrixXd& x) const;

 private:
  template <class Real>
  void advance(random::Stream& stream, std::span<Real> x, const std::vector<Real>& axis,
               const std::vector<Real>& middle) const;

  /// What does not depend on the state.
  struct Step {
    double keep, field, slope, kick;  ///< slope: of the log odds in the projection
  };
  std::vector<Step> steps_;
  std::vector<double> axis_, middle_;
  std::vector<float> axis_float_, middle_float_;
  bool centred_ = true, transition_ = false;
  double log_odds_ = 0, middle_projection_ = 0;
};

}  // namespace symbreak::diffusion
