#include <algorithm>
#include <limits>
#include <list>
#include <map>
#include <stdexcept>
#include <utility>

#include "sim/record/column.hpp"
#include "sim/record/result_head.hpp"

namespace symbreak::record {

namespace tables {

using hdf5::Group;
using hdf5::Shape;
using statistics::VectorXd;

/// The table of an observable: of its points of one shape, one after the other.
class ObservableTable {
 public:
  ObservableTable(Group group, const verdict::Observable& observable)
      : group_(std::move(group)),
        shape_(observable.shape.begin(), observable.shape.end()),
        origin_(observable.origin),
        independent_(observable.independent) {
    const bool sampled = origin_ == verdict::Origin::sampled;
    group_.attribute("name", observable.name);
    group_.attribute("unit", observable.unit);
    group_.attribute("text", observable.text);
    group_.attribute("origin", std::string(sampled ? "sampled" : "deterministic"));
    group_.attribute("independent", std::uint64_t{independent_});
    for (const hsize_t extent : shape_) elements_ *= extent;
    for (const auto& [name, part] : kParts) parts_.emplace_back(group_, name, shape_);
    first_unit_.add(0);
    first_bin_.add(0);
  }
  ObservableTable(const ObservableTable&) = delete;  // columns refer to the group
  ObservableTable& operator=(const ObservableTable&) = delete;

  bool fits(const verdict::Observable& observable) const {
    return observable.origin == origin_ && observable.independent == independent_ &&
           std::ranges::equal(observable.shape, shape_, [](Eigen::Index a, hsize_t b) {
             return static_cast<hsize_t>(a) == b;
           });
  }
  void add(std::uint64_t point, const verdict::Observable& observable) {
    const std::uint64_t row = point_.rows();
    point_.add(point);
    auto column = parts_.begin();
    const auto elements = static_cast<Eigen::Index>(elements_);
    const VectorXd missing = VectorXd::Constant(elements, std::numeric_limits<double>::quiet_NaN());
    for (const auto& [name, part] : kParts) {
      const VectorXd& values = observable.estimate.*part;
      const VectorXd& written = values.size() == elements ? values : missing;
      (column++)->add({written.data(), elements_});
    }
    errors_agree_.add(std::uint64_t{observable.estimate.errors_agree});
    converged_.add(std::uint64_t{observable.estimate.converged});
    unit_.add(row, observable.unit);
    text_.add(row, observable.text);
    for (const statistics::Series& unit : observable.units) {
      if (static_cast<std::size_t>(unit.elements()) != elements_) {
        throw std::logic_error("a unit of another shape than its observable " + observable.name);
      }
      unit_mean_.add({unit.mean.data(), elements_});
      unit_variance_.add({unit.variance.data(), elements_});
      unit_count_.add(unit.count);
      unit_bin_size_.add(unit.bin_size);
      bins_.add({unit.bins.data(), static_cast<std::size_t>(unit.bins.size())});
      first_bin_.add(bins_.rows());
    }
    first_unit_.add(unit_count_.rows());
  }
  void finish() {
    const std::uint64_t rows = point_.rows();
    for (auto& column : parts_) column.finish();
    for (auto* column : {&point_, &errors_agree_, &converged_, &first_unit_, &unit_count_,
                         &unit_bin_size_, &first_bin_}) {
      column->finish();
    }
    for (auto* column : {&unit_mean_, &unit_variance_, &bins_}) column->finish();
    if (unit_.varied()) unit_.write(group_, "unit", rows, true);
    if (text_.varied()) text_.write(group_, "text", rows, true);
  }

 private:
  using Integers = Column<std::uint64_t>;
  using Reals = Column<double>;
  Group group_;
  Shape shape_;
  std::size_t elements_ = 1;
  verdict::Origin origin_;
  bool independent_;
  std::list<Reals> parts_;
  Integers point_{group_, "point"}, errors_agree_{group_, "errors_agree"},
      converged_{group_, "converged"}, first_unit_{group_, "first_unit"},
      unit_count_{group_, "unit_count"}, unit_bin_size_{group_, "unit_bin_size"},
      first_bin_{group_, "first_bin"};
  Reals unit_mean_{group_, "unit_mean", {elements_of(shape_)}},
      unit_variance_{group_, "unit_variance", {elements_of(shape_)}},
      bins_{group_, "bins", {elements_of(shape_)}};
  TextColumn unit_, text_;

  static hsize_t elements_of(const Shape& shape) {
    hsize_t count = 1;
    for (const hsize_t extent : shape) count *= extent;
    return count;
  }
};

/// The table of a fact or a prediction, of its points with so many values.
class NumberTable {
 public:
  NumberTable(Group group, const std::string& name, std::size_t length)
      : group_(std::move(group)), length_(length) {
    group_.attribute("name", name);
  }
  NumberTable(const NumberTable&) = delete;
  NumberTable& operator=(const NumberTable&) = delete;
  bool fits(std::size_t length) const { return length == length_; }
  void add(std::uint64_t point, const std::vector<double>& values, const std::string& text) {
    text_.add(point_.rows(), text);
    point_.add(point);
    value_.add(values);
  }
  void finish(const std::string& text) {
    const std::uint64_t rows = point_.rows();
    point_.finish();
    value_.finish();
    text_.write(group_, text, rows, false);
  }

