#include "sim/kernel/spins/heat_bath.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "sim/kernel/spins/byte_lanes.hpp"
#include "sim/kernel/spins/heat_bath_thresholds.hpp"
#include "sim/kernel/spins/visiting_order.hpp"

namespace symbreak::kernel {

namespace {

constexpr std::size_t row = spin_lanes;  ///< bytes per site

using Tables = HeatBathThresholds::Tables;
using Run = HeatBathThresholds::Run;

class HeatBath final : public SpinLanes {
 public:
  HeatBath(const SpinGraph& graph, SpinSeed seed)
      : SpinLanes(seed), order_(visiting_order(graph)), spins_(graph.sites()) {
    coupling_ = graph.coupling.empty() ? 0 : std::abs(graph.coupling[0]);
    std::vector<std::uint32_t> position(sites());
    for (std::size_t p = 0; p < sites(); ++p) position[order_[p]] = static_cast<std::uint32_t>(p);
    for (std::size_t p = 0; p < sites(); ++p) {
      // Ferromagnetic neighbours first.
      Offsets up, down;
      const auto site = static_cast<std::size_t>(order_[p]);
      for (auto e = graph.first[site]; e < graph.first[site + 1]; ++e) {
        const auto entry = static_cast<std::size_t>(e);
        const auto other = static_cast<std::size_t>(graph.neighbour[entry]);
        (graph.coupling[entry] >= 0 ? up : down)
            .push_back(position[other] * static_cast<std::uint32_t>(row));
      }
      if (runs_.empty() || !fits(runs_.back(), up, down)) {
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
    field_.resize(sites() * groups);
    for (std::size_t p = 0; p < sites(); ++p) {
      std::copy_n(field.data() + order_[p] * groups, groups, field_.data() + p * groups);
    }
    groups_ = groups;
    float_field_.assign(field_.begin(), field_.end());
    thresholds_.set(runs_, coupling_, field_, groups);
  }

  void sweep(std::size_t count) override {
    for (std::size_t c = 0; c < count; ++c) {
      for (const Run& run : runs_) {
        switch (thresholds_.tables()) {
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
        ByteLanes s = read_bytes(spins_of(p));
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
    sum_bytes(0, sites(), 255, up, [&](std::size_t p) { return read_bytes(spins_of(p)); });
    for (double& value : up) value = 2 * value - static_cast<double>(sites());
    return up;
  }

  void flip(LaneMask lanes) override {
    alignas(64) std::array<std::uint8_t, row> mask;
    for (std::size_t l = 0; l < row; ++l) mask[l] = lanes >> l & 1;
    const ByteLanes change = read_bytes(mask.data());
    for (std::size_t p = 0; p < sites(); ++p) {
      ByteLanes s = read_bytes(spins_of(p));
      for (std::size_t v = 0; v < byte_parts; ++v) s[v] ^= change[v];
      write_bytes(s, spins_of(p));
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
        store(load<Floats>(to) + with_sign(spins_of(p) + v * float_lanes, factor[v]), to);
      }
    }
  }

  std::vector<LaneMask> spins() const override {
    std::vector<LaneMask> words(sites());
    for (std::size_t p = 0; p < sites(); ++p) words[order_[p]] = lane_mask(spins_of(p));
    return words;
  }

  void set_spins(std::span<const LaneMask> spins) override {
    for (std::size_t p = 0; p < sites(); ++p) {
      for (std::size_t l = 0; l < row; ++l) {
        spins_of(p)[l] = static_cast<std::uint8_t>(spins[order_[p]] >> l & 1);
      }
    }
  }

 private:
  using Offsets = std::vector<std::uint32_t>;

  /// Whether the next site, of these neighbours, can join the run.
  static bool fits(const Run& run, const Offsets& up, const Offsets& down) {
    const auto outside = [&](std::uint32_t offset) {
      return offset < run.begin * row || offset >= run.end * row;
    };
    return run.ferromagnetic == up.size() && run.opposite == down.size() &&
           std::all_of(up.begin(), up.end(), outside) &&
           std::all_of(down.begin(), down.end(), outside);
  }

  std::uint8_t* spins_of(std::size_t p) { return spins_[p].lane.data(); }
  const std::uint8_t* spins_of(std::size_t p) const { return spins_[p].lane.data(); }
  /// Where the offsets of neighbours count from.
  std::uint8_t* all_spins() { return reinterpret_cast<std::uint8_t*>(spins_.data()); }
  const std::uint8_t* all_spins() const {
    return reinterpret_cast<const std::uint8_t*>(spins_.data());
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
    if constexpr (tables == Tables::own) return update_own<fixed>(run);
    const std::size_t degree = fixed == any_degree ? run.degree() : fixed;
    const std::size_t size = thresholds_.size(run);
    std::uint8_t* spins = all_spins();
    const std::uint32_t* neighbours = neighbours_.data() + run.neighbours;
    const std::uint8_t* table = thresholds_.of(run);
    LaneRandom random = random_.lanes;
    for (std::size_t p = run.begin; p < run.end; ++p, neighbours += degree, table += size) {
      const ByteLanes n =
          fixed == any_degree ? neighbours_up(run, p) : sum_of<fixed>(spins, neighbours);
      ByteLanes high, low;
      if constexpr (tables == Tables::quarters) {
        high = lookup(read_bytes(table), n);
        low = lookup(read_bytes(table + row), n);
      } else {
        high = lookup(repeat_sixteen(table), n);
        low = lookup(repeat_sixteen(table + 16), n);
      }
      const LaneRandom::Block bits = random();
      const Decision decision = compare(bytes(bits.high), bytes(bits.low), high, low);
      write_bytes(decision.below, spins + p * row);
      if (__builtin_expect(decision.ties != 0, 0)) resolve(run, p, decision.ties);
    }
    random_.lanes = random;
  }

  /// The high bytes decide all but one lane of 256; the low ones are read for the sites where one
  /// has a tie, one in four or five. A branch on that would be mispredicted as often, and no site
  /// of a run is a neighbour of another: the ties of 64 sites wait for a pass of their own.
  template <std::size_t fixed>
  void update_own(const Run& run) {
    const std::size_t degree = fixed == any_degree ? run.degree() : fixed;
    const std::size_t size = row * (degree + 1), first = run.begin, last = run.end;
    std::uint8_t* spins = all_spins();
    const std::uint32_t* neighbours = neighbours_.data() + run.neighbours;
    const std::uint8_t *high = thresholds_.of(run), *low = high + thresholds_.to_low();
    LaneRandom random = random_.lanes;
    const auto draw = [&](std::size_t p, const std::uint8_t* table) {
      const ByteLanes n = fixed == any_degree
                              ? neighbours_up(run, p)
                              : sum_of<fixed>(spins, neighbours + (p - first) * degree);
      return compare(bytes(random().high), select(table + (p - first) * size, n, degree));
    };
    std::array<LaneMask, 64> ties;
    for (std::size_t begin = first; begin < last; begin += ties.size()) {
      const std::size_t end = std::min(begin + ties.size(), last);
      std::uint64_t tied = 0;  // bit k: site begin + k, in some lane
      for (std::size_t p = begin; p < end; ++p) {
        const Decision decision = draw(p, high);
        write_bytes(decision.below, spins + p * row);
        ties[p - begin] = decision.ties;
        tied |= std::uint64_t{decision.ties != 0} << (p - begin);
      }
      for (; tied != 0; tied &= tied - 1) {
        const auto k = static_cast<std::size_t>(std::countr_zero(tied));
        const std::size_t p = begin + k;
        const Decision decision = draw(p, low);
        const ByteLanes open = bytes_of(ties[k]);
        ByteLanes s = read_bytes(spins + p * row);
        for (std::size_t v = 0; v < byte_parts; ++v) s[v] |= decision.below[v] & open[v];
        write_bytes(s, spins + p * row);
        const LaneMask rest = decision.ties & ties[k];
        if (__builtin_expect(rest != 0, 0)) resolve(run, p, rest);
      }
    }
    random_.lanes = random;
  }

  /// Row n of a table in every lane.
  [[gnu::always_inline]] static ByteLanes select(const std::uint8_t* table, const ByteLanes& n,
                                                 std::size_t degree) {
    ByteLanes found = read_bytes(table);
    for (std::size_t k = 1; k <= degree; ++k) {
      const ByteLanes next = read_bytes(table + row * k);
      for (std::size_t v = 0; v < byte_parts; ++v) {
        found[v] = n[v] == static_cast<std::uint8_t>(k) ? next[v] : found[v];
      }
    }
    return found;
  }

  [[gnu::always_inline]] static ByteLanes bytes(const LaneRandom::Words& words) {
    ByteLanes result;
    for (std::size_t v = 0; v < byte_parts; ++v) result[v] = (Bytes)words[v];
    return result;
  }

  /// The rest of the threshold against more random bits, for the lanes in the mask.
  [[gnu::noinline]] void resolve(const Run& run, std::size_t p, LaneMask ties) {
    alignas(64) std::array<std::uint8_t, row> counts;
    write_bytes(neighbours_up(run, p), counts.data());
    for (; ties != 0; ties &= ties - 1) {
      const auto l = static_cast<std::size_t>(std::countr_zero(ties));
      const double rest = HeatBathThresholds::rest(run, coupling_, counts[l],
                                                   field_[p * groups_ + l * groups_ / spin_lanes]);
      spins_of(p)[l] = random_.words.uniform() < rest ? 1 : 0;
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
      const ByteLanes more = read_bytes(all_spins() + neighbours[k]);
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
          sum[v] += with_sign(spins_of(p) + v * float_lanes, fields(h, v));
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
  Offsets neighbours_;  ///< bytes from the first spin
  double coupling_ = 0;
  std::vector<ByteRow> spins_;  ///< 1 up, 0 down
  HeatBathThresholds thresholds_;
  std::size_t groups_ = 1;
  std::vector<double> field_;
  std::vector<float> float_field_;
};

}  // namespace

bool has_uniform_bonds(const SpinGraph& graph) {
  for (const double K : graph.coupling) {
    if (std::abs(K) != std::abs(graph.coupling[0])) return false;
  }
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    if (graph.first[i + 1] - graph.first[i] >
        static_cast<std::int32_t>(HeatBathThresholds::most_neighbours)) {
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
