// The thresholds of a byte-lane heat bath: p_n = 1/(1 + exp(-2 (K (2n - z) + h))) for the number n
// of the z neighbours that pull upwards, in 16 bits and, where these do not decide, to the end. May
// depend on: spin_lanes.hpp, byte_lanes.hpp.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/kernel/spins/byte_lanes.hpp"
#include "sim/kernel/spins/spin_lanes.hpp"

namespace symbreak::kernel {

class HeatBathThresholds {
 public:
  static constexpr std::size_t most_neighbours = 15;

  /// How a lane finds the thresholds of its field.
  enum class Tables {
    shared,    ///< one field: 16 high bytes and 16 low ones, by n
    quarters,  ///< a field per 16 lanes: 64 high bytes and 64 low ones, by n within each 16
    own,       ///< a field per lane: 64 bytes for each n, all low ones behind all high ones
  };

  /// Consecutive sites with as many neighbours of both kinds of bond, which are no neighbours of
  /// each other.
  struct Run {
    std::size_t begin, end, ferromagnetic, opposite;
    std::size_t neighbours;      ///< where their neighbours start
    std::size_t thresholds = 0;  ///< where their thresholds start
    std::size_t degree() const { return ferromagnetic + opposite; }
  };

  /// Fields of all sites, `groups` each, for couplings of strength K. O(sites groups degree).
  void set(std::vector<Run>& runs, double K, std::span<const double> field, std::size_t groups);

  Tables tables() const { return tables_; }
  /// Bytes from one site of a run to the next.
  std::size_t size(const Run& run) const;
  /// The thresholds of the first site of a run; the others follow.
  const std::uint8_t* of(const Run& run) const { return bytes() + run.thresholds; }
  /// Bytes from a high byte to its low one.
  std::size_t to_low() const { return to_low_; }

  /// Once the first 16 bits of a random number equal those of p_n: the probability that its rest is
  /// below the rest of p_n.
  static double rest(const Run& run, double K, std::size_t n, double h);

 private:
  const std::uint8_t* bytes() const { return reinterpret_cast<const std::uint8_t*>(rows_.data()); }
  void set(const Run& run, double K);
  void write(const std::uint16_t* values, std::uint8_t* table) const;

  Tables tables_ = Tables::shared;
  std::size_t groups_ = 1, group_lanes_ = spin_lanes;
  std::size_t to_low_ = 16;
  std::vector<ByteRow> rows_;
  std::vector<double> odds_;
};

}  // namespace symbreak::kernel
