#include "sim/kernel/heat_bath.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "sim/kernel/byte_lanes.hpp"
#include "sim/kernel/elementary_inline.hpp"
#include "sim/kernel/visiting_order.hpp"

namespace symbreak::kernel {

namespace {

constexpr std::size_t most_neighbours = 15;
constexpr std::size_t row = spin_lanes;  ///< bytes per site

/// How a lane finds the thresholds of its field.
enum class Tables {
  shared,    ///< one field: 16 bytes, repeated
  quarters,  ///< a field per 16 lanes: 64 bytes
  own,       ///< a field per lane: a plane of 64 bytes for each n
};

class HeatBath final : public SpinLanes {
 public:
  HeatBath(const SpinGraph& graph, SpinSeed seed)
      : order_(visiting_order(graph)), spins_(graph.sites() * row, 0), random_(seed) {
    coupling_ = graph.coupling.empty() ? 0 : std::abs(graph.coupling[0]);
    std::vector<std::uint32_t> position(sites());
    for (std::size_t p = 0; p < sites(); ++p) position[order_[p]] = static_cast<std::uint32_t>(p);
    for (std::size_t p = 0; p < sites(); ++p) {
      // Ferromagnetic neighbours first.
      std::vector<std::uint32_t> up, down;
      const auto site = static_cast<std::size_t>(order_[p]);
      for (auto e = graph.first[site]; e < graph.first[site + 1]; ++e) {
        const auto entry = static_cast<std::size_t>(e);
        const auto other = static_cast<std::size_t>(graph.neighbour[entry]);
        (graph.coupling[entry] >= 0 ? up : down)
            .push_back(position[other] * static_cast<std::uint32_t>(row));
      }
      if (runs_.empty() || runs_.back().ferromagnetic != up.size() ||
          runs_.back().opposite != down.size()) {
        runs_.push_back({p, p, up.size(), down.size(), neighbours_.size()});
      }
      runs_.back().end = p + 1;
      neighbours_.insert(neighbours_.end(), up.begin(), up.end());
      neighbours_.insert(neighbours_.end(), down.begin(), down.end());
    }
    set_field(std::vector<double>(sites(), 0), 1);
  }

  std::size_t sites() const override { return order_.size(); }

  void set_scale(const LaneValues& scale) override {
    if (std::any_of(scale.begin(), scale.end(), [](double s) { return s != 1; })) {
      throw std::logic_error("heat_bath: byte lanes have no scale of couplings");
    }
  }

  void set_field(std::span<const double> field, std::size_t groups) override {
    groups_ = groups;
    tables_ = groups == 1 ? Tables::shared : groups <= 4 ? Tables::quarters : Tables::own;
    field_.resize(sites() * groups);
    for (std::size_t p = 0; p < sites(); ++p) {
      std::copy_n(field.data() + order_[p] * groups, groups, field_.data() + p * groups);
    }
    for (Run& run : runs_) fill_thresholds(run);
  }

  void sweep(std::size_t count) override {
    for (std::size_t c = 0; c < count; ++c) {
      for (const Run& run : runs_) {
        switch (tables_) {
          case Tables::shared:
            update<Tables::shared>(run);
            break;
          case Tables::quarters:
            update<Tables::quarters>(run);
            break;
          case Tables::own:
            update<Tables::own>(run);
            break;
        }
      }
    }
  }

  LaneValues overlap() const override {
    const std::size_t run = spin_lanes / groups_;
    // One register of fields at a time: broadcast, loaded, or put together.
    if (run >= float_lanes) {
      return overlap_with(
          [&](const float* h, std::size_t v) { return Floats{} + h[v * float_lanes / run]; });
    }
    if (run == 1) {
      return overlap_with(
          [](const float* h, std::size_t v) { return load<Floats>(h + v * float_lanes); });
    }
    return overlap_with([&](const float* h, std::size_t v) {
      Floats weight;
      for (std::size_t l = 0; l < float_lanes; ++l) weight[l] = h[(v * float_lanes + l) / run];
      return weight;
    });
  }

  LaneValues bonds() const override {
    // Of the z bonds of a site, `agree` are satisfied: s_i sum_j s_j = 2 agree - z.
    LaneValues agree{};
    double all = 0;
    for (const Run& run : runs_) {
      const std::size_t z = run.degree();
      if (z == 0) continue;
      all += static_cast<double>(z * (run.end - run.begin));
      sum_bytes(run.begin, run.end, 255 / z, agree, [&](std::size_t p) {
        const ByteLanes n = neighbours_up(run, p);
        ByteLanes s = read_bytes(&spins_[p * row]);
        for (std::size_t v = 0; v < byte_parts; ++v) {
          const Bytes down = s[v] - 1;  // 255 where the spin is down: z - n agree
          s[v] = (n[v] ^ down) - down + (down & static_cast<std::uint8_t>(z));
        }
        return s;
      });
    }
    for (double& value : agree) value = coupling_ * (value - all / 2);
    return agree;
  }

