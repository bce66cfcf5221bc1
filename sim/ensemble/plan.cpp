#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/layout/layout.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

constexpr std::size_t kMostUnits = 50'000'000;
/// What a process holds before any target is made: libraries, MPI, HDF5 (measured on Debian 12).
constexpr std::size_t kProgramBytes = 26'000'000;

/// What a verdict is made with, no prediction of a quantity: errors of others, published values.
bool bookkeeping(const std::string& name) {
  return name.ends_with("_error") || name.starts_with("published_");
}

}  // namespace

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

  std::set<std::string> ids;
  for (deck::Parameters& parameters : catalogue.expand(deck.points)) {
    const std::string id = fmt::format("{:016x}", parameters.identity());
    if (!ids.insert(id).second) continue;  // e.g. an isotherm point that the sweep has already
    const std::shared_ptr<const measure::Experiment> experiment = catalogue.make(parameters);
    const std::int64_t disorder = experiment->disorder_samples(), replicas = experiment->replicas();
    if (result.units.size() + static_cast<std::size_t>(disorder * replicas) > kMostUnits) {
      throw deck::KeyError("sampling", "more than {} work units", kMostUnits);
    }
    for (std::int64_t d = 0; d < disorder; ++d) {
      for (std::int64_t r = 0; r < replicas; ++r) {
        result.units.push_back({result.points.size(), static_cast<std::uint32_t>(d),
                                static_cast<std::uint32_t>(r), experiment->seconds_per_unit()});
      }
    }
    result.points.push_back({id, std::move(parameters), experiment});
  }
  result.headline = catalogue.headline(first);
  return result;
}

double Plan::seconds() const {
  double sum = 0;
  for (const Unit& unit : units) sum += unit.seconds;
  return sum;
}

std::size_t Plan::result_bytes() const {
  std::size_t total = 40'000;
  for (const Point& point : points) {
    const auto count = static_cast<std::size_t>(point.experiment->disorder_samples() *
                                                point.experiment->replicas());
    total += 6'000;
    for (const measure::ObservableInfo& info : point.experiment->observables()) {
      std::size_t elements = 1;
      for (const auto extent : info.shape) elements *= static_cast<std::size_t>(extent);
      const bool sampled = info.origin == verdict::Origin::sampled;
      const std::size_t bins = sampled ? static_cast<std::size_t>(info.max_bins) * 3 / 4 : 0;
      total += 7'000 + 8 * elements * (8 + count * (2 + bins)) + 8 * count * (2 + bins);
    }
  }
  return total;
}

std::size_t Plan::memory_bytes() const {
  std::size_t largest = 0, accumulators = 0;
  for (const Point& point : points) {
    largest = std::max(largest, point.experiment->memory_per_unit());
  }
  // At the end rank 0 holds all bins, and once more as the image of the file.
  accumulators = 2 * result_bytes();
  return kProgramBytes + largest + accumulators;
}

std::string Plan::fingerprint() const {
  // Units are comparable when the physics of their points, the seed and their own length agree; the
  // number of units may change.
  const std::set<std::string> counts(std::begin(kUnitCounts), std::end(kUnitCounts));
  std::string text;
  for (const deck::Setting& setting : settings) {
    const bool identity =
        setting.role == deck::Role::physics ||
        (setting.role == deck::Role::statistics && !counts.contains(setting.path));
    if (identity && setting.path != "run.seed")
      text += setting.path + "=" + setting.identity() + "\n";
  }
  for (const Point& point : points) {
    text += point.id + "\n";
    for (const measure::ObservableInfo& info : point.experiment->observables()) {
      text += fmt::format("{} {} {} {}\n", info.name.text(), fmt::join(info.shape, "x"),
                          static_cast<int>(info.origin), info.max_bins);
    }
  }
  return fmt::format("{}-{:016x}", seed, deck::fnv1a(text));
}

std::string summary(const Plan& plan, const std::vector<std::string>& files, std::size_t width) {
  std::string text = layout::wrapped(fmt::format("{}: {}", plan.run, plan.headline), width);
  for (const std::string& file : files) text += layout::wrapped(file, width, "  read ");
  text += fmt::format("{} in {}\n", count(plan.points.size(), "point"),
                      count(plan.units.size(), "work unit"));
  for (const std::string& key : plan.swept) {
    std::set<std::string> values;
    for (const Plan::Point& point : plan.points) {
      values.insert(point.parameters.all().at(key).canonical());
    }
    text += layout::wrapped(fmt::format("{}: {}", key, count(values.size(), "value")), width,
                            "  swept ");
  }
  text += fmt::format("time    about {} on one core (a priori, not measured)\n",
                      duration(plan.seconds()));
  text += fmt::format("memory  {} a rank at most\n", bytes(plan.memory_bytes()));
  text += fmt::format("disk    {} for result.h5\n", bytes(plan.result_bytes()));
  // Predictions that are the same at all points are listed once.
  std::map<std::string, std::set<double>> predicted;
  std::vector<std::pair<std::string, std::string>> order;
  for (const Plan::Point& point : plan.points) {
    for (const verdict::Prediction& prediction : point.experiment->predictions()) {
      if (bookkeeping(prediction.quantity)) continue;
      if (predicted[prediction.quantity].empty()) {
        order.emplace_back(prediction.quantity, prediction.source);
      }
      predicted[prediction.quantity].insert(prediction.values.begin(), prediction.values.end());
    }
  }
  std::vector<layout::Definition> rows;
  for (const auto& [quantity, source] : order) {
    const auto& values = predicted[quantity];
    const std::string value =
        values.size() == 1 ? fmt::format("{:.10g}", *values.begin())
                           : fmt::format("{:.6g} .. {:.6g}", *values.begin(), *values.rbegin());
    rows.push_back({quantity, source.empty() ? value : value + "; " + source});
  }
  if (!rows.empty()) text += "predictions\n" + layout::definitions(rows, width);
  // Points of one deck may record other things, where sizes or states differ.
  std::map<std::string, std::string> recorded;
  for (const Plan::Point& point : plan.points) {
    for (const measure::ObservableInfo& info : point.experiment->observables()) {
      const layout::Definition one = measure::described(info);
      recorded.try_emplace(one.term, one.meaning);
    }
  }
  rows.clear();
  for (const auto& [name, meaning] : recorded) rows.push_back({name, meaning});
  return text + "records\n" + layout::definitions(rows, width);
}

}  // namespace symbreak::ensemble
