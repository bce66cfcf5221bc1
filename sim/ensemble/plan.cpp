#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_set>

#include "analysis/layout/layout.hpp"
#include "sim/ensemble/assemble.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

constexpr std::size_t kMostUnits = 50'000'000;
/// What a process holds before any target is made: libraries, MPI, HDF5 (measured on Debian 12).
constexpr std::size_t kProgramBytes = 26'000'000;
/// Of a point and of a unit in the plan, and of a point while the columns of the result are written
/// (measured).
constexpr std::size_t kPointBytes = 1'000, kUnitBytes = 100;
/// Finished units that wait for a checkpoint, and their segment on its way to the disk, in times
/// their numbers and at most (measured).
constexpr std::size_t kSegmentCopies = 4, kSegmentBytes = 70'000'000;
/// Experiments that took longer than this to make are kept, and so many of the others.
constexpr double kSlow = 1e-3;  // seconds
constexpr std::size_t kKept = 64;

/// Of what a point records, in the file.
std::size_t recorded_bytes(const measure::Experiment& experiment,
                           const std::vector<measure::ObservableInfo>& observables) {
  const auto units =
      static_cast<std::size_t>(experiment.disorder_samples() * experiment.replicas());
  std::size_t total = 40 + 24 * units;
  for (const measure::ObservableInfo& info : observables) {
    std::size_t elements = 1;
    for (const auto extent : info.shape) elements *= static_cast<std::size_t>(extent);
    std::size_t bins = 0;
    if (info.origin == verdict::Origin::sampled) {
      const std::int64_t samples = experiment.samples_per_unit();
      const auto most = static_cast<std::int64_t>(info.max_bins);
      bins = static_cast<std::size_t>(samples > 0 && samples < most ? samples : most * 3 / 4);
    }
    total += 8 * elements * (8 + units * (2 + bins)) + 4 * units;
  }
  return total;
}

/// The hash of Plan::fingerprint, point by point.
class Fingerprint {
 public:
  /// Units are comparable when the physics of their points, the seed and their own length agree;
  /// the number of units may change. What the states of units may go on in has any length.
  Fingerprint(const std::vector<deck::Setting>& settings, bool any_length)
      : any_length_(any_length) {
    std::set<std::string> counts(std::begin(deck::kUnitCounts), std::end(deck::kUnitCounts));
    if (any_length) counts.insert(deck::kUnitLength);
    for (const deck::Setting& setting : settings) {
      const bool identity =
          setting.role == deck::Role::physics ||
          (setting.role == deck::Role::statistics && !counts.contains(setting.path));
      if (identity && setting.path != "run.seed") {
        add(setting.path + "=" + setting.identity() + "\n");
      }
    }
  }
  void add(const std::string& id, const std::vector<measure::ObservableInfo>& observables) {
    add(id + "\n");
    for (const measure::ObservableInfo& info : observables) {
      // Longer units may have more bins; a recorder knows whether it can take them.
      add(fmt::format("{} {} {} {}\n", info.name.text(), fmt::join(info.shape, "x"),
                      static_cast<int>(info.origin), any_length_ ? 0 : info.max_bins));
    }
  }
  std::string text(std::uint64_t seed) const { return fmt::format("{}-{:016x}", seed, hash_); }

 private:
  void add(const std::string& text) { hash_ = deck::fnv1a(text, hash_); }
  bool any_length_;
  std::uint64_t hash_ = deck::kFnvStart;
};

/// What a verdict is made with, no prediction of a quantity: errors of others, published values.
bool bookkeeping(const std::string& name) {
  return name.ends_with("_error") || name.starts_with("published_");
}

}  // namespace

std::shared_ptr<const measure::Experiment> Experiments::get(std::size_t point,
                                                            const deck::Parameters& parameters) {
  if (const auto slow = slow_.find(point); slow != slow_.end()) return slow->second;
  for (const Kept& kept : last_) {
    if (kept.first == point) return kept.second;
  }
  const double begin = steady();
  std::shared_ptr<const measure::Experiment> made = make_(parameters);
  if (steady() - begin > kSlow) {
    slow_.emplace(point, made);
  } else {
    if (last_.size() == kKept) last_.pop_back();
    last_.emplace_front(point, made);
  }
  return made;
}

