#include "sim/kernel/heat_bath_thresholds.hpp"

#include <algorithm>
#include <array>

#include "sim/kernel/elementary_inline.hpp"

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
      return 128 * (run.degree() + 1);
  }
}

double HeatBathThresholds::rest(const Run& run, double K, std::size_t n, double h) {
  const double scaled = scaled_probability(bond_odds(run, K, n), odds(h));
  return scaled - threshold(scaled);
}

void HeatBathThresholds::set(std::vector<Run>& runs, double K, std::span<const double> field,
                             std::size_t groups) {
  groups_ = groups;
  tables_ = groups == 1 ? Tables::shared : groups <= 4 ? Tables::quarters : Tables::own;
  std::size_t total = 0;
  for (Run& run : runs) {
    run.thresholds = total;
    total += size(run) * (run.end - run.begin);
  }
  bytes_.resize(total);
  odds_.resize(field.size());
  for (std::size_t k = 0; k < field.size(); ++k) odds_[k] = odds(field[k]);
  // 64 thresholds at a time, of one site or several.
  const std::size_t together = spin_lanes / groups;
  std::array<std::uint16_t, spin_lanes> values;
  for (const Run& run : runs) {
    for (std::size_t n = 0; n <= run.degree(); ++n) {
      const double odds_n = bond_odds(run, K, n);
      for (std::size_t p = run.begin; p < run.end; p += together) {
        const std::size_t stop = std::min(p + together, run.end), count = (stop - p) * groups;
        const double* odds_h = &odds_[p * groups];
        for (std::size_t k = 0; k < count; ++k) {
          values[k] = threshold(scaled_probability(odds_n, odds_h[k]));
        }
        for (std::size_t q = p; q < stop; ++q) {
          write(&bytes_[run.thresholds + (q - run.begin) * size(run)], n,
                &values[(q - p) * groups]);
        }
      }
    }
  }
}

/// The thresholds for n of all groups of a site.
void HeatBathThresholds::write(std::uint8_t* table, std::size_t n,
                               const std::uint16_t* values) const {
  const auto high = [](std::uint16_t t) { return static_cast<std::uint8_t>(t >> 8); };
  const auto low = [](std::uint16_t t) { return static_cast<std::uint8_t>(t); };
  if (tables_ == Tables::shared) {
    table[n] = high(values[0]);
    table[16 + n] = low(values[0]);
    return;
  }
  if (groups_ == spin_lanes) {
    for (std::size_t l = 0; l < spin_lanes; ++l) {
      table[128 * n + l] = high(values[l]);
      table[128 * n + spin_lanes + l] = low(values[l]);
    }
    return;
  }
  // A byte for every lane, or for every 16.
  const std::size_t run = spin_lanes / groups_, stride = tables_ == Tables::quarters ? 16 : 1;
  std::uint8_t* to = tables_ == Tables::quarters ? table + n : table + 128 * n;
  for (std::size_t g = 0; g < groups_; ++g) {
    for (std::size_t k = 0; k < run; k += stride, to += stride) {
      to[0] = high(values[g]);
      to[spin_lanes] = low(values[g]);
    }
  }
}

}  // namespace symbreak::kernel
