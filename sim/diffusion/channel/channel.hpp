// Discrete forward processes of +-1 spins: every spin by itself is turned over or masked.
// May depend on: sim/deck, sim/random, sim/target, analysis/theory.
//
// The strength of a channel is its signal u in [0, 1] (analysis/theory/channels/curve.hpp); decks say
// its noise, which is what its users speak of:
//   erase  the share e of masked spins (x_i = 0), u = 1 - e
//   flip   the probability p of a spin to be turned over, u = theta = 1 - 2p; p and 1 - p are not
//          the same but for even laws
// The clock of both is t = -ln u: masking at rate 1, flips at rate 1/2, as Ornstein-Uhlenbeck. Decks
// that set forward.clock say levels as its times: ornstein_uhlenbeck this t, ddpm u = theta_t, the
// share of signal that the same t leaves to continuous data (forward.hpp).
//
// The posterior is a law of spins in a field, p(y|x) ~ phi(y) exp(h x.y): flips have h = atanh
// theta (not theta), erasures h = infinity at the kept spins and none at the masked ones. There is
// no |y|^2/2, which is a constant of +-1 spins, so that every posterior of this program at the
// state x and b = h is the one of the channel, but for the constant h d/2 in log Z. Nothing else
// of the code asks which channel it is.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/theory/channels/memorization.hpp"
#include "analysis/theory/clock.hpp"
#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/target.hpp"

namespace symbreak::diffusion {

using target::Index;
using target::MatrixXd;
using target::VectorXd;

/// Infinite fields are this strong: a kept spin is wrong with probability e^{-2h}, times what its
/// neighbours want.
inline constexpr double kClampingField = 60;

class SpinChannel {
 public:
  virtual ~SpinChannel() = default;
  virtual theory::SpinNoise law() const = 0;  ///< for formulas
  virtual std::string describe() const = 0;   ///< "erasures"
  virtual double signal(double noise) const = 0;
  virtual double noise(double signal) const = 0;
  virtual double most_noise() const = 0;  ///< of no signal: e = 1, p = 1/2
  /// h of the posterior.
  virtual double field(double signal) const = 0;

  // --- of one spin; up = P(y_i = 1 | x), m = <y_i> = 2 up - 1 ----------------------------------
  /// P(x_i = 1) and P(x_i = -1); the rest is masked (x_i = 0).
  struct Law {
    double up = 0, down = 0;
  };
  /// x_i given y_i.
  virtual Law noise_law(double y, double signal) const = 0;
  /// Its part of -dH/du: the mean over x and the sum over spins are the rate.
  virtual double entropy_rate(double x, double m, double signal) const = 0;
  /// x_i' after a reverse step, to a larger signal. Where `up` is 0 or 1 it is the exact kernel
  /// p(x_i' | x_i, y_i).
  virtual Law step(double x, double up, double from, double to) const = 0;
  /// Rate per unit t at which the exact reverse process turns a spin over in place; nullopt: its
  /// steps are of another kind.
  virtual std::optional<double> turning_rate(double x, double m, double signal) const {
    (void)x;
    (void)m;
    (void)signal;
    return std::nullopt;
  }
};

/// x of every spin of y.
MatrixXd noised(const SpinChannel& channel, const target::States& y, double signal,
                random::Stream& stream);
/// The mean over states of the entropy rate of all spins.
double entropy_rate(const SpinChannel& channel, const MatrixXd& x, const MatrixXd& mean,
                    double signal);

/// From two independent estimates of the means: twice the rate at their mean less the mean of their
/// rates, without the bias of first order in their variances (a jackknife of two).
double entropy_rate(const SpinChannel& channel, const MatrixXd& x, const MatrixXd& one,
                    const MatrixXd& other, double signal);

std::unique_ptr<const SpinChannel> erasures();
std::unique_ptr<const SpinChannel> flips();

/// Key forward.channel, of the kinds of experiments on discrete channels; forward.sigma is refused
/// beside it.
std::vector<deck::Key> channel_keys();
std::unique_ptr<const SpinChannel> make_channel(const deck::Parameters& parameters);
/// The forward process of a point, Gaussian or discrete, in words.
std::string describe_forward(const deck::Parameters& parameters);

/// The key of the levels at which a kind measures, and its twin `t`, read where the deck names a
/// clock.
std::vector<deck::Key> level_keys(deck::Key noise);
/// The levels of a deck as noise. Throws a deck::KeyError where there is none, or one outside
/// (0, most noise).
std::vector<double> levels_of(const deck::Parameters& parameters, const SpinChannel& channel);

/// The deck's clock, u(t); t = -ln u where it names none.
class SpinClock {
 public:
  explicit SpinClock(const deck::Parameters& parameters);
  /// Whether the deck names it.
  bool named() const { return named_; }
  /// Throws a deck::KeyError of `key` beyond the end of the clock.
  double signal(double t, const std::string& key) const;
  double time(double signal) const { return clock_.time(1 / (signal * signal) - 1); }

 private:
  theory::NoiseClock clock_;
  bool named_;
};

/// Throws a deck::KeyError unless all coordinates of the data are +-1.
void require_spins(const target::Target& target);

}  // namespace symbreak::diffusion