  LaneValues magnetization() const override {
    LaneValues up{};
    sum_bytes(0, sites(), 255, up, [&](std::size_t p) { return read_bytes(&spins_[p * row]); });
    for (double& value : up) value = 2 * value - static_cast<double>(sites());
    return up;
  }

  void flip(LaneMask lanes) override {
    alignas(64) std::array<std::uint8_t, row> mask;
    for (std::size_t l = 0; l < row; ++l) mask[l] = lanes >> l & 1;
    const ByteLanes change = read_bytes(mask.data());
    for (std::size_t p = 0; p < sites(); ++p) {
      ByteLanes s = read_bytes(&spins_[p * row]);
      for (std::size_t v = 0; v < byte_parts; ++v) s[v] ^= change[v];
      write_bytes(s, &spins_[p * row]);
    }
  }

  void add_spins(const LaneValues& weight, std::span<float> sums) const override {
    std::array<Floats, float_parts> factor;
    for (std::size_t l = 0; l < spin_lanes; ++l) {
      factor[l / float_lanes][l % float_lanes] = static_cast<float>(weight[l]);
    }
    for (std::size_t p = 0; p < sites(); ++p) {
      float* to = sums.data() + order_[p] * spin_lanes;
      for (std::size_t v = 0; v < float_parts; ++v, to += float_lanes) {
        store(load<Floats>(to) + with_sign(&spins_[p * row + v * float_lanes], factor[v]), to);
      }
    }
  }

  LaneValues uniforms() override { return random_.uniforms(); }

  std::vector<LaneMask> spins() const override {
    std::vector<LaneMask> words(sites());
    for (std::size_t p = 0; p < sites(); ++p) words[order_[p]] = lane_mask(&spins_[p * row]);
    return words;
  }

  void set_spins(std::span<const LaneMask> spins) override {
    for (std::size_t p = 0; p < sites(); ++p) {
      for (std::size_t l = 0; l < row; ++l) {
        spins_[p * row + l] = static_cast<std::uint8_t>(spins[order_[p]] >> l & 1);
      }
    }
  }

  std::array<std::uint64_t, spin_random_words> random_state() const override {
    return random_.state();
  }
  void set_random_state(SpinSeed state) override { random_ = SpinRandom(state); }

 private:
  /// Consecutive sites with as many neighbours.
  struct Run {
    std::size_t begin, end, ferromagnetic, opposite;
    std::size_t neighbours;      ///< where their neighbours start
    std::size_t thresholds = 0;  ///< where their thresholds start
    std::size_t degree() const { return ferromagnetic + opposite; }
  };

  // --- thresholds ------------------------------------------------------------------------------

  std::size_t table_size(const Run& run) const {
    return tables_ == Tables::shared     ? 32
           : tables_ == Tables::quarters ? 128
                                         : 128 * (run.degree() + 1);
  }

  /// 2^16 p_n for a field given as odds exp(-2h).
  static double scaled_probability(double odds_n, double odds_h) {
    return 65536 / (1 + odds_n * odds_h);
  }
  /// Odds far beyond the resolution, such that a product of two of them is finite.
  static double odds(double energy) {
    return inline_elementary::exp(-2 * std::clamp(energy, -170.0, 170.0));
  }
  static std::uint32_t threshold(double scaled) {
    return static_cast<std::uint32_t>(std::min(static_cast<std::int32_t>(scaled), 65535));
  }
  double bond_energy(const Run& run, std::size_t n) const {
    return coupling_ * (2 * static_cast<double>(n) - static_cast<double>(run.degree()));
  }

  void fill_thresholds(Run& run) {
    if (&run == runs_.data()) {
      std::size_t total = 0;
      for (Run& each : runs_) {
        each.thresholds = total;
        total += table_size(each) * (each.end - each.begin);
      }
      thresholds_.assign(total, 0);
      float_field_.assign(field_.begin(), field_.end());
      odds_.resize(field_.size());
      for (std::size_t k = 0; k < field_.size(); ++k) odds_[k] = odds(field_[k]);
    }
    // 64 thresholds at a time, of one site or several.
    const std::size_t together = spin_lanes / groups_, size = table_size(run);
    std::array<std::uint16_t, spin_lanes> values;
    for (std::size_t n = 0; n <= run.degree(); ++n) {
      const double odds_n = odds(bond_energy(run, n));
      for (std::size_t p = run.begin; p < run.end; p += together) {
        const std::size_t stop = std::min(p + together, run.end), count = (stop - p) * groups_;
        const double* odds_h = &odds_[p * groups_];
        for (std::size_t k = 0; k < count; ++k) {
          values[k] = static_cast<std::uint16_t>(threshold(scaled_probability(odds_n, odds_h[k])));
        }
        for (std::size_t q = p; q < stop; ++q) {
          write_thresholds(&thresholds_[run.thresholds + (q - run.begin) * size], n,
                           &values[(q - p) * groups_]);
        }
      }
    }
  }

