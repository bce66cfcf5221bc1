#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "sim/record/column.hpp"
#include "sim/record/hdf5.hpp"
#include "sim/record/record.hpp"
#include "sim/record/state_columns.hpp"

namespace symbreak::record {

namespace {

constexpr int kSegmentVersion = 3, kOldestSegment = 1;
using hdf5::Group;
using statistics::Index;

UnitId read_id(const Group& group) {
  return {group.integer_attribute("seed"), group.text_attribute("point"),
          static_cast<std::uint32_t>(group.integer_attribute("disorder")),
          static_cast<std::uint32_t>(group.integer_attribute("replica"))};
}

/// All series of a unit from two arrays: `layout` rows (count, bin size, elements, bins), `values`
/// mean, variance, bins of one series after the other.
std::vector<statistics::Series> series_from(const std::vector<std::uint64_t>& layout,
                                            const std::vector<double>& values,
                                            const std::string& file) {
  std::vector<statistics::Series> all;
  std::size_t next = 0;
  const auto take = [&](Index rows, Index columns) -> Eigen::MatrixXd {
    const auto count = static_cast<std::size_t>(rows * columns);
    if (rows < 0 || columns < 0 || (columns > 0 && rows > (Index{1} << 40) / columns) ||
        count > values.size() - next) {
      throw FileError(file + ": the arrays of a unit do not fit its layout");
    }
    next += count;
    return Eigen::Map<const Eigen::MatrixXd>(values.data() + next - count, rows, columns);
  };
  for (std::size_t row = 0; row + 4 <= layout.size(); row += 4) {
    const auto elements = static_cast<Index>(layout[row + 2]);
    statistics::Series series;
    series.count = layout[row];
    series.bin_size = layout[row + 1];
    series.mean = take(elements, 1);
    series.variance = take(elements, 1);
    series.bins = take(elements, static_cast<Index>(layout[row + 3]));
    all.push_back(std::move(series));
  }
  return all;
}

measure::State state_in_group(const Group& group) {
  measure::State state;
  const Group reals = group.open("reals"), integers = group.open("integers");
  for (const std::string& name : reals.members()) state.reals[name] = reals.reals(name);
  for (const std::string& name : integers.members()) state.integers[name] = integers.integers(name);
  return state;
}

/// Finished units as arrays over all of them: numbers of unit i in rows first_series[i] and
/// first_value[i] to those of i + 1.
void write_finished(const Group& group, const std::vector<FinishedUnit>& units) {
  std::vector<std::uint64_t> ids, layout, first_series = {0}, first_value = {0};
  std::vector<double> seconds, values;
  for (const FinishedUnit& unit : units) {
    std::ranges::copy(numbers_of(unit.id), std::back_inserter(ids));
    seconds.push_back(unit.seconds);
    for (const statistics::Series& series : unit.series) {
      layout.insert(layout.end(),
                    {series.count, series.bin_size, static_cast<std::uint64_t>(series.elements()),
                     static_cast<std::uint64_t>(series.bins.cols())});
      values.insert(values.end(), series.mean.begin(), series.mean.end());
      values.insert(values.end(), series.variance.begin(), series.variance.end());
      values.insert(values.end(), series.bins.data(), series.bins.data() + series.bins.size());
    }
    first_series.push_back(layout.size() / 4);
    first_value.push_back(values.size());
  }
  group.write("ids", ids, {units.size(), 4});
  group.write("seconds", seconds, {units.size()});
  group.write("first_series", first_series, {first_series.size()});
  group.write("first_value", first_value, {first_value.size()});
  group.write("layout", layout, {layout.size() / 4, 4});
  group.write("values", values, {values.size()});
}

}  // namespace

std::string UnitId::text() const { return fmt::format("{}/{}/{}", point, disorder, replica); }

std::size_t bytes_of(const FinishedUnit& unit) {
  std::size_t numbers = 0;
  for (const statistics::Series& series : unit.series) {
    numbers += static_cast<std::size_t>(2 * series.elements() + series.bins.size());
  }
  return sizeof unit + 150 * unit.series.size() + sizeof(double) * numbers;
}

std::size_t bytes_of(const UnitState& state) {
  std::size_t numbers = 0;
  for (const auto& [name, values] : state.state.reals) numbers += values.size();
  for (const auto& [name, values] : state.state.integers) numbers += values.size();
  const std::size_t names = state.state.reals.size() + state.state.integers.size();
  return sizeof state + 100 * names + sizeof(double) * numbers;
}

struct SegmentWriter::Content {
  hdf5::Image image;
  std::optional<StateColumns> states;

