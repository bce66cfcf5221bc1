
#include <algorithm>
#include <limits>

#include "sim/record/hdf5.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record {

namespace {

constexpr int kResultVersion = 2, kOldestVersion = 1;
using hdf5::Group;
using hdf5::Shape;
using hdf5::Texts;
using statistics::Estimate;
using statistics::Index;
using statistics::Series;
using statistics::VectorXd;
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The parts of an estimate that have the shape of the observable.
const std::map<std::string, VectorXd Estimate::*> kParts = {
    {"mean", &Estimate::mean},
    {"error", &Estimate::error},
    {"dof", &Estimate::dof},
    {"error_binning", &Estimate::error_binning},
    {"error_spread", &Estimate::error_spread},
    {"tau_int", &Estimate::tau_int},
    {"tau_error", &Estimate::tau_error},
    {"ess", &Estimate::ess},
    {"r_hat", &Estimate::r_hat}};

const std::map<deck::Role, std::string> kRoles = {{deck::Role::physics, "physics"},
                                                  {deck::Role::statistics, "statistics"},
                                                  {deck::Role::control, "control"}};

std::size_t product(const Shape& shape) {
  std::size_t count = 1;
  for (const hsize_t extent : shape) count *= extent;
  return count;
}

void write_units(const Group& group, const std::vector<Series>& units, Index elements) {
  const auto columns = static_cast<hsize_t>(elements);
  std::vector<double> mean, variance, bins;
  std::vector<std::uint64_t> count, bin_size, bins_unit;
  for (std::size_t u = 0; u < units.size(); ++u) {
    const Series& series = units[u];
    mean.insert(mean.end(), series.mean.begin(), series.mean.end());
    variance.insert(variance.end(), series.variance.begin(), series.variance.end());
    bins.insert(bins.end(), series.bins.data(), series.bins.data() + series.bins.size());
    bins_unit.insert(bins_unit.end(), static_cast<std::size_t>(series.bins.cols()), u);
    count.push_back(series.count);
    bin_size.push_back(series.bin_size);
  }
  group.write("unit_mean", mean, {units.size(), columns});
  group.write("unit_variance", variance, {units.size(), columns});
  group.write("unit_count", count, {units.size()});
  group.write("unit_bin_size", bin_size, {units.size()});
  group.write("bins", bins, {bins_unit.size(), columns});
  group.write("bins_unit", bins_unit, {bins_unit.size()});
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

void write_observable(const Group& group, const verdict::Observable& observable) {
  const Shape shape(observable.shape.begin(), observable.shape.end());
  const auto elements = static_cast<Index>(product(shape));
  group.attribute("unit", observable.unit);
  group.attribute("text", observable.text);
  group.attribute(
      "origin",
      std::string(observable.origin == verdict::Origin::sampled ? "sampled" : "deterministic"));
  group.attribute("independent", std::uint64_t{observable.independent});
  group.attribute("errors_agree", std::uint64_t{observable.estimate.errors_agree});
  group.attribute("converged", std::uint64_t{observable.estimate.converged});
  const VectorXd missing = VectorXd::Constant(elements, std::numeric_limits<double>::quiet_NaN());
  for (const auto& [name, part] : kParts) {
    const VectorXd& values = observable.estimate.*part;
    const VectorXd& written = values.size() == elements ? values : missing;
    group.write(name, {written.data(), static_cast<std::size_t>(elements)}, shape);
  }
  write_units(group, observable.units, elements);
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

/// Facts or predictions: one number is a scalar dataset; the text is an attribute of the group.
template <class Entry>
void write_numbers(const Group& group, const std::vector<Entry>& all) {
  for (const auto& [name, values, text] : all) {
    group.write(name, values, values.size() == 1 ? Shape{} : Shape{values.size()});
    group.attribute(name, text);
  }
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

void write_point(const Group& group, const verdict::Point& point,
                 const std::vector<UnitId>& units) {
  for (const auto& [key, text] : point.parameters) group.attribute(key, text);
  group.attribute("complete", std::uint64_t{point.complete});
  std::vector<std::uint64_t> ids;
  for (const UnitId& id : units) ids.insert(ids.end(), {id.seed, id.disorder, id.replica});
  group.write("units", ids, {units.size(), 3});
  write_numbers(group.create("facts"), point.facts);
  write_numbers(group.create("predictions"), point.predictions);
  const Group observables = group.create("observables");
  for (const auto& [name, observable] : point.observables) {
    write_observable(observables.create(name), observable);
  }
}

verdict::Point read_point(const Group& group, const std::string& id, const std::string& path,
                          int version) {
  verdict::Point point;
  point.id = id;
  point.complete = group.integer_attribute("complete") != 0;
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

void write_deck(const Group& group, const ResultFile& content) {
  group.write("text", Texts{content.result.deck});
  Texts key, value, origin, role, contents;
  for (const deck::Setting& setting : content.settings) {
    key.push_back(setting.path);
    value.push_back(setting.text);
    origin.push_back(setting.origin);
    role.push_back(kRoles.at(setting.role));
    contents.push_back(setting.contents);
  }
  group.write("key", key);
  group.write("value", value);
  group.write("origin", origin);
  group.write("role", role);
  group.write("contents", contents);
}

void read_deck(const Group& group, const std::string& path, ResultFile& content) {
  const Texts text = group.texts("text"), key = group.texts("key"), value = group.texts("value");
  const Texts origin = group.texts("origin"), role = group.texts("role");
  const Texts columns = group.members();
  const bool hashed = std::find(columns.begin(), columns.end(), "contents") != columns.end();
  const Texts contents = hashed ? group.texts("contents") : Texts(key.size());
  if (text.size() != 1 || contents.size() != key.size() || value.size() != key.size() ||
      origin.size() != key.size() || role.size() != key.size()) {
    throw FileError(path + ": the table of keys has columns of different lengths");
  }
  content.result.deck = text.front();
  for (std::size_t i = 0; i < key.size(); ++i) {
    deck::Setting setting{key[i], value[i], origin[i], deck::Role::physics};
    for (const auto& [known, name] : kRoles) {
      if (name == role[i]) setting.role = known;
    }
    setting.contents = contents[i];
    content.settings.push_back(std::move(setting));
  }
}

void write_sessions(const Group& group, const std::vector<Session>& sessions) {
  Texts start, end, host, command, version;
  std::vector<std::uint64_t> ranks, units;
  for (const Session& session : sessions) {
    start.push_back(session.start);
    end.push_back(session.end);
    host.push_back(session.host);
    command.push_back(session.command);
    version.push_back(session.version);
    ranks.push_back(static_cast<std::uint64_t>(session.ranks));
    units.push_back(static_cast<std::uint64_t>(session.units));
  }
  group.write("start", start);
  group.write("end", end);
  group.write("host", host);
  group.write("command", command);
  group.write("version", version);
  group.write("ranks", ranks, {ranks.size()});
  group.write("units", units, {units.size()});
}

std::vector<Session> read_sessions(const Group& group, const std::string& path) {
  const Texts start = group.texts("start"), end = group.texts("end"), host = group.texts("host");
  const Texts command = group.texts("command"), version = group.texts("version");
  const auto ranks = group.integers("ranks"), units = group.integers("units");
  for (const std::size_t size :
       {end.size(), host.size(), command.size(), version.size(), ranks.size(), units.size()}) {
    if (size != start.size()) throw FileError(path + ": the sessions have different lengths");
  }
  std::vector<Session> sessions;
  for (std::size_t i = 0; i < start.size(); ++i) {
    sessions.push_back({start[i], end[i], host[i], command[i], version[i],
                        static_cast<int>(ranks[i]), static_cast<std::int64_t>(units[i])});
  }
  return sessions;
}

}  // namespace

void write_result(const std::filesystem::path& file, const ResultFile& content) {
  const verdict::Result& result = content.result;
  const hdf5::Image image;
  const Group& root = image.root();
  root.attribute("format_version", std::uint64_t{kResultVersion});
  root.attribute("run", result.run);
  root.attribute("target", result.target);
  root.attribute("experiment", result.experiment);
  root.attribute("headline", result.headline);
  root.attribute("fingerprint", content.fingerprint);
  root.attribute("seed", result.seed);
  write_deck(root.create("deck"), content);

  const Group plan = root.create("plan"), points = root.create("points");
  const Group performance = root.create("performance");
  const Group seconds = performance.create("unit_seconds");
  for (const auto& [name, value] : content.performance) performance.attribute(name, value);
  Texts ids;
  for (const verdict::Point& point : result.points) {
    ids.push_back(point.id);
    const auto units = content.units.find(point.id);
    write_point(points.create(point.id), point,
                units == content.units.end() ? std::vector<UnitId>{} : units->second);
    const auto times = content.unit_seconds.find(point.id);
    if (times != content.unit_seconds.end()) {
      seconds.write(point.id, times->second, {times->second.size()});
    }
  }
  plan.write("points", ids);
  plan.write("swept", result.swept);
  write_sessions(root.create("sessions"), content.sessions);
  const Group provenance = root.create("provenance");
  for (const auto& [name, text] : result.provenance) provenance.attribute(name, text);
  hdf5::write_file(file, "result", kResultVersion, image);
}

ResultFile read_result(const std::filesystem::path& path) {
  const hdf5::File file(path, "result", kOldestVersion, kResultVersion);
  const Group& root = file.root();
  ResultFile content;
  verdict::Result& result = content.result;
  result.run = root.text_attribute("run");
  result.target = root.text_attribute("target");
  result.experiment = root.text_attribute("experiment");
  result.headline = root.text_attribute("headline");
  content.fingerprint = root.text_attribute("fingerprint");
  result.seed = root.integer_attribute("seed");
  read_deck(root.open("deck"), path.string(), content);
  for (const deck::Setting& setting : content.settings) {
    result.settings[setting.path] = setting.text;
  }
  result.swept = root.open("plan").texts("swept");

  const Group points = root.open("points"), performance = root.open("performance");
  for (const std::string& name : performance.attributes()) {
    content.performance[name] = performance.real_attribute(name);
  }
  const Group seconds = performance.open("unit_seconds");
  for (const std::string& id : seconds.members()) content.unit_seconds[id] = seconds.reals(id);
  for (const std::string& id : root.open("plan").texts("points")) {
    const Group group = points.open(id);
    result.points.push_back(read_point(group, id, path.string(), file.version()));
    const std::vector<std::uint64_t> ids = group.integers("units");
    std::vector<UnitId>& units = content.units[id];
    for (std::size_t i = 0; i + 3 <= ids.size(); i += 3) {
      units.push_back({ids[i], id, static_cast<std::uint32_t>(ids[i + 1]),
                       static_cast<std::uint32_t>(ids[i + 2])});
    }
    for (const auto& [name, observable] : result.points.back().observables) {
      if (observable.units.size() != units.size()) {
        throw FileError(path.string() + ": observable " + name + " lacks units");
      }
    }
  }
  content.sessions = read_sessions(root.open("sessions"), path.string());
  const Group provenance = root.open("provenance");
  for (const std::string& name : provenance.attributes()) {
    result.provenance[name] = provenance.text_attribute(name);
  }
  return content;
}

}  // namespace symbreak::record
