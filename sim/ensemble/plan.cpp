#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/diffusion/forward.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/target/target.hpp"

namespace symbreak::ensemble {

namespace {

/// These only add units; every other statistics key changes what a unit is.
const std::set<std::string> kUnitCounts = {"sampling.replicas", "sampling.disorder_samples"};

std::uint64_t hash(const std::string& text) {
  std::uint64_t value = 0xcbf29ce484222325;  // 64-bit FNV-1a
  for (const unsigned char byte : text) value = (value ^ byte) * 0x100000001b3;
  return value;
}

std::string hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

Eigen::Index elements(const experiment::ObservableInfo& info) {
  Eigen::Index count = 1;
  for (const Eigen::Index extent : info.shape) count *= extent;
  return count;
}

/// "equation of state of 2 points in 1 dimension, Brownian forward process, sigma = 1"
std::string headline(const std::string& experiment, const deck::Parameters& parameters) {
  std::string words = experiment;
  std::replace(words.begin(), words.end(), '_', ' ');
  return fmt::format("{} of {}, {}", words, target::build(parameters)->describe(),
                     diffusion::Forward(parameters).describe());
}

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string size_text(std::size_t bytes) {
  const double megabytes = static_cast<double>(bytes) / 1e6;
  return megabytes < 1      ? fmt::format("{:.0f} kB", megabytes * 1e3)
         : megabytes < 1000 ? fmt::format("{:.0f} MB", megabytes)
                            : fmt::format("{:.1f} GB", megabytes / 1e3);
}

}  // namespace

Plan plan(const deck::Deck& deck) {
  Plan plan;
  const deck::Parameters& first = deck.first();
  plan.run = first.word("run.name");
  plan.target = first.word("target.kind");
  plan.experiment = first.word("experiment.kind");
  plan.seed = first.seed();
  plan.swept = deck.swept;
  plan.headline = headline(plan.experiment, first);
  const experiment::ExperimentKind& kind = experiment::kind(plan.experiment);
  const std::vector<deck::Parameters> points =
      kind.expand ? kind.expand(deck.points) : deck.points;

  const std::uint64_t shared = hash("share_disorder " + plan.target);
  std::set<std::uint64_t> seen;
  for (const deck::Parameters& parameters : points) {
    Plan::Point point;
    point.identity = parameters.identity();
    point.id = hex(point.identity);
    if (!seen.insert(point.identity).second) {
      std::string values;
      for (const std::string& key : deck.swept) {
        values += fmt::format(" {} = {}", key, parameters.all().at(key).canonical());
      }
      throw deck::Errors({fmt::format("{}: two points of the sweep have the same physics:{}; remove "
                                      "one",
                                      deck.file, values)});
    }
    point.disorder_point = parameters.flag("run.share_disorder") ? shared : point.identity;
    point.parameters = parameters;
    point.experiment = kind.make(parameters);
    point.observables = point.experiment->observables();
    for (std::int64_t d = 0; d < point.experiment->disorder_samples(); ++d) {
      for (std::int64_t r = 0; r < point.experiment->replicas(); ++r) {
        plan.units.push_back({plan.points.size(), static_cast<std::uint32_t>(d),
                              static_cast<std::uint32_t>(r),
                              point.experiment->seconds_per_unit()});
      }
    }
    plan.points.push_back(std::move(point));
  }
  return plan;
}

double Plan::seconds() const {
  double sum = 0;
  for (const Unit& unit : units) sum += unit.seconds;
  return sum;
}

std::size_t Plan::result_bytes() const {
  // Numbers of 8 bytes in their bins, means and variances; each dataset and group costs a header.
  constexpr std::size_t kHeaders = 14 * 300, kFile = 20'000;
  std::size_t bytes = kFile;
  for (const Unit& unit : units) {
    for (const experiment::ObservableInfo& info : points[unit.point].observables) {
      const bool sampled = info.origin == verdict::Origin::sampled;
      const auto rows = 2 + (sampled ? info.max_bins : 0);
      bytes += sizeof(double) * static_cast<std::size_t>(elements(info) * rows);
    }
  }
  for (const Point& point : points) bytes += point.observables.size() * kHeaders;
  return bytes;
}

std::size_t Plan::memory_bytes() const {
  constexpr std::size_t kProcess = 45'000'000;  // program, MPI and HDF5 at rest
  std::size_t unit = 0;
  for (const Point& point : points) unit = std::max(unit, point.experiment->memory_per_unit());
  // Rank 0 holds all units and, while it writes them, their file.
  return kProcess + unit + 2 * result_bytes();
}

std::string Plan::fingerprint() const {
  std::string text = fmt::format("seed {}\n", seed);
  for (const Point& point : points) {
    text += fmt::format("point {} {}\n", point.id, hex(point.disorder_point));
    for (const auto& [path, value] : point.parameters.all()) {
      if (value.role == deck::Role::statistics && !kUnitCounts.contains(path)) {
        text += fmt::format("{}={}\n", path, value.canonical());
      }
    }
    for (const experiment::ObservableInfo& info : point.observables) {
      text += fmt::format("{} {} {} {}\n", info.name, fmt::join(info.shape, "x"),
                          static_cast<int>(info.origin), info.max_bins);
    }
  }
  return hex(hash(text));
}

experiment::UnitAddress Plan::address(const Unit& unit) const {
  const Point& point = points[unit.point];
  return {seed, point.identity, point.disorder_point, unit.disorder, unit.replica};
}

record::UnitId Plan::id(const Unit& unit) const {
  return {seed, points[unit.point].id, unit.disorder, unit.replica};
}

std::string summary(const Plan& plan) {
  std::string text = fmt::format("{}: {}\n", plan.run, plan.headline);
  text += fmt::format("{}, {}", counted(plan.points.size(), "point"),
                      counted(plan.units.size(), "unit"));
  if (!plan.swept.empty()) text += fmt::format("; swept: {}", fmt::join(plan.swept, ", "));
  text += fmt::format("\nabout {:.3g} s on one core, {} of memory a process, {} on disk at most\n",
                      plan.seconds(), size_text(plan.memory_bytes()),
                      size_text(plan.result_bytes()));
  constexpr std::size_t kShown = 20;
  std::map<std::string, std::set<std::string>> told;  // quantity -> lines, once each
  for (const Plan::Point& point : plan.points) {
    for (const verdict::Prediction& prediction : point.experiment->predictions()) {
      told[prediction.quantity].insert(
          fmt::format("  {} = {:.10g}  ({})\n", prediction.quantity, prediction.value,
                      prediction.source));
    }
  }
  if (!told.empty()) text += "predictions\n";
  std::size_t shown = 0, total = 0;
  for (const auto& [quantity, lines] : told) {
    total += lines.size();
    for (const std::string& line : lines) {
      if (shown < kShown) text += line, ++shown;
    }
  }
  if (shown < total) text += fmt::format("  ... and {} more\n", total - shown);
  text += "observables\n";
  for (const experiment::ObservableInfo& info : plan.points.front().observables) {
    std::string shape, unit;
    if (!info.shape.empty()) shape = fmt::format(" [{}]", fmt::join(info.shape, " x "));
    if (!info.unit.empty()) unit = fmt::format(" ({})", info.unit);
    text += fmt::format("  {}{}{}: {}\n", info.name, shape, unit, info.text);
  }
  return text;
}

}  // namespace symbreak::ensemble
