// One group of lanes of the transfer method: forward and backward passes over the layers. Part of
// layered_spins.cpp. May depend on: sim/kernel.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/kernel/simd/simd.hpp"
#include "sim/kernel/spins/layered_spins.hpp"

namespace symbreak::kernel::transfer {

constexpr std::size_t kLanes = Simd<double>::lanes;
using Lanes = Simd<double>::Vector;

/// A number per lane: as it is, with its derivative, or complex.
struct Plain {
  Lanes value;
};
struct Dual {
  Lanes value, slope;
};
struct Complex {
  Lanes value, imaginary;
};

inline Plain operator+(Plain a, Plain b) { return {a.value + b.value}; }
inline Plain operator*(Plain a, Plain b) { return {a.value * b.value}; }
inline Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
inline Dual operator*(Plain a, Dual b) { return {a.value * b.value, a.value * b.slope}; }
inline Dual operator*(Dual a, Dual b) {
  return {a.value * b.value, a.value * b.slope + a.slope * b.value};
}
inline Complex operator+(Complex a, Complex b) {
  return {a.value + b.value, a.imaginary + b.imaginary};
}
inline Complex operator*(Plain a, Complex b) { return {a.value * b.value, a.value * b.imaginary}; }
inline Complex operator*(Complex a, Complex b) {
  return {a.value * b.value - a.imaginary * b.imaginary,
          a.value * b.imaginary + a.imaginary * b.value};
}

inline Lanes absolute(Lanes x) { return x < 0 ? -x : x; }
inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }
inline Lanes magnitude(Plain a) { return a.value; }
inline Lanes magnitude(Dual a) { return a.value; }
inline Lanes magnitude(Complex a) { return absolute(a.value) + absolute(a.imaginary); }

constexpr Lanes kNone = {};
constexpr double kVanishing = 1e-290;  ///< weights below it, relative to the largest, are none

/// One group of lanes: forward, then backward. T: numbers; C: couplings, Dual to differentiate with
/// respect to a factor in front of E.
template <class T, class C>
class Sweep {
 public:
  explicit Sweep(const LayeredSpins& spins)
      : g_(spins),
        size_(std::size_t{1} << spins.width_),
        up_(static_cast<std::size_t>(spins.sites())),
        down_(up_.size()),
        same_(up_.size()),
        other_(up_.size()),
        state_(size_),
        work_(size_) {
    for (std::size_t i = 0; i < up_.size(); ++i) {
      const double K = g_.between_[i], a = std::abs(K);
      same_[i] = coupling(std::exp(K - a), K);
      other_[i] = coupling(std::exp(-K - a), -K);
      bonds_ += a;
    }
    for (const int table : g_.table_) bonds_ += g_.top_[static_cast<std::size_t>(table)];
  }

  /// The field of a site in every lane, and what else T carries: the direction of the derivative,
  /// or the imaginary field.
  void set_field(std::size_t site, const double* field, const double* more) {
    T up{}, down{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double h = field[lane], a = std::abs(h);
      set(up, lane, std::exp(h - a), h, more[lane], 1);
      set(down, lane, std::exp(-h - a), h, more[lane], -1);
      field_scale_[lane] += a;
    }
    up_[site] = up;
    down_[site] = down;
  }
  void clear_field() { field_scale_ = kNone; }

