#include "sim/kernel/spins/field_lanes.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/kernel/simd/elementary_inline.hpp"

namespace symbreak::kernel {

namespace {

using Vector = Simd<float>::Vector;
/// Sweeps after which the rounding errors of the bond energies are wiped out.
constexpr std::size_t refresh = 64;
constexpr std::size_t width = Simd<float>::lanes, parts = spin_lanes / width;

/// Spins of a dense graph updated together, and vectors of lanes of each: 16 or 8 sums in
/// registers.
constexpr std::size_t block = 4, together = sizeof(Vector) == 64 ? 4 : 2;

/// One float per lane, in registers.
using Lanes = std::array<Vector, parts>;
/// One float per lane, in memory.
struct alignas(64) Row {
  std::array<float, spin_lanes> at;
};

[[gnu::always_inline]] inline Lanes read(const Row& row) {
  Lanes lanes;
  for (std::size_t v = 0; v < parts; ++v) lanes[v] = load<Vector>(row.at.data() + v * width);
  return lanes;
}

[[gnu::always_inline]] inline void write(const Lanes& lanes, Row& row) {
  for (std::size_t v = 0; v < parts; ++v) store(lanes[v], row.at.data() + v * width);
}

class FieldLanes final : public SpinLanes {
 public:
  FieldLanes(const SpinGraph& graph, SpinSeed seed)
      : SpinLanes(seed),
        first_(graph.first),
        neighbour_(graph.neighbour),
        spin_(graph.sites()),
        field_(graph.sites(), Row{}) {
    coupling_.assign(graph.coupling.begin(), graph.coupling.end());
    scale_.at.fill(1);
    for (Row& row : spin_) row.at.fill(1);
    const std::size_t n = sites();
    if (n >= block && 2 * coupling_.size() >= n * n) {
      matrix_.assign(n * n, 0);
      for (std::size_t i = 0; i < n; ++i) {
        for (auto e = first_[i]; e < first_[i + 1]; ++e) {
          const auto entry = static_cast<std::size_t>(e);
          matrix_[i * n + static_cast<std::size_t>(neighbour_[entry])] += coupling_[entry];
        }
      }
    }
    sum_bonds();
  }

  std::size_t sites() const override { return spin_.size(); }

  void set_field(std::span<const double> field, std::size_t groups) override {
    const std::size_t run = spin_lanes / groups;
    for (std::size_t i = 0; i < sites(); ++i) {
      for (std::size_t g = 0; g < groups; ++g) {
        std::fill_n(field_[i].at.data() + g * run, run, static_cast<float>(field[i * groups + g]));
      }
    }
    sum_bonds();
  }

  void set_scale(const LaneValues& scale) override {
    std::copy(scale.begin(), scale.end(), scale_.at.begin());
  }

  void sweep(std::size_t count) override {
    LaneRandom random = random_.lanes;
    const Lanes scale = read(scale_);
    for (std::size_t c = 0; c < count; ++c) {
      Lanes gain{};  // of the bond energy
      std::size_t i = 0;
      if (!matrix_.empty()) {
        for (; i + block <= sites(); i += block) update_block(i, scale, gain, random);
      }
      for (; i < sites(); ++i) update(i, local_field(i), scale, gain, random);
      Row gained;
      write(gain, gained);
      for (std::size_t l = 0; l < spin_lanes; ++l) bonds_[l] += static_cast<double>(gained.at[l]);
      if (++sweeps_ % refresh == 0) sum_bonds();
    }
    random_.lanes = random;
  }

  LaneValues overlap() const override {
    return summed([&](std::size_t i) {
      Lanes term = read(spin_[i]);
      const Lanes field = read(field_[i]);
      for (std::size_t v = 0; v < parts; ++v) term[v] *= field[v];
      return term;
    });
  }

  LaneValues bonds() const override { return bonds_; }

  LaneValues magnetization() const override {
    return summed([&](std::size_t i) { return read(spin_[i]); });
  }

  void flip(LaneMask lanes) override {
    Row sign;
    for (std::size_t l = 0; l < spin_lanes; ++l) sign.at[l] = lanes >> l & 1 ? -1.0f : 1.0f;
    for (Row& row : spin_) {
      for (std::size_t l = 0; l < spin_lanes; ++l) row.at[l] *= sign.at[l];
    }
  }

  void add_spins(const LaneValues& weight, std::span<float> sums) const override {
    Row factor;
    std::copy(weight.begin(), weight.end(), factor.at.begin());
    for (std::size_t i = 0; i < sites(); ++i) {
      float* to = sums.data() + i * spin_lanes;
      for (std::size_t l = 0; l < spin_lanes; ++l) to[l] += factor.at[l] * spin_[i].at[l];
    }
  }

  std::vector<LaneMask> spins() const override {
    std::vector<LaneMask> words(sites(), 0);
    for (std::size_t i = 0; i < sites(); ++i) {
      for (std::size_t l = 0; l < spin_lanes; ++l) {
        words[i] |= LaneMask{spin_[i].at[l] > 0} << l;
      }
    }
    return words;
  }

  void set_spins(std::span<const LaneMask> spins) override {
    for (std::size_t i = 0; i < sites(); ++i) {
      for (std::size_t l = 0; l < spin_lanes; ++l) {
        spin_[i].at[l] = spins[i] >> l & 1 ? 1.0f : -1.0f;
      }
    }
    sum_bonds();
  }

