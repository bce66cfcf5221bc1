#include <fmt/format.h>

#include <algorithm>
#include <set>

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

}  // namespace

std::size_t merge(const fs::path& out, const std::vector<fs::path>& runs,
                  const std::function<bool(const std::string& target)>& is_quenched) {
  if (fs::exists(out / "result.h5")) {
    throw record::FileError(fmt::format("{}: there is a result already", out.string()));
  }
  std::vector<record::ResultFile> files;
  for (const fs::path& run : runs) {
    if (!fs::exists(run / "result.h5")) {
      throw record::FileError(
          fmt::format("{}: no result.h5 here; the directory of a run is expected", run.string()));
    }
    files.push_back(record::read_result(run / "result.h5"));
  }
  record::ResultFile merged = files.front();
  merged.fingerprint = kMerged;
  merged.result.run = out.filename().string();
  std::map<std::string, std::size_t> place;  // point id -> index in the merged result
  std::map<record::UnitId, fs::path> owner;
  std::set<std::string> partial;  // points that lack units in some run
  Finished finished;
  for (std::size_t f = 0; f < files.size(); ++f) {
    const record::ResultFile& file = files[f];
    auto all = physics(files.front()), these = physics(file);
    for (const std::string& swept : file.result.swept) all.erase(swept);
    for (const std::string& swept : files.front().result.swept) these.erase(swept);
    for (const auto& [key, text] : all) {
      if (these[key] != text) {
        throw record::FileError(fmt::format("{}: {} = {}, but {} in {}: not the same physics",
                                            runs[f].string(), key, these[key], text,
                                            runs.front().string()));
      }
    }
    for (const auto& [point, units] : file.units) {
      for (const record::UnitId& unit : units) {
        const auto [before, fresh] = owner.emplace(unit, runs[f]);
        if (!fresh) {
          throw record::FileError(fmt::format(
              "{} and {} both hold unit {} of seed {}: merging them would count it twice",
              before->second.string(), runs[f].string(), unit.text(), unit.seed));
        }
      }
    }
    collect(file, finished);
    for (const verdict::Point& point : file.result.points) {
      if (!point.complete) partial.insert(point.id);
      if (f == 0) {
        place.emplace(point.id, place.size());
      } else if (place.emplace(point.id, merged.result.points.size()).second) {
        merged.result.points.push_back(point);
      }
    }
    if (f == 0) continue;
    merged.sessions.insert(merged.sessions.end(), file.sessions.begin(), file.sessions.end());
    for (const std::string& swept : file.result.swept) {
      auto& keys = merged.result.swept;
      if (std::find(keys.begin(), keys.end(), swept) == keys.end()) keys.push_back(swept);
    }
  }
  merged.units.clear();
  merged.unit_seconds.clear();
  for (const auto& [id, unit] : finished) {  // by seed, then in plan order
    merged.units[id.point].push_back(id);
    merged.unit_seconds[id.point].push_back(unit.seconds);
  }
  const bool quenched = is_quenched(merged.result.target);
  for (verdict::Point& point : merged.result.points) {
    point.parameters.erase("run.seed");
    point.complete = !partial.contains(point.id);
    const std::vector<record::UnitId>& units = merged.units[point.id];
    if (point.complete && !even(units)) {
      throw record::FileError(
          fmt::format("point {} has different numbers of replicas per disorder sample in these "
                      "runs; raise sampling.replicas of the smaller ones first",
                      point.id));
    }
    for (auto& [name, observable] : point.observables) {
      observable.units.clear();
      if (units.empty()) continue;
      try {
        for (const record::UnitId& id : units) {
          observable.units.push_back(finished.at(id).series.at(name));
        }
        observable.estimate = estimate(observable.units, units, quenched, observable.independent);
      } catch (const std::logic_error& error) {
        throw record::FileError(
            fmt::format("observable {} of point {} differs between the runs: {}", name, point.id,
                        error.what()));
      }
    }
  }
  std::error_code error;
  fs::create_directories(out, error);
  if (error) {
    throw record::FileError(fmt::format("{}: {}", out.string(), error.message()));
  }
  record::write_text(out / "deck.ini", merged.result.deck);
  record::write_result(out / "result.h5", merged);
  return partial.size();
}

}  // namespace symbreak::ensemble
