// Exact sums over Ising spins that come in layers, by the transfer method in site-dependent fields.
// Plain data in and out. May depend on: the standard library.
//
// Quantity. p(s) ~ exp(E(s) + sum_i h_i s_i), E(s) = sum_bonds K s s'. Bonds join spins of one
// layer in any way, and spin r of a layer with spin r of the next one (of the last with the first
// when `closed`). A lattice of 2 or 3 dimensions is such a stack along any of its axes, a chain is
// one of width 1.
//
// Method. f(c), c the 2^width configurations of a layer, is built spin by spin (each new spin is
// coupled to the one it replaces: a butterfly on one bit), so a layer costs width 2^width
// operations instead of 4^width; means follow from a backward pass. A closed stack is summed over
// the configuration of its last layer: a factor 2^width. Everything is exact to rounding: a layer's
// weights are normalised, and what underflows relative to the largest is below exp(2 sum |K|) of
// the bonds cut, hence never counts, as long as that sum is below `kStrongest`. Eight sums at a
// time fill the registers: walkers, and closing configurations. Cost per field: sites x 2^width (x
// 2^width when closed) x ~6 flops, twice for means, six times for derivatives.
#pragma once
#include <complex>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace symbreak::kernel {

namespace transfer {
template <class T, class C>
class Sweep;
}

/// Sites are numbered layer by layer: site = layer x width + r; spin r up is bit r of a
/// configuration.
class LayeredSpins {
 public:
  static constexpr int kWidest = 20;
  static constexpr double kStrongest = 300;

  LayeredSpins(int width, int layers);
  /// K of the bond from spin r of `layer` to spin r of the one before it; layer 0: of the bond to
  /// the last layer, which closes the stack. Bonds given twice add up.
  void bind_layers(int layer, int r, double K);
  void bind_within(int layer, int r, int other, double K);
  /// After the last bond, before the first sum.
  void finish();

  int width() const { return width_; }
  int layers() const { return layers_; }
  int sites() const { return width_ * layers_; }
  bool closed() const { return closed_; }
  double operations() const;   ///< elementary steps of one log-sum
  std::size_t memory() const;  ///< bytes of the tables and of one evaluation

  /// fields: sites x walkers, walker by walker. Fills log_sum (walkers) and, unless it is empty,
  /// mean (sites x walkers).
  void sums(std::span<const double> fields, std::span<double> log_sum,
            std::span<double> mean) const;
  /// Derivatives along `direction` (sites x walkers): mean_slope = Cov(s) direction.
  void slopes(std::span<const double> fields, std::span<const double> direction,
              std::span<double> mean_slope) const;
  /// <E + h.s> per walker.
  void energies(std::span<const double> fields, std::span<double> energy) const;
  /// P(k spins up), k = 0 .. sites, by the discrete Fourier transform of log-sums in imaginary
  /// fields; absolute error ~ 1e-14. Cost sites/2 sums.
  std::vector<double> law_of_up_spins(std::span<const double> field) const;

  using Uniforms = std::function<void(std::span<double>)>;
  /// Independent exact samples (sites x count, entries +-1), by drawing layers backward through the
  /// forward pass. `closing`: of closing_log_weights(field), empty for an open stack.
  void draw(std::span<const double> field, std::span<const double> closing,
            const Uniforms& uniforms, std::span<double> states) const;
  /// log of the sum over all states whose last layer is c, for each c; empty for an open stack.
  std::vector<double> closing_log_weights(std::span<const double> field) const;

 private:
  template <class T, class C>
  friend class transfer::Sweep;
  class Transfer;
  struct Bond {
    int r, other;
    double K;
    bool operator==(const Bond&) const = default;
  };

  int width_, layers_;
  bool closed_ = false;
  std::vector<double> between_;                       // layers x width
  std::vector<std::vector<Bond>> within_;             // per layer
  std::vector<int> table_;                            // per layer: which of
  std::vector<std::vector<double>> energy_, weight_;  // E of the bonds within; exp(E - largest)
  std::vector<double> top_;                           // largest E
};

}  // namespace symbreak::kernel
