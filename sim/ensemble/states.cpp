#include "sim/ensemble/states.hpp"

#include <algorithm>

namespace symbreak::ensemble {

bool States::add(const std::filesystem::path& file, const record::SegmentReader& segment,
                 const Finished& units, bool ended_only) {
  bool further = false, others = false;
  for (std::size_t row = 0; row < segment.states().size(); ++row) {
    const std::int64_t done = segment.blocks_done(row);
    const auto unit = units.index(segment.states()[row]);
    if (!unit || done < 1) continue;
    if (ended_only && !units.contains(*unit)) {
      others = true;
      continue;
    }
    Place& best = places_[*unit];
    if (done <= best.blocks_done) continue;
    best = {files_.size(), row, done};
    further = true;
  }
  if (further) files_.push_back(file);
  return others;
}

void States::write(const std::filesystem::path& file, const std::string& continuation) {
  if (empty() || files_ == std::vector{file}) return;
  // File by file: one of them is open at a time.
  std::vector<std::pair<std::size_t, Place>> order(places_.begin(), places_.end());
  std::ranges::stable_sort(
      order, {}, [](const auto& one) { return std::pair(one.second.file, one.second.row); });
  record::SegmentWriter writer({"", continuation, {}, {}});
  std::optional<record::SegmentReader> from;
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto& [unit, place] = order[i];
    if (i == 0 || place.file != order[i - 1].second.file) from.emplace(files_[place.file]);
    writer.add(from->read_state(place.row));
  }
  writer.publish(file);
  files_ = {file};
  for (std::size_t i = 0; i < order.size(); ++i) {
    places_[order[i].first] = {0, i, order[i].second.blocks_done};
  }
}

}  // namespace symbreak::ensemble
