// Format versions 1 and 2: a group of small datasets for each point. Read, not written.
#include <algorithm>

#include "sim/record/result_head.hpp"

namespace symbreak::record {

namespace {

using hdf5::Group;
using hdf5::Shape;
using hdf5::Texts;
using statistics::Index;
using statistics::Series;
using statistics::VectorXd;

std::size_t product(const Shape& shape) {
  std::size_t count = 1;
  for (const hsize_t extent : shape) count *= extent;
  return count;
}

std::vector<Series> read_units(const Group& group, const std::string& path, Index elements) {
  const auto count = group.integers("unit_count"), bin_size = group.integers("unit_bin_size");
  const auto bins_unit = group.integers("bins_unit");
  const auto mean = group.reals("unit_mean"), variance = group.reals("unit_variance");
  const auto bins = group.reals("bins");
  const std::size_t columns = static_cast<std::size_t>(elements);
  if (bin_size.size() != count.size() || mean.size() != count.size() * columns ||
      variance.size() != mean.size() || bins.size() != bins_unit.size() * columns) {
    throw FileError(path + ": the units of an observable have different sizes");
  }
  std::vector<Series> units(count.size());
  std::size_t row = 0;
  for (std::size_t u = 0; u < units.size(); ++u) {
    std::size_t rows = 0;
    while (row + rows < bins_unit.size() && bins_unit[row + rows] == u) ++rows;
    units[u].count = count[u];
    units[u].bin_size = bin_size[u];
    units[u].mean = Eigen::Map<const VectorXd>(mean.data() + u * columns, elements);
    units[u].variance = Eigen::Map<const VectorXd>(variance.data() + u * columns, elements);
    units[u].bins = Eigen::Map<const Eigen::MatrixXd>(bins.data() + row * columns, elements,
                                                      static_cast<Index>(rows));
    row += rows;
  }
  return units;
}

verdict::Observable read_observable(const Group& group, const std::string& name,
                                    const std::string& path) {
  verdict::Observable observable;
  observable.name = name;
  observable.unit = group.text_attribute("unit");
  observable.text = group.text_attribute("text");
  observable.origin = group.text_attribute("origin") == "sampled" ? verdict::Origin::sampled
                                                                  : verdict::Origin::deterministic;
  const Shape shape = group.shape("mean");
  const std::size_t elements = product(shape);
  observable.shape.assign(shape.begin(), shape.end());
  // Files written before they were known have neither the attribute nor degrees of freedom: their
  // errors are read as they were meant, as Gaussian ones.
  const Texts attributes = group.attributes(), members = group.members();
  const auto has = [](const Texts& names, const char* wanted) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
  };
  observable.independent =
      has(attributes, "independent") && group.integer_attribute("independent") != 0;
  observable.estimate.errors_agree = group.integer_attribute("errors_agree") != 0;
  observable.estimate.converged = group.integer_attribute("converged") != 0;
  for (const auto& [part_name, part] : kParts) {
    if (part_name == "dof" && !has(members, "dof")) {
      observable.estimate.dof =
          VectorXd::Constant(static_cast<Index>(elements), statistics::kKnown);
      continue;
    }
    const std::vector<double> values = group.reals(part_name);
    if (values.size() != elements) throw FileError(path + ": an estimate has parts of two shapes");
    observable.estimate.*part =
        Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(elements));
  }
  observable.units = read_units(group, path, static_cast<Index>(elements));
  return observable;
}

template <class Entry>
void read_numbers(const Group& group, std::vector<Entry>& all) {
  for (const std::string& member : group.members()) {
    auto& [name, values, text] = all.emplace_back();
    name = member;
    values = group.reals(member);
    text = group.text_attribute(member);
  }
}

/// Facts and predictions of format_version 1: name = value and name_source, arrays as name_000, ...
/// It did not say which are which: both lists hold all.
void read_numbers_1(const Group& group, verdict::Point& point) {
  for (const std::string& name : group.attributes()) {
    if (name.ends_with("_source")) continue;
    const double value = group.real_attribute(name);
    const auto digits =
        name.size() - 1 - std::min(name.size() - 1, name.find_last_not_of("0123456789"));
    const bool element = digits >= 3 && name[name.size() - digits - 1] == '_';
    const std::string whole = element ? name.substr(0, name.size() - digits - 1) : name;
    if (element && !point.facts.empty() && point.facts.back().name == whole) {
      point.facts.back().values.push_back(value);
      continue;
    }
    verdict::Fact& fact = point.facts.emplace_back();
    fact.name = whole;
    fact.values = {value};
    fact.text = group.text_attribute(name + "_source");
  }
  for (const verdict::Fact& fact : point.facts) {
    auto& [quantity, values, source] = point.predictions.emplace_back();
    quantity = fact.name;
    values = fact.values;
    source = fact.text;
  }
}

bool is_complete(const Group& point) { return point.integer_attribute("complete") != 0; }

verdict::Point read_point(const Group& group, const std::string& id, const std::string& path,
                          int version) {
  verdict::Point point;
  point.id = id;
  point.complete = is_complete(group);
  for (const std::string& key : group.attributes()) {
    if (key != "complete") point.parameters[key] = group.text_attribute(key);
  }
  if (version == 1) {
    read_numbers_1(group.open("predictions"), point);
  } else {
    read_numbers(group.open("facts"), point.facts);
    read_numbers(group.open("predictions"), point.predictions);
  }
  const Group observables = group.open("observables");
  for (const std::string& name : observables.members()) {
    point.observables[name] = read_observable(observables.open(name), name, path);
  }
  return point;
}

class PointGroups final : public PointSource {
 public:
  PointGroups(const Group& root, int version)
      : version_(version),
        label_(root.label()),
        points_(root.open("points")),
        seconds_(root.open("performance").open("unit_seconds")),
        ids_(root.open("plan").texts("points")) {}
  std::vector<std::string> ids() const override { return ids_; }
  std::vector<UnitId> units(std::size_t point) override {
    const std::string& id = ids_.at(point);
    const std::vector<std::uint64_t> numbers = points_.open(id).integers("units");
    std::vector<UnitId> units;
    for (std::size_t i = 0; i + 3 <= numbers.size(); i += 3) {
      units.push_back({numbers[i], id, static_cast<std::uint32_t>(numbers[i + 1]),
                       static_cast<std::uint32_t>(numbers[i + 2])});
    }
    return units;
  }
  bool complete(std::size_t point) override { return is_complete(points_.open(ids_.at(point))); }
  PointRecord read(std::size_t point) override {
    const std::string& id = ids_.at(point);
    PointRecord record{read_point(points_.open(id), id, label_, version_), units(point), {}};
    if (seconds_.has(id)) record.unit_seconds = seconds_.reals(id);
    return record;
  }

 private:
  int version_;
  std::string label_;
  Group points_, seconds_;
  Texts ids_;
};

}  // namespace

std::unique_ptr<PointSource> points_in_groups(const Group& root, int version) {
  return std::make_unique<PointGroups>(root, version);
}

}  // namespace symbreak::record