  /// The thresholds for n of all groups of a site.
  void write_thresholds(std::uint8_t* table, std::size_t n, const std::uint16_t* values) const {
    const std::size_t lanes_per_field = spin_lanes / groups_;
    const auto high = [&](std::size_t l) {
      return static_cast<std::uint8_t>(values[l / lanes_per_field] >> 8);
    };
    const auto low = [&](std::size_t l) {
      return static_cast<std::uint8_t>(values[l / lanes_per_field]);
    };
    if (tables_ == Tables::shared) {
      table[n] = high(0);
      table[16 + n] = low(0);
    } else if (tables_ == Tables::quarters) {
      for (std::size_t l = 0; l < row; l += 16) {
        table[l + n] = high(l);
        table[row + l + n] = low(l);
      }
    } else if (lanes_per_field == 1) {
      for (std::size_t l = 0; l < row; ++l) {
        table[128 * n + l] = static_cast<std::uint8_t>(values[l] >> 8);
        table[128 * n + row + l] = static_cast<std::uint8_t>(values[l]);
      }
    } else {
      for (std::size_t l = 0; l < row; ++l) {
        table[128 * n + l] = high(l);
        table[128 * n + row + l] = low(l);
      }
    }
  }

  // --- updates ---------------------------------------------------------------------------------

  template <Tables tables>
  void update(const Run& run) {
    if (run.opposite == 0) {
      switch (run.degree()) {
        case 2:
          return update<tables, 2>(run);
        case 3:
          return update<tables, 3>(run);
        case 4:
          return update<tables, 4>(run);
        case 6:
          return update<tables, 6>(run);
        default:
          break;
      }
    }
    update<tables, any_degree>(run);
  }

  static constexpr std::size_t any_degree = ~std::size_t{0};

  template <Tables tables, std::size_t fixed>
  void update(const Run& run) {
    const std::size_t degree = fixed == any_degree ? run.degree() : fixed;
    const std::size_t size = table_size(run);
    std::uint8_t* spins = spins_.data();
    const std::uint32_t* neighbours = neighbours_.data() + run.neighbours;
    const std::uint8_t* table = thresholds_.data() + run.thresholds;
    LaneRandom random = random_.lanes;
    for (std::size_t p = run.begin; p < run.end; ++p, neighbours += degree, table += size) {
      const ByteLanes n =
          fixed == any_degree ? neighbours_up(run, p) : sum_of<fixed>(spins, neighbours);
      ByteLanes high, low;
      if constexpr (tables == Tables::own) {
        high = read_bytes(table);
        low = read_bytes(table + row);
        for (std::size_t k = 1; k <= degree; ++k) {
          const ByteLanes next_high = read_bytes(table + 128 * k);
          const ByteLanes next_low = read_bytes(table + 128 * k + row);
          for (std::size_t v = 0; v < byte_parts; ++v) {
            const auto here = n[v] == static_cast<std::uint8_t>(k);
            high[v] = here ? next_high[v] : high[v];
            low[v] = here ? next_low[v] : low[v];
          }
        }
      } else if constexpr (tables == Tables::quarters) {
        high = lookup(read_bytes(table), n);
        low = lookup(read_bytes(table + row), n);
      } else {
        high = lookup(repeat_sixteen(table), n);
        low = lookup(repeat_sixteen(table + 16), n);
      }
      const LaneRandom::Block bits = random();
      ByteLanes bits_high, bits_low;
      for (std::size_t v = 0; v < byte_parts; ++v) {
        bits_high[v] = (Bytes)bits.high[v];
        bits_low[v] = (Bytes)bits.low[v];
      }
      const Decision decision = compare(bits_high, bits_low, high, low);
      write_bytes(decision.below, spins + p * row);
      if (__builtin_expect(decision.ties != 0, 0)) resolve(run, p, decision.ties);
    }
    random_.lanes = random;
  }