 private:
  /// (word + 1/2) 2^-32, so that small probabilities keep their relative precision.
  static float uniform_of(std::uint32_t word) {
    return static_cast<float>(word) * 0x1p-32f + 0x1p-33f;
  }

  /// Heat bath of spin i in its local field: s = 1 with probability 1/(1 + exp(-2F)), F = scale
  /// local + h. Returns the change of the spin.
  [[gnu::always_inline]] Lanes update(std::size_t i, const Lanes& local, const Lanes& scale,
                                      Lanes& gain, LaneRandom& random) {
    const Lanes field = read(field_[i]);
    Row force, result;
    Lanes total;
    for (std::size_t v = 0; v < parts; ++v) total[v] = -2 * (scale[v] * local[v] + field[v]);
    write(total, force);
    alignas(64) std::array<std::uint32_t, spin_lanes> words;
    // Two blocks of 16 + 16 words.
    constexpr std::size_t half = spin_lanes / 2;
    static_assert(sizeof(LaneRandom::Block) == half * sizeof words[0]);
    const LaneRandom::Block first = random(), second = random();
    __builtin_memcpy(words.data(), &first, sizeof first);
    __builtin_memcpy(words.data() + half, &second, sizeof second);
    for (std::size_t l = 0; l < spin_lanes; ++l) {
      const float odds = 1 + inline_elementary::exp(std::min(force.at[l], 80.0f));
      result.at[l] = uniform_of(words[l]) * odds < 1 ? 1.0f : -1.0f;
    }
    const Lanes now = read(result);
    Lanes change = read(spin_[i]);
    for (std::size_t v = 0; v < parts; ++v) {
      change[v] = now[v] - change[v];
      gain[v] += change[v] * local[v];
    }
    write(now, spin_[i]);
    return change;
  }

  /// Spins i .. i + block - 1 of a dense graph: their local fields are summed together, so that the
  /// other spins are read once for all, and then follow the changes within the block.
  void update_block(std::size_t i, const Lanes& scale, Lanes& gain, LaneRandom& random) {
    const std::size_t n = sites();
    const float* matrix = matrix_.data() + i * n;
    std::array<Lanes, block> local;
    for (std::size_t begin = 0; begin < parts; begin += together) {
      std::array<std::array<Vector, together>, block> sum{};
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t v = 0; v < together; ++v) {
          const auto other = load<Vector>(spin_[j].at.data() + (begin + v) * width);
          for (std::size_t a = 0; a < block; ++a) sum[a][v] += matrix[a * n + j] * other;
        }
      }
      for (std::size_t a = 0; a < block; ++a) {
        for (std::size_t v = 0; v < together; ++v) local[a][begin + v] = sum[a][v];
      }
    }
    for (std::size_t a = 0; a < block; ++a) {
      const Lanes change = update(i + a, local[a], scale, gain, random);
      for (std::size_t b = a + 1; b < block; ++b) {
        for (std::size_t v = 0; v < parts; ++v) local[b][v] += matrix[b * n + i + a] * change[v];
      }
    }
  }

  /// The bond energies anew; between two such sums the sweeps add up their changes.
  void sum_bonds() {
    bonds_ = summed([&](std::size_t i) {
      Lanes term = read(spin_[i]);
      const Lanes local = local_field(i);
      for (std::size_t v = 0; v < parts; ++v) term[v] *= local[v];
      return term;
    });
    for (double& value : bonds_) value /= 2;
    sweeps_ = 0;
  }

  Lanes local_field(std::size_t i) const {
    Lanes sum{};
    for (auto e = first_[i]; e < first_[i + 1]; ++e) {
      const auto entry = static_cast<std::size_t>(e);
      const Lanes other = read(spin_[static_cast<std::size_t>(neighbour_[entry])]);
      for (std::size_t v = 0; v < parts; ++v) sum[v] += coupling_[entry] * other[v];
    }
    return sum;
  }

  /// Sums over the sites: in float over 32 of them, these in double.
  template <class Term>
  LaneValues summed(Term&& term) const {
    LaneValues result{};
    for (std::size_t i = 0; i < sites();) {
      Lanes sum{};
      for (const std::size_t end = std::min(i + 32, sites()); i < end; ++i) {
        const Lanes more = term(i);
        for (std::size_t v = 0; v < parts; ++v) sum[v] += more[v];
      }
      Row row;
      write(sum, row);
      for (std::size_t l = 0; l < spin_lanes; ++l) result[l] += static_cast<double>(row.at[l]);
    }
    return result;
  }

  std::vector<std::int32_t> first_, neighbour_;
  std::vector<float> coupling_;
  std::vector<float> matrix_;  ///< sites x sites where at least half of it is filled
  std::vector<Row> spin_, field_;
  Row scale_;
  LaneValues bonds_{};
  std::size_t sweeps_ = 0;  ///< since the bonds were summed
};

}  // namespace

std::unique_ptr<SpinLanes> field_lanes(const SpinGraph& graph, SpinSeed seed) {
  return std::make_unique<FieldLanes>(graph, seed);
}

}  // namespace symbreak::kernel