  explicit Content(const Segment& head) {
    image.root().attribute("fingerprint", head.fingerprint);
    image.root().attribute("continuation", head.continuation);
    write_finished(image.root().create("finished"), head.finished);
    states.emplace(image.root().create("states"));
  }
};

SegmentWriter::SegmentWriter(const Segment& head) : content_(new Content(head)) {}
SegmentWriter::~SegmentWriter() = default;
void SegmentWriter::add(const UnitState& state) { content_->states->add(state); }
void SegmentWriter::publish(const std::filesystem::path& file) {
  content_->states->finish();
  hdf5::write_file(file, "segment", kSegmentVersion, content_->image);
}

void write_segment(const std::filesystem::path& file, const Segment& segment) {
  SegmentWriter writer(segment);
  for (const UnitState& state : segment.states) writer.add(state);
  writer.publish(file);
}

struct SegmentReader::Content {
  std::string path;
  hdf5::File file;
  std::string fingerprint, continuation;
  std::vector<UnitId> ids;
  std::vector<FinishedUnit> all;  ///< of version 1, a group a unit
  std::vector<double> seconds;
  std::vector<std::uint64_t> first_series, first_value, layout;
  std::optional<ColumnReader<double>> values;
  std::optional<StateColumnsReader> states;
  std::vector<UnitState> all_states;  ///< of versions 1 and 2
  std::vector<UnitId> all_state_ids;

  Content(const std::filesystem::path& from, bool trusted)
      : path(from.string()),
        file(from, "segment", kOldestSegment, kSegmentVersion, trusted),
        fingerprint(file.root().text_attribute("fingerprint")) {
    const Group finished = file.root().open("finished");
    file.version() == 1 ? read_groups(finished) : read_arrays(finished);
    if (file.version() > 2) {
      continuation = file.root().text_attribute("continuation");
      states.emplace(file.root().open("states"));
      return;
    }
    const Group unfinished = file.root().open("unfinished");
    for (const std::string& name : unfinished.members()) {
      const Group group = unfinished.open(name);
      all_states.push_back({read_id(group),
                            static_cast<std::int64_t>(group.integer_attribute("blocks_done")),
                            state_in_group(group), group.real_attribute("seconds")});
      all_state_ids.push_back(all_states.back().id);
    }
  }
  void read_groups(const Group& finished) {
    for (const std::string& name : finished.members()) {
      const Group group = finished.open(name);
      all.push_back({read_id(group),
                     series_from(group.integers("layout"), group.reals("values"), path),
                     group.real_attribute("seconds")});
      ids.push_back(all.back().id);
    }
  }
  void read_arrays(const Group& finished) {
    ids = read_ids(finished);
    seconds = finished.reals("seconds");
    first_series = finished.integers("first_series");
    first_value = finished.integers("first_value");
    layout = finished.integers("layout");
    values.emplace(finished, "values");
    const std::size_t units = seconds.size();
    if (ids.size() != units || first_series.size() != units + 1 ||
        first_value.size() != units + 1 || 4 * first_series.back() != layout.size() ||
        first_value.back() != values->rows() || !std::ranges::is_sorted(first_series) ||
        !std::ranges::is_sorted(first_value)) {
      throw FileError(path + ": the arrays of the units do not fit each other");
    }
  }
};

SegmentReader::SegmentReader(const std::filesystem::path& file, bool trusted)
    : content_(std::make_unique<Content>(file, trusted)) {}
SegmentReader::~SegmentReader() = default;
SegmentReader::SegmentReader(SegmentReader&&) noexcept = default;

const std::string& SegmentReader::fingerprint() const { return content_->fingerprint; }
const std::string& SegmentReader::continuation() const { return content_->continuation; }
const std::vector<UnitId>& SegmentReader::finished() const { return content_->ids; }
const std::vector<UnitId>& SegmentReader::states() const {
  return content_->states ? content_->states->ids() : content_->all_state_ids;
}

FinishedUnit SegmentReader::read(std::size_t unit) const {
  Content& from = *content_;
  if (!from.all.empty()) return from.all.at(unit);
  const std::uint64_t row = from.first_series.at(unit), end = from.first_series.at(unit + 1);
  const std::uint64_t value = from.first_value[unit];
  const std::vector<std::uint64_t> layout(
      from.layout.begin() + static_cast<std::ptrdiff_t>(4 * row),
      from.layout.begin() + static_cast<std::ptrdiff_t>(4 * end));
  return {
      from.ids[unit],
      series_from(layout, from.values->read(value, from.first_value[unit + 1] - value), from.path),
      from.seconds[unit]};
}

std::int64_t SegmentReader::blocks_done(std::size_t state) const {
  const Content& from = *content_;
  return from.states ? from.states->blocks_done(state) : from.all_states.at(state).blocks_done;
}

UnitState SegmentReader::read_state(std::size_t state) const {
  return content_->states ? content_->states->read(state) : content_->all_states.at(state);
}

Segment read_segment(const std::filesystem::path& path) {
  const SegmentReader reader(path);
  Segment segment{reader.fingerprint(), reader.continuation(), {}, {}};
  for (std::size_t i = 0; i < reader.finished().size(); ++i) {
    segment.finished.push_back(reader.read(i));
  }
  for (std::size_t i = 0; i < reader.states().size(); ++i) {
    segment.states.push_back(reader.read_state(i));
  }
  return segment;
}

}  // namespace symbreak::record
