// Weights of a tile of points and their sums for each walker: inner part of softmax.cpp. Sums are
// kept relative to a reference score, which rises with the largest one: nothing overflows, and a
// lone point weighs exactly 1. May depend on: point_tiles.hpp, sim/kernel/simd/exp_lanes.hpp.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "sim/kernel/points/point_tiles.hpp"
#include "sim/kernel/simd/exp_lanes.hpp"

namespace symbreak::kernel::softmax_weights {

/// A score this far above the reference moves the reference; when all are this far below, they
/// weigh nothing.
constexpr double headroom = 2, negligible = 64;
/// Weights of scores so far below the reference are 0: they count for nothing, and the squares of
/// all others are normal numbers.
template <class Real>
constexpr Real lowest_score = std::is_same_v<Real, float> ? -43 : -340;
/// Times that the reference is moved onto the largest score of a tile: the last one by a rounding
/// error, so that the weight of a lone point is exactly 1.
constexpr std::size_t most_raises = 3;
/// The log weight of an excluded point: finite, so that 0 times it is 0.
template <class Real>
constexpr Real excluded = static_cast<Real>(std::is_same_v<Real, float> ? -1e30 : -1e300);

/// The part of the points at hand: half norms and log weights, filled up with points of no weight.
template <class Real>
struct TileTerms {
  alignas(64) std::array<Real, most_points> half_norms, log_weights;

  void take(const double* norms, const double* weights, std::size_t size) {
    half_norms.fill(0);
    log_weights.fill(excluded<Real>);
    for (std::size_t j = 0; j < size; ++j) {
      half_norms[j] = static_cast<Real>(norms[j]);
      log_weights[j] =
          weights == nullptr ? 0 : std::max(static_cast<Real>(weights[j]), excluded<Real>);
    }
  }
};

/// What scores are measured against: two numbers, so that a score of 1e6 in float is still known
/// relative to the largest one as well as its dot product allows.
template <class Real>
struct Reference {
  Real high = 0, low = 0;

  double value() const { return static_cast<double>(high) + static_cast<double>(low); }
  void move(double step) {
    const double before = static_cast<double>(high), rest = static_cast<double>(low) + step;
    high = static_cast<Real>(before + rest);
    low = static_cast<Real>(rest - (static_cast<double>(high) - before));
  }
};

/// Weights e^{s - reference} of `rows` x `width` pairs of a point and a walker, and their sums.
///
/// Along the lanes of a row run either the walkers, all with one point, or (`points_in_lanes`) the
/// points, all with one walker. Scores are differences in Real from the start: what a large norm
/// loses by rounding, the dot product has lost as well.
template <class Real, std::size_t width, bool points_in_lanes>
class Weights {
  using Vector = typename Simd<Real>::Vector;
  static constexpr std::size_t lanes = Simd<Real>::lanes;

 public:
  using Lanes = std::array<Real, width>;
  alignas(64) std::array<Real, most_points * width> dots, values;
  alignas(64) Lanes beta{}, reference{}, reference_low{};
  alignas(64) Lanes largest, sum, squares, energy;  ///< of s - reference, w, w^2, w (s - reference)

  void find_largest(std::size_t rows, const TileTerms<Real>& terms) {
    for (std::size_t lane = 0; lane < width; lane += lanes) {
      const Scores scores(*this, lane);
      Vector most = scores(terms, 0);
      for (std::size_t row = 1; row < rows; ++row) {
        const Vector s = scores(terms, row);
        most = s > most ? s : most;
      }
      store(most, &largest[lane]);
    }
  }

  void evaluate(std::size_t rows, const TileTerms<Real>& terms) { evaluate(0, rows, terms); }

