#include "sim/ensemble/finished.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace symbreak::ensemble {

namespace {

constexpr std::size_t kOpenSegments = 64;

/// Whether a unit has measured these observables, in their order.
bool measured(const record::FinishedUnit& unit,
              const std::vector<measure::ObservableInfo>& observables) {
  return std::ranges::equal(
      unit.series, observables,
      [](const statistics::Series& series, const measure::ObservableInfo& info) {
        Eigen::Index elements = 1;
        for (const auto extent : info.shape) elements *= extent;
        return series.elements() == elements;
      });
}

}  // namespace

Finished::Finished(const Plan& plan) : plan_(&plan), places_(plan.units.size()) {
  points_.reserve(plan.points.size());
  for (std::size_t p = 0; p < plan.points.size(); ++p) points_.emplace(plan.points[p].id, p);
}

std::optional<std::size_t> Finished::index(const record::UnitId& id) const {
  const auto found = points_.find(id.point);
  if (found == points_.end() || id.seed != plan_->seed) return std::nullopt;
  const Plan::Point& point = plan_->points[found->second];
  if (id.disorder >= point.disorder || id.replica >= point.replicas) return std::nullopt;
  return point.first_unit + std::size_t{id.disorder} * point.replicas + id.replica;
}

void Finished::mark(std::size_t unit, Place place) {
  // A unit that is in two files has the same bits in both.
  if (contains(unit)) return;
  places_[unit] = place;
  ++count_;
}

void Finished::add(record::ResultReader result) {
  if (!results_.empty()) return;  // what redoes a result and is complete has taken its place
  add_slice(std::move(result));
}

void Finished::add_slice(record::ResultReader result) {
  const auto number = kResults + static_cast<std::uint32_t>(results_.size());
  for (std::size_t p = 0; p < result.ids().size(); ++p) {
    const std::vector<record::UnitId> units = result.units(p);
    for (std::size_t u = 0; u < units.size(); ++u) {
      if (const auto unit = index(units[u])) mark(*unit, {number, static_cast<std::uint32_t>(u)});
    }
  }
  results_.push_back(std::move(result));
}

void Finished::add(const std::filesystem::path& file, const record::SegmentReader& segment) {
  files_.push_back(file);
  const auto number = static_cast<std::uint32_t>(files_.size());
  for (std::size_t u = 0; u < segment.finished().size(); ++u) {
    if (const auto unit = index(segment.finished()[u])) {
      mark(*unit, {number, static_cast<std::uint32_t>(u)});
    }
  }
}

record::SegmentReader& Finished::segment(std::uint32_t file) {
  const auto found = std::ranges::find(open_, file, [](const auto& entry) { return entry.first; });
  if (found == open_.end()) {
    if (open_.size() == kOpenSegments) open_.pop_back();
    // The checksum is computed once, when the numbers are about to be used.
    open_.emplace_front(file, record::SegmentReader(files_[file - 1], verified_.contains(file)));
    verified_.insert(file);
  } else if (found != open_.begin()) {
    open_.splice(open_.begin(), open_, found);
  }
  return open_.front().second;
}

std::vector<record::FinishedUnit> Finished::units(
    std::size_t point, const std::vector<measure::ObservableInfo>& observables) {
  const Plan::Point& planned = plan_->points[point];
  std::vector<record::FinishedUnit> units;
  std::map<std::uint32_t, record::PointRecord> results;
  for (std::size_t u = planned.first_unit; u < planned.first_unit + planned.units(); ++u) {
    const Place place = places_[u];
    if (place.file == 0) continue;
    if (place.file < kResults) {
      units.push_back(segment(place.file).read(place.row));
      if (!measured(units.back(), observables)) {
        throw record::FileError(fmt::format("{}: unit {} has other observables than the deck's",
                                            files_[place.file - 1].string(),
                                            units.back().id.text()));
      }
      continue;
    }
    auto found = results.find(place.file);
    if (found == results.end()) {
      // The points of a result that is continued are those of the plan, or none yet.
      found = results.emplace(place.file, results_[place.file - kResults].read(point)).first;
      if (found->second.point.id != planned.id) {
        throw record::FileError("result.h5: its points are in another order than the deck's");
      }
    }
    record::PointRecord& earlier = found->second;
    record::FinishedUnit unit{plan_->id(plan_->units[u]), {}, 0};
    for (const measure::ObservableInfo& info : observables) {
      unit.series.push_back(
          std::move(earlier.point.observables.at(info.name.string()).units.at(place.row)));
    }
    if (!earlier.unit_seconds.empty()) unit.seconds = earlier.unit_seconds.at(place.row);
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace symbreak::ensemble