Plan plan(const deck::Deck& deck, const measure::Catalogue& catalogue) {
  const deck::Parameters& first = deck.first();
  Plan result;
  result.run = first.word("run.name");
  result.target = first.word("target.kind");
  result.experiment = first.word("experiment.kind");
  result.quenched = catalogue.quenched(result.target);
  result.seed = first.seed();
  result.swept = deck.swept;
  result.share_disorder = first.flag("run.share_disorder");
  result.settings = deck.settings;
  result.experiments = std::make_shared<Experiments>(catalogue.make);

  std::unordered_set<std::uint64_t> known;
  Fingerprint fingerprint(result.settings, false), continuation(result.settings, true);
  result.totals.result = 100'000;
  for (deck::Parameters& parameters : catalogue.expand(deck.points)) {
    const std::uint64_t hash = parameters.identity();
    if (!known.insert(hash).second) continue;  // e.g. an isotherm point that the sweep has already
    const std::size_t index = result.points.size();
    const auto experiment = result.experiments->get(index, parameters);
    const auto observables = experiment->observables();
    const std::int64_t disorder = experiment->disorder_samples(), replicas = experiment->replicas();
    if (result.units.size() + static_cast<std::size_t>(disorder * replicas) > kMostUnits) {
      throw deck::KeyError("sampling", "more than {} work units", kMostUnits);
    }
    Plan::Point point{.id = fmt::format("{:016x}", hash),
                      .parameters = std::move(parameters),
                      .first_unit = result.units.size(),
                      .disorder = static_cast<std::uint32_t>(disorder),
                      .replicas = static_cast<std::uint32_t>(replicas)};
    const double seconds = experiment->seconds_per_unit();
    for (std::uint32_t d = 0; d < point.disorder; ++d) {
      for (std::uint32_t r = 0; r < point.replicas; ++r) {
        result.units.push_back({index, d, r, seconds});
      }
    }
    fingerprint.add(point.id, observables);
    continuation.add(point.id, observables);
    const std::size_t recorded = recorded_bytes(*experiment, observables);
    if (index == 0) result.totals.result += 15'000 * observables.size();
    result.totals.result += recorded;
    result.totals.point = std::max(result.totals.point, recorded);
    result.totals.unit = std::max(result.totals.unit, experiment->memory_per_unit());
    result.points.push_back(std::move(point));
  }
  result.totals.fingerprint = fingerprint.text(result.seed);
  result.totals.continuation = continuation.text(result.seed);
  result.headline = catalogue.headline(first);
  return result;
}

double Plan::seconds() const {
  double sum = 0;
  for (const Unit& unit : units) sum += unit.seconds;
  return sum;
}

std::size_t Plan::memory_bytes() const {
  // Rank 0 puts the result together point by point, in memory; HDF5 and the bytes it gives are two
  // copies. Before that finished units wait for a checkpoint.
  return kProgramBytes + totals.unit + 3 * totals.point + kPointBytes * points.size() +
         kUnitBytes * units.size() +
         std::max(std::min(kSegmentBytes, kSegmentCopies * totals.result), 2 * totals.result);
}

std::size_t Plan::state_bytes() const {
  // Rank 0 writes all states as it writes the result, in memory: they take no more.
  constexpr std::size_t kSmall = 32'000'000;
  return std::max(kSmall, totals.result) / std::max<std::size_t>(1, units.size());
}

JobSize job_size(const Plan& plan) {
  double longest = 0;
  for (const Plan::Unit& unit : plan.units) longest = std::max(longest, Plan::work(unit));
  const double work = std::max(plan.seconds(), longest);
  // Units are not split: work / (20 longest) ranks are busy for 95 % of the time (Graham 1969).
  constexpr double kUnitsARank = 20, kFastest = 600, kMargin = 1.5, kStartAndSignal = 180;
  constexpr double kDay = 86400;
  JobSize job;
  // Below ten minutes more ranks gain nothing: the job waits longer than it runs.
  const double useful = std::min(work / (kUnitsARank * longest), std::ceil(work / kFastest));
  job.ranks = std::clamp<std::size_t>(static_cast<std::size_t>(useful), 1, plan.units.size());
  const double seconds = kMargin * (work / static_cast<double>(job.ranks) + longest) +
                         assembly_seconds(plan) + kStartAndSignal;
  job.minutes = static_cast<std::size_t>(std::ceil(std::min(seconds, kDay) / 60));
  job.megabytes =
      static_cast<std::size_t>(std::ceil(1.2 * static_cast<double>(plan.memory_bytes()) / 1e6)) +
      50;
  return job;
}

