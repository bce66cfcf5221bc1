// Which units of a plan are finished, and in which file their numbers are. Memory holds eight bytes
// a unit, whatever it has measured. May depend on: sim/record.
#pragma once
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/ensemble/ensemble.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

class Finished {
 public:
  explicit Finished(const Plan& plan);

  /// Adds the units of the plan that a result has: once, and before any segment.
  void add(record::ResultReader result);
  /// Adds the units of the plan that another result of it has: a slice of the run.
  void add_slice(record::ResultReader result);
  /// Adds the units of the plan that a segment has.
  void add(const std::filesystem::path& file, const record::SegmentReader& segment);

  bool contains(std::size_t unit) const { return places_[unit].file != 0; }
  std::size_t count() const { return count_; }
  /// Of a unit of the plan; none: it is of another plan.
  std::optional<std::size_t> index(const record::UnitId& id) const;

  /// The finished units of a point, with their series in the order of `observables`. Fastest point
  /// by point in the order of the plan.
  std::vector<record::FinishedUnit> units(std::size_t point,
                                          const std::vector<measure::ObservableInfo>& observables);

 private:
  struct Place {
    std::uint32_t file = 0;  ///< 0: not finished, from 1: segments, from kResults: results
    std::uint32_t row = 0;   ///< among the units of the point, of the segment
  };
  static constexpr std::uint32_t kResults = 1u << 31;
  void mark(std::size_t unit, Place place);
  record::SegmentReader& segment(std::uint32_t file);

  const Plan* plan_;
  std::unordered_map<std::string, std::size_t> points_;
  std::vector<Place> places_;  ///< of the units of the plan
  std::size_t count_ = 0;
  std::vector<record::ResultReader> results_;
  std::vector<std::filesystem::path> files_;
  std::unordered_set<std::uint32_t> verified_;
  std::list<std::pair<std::uint32_t, record::SegmentReader>> open_;  ///< latest first
};

}  // namespace symbreak::ensemble