  /// Rows begin, begin + 1, .. after those before them.
  void evaluate(std::size_t begin, std::size_t end, const TileTerms<Real>& terms) {
    for (std::size_t lane = 0; lane < width; lane += lanes) {
      const Scores scores(*this, lane);
      Vector most = excluded<Real> - Vector{}, w_sum{}, w_squares{}, w_energy{};
      if (begin > 0) {
        most = load<Vector>(&largest[lane]);
        w_sum = load<Vector>(&sum[lane]);
        w_squares = load<Vector>(&squares[lane]);
        w_energy = load<Vector>(&energy[lane]);
      }
      for (std::size_t row = begin; row < end; ++row) {
        const Vector s = scores(terms, row);
        most = s > most ? s : most;
        const Vector w = s > lowest_score<Real> ? exp_lanes<Real>(s) : Vector{};
        w_sum += w;
        w_squares += w * w;
        w_energy += w * s;
        store(w, &values[row * width + lane]);
      }
      store(most, &largest[lane]);
      store(w_sum, &sum[lane]);
      store(w_squares, &squares[lane]);
      store(w_energy, &energy[lane]);
    }
  }

  std::size_t heaviest_row(std::size_t rows, std::size_t lane) const {
    std::size_t best = 0;
    for (std::size_t row = 1; row < rows; ++row) {
      if (values[row * width + lane] > values[best * width + lane]) best = row;
    }
    return best;
  }

 private:
  /// s - reference in the lanes from `lane` on.
  class Scores {
   public:
    Scores(const Weights& of, std::size_t lane)
        : dots_(&of.dots[lane]),
          lane_(lane),
          slope_(load<Vector>(&of.beta[lane])),
          high_(load<Vector>(&of.reference[lane])),
          low_(load<Vector>(&of.reference_low[lane])) {}

    Vector operator()(const TileTerms<Real>& terms, std::size_t row) const {
      const Vector dot = load<Vector>(dots_ + row * width);
      // The large numbers cancel in the fused multiply-add, before anything is rounded.
      return slope_ * (dot - term(terms.half_norms, row)) + (term(terms.log_weights, row) - high_) -
             low_;
    }

   private:
    Vector term(const std::array<Real, most_points>& terms, std::size_t row) const {
      if constexpr (points_in_lanes) return load<Vector>(&terms[row * width + lane_]);
      return terms[row] - Vector{};
    }
    const Real* dots_;
    std::size_t lane_;
    Vector slope_, high_, low_;
  };
};

/// Sums over the points seen so far of one walker, with weights e^{s - reference}.
template <class Real>
struct Sums {
  Reference<Real> reference;
  double top =
      -std::numeric_limits<double>::infinity();  ///< the largest score, relative to the reference
  double sum = 0, squares = 0, energy = 0;
  std::size_t argmax = 0;
  bool begun = false;  ///< some point has had a weight

  /// Whether a tile whose largest score lies `above` the reference can be added.
  bool fits(double above) const { return !(above > (begun ? headroom : excluded<Real> / 2)); }

  void raise_reference(double step) {
    reference.move(step);
    begun = true;
  }

  /// After the reference has been raised by `step`; returns the factor by which sums of weights
  /// change.
  double rescale(double step) {
    const double scale = sum > 0 ? std::exp(-step) : 0;
    energy = scale == 0 ? 0 : scale * (energy - step * sum);
    sum *= scale;
    squares *= scale * scale;
    top -= step;
    return scale;
  }

  /// Whether the largest score so far is a new one, `above` the reference.
  bool add(double above, double more, double more_squares, double more_energy) {
    sum += more;
    squares += more_squares;
    energy += more_energy;
    const bool record = above > top;
    if (record) top = above;
    return record;
  }
};

/// Moves the references of `count` walkers onto their largest scores in the tile at hand where they
/// are missing or too low. find() looks for the largest scores, largest(k) is that of walker k
/// relative to its reference, use(k) takes a new reference into account, and scaled(k, factor) is
/// told by how much sums of weights change.
template <class Real, class Find, class Largest, class Use, class Scaled>
void raise_references(Sums<Real>* sums, std::size_t count, const Find& find, const Largest& largest,
                      const Use& use, const Scaled& scaled) {
  std::array<double, 2 * Simd<Real>::lanes> raised{};
  for (std::size_t pass = 0; pass < most_raises; ++pass) {
    find();
    for (std::size_t k = 0; k < count; ++k) {
      const double above = largest(k);
      if (raised[k] != 0 ? above == 0 : sums[k].fits(above)) continue;
      raised[k] += above;
      sums[k].raise_reference(above);
      use(k);
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    if (raised[k] != 0) scaled(k, sums[k].rescale(raised[k]));
  }
}

}  // namespace symbreak::kernel::softmax_weights
