#include "sim/ensemble/assemble.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <boost/version.hpp>
#include <set>

#include "analysis/statistics/matrix.hpp"
#include "sim/ensemble/text.hpp"
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
          {"flags", fmt::format("{}, {}", version::flags, statistics::decomposition_library())},
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

namespace {

void describe(const deck::Deck& deck, const Plan& plan, record::ResultFile& file) {
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
}

record::PointRecord assemble_point(const Plan& plan, std::size_t p, Finished& finished) {
  const Plan::Point& planned = plan.points[p];
  const auto experiment = plan.experiment_of(p);
  const auto infos = experiment->observables();
  record::PointRecord record;
  verdict::Point& point = record.point;
  point.id = planned.id;
  for (const auto& [path, value] : planned.parameters.all()) {
    // What may change while a run is continued is no property of its points.
    if (value.role != deck::Role::control) point.parameters[path] = value.canonical();
  }
  point.facts = experiment->facts();
  point.predictions = experiment->predictions();
  std::vector<record::FinishedUnit> units = finished.units(p, infos);
  point.complete = units.size() == planned.units();
  for (const record::FinishedUnit& unit : units) {
    record.units.push_back(unit.id);
    record.unit_seconds.push_back(unit.seconds);
  }
  if (units.empty()) return record;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const measure::ObservableInfo& info = infos[i];
    verdict::Observable observable{.name = info.name.string(),
                                   .unit = info.unit,
                                   .text = info.text,
                                   .shape = info.shape,
                                   .origin = info.origin,
                                   .independent = info.independent,
                                   .estimate = {},
                                   .units = {}};
    for (record::FinishedUnit& unit : units) {
      observable.units.push_back(std::move(unit.series[i]));
    }
    observable.estimate =
        estimate(observable.units, record.units, plan.quenched, observable.independent);
    point.observables.emplace(info.name.string(), std::move(observable));
  }
  return record;
}

}  // namespace

void assemble(const std::filesystem::path& result, const deck::Deck& deck, const Plan& plan,
              Finished& finished, record::ResultFile head, const std::string& timed) {
  const double begin = steady();
  describe(deck, plan, head);
  record::ResultWriter writer(result);
  for (std::size_t p = 0; p < plan.points.size(); ++p) {
    writer.add(assemble_point(plan, p, finished));
  }
  head.performance[timed] = steady() - begin;
  writer.publish(head);
}

void assemble_nothing(const std::filesystem::path& result, const deck::Deck& deck,
                      const Plan& plan) {
  record::ResultFile head;
  describe(deck, plan, head);
  record::ResultWriter(result).publish(head);
}

double assembly_seconds(const Plan& plan) {
  constexpr double kPoint = 3e-4, kUnit = 2e-5, kByte = 2e-8;
  return kPoint * static_cast<double>(plan.points.size()) +
         kUnit * static_cast<double>(plan.units.size()) +
         kByte * static_cast<double>(plan.result_bytes());
}

}  // namespace symbreak::ensemble