std::string JobSize::header() const {
  return fmt::format("#SBATCH --ntasks={} --time={}-{:02}:{:02}:00 --mem-per-cpu={}M", ranks,
                     minutes / 1440, minutes / 60 % 24, minutes % 60, megabytes);
}

std::string summary(const Plan& plan, const std::vector<std::string>& files, std::size_t width) {
  std::string text = layout::wrapped(fmt::format("{}: {}", plan.run, plan.headline), width);
  for (const std::string& file : files) text += layout::wrapped(file, width, "  read ");
  text += fmt::format("{} in {}\n", count(plan.points.size(), "point"),
                      count(plan.units.size(), "work unit"));
  for (const std::string& key : plan.swept) {
    std::set<std::string> values;
    for (const Plan::Point& point : plan.points) {
      values.insert(point.parameters.value(key).canonical());
    }
    text += layout::wrapped(fmt::format("{}: {}", key, count(values.size(), "value")), width,
                            "  swept ");
  }
  text += fmt::format(
      "time    about {} on one core ({})\n", duration(plan.seconds()),
      plan.timed > 0 ? "measured at " + count(plan.timed, "point") : "a priori, not measured");
  text += fmt::format("memory  {} a rank at most\n", bytes(plan.memory_bytes()));
  text += fmt::format("disk    {} for result.h5, at most {} for states.h5\n",
                      bytes(plan.result_bytes()), bytes(plan.state_bytes() * plan.units.size()));
  text += fmt::format("slurm   {}\n", job_size(plan).header());
  // A prediction is listed once: its value, or the range of its values. Points of one deck may
  // record other things, where sizes or states differ.
  struct Range {
    std::string quantity, source;
    double low, high;
  };
  std::vector<Range> ranges;
  std::map<std::string, std::size_t> row;
  std::map<std::string, std::string> recorded;
  constexpr double kPatience = 2;  // s: some predictions are quadratures of seconds a point
  const double start = steady();
  std::size_t predicted = 0;
  for (std::size_t p = 0; p < plan.points.size(); ++p) {
    const auto experiment = plan.experiment_of(p);
    const bool in_time = steady() - start < kPatience;
    predicted += in_time;
    for (const verdict::Prediction& prediction :
         in_time ? experiment->predictions() : std::vector<verdict::Prediction>()) {
      if (bookkeeping(prediction.quantity)) continue;
      const auto [found, fresh] = row.emplace(prediction.quantity, ranges.size());
      if (fresh) {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        ranges.push_back({prediction.quantity, prediction.source, kInfinity, -kInfinity});
      }
      Range& range = ranges[found->second];
      for (const double value : prediction.values) {
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
      }
    }
    for (const measure::ObservableInfo& info : experiment->observables()) {
      const layout::Definition one = measure::described(info);
      recorded.try_emplace(one.term, one.meaning);
    }
  }
  std::vector<layout::Definition> rows;
  constexpr std::size_t kMostRows = 40;
  for (std::size_t i = 0; i < std::min(ranges.size(), kMostRows); ++i) {
    const auto& [quantity, source, low, high] = ranges[i];
    const std::string value =
        low == high ? fmt::format("{:.10g}", low) : fmt::format("{:.6g} .. {:.6g}", low, high);
    rows.push_back({quantity, source.empty() ? value : value + "; " + source});
  }
  const std::string which =
      predicted < plan.points.size()
          ? fmt::format(" (of the first {} of {} points)", predicted, plan.points.size())
          : "";
  if (!rows.empty()) text += "predictions" + which + "\n" + layout::definitions(rows, width);
  if (ranges.size() > kMostRows) text += fmt::format("  and {} more\n", ranges.size() - kMostRows);
  rows.clear();
  for (const auto& [name, meaning] : recorded) rows.push_back({name, meaning});
  return text + "records\n" + layout::definitions(rows, width);
}

}  // namespace symbreak::ensemble