  /// Sum of every lane over the states whose last layer is closing[lane] (all, if open): the value
  /// times exp(scale). `keep`: for a backward pass.
  T forward(const std::uint32_t* closing, bool keep) {
    if (keep) layers_.resize(size_ * static_cast<std::size_t>(g_.layers_));
    std::fill(state_.begin(), state_.end(), T{});
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      state_[g_.closed_ ? closing[lane] : 0].value[lane] = 1;
    }
    scale_ = field_scale_ + bonds_;
    Lanes factor = kNone + 1.0;
    for (int layer = 0; layer < g_.layers_; ++layer) {
      const std::size_t first = static_cast<std::size_t>(layer) * width();
      replace_layer(first, factor, [](const Site& site, T& lower, T& upper) {
        const T a = lower, b = upper;
        lower = site.down_same * a + site.down_other * b;
        upper = site.up_same * b + site.up_other * a;
      });
      const Lanes top = weigh(layer);
      factor = normaliser(top);
      if (keep) {
        std::copy(
            state_.begin(), state_.end(),
            layers_.begin() + static_cast<std::ptrdiff_t>(size_ * static_cast<std::size_t>(layer)));
      }
    }
    // The last factor has not been applied: it was only added to the scale.
    T sum{};
    if (!g_.closed_) {
      for (const T& value : state_) sum = sum + value;
    } else {
      for (std::size_t lane = 0; lane < kLanes; ++lane) take(sum, state_[closing[lane]], lane);
    }
    return Plain{factor} * sum;
  }
  Lanes scale() const { return scale_; }

  /// visit(site, difference, total): weights of spin up minus down and their sum, unnormalised, for
  /// every site.
  template <class Visit>
  void backward(const std::uint32_t* closing, const Visit& visit) {
    T one{};
    if (!g_.closed_) one.value = one.value + 1.0;
    std::fill(state_.begin(), state_.end(), one);
    for (std::size_t lane = 0; g_.closed_ && lane < kLanes; ++lane) {
      state_[closing[lane]].value[lane] = 1;
    }
    for (int layer = g_.layers_; layer-- > 0;) {
      const std::size_t first = static_cast<std::size_t>(layer) * width();
      const T* kept = layers_.data() + size_ * static_cast<std::size_t>(layer);
      for (std::size_t c = 0; c < size_; ++c) work_[c] = kept[c] * state_[c];
      std::size_t half = size_;
      T total{};
      for (std::size_t r = width(); r-- > 0;) {
        half /= 2;
        Differences difference;
        for (std::size_t c = 0; c < half; ++c) {
          difference.add(work_[c + half], work_[c]);
          work_[c] = work_[c] + work_[c + half];
        }
        differences_[r] = difference.sum;
      }
      total = work_[0];
      for (std::size_t r = 0; r < width(); ++r) visit(first + r, differences_[r], total);
      if (layer == 0) break;
      const Lanes factor = normaliser(weigh(layer), false);
      replace_layer(first, factor, [](const Site& site, T& lower, T& upper) {
        const T a = lower, b = upper;
        lower = site.down_same * a + site.up_other * b;
        upper = site.up_same * b + site.down_other * a;
      });
    }
  }

 private:
  struct Differences {
    T sum{};
    void add(const T& plus, const T& minus) {
      if constexpr (std::is_same_v<T, Plain>) {
        sum.value += plus.value - minus.value;
      } else if constexpr (std::is_same_v<T, Dual>) {
        sum.value += plus.value - minus.value;
        sum.slope += plus.slope - minus.slope;
      }
    }
  };

  std::size_t width() const { return static_cast<std::size_t>(g_.width_); }

  static C coupling(double weight, double energy) {
    C result{};
    result.value = kNone + weight;
    if constexpr (std::is_same_v<C, Dual>) result.slope = kNone + weight * energy;
    return result;
  }
  static void set(T& number, std::size_t lane, double weight, double h, double more, double sign) {
    if constexpr (std::is_same_v<T, Complex>) {
      number.value[lane] = weight * std::cos(more);
      number.imaginary[lane] = weight * std::sin(more) * sign;
    } else {
      number.value[lane] = weight;
      if constexpr (std::is_same_v<C, Dual>) {
        number.slope[lane] = weight == 0 ? 0 : weight * h * sign;
      } else if constexpr (std::is_same_v<T, Dual>) {
        number.slope[lane] = weight * more * sign;
      }
    }
  }
  static void take(T& to, const T& from, std::size_t lane) {
    to.value[lane] = from.value[lane];
    if constexpr (std::is_same_v<T, Dual>) to.slope[lane] = from.slope[lane];
    if constexpr (std::is_same_v<T, Complex>) to.imaginary[lane] = from.imaginary[lane];
  }

  /// Weights of the new spin of a site times those of its bond to the one it replaces.
  struct Site {
    T down_same, down_other, up_same, up_other;
  };
  Site site(std::size_t i, Plain factor) const {
    const T up = factor * up_[i], down = factor * down_[i];
    return {same_[i] * down, other_[i] * down, same_[i] * up, other_[i] * up};
  }

  /// Replaces all spins of a layer, two at a time to halve the traffic to the cache.
  template <class Step>
  void replace_layer(std::size_t first, Lanes factor, const Step& step) {
    const Plain one{kNone + 1.0};
    std::size_t r = 0;
    for (; r + 1 < width(); r += 2) {
      const std::size_t half = std::size_t{1} << r;
      const Site low = site(first + r, r == 0 ? Plain{factor} : one),
                 high = site(first + r + 1, one);
      for (std::size_t base = 0; base < size_; base += 4 * half) {
        for (std::size_t c = base; c < base + half; ++c) {
          T a = state_[c], b = state_[c + half], d = state_[c + 2 * half], e = state_[c + 3 * half];
          step(low, a, b);
          step(low, d, e);
          step(high, a, d);
          step(high, b, e);
          state_[c] = a;
          state_[c + half] = b;
          state_[c + 2 * half] = d;
          state_[c + 3 * half] = e;
        }
      }
    }
    if (r == width()) return;
    const std::size_t half = std::size_t{1} << r;
    const Site last = site(first + r, r == 0 ? Plain{factor} : one);
    for (std::size_t c = 0; c < half; ++c) step(last, state_[c], state_[c + half]);
  }

  /// Multiplies by the weights of the bonds within a layer; returns the largest entry per lane.
  Lanes weigh(int layer) {
    const auto table = static_cast<std::size_t>(g_.table_[static_cast<std::size_t>(layer)]);
    const double* weight = g_.weight_[table].data();
    [[maybe_unused]] const double* energy = g_.energy_[table].data();
    Lanes top = kNone;
    for (std::size_t c = 0; c < size_; ++c) {
      C factor{};
      factor.value = kNone + weight[c];
      if constexpr (std::is_same_v<C, Dual>) factor.slope = kNone + weight[c] * energy[c];
      state_[c] = factor * state_[c];
      top = larger(top, magnitude(state_[c]));
    }
    return top;
  }
  /// 1/top, with its logarithm added to the scale; 1 where nothing is left but a closing
  /// configuration that the field forbids (1/top must not overflow).
  Lanes normaliser(Lanes top, bool count = true) {
    Lanes factor = kNone + 1.0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (!(top[lane] > kVanishing)) continue;
      factor[lane] = 1 / top[lane];
      if (count) scale_[lane] += std::log(top[lane]);
    }
    return factor;
  }

  const LayeredSpins& g_;
  std::size_t size_;
  double bonds_ = 0;
  Lanes field_scale_ = kNone, scale_ = kNone;
  std::vector<T> up_, down_;
  std::vector<C> same_, other_;
  std::vector<T> state_, work_, layers_;
  T differences_[LayeredSpins::kWidest] = {};
};

}  // namespace symbreak::kernel::transfer
