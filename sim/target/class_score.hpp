// The laws of the single classes of a target, for scores that are conditioned on one.
// May depend on: denoiser.hpp, sim/random.
#pragma once
#include "sim/random/stream.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

class ClassScore {
 public:
  virtual ~ClassScore() = default;
  /// Said before class means are asked for, by whoever needs them: a program behind the score that
  /// takes no class is refused then, and not in the middle of a run. Throws deck::KeyError.
  virtual void will_ask_for_classes() const {}
  /// <y> given the noisy state and the class (0, 1, ..), d x walkers.
  virtual MatrixXd class_mean(const States& x, const Betas& beta, Index label) const = 0;
  /// Independent clean data of the class, one per column.
  virtual void sample_class(random::Stream& stream, Index label, Eigen::Ref<MatrixXd> y) const = 0;
  /// Mean and variances per coordinate of the class's data, d each.
  struct Moments {
    VectorXd mean, variance;
    double along = 0;  ///< variance along a unit vector
  };
  virtual Moments class_moments(Index label, const VectorXd& direction) const = 0;
};

}  // namespace symbreak::target
