// Forward processes: the one place that converts clocks. May depend on: fmt.
#pragma once
#include <string>

namespace symbreak::theory {

enum class Clock { brownian, ornstein_uhlenbeck, ddpm };

/// x_t = scale * y + sqrt(variance) * z at one time of the clock.
struct Channel {
  double scale = 1;     ///< 1 (VE), e^{-t} (OU), theta_s (DDPM)
  double variance = 0;  ///< sigma^2 t (VE), 1 - e^{-2t} (OU), 1 - theta_s^2 (DDPM)
  /// Inverse temperature of the posterior in the gauge x/scale: beta = scale^2/variance.
  double beta() const { return scale * scale / variance; }
  /// Noise variance in the gauge x/scale: s = sigma^2 t of the equivalent Brownian clock = 1/beta.
  double noise() const { return variance / (scale * scale); }
};

/// All clocks are one channel (physics of x/scale at inverse temperature beta); targets and
/// samplers only ever see (x/scale, beta). Everything that a user reads or writes as `t` is in the
/// deck's clock and goes through here.
///   brownian            x = y + sigma sqrt(t) z,                     beta = 1/(sigma^2 t)
///   ornstein_uhlenbeck  x = e^{-t} y + sqrt(1-e^{-2t}) z,            beta = 1/(e^{2t}-1)
///   ddpm                x = theta y + sqrt(1-theta^2) z,
///                       theta = exp(-s^2(bmax-bmin)/4 - s bmin/2)
class NoiseClock {
 public:
  explicit NoiseClock(Clock clock, double sigma = 1, double beta_min = 0.1, double beta_max = 20)
      : clock_(clock), sigma_(sigma), beta_min_(beta_min), beta_max_(beta_max) {}

  Clock clock() const { return clock_; }
  Channel at(double t) const;
  /// Time of the clock at which the Brownian-gauge noise variance is `noise` (= 1/beta).
  /// May exceed the clock's range (ddpm: t in [0,1]); the caller decides whether that is an error.
  double time(double noise) const;
  double beta(double t) const { return at(t).beta(); }
  std::string describe() const;  ///< e.g. "Brownian forward process, sigma = 1"

 private:
  Clock clock_;
  double sigma_, beta_min_, beta_max_;
};

/// The clock of this name; throws std::invalid_argument for an unknown one.
Clock clock_named(const std::string& name);

}  // namespace symbreak::theory