 private:
  Group group_;
  std::size_t length_;
  Column<std::uint64_t> point_{group_, "point"};
  Column<double> value_{group_, "value", length_ == 1 ? Shape{} : Shape{length_}};
  TextColumn text_;
};

/// Tables by name; of one name, those of other shapes follow as name~2, ...
template <class Table>
struct Tables {
  Group group;
  std::map<std::string, std::list<Table>, std::less<>> all{};

  template <class Fits, class... Fields>
  Table& get(const std::string& name, const Fits& fits, const Fields&... fields) {
    std::list<Table>& tables = all[name];
    for (Table& table : tables) {
      if (fits(table)) return table;
    }
    const std::string member =
        tables.empty() ? name : name + "~" + std::to_string(tables.size() + 1);
    return tables.emplace_back(group.create(member), fields...);
  }
  template <class Finish>
  void finish(const Finish& each) {
    for (auto& [name, tables] : all) {
      for (Table& table : tables) each(table);
    }
    all.clear();
  }
};

}  // namespace tables

using tables::NumberTable;
using tables::ObservableTable;

struct ResultWriter::Content {
  std::filesystem::path file;
  hdf5::Image image;
  hdf5::Group points_group, keys_group, units_group, performance;
  tables::Tables<ObservableTable> observables;
  tables::Tables<NumberTable> facts, predictions;
  std::vector<std::string> ids;
  std::map<std::string, TextColumn> keys;
  Column<std::uint64_t> complete{points_group, "complete"}, first_unit{points_group, "first_unit"};
  Column<std::uint64_t> seed{units_group, "seed"}, disorder{units_group, "disorder"},
      replica{units_group, "replica"};
  Column<double> seconds{performance, "unit_seconds"};

  explicit Content(std::filesystem::path of)
      : file(std::move(of)),
        points_group(image.root().create("points")),
        keys_group(points_group.create("keys")),
        units_group(image.root().create("units")),
        performance(image.root().create("performance")),
        observables{image.root().create("observables")},
        facts{image.root().create("facts")},
        predictions{image.root().create("predictions")} {
    first_unit.add(0);
  }
};

ResultWriter::ResultWriter(const std::filesystem::path& file)
    : content_(std::make_unique<Content>(file)) {}
ResultWriter::~ResultWriter() = default;

void ResultWriter::add(const PointRecord& record) {
  Content& to = *content_;
  const verdict::Point& point = record.point;
  const std::uint64_t row = to.ids.size();
  to.ids.push_back(point.id);
  to.complete.add(std::uint64_t{point.complete});
  for (const auto& [key, text] : point.parameters) to.keys[key].add(row, text);
  for (std::size_t u = 0; u < record.units.size(); ++u) {
    to.seed.add(record.units[u].seed);
    to.disorder.add(std::uint64_t{record.units[u].disorder});
    to.replica.add(std::uint64_t{record.units[u].replica});
    to.seconds.add(record.unit_seconds.empty() ? 0 : record.unit_seconds.at(u));
  }
  to.first_unit.add(to.seed.rows());
  for (const auto& entry : point.observables) {
    const auto& name = entry.first;
    const verdict::Observable& observable = entry.second;
    if (observable.units.size() != record.units.size()) {
      throw std::logic_error("observable " + name + " has not the units of its point");
    }
    to.observables
        .get(
            name, [&](const ObservableTable& table) { return table.fits(observable); }, observable)
        .add(row, observable);
  }
  for (const verdict::Fact& fact : point.facts) {
    const std::size_t length = fact.values.size();
    to.facts
        .get(
            fact.name, [&](const NumberTable& table) { return table.fits(length); }, fact.name,
            length)
        .add(row, fact.values, fact.text);
  }
  for (const verdict::Prediction& known : point.predictions) {
    const std::size_t length = known.values.size();
    to.predictions
        .get(
            known.quantity, [&](const NumberTable& table) { return table.fits(length); },
            known.quantity, length)
        .add(row, known.values, known.source);
  }
}

void ResultWriter::publish(const ResultFile& head) {
  Content& to = *content_;
  const std::uint64_t rows = to.ids.size();
  to.points_group.write_padded("id", to.ids);
  {
    const hdf5::Group present = to.points_group.create("present");
    for (const auto& [key, column] : to.keys) {
      const bool swept = std::ranges::find(head.result.swept, key) != head.result.swept.end();
      column.write(to.keys_group, key, rows, swept, &present);
    }
  }
  for (auto* column : {&to.complete, &to.first_unit, &to.seed, &to.disorder, &to.replica}) {
    column->finish();
  }
  to.seconds.finish();
  to.observables.finish([](ObservableTable& table) { table.finish(); });
  to.facts.finish([](NumberTable& table) { table.finish("text"); });
  to.predictions.finish([](NumberTable& table) { table.finish("source"); });
  to.image.root().attribute("format_version", std::uint64_t{kResultVersion});
  write_head(to.image.root(), head);
  hdf5::write_file(to.file, "result", kResultVersion, to.image);
  content_.reset();
}

}  // namespace symbreak::record
