#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "sim/ensemble/assemble.hpp"
#include "sim/ensemble/ensemble.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

namespace {

/// What must agree between merged runs: the physics keys that are not swept. Points are identified
/// by their content, so slices of one sweep may be merged.
std::map<std::string, std::string> physics(const record::ResultFile& file) {
  std::map<std::string, std::string> keys;
  for (const deck::Setting& setting : file.settings) {
    if (setting.role == deck::Role::physics && !setting.path.starts_with("run.")) {
      keys[setting.path] = setting.identity();
    }
  }
  for (const std::string& swept : file.result.swept) keys.erase(swept);
  return keys;
}

/// Whether all disorder samples, if there are several, have the same number of replicas.
bool even(const std::vector<record::UnitId>& units) {
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::size_t> replicas;
  bool disorder = false;
  for (const record::UnitId& unit : units) {
    ++replicas[{unit.seed, unit.disorder}];
    disorder = disorder || unit.disorder > 0;
  }
  return !disorder || std::all_of(replicas.begin(), replicas.end(), [&](const auto& sample) {
    return sample.second == replicas.begin()->second;
  });
}

/// The runs to be merged: their files, and where each point is in them.
struct Sources {
  struct Place {
    std::size_t run, point;
  };
  std::vector<fs::path> runs;
  std::vector<record::ResultReader> readers;
  std::vector<std::string> ids;  ///< of the merged result, in its order
  std::unordered_map<std::string, std::vector<Place>> places;
};

Sources open_runs(const std::vector<fs::path>& runs) {
  Sources sources{runs, {}, {}, {}};
  for (const fs::path& run : runs) {
    if (!fs::exists(run / "result.h5")) {
      throw record::FileError(
          fmt::format("{}: no result.h5 here; the directory of a run is expected", run.string()));
    }
    sources.readers.emplace_back(run / "result.h5");
  }
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const std::vector<std::string>& ids = sources.readers[r].ids();
    for (std::size_t p = 0; p < ids.size(); ++p) {
      std::vector<Sources::Place>& places = sources.places[ids[p]];
      if (places.empty()) sources.ids.push_back(ids[p]);
      places.push_back({r, p});
    }
  }
  return sources;
}

void require_same_physics(const Sources& sources) {
  const record::ResultFile& first = sources.readers.front().head();
  for (std::size_t r = 1; r < sources.runs.size(); ++r) {
    const record::ResultFile& file = sources.readers[r].head();
    auto all = physics(first), these = physics(file);
    for (const std::string& swept : file.result.swept) all.erase(swept);
    for (const std::string& swept : first.result.swept) these.erase(swept);
    for (const auto& [key, text] : all) {
      if (these[key] != text) {
        throw record::FileError(fmt::format("{}: {} = {}, but {} in {}: not the same physics",
                                            sources.runs[r].string(), key, these[key], text,
                                            sources.runs.front().string()));
      }
    }
  }
}

/// Throws for units that two runs have.
void require_distinct_units(const Sources& sources) {
  for (const std::string& id : sources.ids) {
    std::map<record::UnitId, std::size_t> owner;
    for (const auto& [run, point] : sources.places.at(id)) {
      for (const record::UnitId& unit : sources.readers[run].units(point)) {
        const auto [before, fresh] = owner.emplace(unit, run);
        if (!fresh) {
          throw record::FileError(fmt::format(
              "{} and {} both hold unit {} of seed {}: merging them would count it twice",
              sources.runs[before->second].string(), sources.runs[run].string(), unit.text(),
              unit.seed));
        }
      }
    }
  }
}

/// A point of all runs together: units by seed, then in plan order.
record::PointRecord merged_point(const Sources& sources, const std::string& id, bool quenched) {
  std::vector<record::PointRecord> parts;
  for (const auto& [run, point] : sources.places.at(id)) {
    parts.push_back(sources.readers[run].read(point));
  }
  std::map<record::UnitId, std::pair<std::size_t, std::size_t>> units;  // part, place in it
  record::PointRecord merged;
  merged.point = parts.front().point;
  merged.point.parameters.erase("run.seed");
  merged.point.observables.clear();
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (!parts[p].point.complete) merged.point.complete = false;
    for (std::size_t u = 0; u < parts[p].units.size(); ++u) {
      units.emplace(parts[p].units[u], std::pair{p, u});
    }
    if (merged.point.observables.empty()) merged.point.observables = parts[p].point.observables;
  }
  for (const auto& [unit, place] : units) {
    const std::vector<double>& seconds = parts[place.first].unit_seconds;
    merged.units.push_back(unit);
    merged.unit_seconds.push_back(seconds.empty() ? 0 : seconds.at(place.second));
  }
  if (merged.point.complete && !even(merged.units)) {
    throw record::FileError(
        fmt::format("point {} has different numbers of replicas per disorder sample in these "
                    "runs; raise sampling.replicas of the smaller ones first",
                    id));
  }
  for (auto& [name, observable] : merged.point.observables) {
    observable.units.clear();
    try {
      for (const auto& [unit, place] : units) {
        const verdict::Observable& part = parts[place.first].point.observables.at(name);
        observable.units.push_back(part.units.at(place.second));
      }
      observable.estimate =
          estimate(observable.units, merged.units, quenched, observable.independent);
    } catch (const std::logic_error& error) {
      throw record::FileError(fmt::format("observable {} of point {} differs between the runs: {}",
                                          name, id, error.what()));
    }
  }
  return merged;
}

}  // namespace

std::size_t merge(const fs::path& out, const std::vector<fs::path>& runs,
                  const std::function<bool(const std::string& target)>& is_quenched) {
  if (fs::exists(out / "result.h5")) {
    throw record::FileError(fmt::format("{}: there is a result already", out.string()));
  }
  const Sources sources = open_runs(runs);
  require_same_physics(sources);
  require_distinct_units(sources);
  record::ResultFile head = sources.readers.front().head();
  head.fingerprint = kMerged;
  head.result.run = out.filename().string();
  for (std::size_t r = 1; r < runs.size(); ++r) {
    const record::ResultFile& file = sources.readers[r].head();
    head.sessions.insert(head.sessions.end(), file.sessions.begin(), file.sessions.end());
    for (const std::string& swept : file.result.swept) {
      auto& keys = head.result.swept;
      if (std::find(keys.begin(), keys.end(), swept) == keys.end()) keys.push_back(swept);
    }
  }
  std::error_code error;
  fs::create_directories(out, error);
  if (error) {
    throw record::FileError(fmt::format("{}: {}", out.string(), error.message()));
  }
  const bool quenched = is_quenched(head.result.target);
  record::ResultWriter writer(out / "result.h5");
  std::size_t unfinished = 0;
  for (const std::string& id : sources.ids) {
    const record::PointRecord point = merged_point(sources, id, quenched);
    if (!point.point.complete) ++unfinished;
    writer.add(point);
  }
  record::write_text(out / "deck.ini", head.result.deck);
  writer.publish(head);
  return unfinished;
}

}  // namespace symbreak::ensemble
