#include "sim/ensemble/assemble.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <boost/version.hpp>
#include <set>

#include "version.hpp"

namespace symbreak::ensemble {

namespace {

using statistics::Series;

/// Units of those disorder samples that have all their replicas (fewer only while a run is going).
std::vector<Series> whole_samples(const std::vector<Series>& series,
                                  const std::vector<record::UnitId>& units, std::size_t replicas) {
  std::vector<Series> whole;
  for (std::size_t first = 0, last = 0; first < units.size(); first = last) {
    while (last < units.size() && units[last].seed == units[first].seed &&
           units[last].disorder == units[first].disorder) {
      ++last;
    }
    if (last - first != replicas) continue;
    for (std::size_t u = first; u < last; ++u) whole.push_back(series[u]);
  }
  return whole;
}

}  // namespace

std::map<std::string, std::string> provenance() {
  char mpi[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(mpi, &length);
  const std::string mpi_text(mpi, static_cast<std::size_t>(length));
  return {{"version", version::number},
          {"git", version::git},
          {"dirty", version::dirty ? "true" : "false"},
          {"compiler", version::compiler},
          {"flags", version::flags},
          {"mpi", mpi_text.substr(0, mpi_text.find(','))},
          {"hdf5", record::hdf5_version()},
          {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                                BOOST_VERSION % 100)},
          {"eigen",
           fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)}};
}

std::string version_text() {
  return fmt::format("{} ({}{})", version::number, version::git,
                     version::dirty ? ", modified" : "");
}

void collect(const record::ResultFile& file, Finished& finished) {
  for (const verdict::Point& point : file.result.points) {
    const auto units = file.units.find(point.id);
    if (units == file.units.end()) continue;
    const auto seconds = file.unit_seconds.find(point.id);
    for (std::size_t u = 0; u < units->second.size(); ++u) {
      NamedUnit unit;
      for (const auto& [name, observable] : point.observables) {
        unit.series.emplace(name, observable.units.at(u));
      }
      if (seconds != file.unit_seconds.end()) unit.seconds = seconds->second.at(u);
      finished.emplace(units->second[u], std::move(unit));
    }
  }
}

void collect(const record::Segment& segment, const Plan& plan, Finished& finished) {
  std::map<std::string, const Plan::Point*> points;
  for (const Plan::Point& point : plan.points) points[point.id] = &point;
  for (const record::FinishedUnit& unit : segment.finished) {
    const auto point = points.find(unit.id.point);
    if (point == points.end()) continue;
    const auto infos = point->second->experiment->observables();
    if (infos.size() != unit.series.size()) continue;  // of another build: done again
    NamedUnit named{{}, unit.seconds};
    for (std::size_t i = 0; i < infos.size(); ++i) {
      named.series.emplace(infos[i].name.string(), unit.series[i]);
    }
    finished.emplace(unit.id, std::move(named));
  }
}

statistics::Estimate estimate(const std::vector<Series>& series,
                              const std::vector<record::UnitId>& units, bool quenched,
                              bool independent) {
  using statistics::Sequence;
  const Sequence samples = independent ? Sequence::independent : Sequence::chain;
  std::set<std::uint32_t> disorder;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::size_t> replicas;
  for (const record::UnitId& unit : units) {
    disorder.insert(unit.disorder);
    ++replicas[{unit.seed, unit.disorder}];
  }
  const bool averages = replicas.size() > 1 && (quenched || disorder.size() > 1);
  if (!averages) {
    return statistics::combine(series, statistics::Grouping::replicas, 1, samples);
  }
  std::size_t most = 0;
  for (const auto& [sample, count] : replicas) most = std::max(most, count);
  return statistics::combine(whole_samples(series, units, most), statistics::Grouping::disorder,
                             static_cast<Eigen::Index>(most), samples);
}

record::ResultFile assemble(const deck::Deck& deck, const Plan& plan, const Finished& finished) {
  record::ResultFile file;
  file.fingerprint = plan.fingerprint();
  file.settings = plan.settings;
  for (const deck::Setting& setting : plan.settings) {
    file.result.settings[setting.path] = setting.text;
  }
  verdict::Result& result = file.result;
  result.run = plan.run;
  result.target = plan.target;
  result.experiment = plan.experiment;
  result.headline = plan.headline;
  result.swept = plan.swept;
  result.seed = plan.seed;
  result.deck = deck.verbatim;
  result.provenance = provenance();
  for (const Plan::Point& planned : plan.points) {
    verdict::Point point;
    point.id = planned.id;
    for (const auto& [path, value] : planned.parameters.all()) {
      // What may change while a run is continued is no property of its points.
      if (value.role != deck::Role::control) point.parameters[path] = value.canonical();
    }
    point.facts = planned.experiment->facts();
    point.predictions = planned.experiment->predictions();
    result.points.push_back(std::move(point));
  }
  for (const Plan::Unit& unit : plan.units) {
    const std::string& id = plan.points[unit.point].id;
    const auto found = finished.find(plan.id(unit));
    if (found == finished.end()) {
      result.points[unit.point].complete = false;
      continue;
    }
    file.units[id].push_back(found->first);
    file.unit_seconds[id].push_back(found->second.seconds);
  }
  for (std::size_t p = 0; p < plan.points.size(); ++p) {
    const auto units = file.units.find(plan.points[p].id);
    if (units == file.units.end()) continue;
    for (const measure::ObservableInfo& info : plan.points[p].experiment->observables()) {
      verdict::Observable observable{.name = info.name.string(),
                                     .unit = info.unit,
                                     .text = info.text,
                                     .shape = info.shape,
                                     .origin = info.origin,
                                     .independent = info.independent,
                                     .estimate = {},
                                     .units = {}};
      for (const record::UnitId& id : units->second) {
        observable.units.push_back(finished.at(id).series.at(info.name.string()));
      }
      observable.estimate =
          estimate(observable.units, units->second, plan.quenched, observable.independent);
      result.points[p].observables.emplace(info.name.string(), std::move(observable));
    }
  }
  return file;
}

}  // namespace symbreak::ensemble
