#include <algorithm>
#include <utility>

#include "sim/record/result_head.hpp"

namespace symbreak::record {

struct ResultReader::Content {
  std::string path;
  hdf5::File file;
  ResultFile head;
  std::unique_ptr<PointSource> points;
  std::vector<std::string> ids;

  explicit Content(const std::filesystem::path& from)
      : path(from.string()),
        file(from, "result", kOldestVersion, kResultVersion),
        head(read_head(file.root(), path)),
        points(file.version() < 3 ? points_in_groups(file.root(), file.version())
                                  : points_in_columns(file.root())),
        ids(points->ids()) {}
};

ResultReader::ResultReader(const std::filesystem::path& file)
    : content_(std::make_unique<Content>(file)) {}
ResultReader::~ResultReader() = default;
ResultReader::ResultReader(ResultReader&&) noexcept = default;

const ResultFile& ResultReader::head() const { return content_->head; }
const std::vector<std::string>& ResultReader::ids() const { return content_->ids; }
std::vector<UnitId> ResultReader::units(std::size_t point) const {
  return content_->points->units(point);
}

bool ResultReader::any_units() const {
  for (std::size_t p = 0; p < ids().size(); ++p) {
    if (!units(p).empty()) return true;
  }
  return false;
}

bool ResultReader::complete(std::size_t point) const { return content_->points->complete(point); }

PointRecord ResultReader::read(std::size_t point) const {
  PointRecord record = content_->points->read(point);
  const std::size_t units = record.units.size();
  for (const auto& [name, observable] : record.point.observables) {
    if (observable.units.size() != units) {
      throw FileError(content_->path + ": observable " + name + " lacks units");
    }
  }
  if (!record.unit_seconds.empty() && record.unit_seconds.size() != units) {
    throw FileError(content_->path + ": the times of units are of others");
  }
  return record;
}

void write_result(const std::filesystem::path& file, const ResultFile& content) {
  ResultWriter writer(file);
  for (const verdict::Point& point : content.result.points) {
    PointRecord record{point, {}, {}};
    if (const auto units = content.units.find(point.id); units != content.units.end()) {
      record.units = units->second;
    }
    const auto seconds = content.unit_seconds.find(point.id);
    if (seconds != content.unit_seconds.end()) record.unit_seconds = seconds->second;
    writer.add(record);
  }
  writer.publish(content);
}

ResultFile read_result(const std::filesystem::path& file) {
  const ResultReader reader(file);
  ResultFile content = reader.head();
  content.result.points.reserve(reader.ids().size());
  for (std::size_t p = 0; p < reader.ids().size(); ++p) {
    PointRecord record = reader.read(p);
    const std::string& id = reader.ids()[p];
    content.units[id] = std::move(record.units);
    if (!record.unit_seconds.empty()) content.unit_seconds[id] = std::move(record.unit_seconds);
    content.result.points.push_back(std::move(record.point));
  }
  return content;
}

}  // namespace symbreak::record
