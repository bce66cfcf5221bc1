#include "sim/kernel/spins/heat_bath_thresholds.hpp"

#include <algorithm>
#include <array>

#include "sim/kernel/simd/elementary_inline.hpp"

namespace symbreak::kernel {

namespace {

/// 2^16 p_n for a field given as odds exp(-2h).
double scaled_probability(double odds_n, double odds_h) { return 65536 / (1 + odds_n * odds_h); }

/// Odds far beyond the resolution, such that a product of two of them is finite.
[[gnu::always_inline]] inline double odds(double energy) {
  return inline_elementary::exp(-2 * std::clamp(energy, -170.0, 170.0));
}

std::uint16_t threshold(double scaled) {
  return static_cast<std::uint16_t>(std::min(static_cast<std::int32_t>(scaled), 65535));
}

double bond_odds(const HeatBathThresholds::Run& run, double K, std::size_t n) {
  return odds(K * (2 * static_cast<double>(n) - static_cast<double>(run.degree())));
}

}  // namespace

std::size_t HeatBathThresholds::size(const Run& run) const {
  switch (tables_) {
    case Tables::shared:
      return 32;
    case Tables::quarters:
      return 128;
    default:
      return spin_lanes * (run.degree() + 1);
  }
}

double HeatBathThresholds::rest(const Run& run, double K, std::size_t n, double h) {
  const double scaled = scaled_probability(bond_odds(run, K, n), odds(h));
  return scaled - threshold(scaled);
}

void HeatBathThresholds::set(std::vector<Run>& runs, double K, std::span<const double> field,
                             std::size_t groups) {
  groups_ = groups;
  group_lanes_ = spin_lanes / groups;
  tables_ = groups == 1 ? Tables::shared : groups <= 4 ? Tables::quarters : Tables::own;
  std::size_t total = 0;
  for (Run& run : runs) {
    run.thresholds = total;
    total += size(run) * (run.end - run.begin);
  }
  to_low_ = tables_ == Tables::shared ? 16 : tables_ == Tables::quarters ? spin_lanes : total;
  const std::size_t bytes = tables_ == Tables::own ? 2 * total : total;
  rows_.resize((bytes + sizeof(ByteRow) - 1) / sizeof(ByteRow));
  odds_.resize(field.size());
  for (std::size_t k = 0; k < field.size(); ++k) odds_[k] = odds(field[k]);
  for (const Run& run : runs) set(run, K);
}

/// 64 thresholds at a time, of one site or several.
void HeatBathThresholds::set(const Run& run, double K) {
  const std::size_t together = group_lanes_, step = tables_ == Tables::own ? spin_lanes : 1;
  auto* const table = reinterpret_cast<std::uint8_t*>(rows_.data()) + run.thresholds;
  std::array<double, most_neighbours + 1> odds_n;
  for (std::size_t n = 0; n <= run.degree(); ++n) odds_n[n] = bond_odds(run, K, n);
  std::array<std::uint16_t, spin_lanes> values;
  for (std::size_t p = run.begin; p < run.end; p += together) {
    const std::size_t stop = std::min(p + together, run.end), count = (stop - p) * groups_;
    for (std::size_t n = 0; n <= run.degree(); ++n) {
      const double* odds_h = &odds_[p * groups_];
      for (std::size_t k = 0; k < count; ++k) {
        values[k] = threshold(scaled_probability(odds_n[n], odds_h[k]));
      }
      for (std::size_t q = p; q < stop; ++q) {
        write(&values[(q - p) * groups_], table + (q - run.begin) * size(run) + n * step);
      }
    }
  }
}

/// The thresholds of all groups of a site, for one n.
void HeatBathThresholds::write(const std::uint16_t* values, std::uint8_t* table) const {
  const auto high = [](std::uint16_t t) { return static_cast<std::uint8_t>(t >> 8); };
  const auto low = [](std::uint16_t t) { return static_cast<std::uint8_t>(t); };
  if (groups_ == spin_lanes) {
    std::transform(values, values + spin_lanes, table, high);
    std::transform(values, values + spin_lanes, table + to_low_, low);
    return;
  }
  // A byte for every lane, for every 16, or for all.
  const std::size_t stride = tables_ == Tables::own ? 1 : tables_ == Tables::quarters ? 16 : 64;
  for (std::size_t g = 0; g < groups_; ++g) {
    for (std::size_t k = 0; k < group_lanes_; k += stride, table += stride) {
      table[0] = high(values[g]);
      table[to_low_] = low(values[g]);
    }
  }
}

}  // namespace symbreak::kernel