  /// The rest of the threshold against more random bits, for the lanes in the mask.
  [[gnu::noinline]] void resolve(const Run& run, std::size_t p, LaneMask ties) {
    alignas(64) std::array<std::uint8_t, row> counts;
    write_bytes(neighbours_up(run, p), counts.data());
    for (; ties != 0; ties &= ties - 1) {
      const auto l = static_cast<std::size_t>(std::countr_zero(ties));
      const double h = field_[p * groups_ + l * groups_ / spin_lanes];
      const double scaled = scaled_probability(odds(bond_energy(run, counts[l])), odds(h));
      const double rest = scaled - threshold(scaled);
      spins_[p * row + l] = random_.words.uniform() < rest ? 1 : 0;
    }
  }

  template <std::size_t degree>
  [[gnu::always_inline]] static ByteLanes sum_of(const std::uint8_t* spins,
                                                 const std::uint32_t* neighbours) {
    ByteLanes n = read_bytes(spins + neighbours[0]);
    for (std::size_t k = 1; k < degree; ++k) {
      const ByteLanes more = read_bytes(spins + neighbours[k]);
      for (std::size_t v = 0; v < byte_parts; ++v) n[v] += more[v];
    }
    return n;
  }

  /// Number of neighbours that pull upwards: up behind a ferromagnetic bond, down behind another.
  ByteLanes neighbours_up(const Run& run, std::size_t p) const {
    const std::uint32_t* neighbours =
        neighbours_.data() + run.neighbours + (p - run.begin) * run.degree();
    ByteLanes n;
    for (Bytes& part : n) part = Bytes{} + static_cast<std::uint8_t>(run.opposite);
    for (std::size_t k = 0; k < run.degree(); ++k) {
      const ByteLanes more = read_bytes(&spins_[neighbours[k]]);
      for (std::size_t v = 0; v < byte_parts; ++v) {
        n[v] += k < run.ferromagnetic ? more[v] : -more[v];
      }
    }
    return n;
  }

  // --- sums ------------------------------------------------------------------------------------

  template <class Fields>
  LaneValues overlap_with(Fields&& fields) const {
    LaneValues result{};
    for (std::size_t p = 0; p < sites();) {
      std::array<Floats, float_parts> sum{};
      for (const std::size_t end = std::min(p + 32, sites()); p < end; ++p) {
        const float* h = float_field_.data() + p * groups_;
        for (std::size_t v = 0; v < float_parts; ++v) {
          sum[v] += with_sign(&spins_[p * row + v * float_lanes], fields(h, v));
        }
      }
      alignas(64) std::array<float, spin_lanes> sums;
      for (std::size_t v = 0; v < float_parts; ++v) store(sum[v], sums.data() + v * float_lanes);
      for (std::size_t l = 0; l < spin_lanes; ++l) result[l] += static_cast<double>(sums[l]);
    }
    return result;
  }

  /// totals += sum of term(p), bytes that may be added `safe` times without overflow.
  template <class Term>
  static void sum_bytes(std::size_t begin, std::size_t end, std::size_t safe, LaneValues& totals,
                        Term&& term) {
    for (std::size_t p = begin; p < end;) {
      ByteLanes sum{};
      for (const std::size_t stop = std::min(p + safe, end); p < stop; ++p) {
        const ByteLanes more = term(p);
        for (std::size_t v = 0; v < byte_parts; ++v) sum[v] += more[v];
      }
      alignas(64) std::array<std::uint8_t, row> bytes;
      write_bytes(sum, bytes.data());
      for (std::size_t l = 0; l < row; ++l) totals[l] += bytes[l];
    }
  }

  std::vector<std::uint32_t> order_;  ///< site of each position; everything below is by position
  std::vector<Run> runs_;
  std::vector<std::uint32_t> neighbours_;  ///< byte offsets in spins_
  double coupling_ = 0;
  std::vector<std::uint8_t> spins_, thresholds_;
  std::size_t groups_ = 1;
  Tables tables_ = Tables::shared;
  std::vector<double> field_, odds_;
  std::vector<float> float_field_;
  SpinRandom random_;
};

}  // namespace

bool has_uniform_bonds(const SpinGraph& graph) {
  for (const double K : graph.coupling) {
    if (std::abs(K) != std::abs(graph.coupling[0])) return false;
  }
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    if (graph.first[i + 1] - graph.first[i] > static_cast<std::int32_t>(most_neighbours)) {
      return false;
    }
  }
  return true;
}

std::unique_ptr<SpinLanes> heat_bath(const SpinGraph& graph, SpinSeed seed) {
  if (!has_uniform_bonds(graph)) {
    throw std::invalid_argument("heat_bath: needs bonds of one strength, at most 15 per site");
  }
  return std::make_unique<HeatBath>(graph, seed);
}

}  // namespace symbreak::kernel
