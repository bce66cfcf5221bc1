// Format version 3: columns over all points.
#include <algorithm>
#include <list>

#include "sim/record/column.hpp"
#include "sim/record/result_head.hpp"

namespace symbreak::record {

namespace {

using hdf5::Group;
using hdf5::Shape;
using hdf5::Texts;
using statistics::Series;
using statistics::VectorXd;
using Counts = ColumnReader<std::uint64_t>;
using Reals = ColumnReader<double>;

VectorXd vector_from(const std::vector<double>& values) {
  return Eigen::Map<const VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// Rows first[i] .. first[i + 1] of what such a column divides.
struct Stretch {
  std::uint64_t first = 0, count = 0;
};
Stretch stretch(Counts& firsts, std::uint64_t i, const std::string& label) {
  const std::vector<std::uint64_t> ends = firsts.read(i, 2);
  if (ends[1] < ends[0]) throw FileError(label + ": a column of first rows falls");
  return {ends[0], ends[1] - ends[0]};
}

/// The rows of a table by point.
class Rows {
 public:
  explicit Rows(const Group& group) : points_(group.integers("point")) {
    if (!std::ranges::is_sorted(points_)) {
      throw FileError(group.label() + ": the rows of a table are not in the order of the points");
    }
  }
  std::uint64_t count() const { return points_.size(); }
  std::optional<std::uint64_t> of(std::uint64_t point) const {
    const auto found = std::ranges::lower_bound(points_, point);
    if (found == points_.end() || *found != point) return std::nullopt;
    return static_cast<std::uint64_t>(found - points_.begin());
  }

 private:
  std::vector<std::uint64_t> points_;
};

/// The shape of the rows of a dataset, whose product is within what memory holds.
Shape row_shape(const Group& group, const std::string& name) { return Reals::row_of(group, name); }

class ObservableRows {
 public:
  explicit ObservableRows(const Group& group)
      : label_(group.label()),
        rows_(group),
        shape_(row_shape(group, "mean")),
        errors_agree_(group, "errors_agree"),
        converged_(group, "converged"),
        first_unit_(group, "first_unit"),
        unit_count_(group, "unit_count"),
        unit_bin_size_(group, "unit_bin_size"),
        first_bin_(group, "first_bin"),
        unit_mean_(group, "unit_mean", row_shape(group, "unit_mean")),
        unit_variance_(group, "unit_variance", unit_mean_.row()),
        bins_(group, "bins", unit_mean_.row()) {
    common_.name = group.text_attribute("name");
    common_.unit = group.text_attribute("unit");
    common_.text = group.text_attribute("text");
    common_.origin = group.text_attribute("origin") == "sampled" ? verdict::Origin::sampled
                                                                 : verdict::Origin::deterministic;
    common_.independent = group.integer_attribute("independent") != 0;
    for (const hsize_t extent : shape_) {
      common_.shape.push_back(static_cast<Eigen::Index>(extent));
      elements_ *= extent;
    }
    if (unit_mean_.row() != Shape{elements_}) {
      throw FileError(label_ + ": the units of " + common_.name + " have another shape");
    }
    for (const auto& [name, part] : kParts) parts_.emplace_back(group, name, shape_);
    if (group.has("unit")) unit_.emplace(group, "unit", rows_.count());
    if (group.has("text")) text_.emplace(group, "text", rows_.count());
  }
  const std::string& name() const { return common_.name; }

  std::optional<verdict::Observable> read(std::uint64_t point, std::uint64_t units) {
    const auto row = rows_.of(point);
    if (!row) return std::nullopt;
    verdict::Observable observable = common_;
    if (unit_) observable.unit = unit_->at(*row).value();
    if (text_) observable.text = text_->at(*row).value();
    auto column = parts_.begin();
    for (const auto& [name, part] : kParts) {
      observable.estimate.*part = vector_from((column++)->read(*row, 1));
    }
    observable.estimate.errors_agree = errors_agree_.at(*row) != 0;
    observable.estimate.converged = converged_.at(*row) != 0;
    const Stretch mine = stretch(first_unit_, *row, label_);
    if (mine.count != units) throw FileError(label_ + ": observable " + name() + " lacks units");
    for (std::uint64_t u = mine.first; u < mine.first + mine.count; ++u) {
      Series series;
      series.count = unit_count_.at(u);
      series.bin_size = unit_bin_size_.at(u);
      series.mean = vector_from(unit_mean_.read(u, 1));
      series.variance = vector_from(unit_variance_.read(u, 1));
      const Stretch bins = stretch(first_bin_, u, label_);
      series.bins = Eigen::Map<const Eigen::MatrixXd>(bins_.read(bins.first, bins.count).data(),
                                                      static_cast<Eigen::Index>(elements_),
                                                      static_cast<Eigen::Index>(bins.count));
      observable.units.push_back(std::move(series));
    }
    return observable;
  }

 private:
  std::string label_;
  Rows rows_;
  Shape shape_;
  hsize_t elements_ = 1;
  verdict::Observable common_;
  std::list<Reals> parts_;
  Counts errors_agree_, converged_, first_unit_, unit_count_, unit_bin_size_, first_bin_;
  Reals unit_mean_, unit_variance_, bins_;
  std::optional<TextColumnReader> unit_, text_;
};

/// Facts or predictions.
class NumberRows {
 public:
  NumberRows(const Group& group, const std::string& text)
      : name_(group.text_attribute("name")),
        rows_(group),
        value_(group, "value", row_shape(group, "value")),
        text_(group, text, rows_.count()) {}
  template <class Entry>
  void read(std::uint64_t point, std::vector<Entry>& all) {
    const auto row = rows_.of(point);
    if (!row) return;
    auto& [name, values, text] = all.emplace_back();
    name = name_;
    values = value_.read(*row, 1);
    text = text_.at(*row).value();
  }

 private:
  std::string name_;
  Rows rows_;
  Reals value_;
  TextColumnReader text_;
};

class PointColumns final : public PointSource {
 public:
  explicit PointColumns(const Group& root)
      : label_(root.label()),
        points_(root.open("points")),
        ids_(points_.texts("id")),
        complete_(points_, "complete"),
        first_unit_(points_, "first_unit"),
        seed_(root.open("units"), "seed"),
        disorder_(root.open("units"), "disorder"),
        replica_(root.open("units"), "replica"),
        seconds_(root.open("performance"), "unit_seconds") {
    const Group keys = points_.open("keys"), present = points_.open("present");
    for (const std::string& key : keys.members()) {
      keys_.emplace_back(key, TextColumnReader(keys, key, ids_.size(), &present));
    }
    const auto each = [&](const std::string& name, const auto& add) {
      const Group group = root.open(name);
      for (const std::string& member : group.members()) add(group.open(member));
    };
    each("observables", [&](const Group& group) { observables_.emplace_back(group); });
    each("facts", [&](const Group& group) { facts_.emplace_back(group, "text"); });
    each("predictions", [&](const Group& group) { predictions_.emplace_back(group, "source"); });
  }
  std::vector<std::string> ids() const override { return ids_; }
  std::vector<UnitId> units(std::size_t point) override {
    return units(point, stretch(first_unit_, point, label_));
  }
  bool complete(std::size_t point) override { return complete_.at(point) != 0; }
  PointRecord read(std::size_t point) override {
    PointRecord record;
    record.point.id = ids_.at(point);
    record.point.complete = complete(point);
    for (const auto& [key, column] : keys_) {
      if (auto text = column.at(point)) {
        record.point.parameters.emplace_hint(record.point.parameters.end(), key, std::move(*text));
      }
    }
    const Stretch mine = stretch(first_unit_, point, label_);
    record.units = units(point, mine);
    record.unit_seconds = seconds_.read(mine.first, mine.count);
    for (ObservableRows& rows : observables_) {
      if (auto observable = rows.read(point, mine.count)) {
        record.point.observables.emplace(rows.name(), std::move(*observable));
      }
    }
    for (NumberRows& rows : facts_) rows.read(point, record.point.facts);
    for (NumberRows& rows : predictions_) rows.read(point, record.point.predictions);
    return record;
  }

 private:
  std::vector<UnitId> units(std::size_t point, const Stretch& mine) {
    std::vector<UnitId> all;
    const auto seeds = seed_.read(mine.first, mine.count);
    const auto disorders = disorder_.read(mine.first, mine.count);
    const auto replicas = replica_.read(mine.first, mine.count);
    for (std::size_t u = 0; u < seeds.size(); ++u) {
      all.push_back({seeds[u], ids_.at(point), static_cast<std::uint32_t>(disorders[u]),
                     static_cast<std::uint32_t>(replicas[u])});
    }
    return all;
  }

  std::string label_;
  Group points_;
  Texts ids_;
  Counts complete_, first_unit_, seed_, disorder_, replica_;
  Reals seconds_;
  std::vector<std::pair<std::string, TextColumnReader>> keys_;
  std::list<ObservableRows> observables_;
  std::list<NumberRows> facts_, predictions_;
};

}  // namespace

std::unique_ptr<PointSource> points_in_columns(const Group& root) {
  return std::make_unique<PointColumns>(root);
}

}  // namespace symbreak::record
