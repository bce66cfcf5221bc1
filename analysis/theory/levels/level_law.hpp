// Laws of the levels of a random-energy system: N = e^L independent levels e, log-weights b e.
// Pure functions. May depend on: Boost.Math, analysis/theory/sphere.hpp.
//
//   gaussian     e ~ N(0,1): Derrida's model (Phys. Rev. B 24 (1981) 2613), energies -sqrt(M/2) e
//   exponential  density exp(-e), e > 0: the trap model, whose top levels are Poisson-Dirichlet at
//                every N
//   sphere       e = sqrt(d) u, u the cosine of a uniform point of the sphere with a fixed
//   direction:
//                overlaps of a noisy state with spherical data
//   binary       e = sum_i s_i/sqrt(d), s_i = +-1: overlaps with spin data, x of equal components
// All are in units in which e has variance 1. Everything is in log space: probabilities down to
// e^-1e7 are in reach.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace symbreak::theory {

class LevelLaw {
 public:
  virtual ~LevelLaw() = default;

  /// b_c(L), where the condensation of the limit L -> infinity (at fixed L/d) sets in: minus the
  /// slope of log P at the highest of e^L levels. a = b/b_c. 0 when L = 0.
  virtual double critical(double L) const = 0;
  /// Energies are -unit e, hence beta = b/unit.
  virtual double energy_unit(double L) const = 0;
  /// The e with P(level > e) = exp(-s), s > 0; of atoms the one that contains this quantile.
  virtual double quantile(double s) const = 0;
  /// log P(level > e); of atoms P(level >= e).
  virtual double log_tail(double e) const = 0;
  /// log E exp(b e); infinity when it does not exist (no planted state then).
  virtual double log_generating(double b) const = 0;
  virtual bool atoms() const { return false; }

  /// log of the sum or integral over all e of P(e) exp(f(b e + shift)), f concave and smooth on the
  /// scale 1; relative error 1e-11.
  using LogFunction = std::function<double(double)>;
  virtual double log_average(const LogFunction& f, double b, double shift) const = 0;

  /// The law on P(level > e) > exp(-s) as points with log-weights (of sum 1 - e^-s), good for
  /// averages of exp(c e) with 0 <= c <= `steepest`.
  struct Nodes {
    std::vector<double> level, log_weight;
  };
  virtual Nodes below(double s, double steepest) const = 0;

  /// The planted law P(e) exp(b e)/E exp(b e) on a grid fine enough to draw from: levels and
  /// cumulative probabilities; between the points of a continuous law interpolate.
  struct Cumulative {
    std::vector<double> level, probability;
  };
  virtual Cumulative planted(double b) const = 0;
};

enum class LevelFamily { gaussian, exponential, sphere, binary };

/// `dimension` is that of the sphere (>= 3) and of binary overlaps (>= 1).
std::shared_ptr<const LevelLaw> level_law(LevelFamily family, double dimension = 0);

}  // namespace symbreak::theory
