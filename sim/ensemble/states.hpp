// The furthest state of each unit of a plan, and in which file it is: of units in progress, and of
// finished ones, which go on from there when more blocks are asked for. May depend on: sim/record.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "sim/ensemble/finished.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

class States {
 public:
  /// Takes in those that a segment has of units of the plan, or of its finished units only; whether
  /// others are left out. `units`: of the same plan.
  bool add(const std::filesystem::path& file, const record::SegmentReader& segment,
           const Finished& units, bool ended_only = false);
  bool empty() const { return places_.empty(); }
  bool contains(std::size_t unit) const { return places_.contains(unit); }
  /// All of them into one file, which replaces what is there; it is where they are from then on.
  /// Nothing is written where there are none, or none elsewhere.
  void write(const std::filesystem::path& file, const std::string& continuation);

 private:
  struct Place {
    std::size_t file = 0, row = 0;
    std::int64_t blocks_done = 0;
  };
  std::vector<std::filesystem::path> files_;
  std::map<std::size_t, Place> places_;  ///< by unit of the plan
};

}  // namespace symbreak::ensemble
