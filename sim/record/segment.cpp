#include <fmt/format.h>

#include "sim/record/hdf5.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record {

namespace {

constexpr int kSegmentVersion = 1;
using hdf5::Group;
using statistics::Index;

void write_id(const Group& group, const UnitId& id, double seconds) {
  group.attribute("seed", id.seed);
  group.attribute("point", id.point);
  group.attribute("disorder", std::uint64_t{id.disorder});
  group.attribute("replica", std::uint64_t{id.replica});
  group.attribute("seconds", seconds);
}

UnitId read_id(const Group& group) {
  return {group.integer_attribute("seed"), group.text_attribute("point"),
          static_cast<std::uint32_t>(group.integer_attribute("disorder")),
          static_cast<std::uint32_t>(group.integer_attribute("replica"))};
}

/// All series of a unit in two arrays: `layout` rows (count, bin size, elements, bins), `values`
/// mean, variance, bins of one series after the other.
void write_series(const Group& group, const std::vector<statistics::Series>& all) {
  std::vector<std::uint64_t> layout;
  std::vector<double> values;
  for (const statistics::Series& series : all) {
    layout.insert(layout.end(),
                  {series.count, series.bin_size, static_cast<std::uint64_t>(series.elements()),
                   static_cast<std::uint64_t>(series.bins.cols())});
    values.insert(values.end(), series.mean.begin(), series.mean.end());
    values.insert(values.end(), series.variance.begin(), series.variance.end());
    values.insert(values.end(), series.bins.data(), series.bins.data() + series.bins.size());
  }
  group.write("layout", layout, {all.size(), 4});
  group.write("values", values, {values.size()});
}

std::vector<statistics::Series> read_series(const Group& group, const std::string& file) {
  const std::vector<std::uint64_t> layout = group.integers("layout");
  const std::vector<double> values = group.reals("values");
  std::vector<statistics::Series> all;
  std::size_t next = 0;
  const auto take = [&](Index rows, Index columns) -> Eigen::MatrixXd {
    const auto count = static_cast<std::size_t>(rows * columns);
    if (rows < 0 || columns < 0 || count > values.size() - next) {
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

void write_state(const Group& group, const measure::State& state) {
  const Group reals = group.create("reals"), integers = group.create("integers");
  for (const auto& [name, values] : state.reals) reals.write(name, values, {values.size()});
  for (const auto& [name, values] : state.integers) integers.write(name, values, {values.size()});
}

measure::State read_state(const Group& group) {
  measure::State state;
  const Group reals = group.open("reals"), integers = group.open("integers");
  for (const std::string& name : reals.members()) state.reals[name] = reals.reals(name);
  for (const std::string& name : integers.members()) state.integers[name] = integers.integers(name);
  return state;
}

}  // namespace

std::string UnitId::text() const { return fmt::format("{}/{}/{}", point, disorder, replica); }

void write_segment(const std::filesystem::path& file, const Segment& segment) {
  const hdf5::Image image;
  image.root().attribute("fingerprint", segment.fingerprint);
  const Group finished = image.root().create("finished");
  for (std::size_t i = 0; i < segment.finished.size(); ++i) {
    const Group group = finished.create(std::to_string(i));
    write_id(group, segment.finished[i].id, segment.finished[i].seconds);
    write_series(group, segment.finished[i].series);
  }
  const Group unfinished = image.root().create("unfinished");
  for (std::size_t i = 0; i < segment.unfinished.size(); ++i) {
    const Group group = unfinished.create(std::to_string(i));
    write_id(group, segment.unfinished[i].id, segment.unfinished[i].seconds);
    group.attribute("blocks_done", static_cast<std::uint64_t>(segment.unfinished[i].blocks_done));
    write_state(group, segment.unfinished[i].state);
  }
  hdf5::write_file(file, "segment", kSegmentVersion, image);
}

Segment read_segment(const std::filesystem::path& path) {
  const hdf5::File file(path, "segment", kSegmentVersion, kSegmentVersion);
  Segment segment;
  segment.fingerprint = file.root().text_attribute("fingerprint");
  const Group finished = file.root().open("finished");
  for (const std::string& name : finished.members()) {
    const Group group = finished.open(name);
    segment.finished.push_back(
        {read_id(group), read_series(group, path.string()), group.real_attribute("seconds")});
  }
  const Group unfinished = file.root().open("unfinished");
  for (const std::string& name : unfinished.members()) {
    const Group group = unfinished.open(name);
    segment.unfinished.push_back({read_id(group),
                                  static_cast<std::int64_t>(group.integer_attribute("blocks_done")),
                                  read_state(group), group.real_attribute("seconds")});
  }
  return segment;
}

}  // namespace symbreak::record
