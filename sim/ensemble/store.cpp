#include "sim/ensemble/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "sim/ensemble/text.hpp"
#include "sim/record/publish.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

fs::path Store::segment(const std::string& session, int rank, int number) const {
  return segments() / fmt::format("units-{}-{:05}-{:06}.h5", session, rank, number);
}

namespace {

void remove_temporary(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == record::kTemporarySuffix) fs::remove(entry.path(), ignored);
  }
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What sets two decks apart that may continue each other but whose units differ: their length.
bool same_length(const std::vector<deck::Setting>& before,
                 const std::vector<deck::Setting>& after) {
  const auto texts = [](const std::vector<deck::Setting>& settings) {
    std::map<std::string, std::string> result;
    for (const deck::Setting& setting : settings) {
      if (setting.role == deck::Role::statistics) result[setting.path] = setting.text;
    }
    for (const char* count : deck::kUnitCounts) result.erase(count);
    return result;
  };
  return texts(before) == texts(after);
}

}  // namespace

std::vector<std::string> recorded_overrides(const fs::path& run) {
  std::vector<std::string> all;
  std::istringstream lines(content(run / kOverrides));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) all.push_back(line);
  }
  return all;
}

void Store::open(const std::string& deck) {
  std::error_code error;
  if (fs::exists(run_, error) && !fs::is_directory(run_, error)) {
    throw Refusal(fmt::format("{}: this is a file; --output takes a directory", run_.string()));
  }
  if (!fs::exists(result(), error) && fs::exists(run_ / "deck.ini", error) &&
      content(run_ / "deck.ini") != deck) {
    throw Refusal(fmt::format("{}: holds a deck.ini that is not of a run; choose another --output",
                              run_.string()));
  }
  fs::create_directories(segments(), error);
  if (error) {
    throw record::FileError(
        fmt::format("{}: cannot make the run's directory: {}", run_.string(), error.message()));
  }
  lock_ = std::make_shared<const RunLock>(run_);
  fs::remove(run_ / "STOP", error);
  remove_temporary(run_);
  remove_temporary(segments());
}

/// Takes in a result of earlier sessions; false when its units are shorter than those of the plan.
bool Store::continues(const fs::path& file, const Plan& plan, Found& found) const {
  try {
    record::ResultReader reader(file);
    const record::ResultFile& earlier = reader.head();
    if (earlier.fingerprint == kMerged) {
      throw Refusal(
          fmt::format("{}: holds a merged result, which cannot be continued; continue the runs it "
                      "was made of and merge again",
                      run_.string()));
    }
    const auto differences = deck::incompatibilities(earlier.settings, plan.settings);
    if (!differences.empty()) {
      throw Refusal(fmt::format(
          "{}: this directory holds a run of a different deck:\n  {}\nchoose another --output or "
          "run.name (statistics may be raised, physics and seed may not change)",
          run_.string(), fmt::join(differences, "\n  ")));
    }
    found.sessions = earlier.sessions;
    found.performance = earlier.performance;
    found.same_units = std::ranges::equal(
        earlier.settings, plan.settings, [](const deck::Setting& a, const deck::Setting& b) {
          return a.path == b.path && (a.text == b.text || a.role == deck::Role::control);
        });
    if (earlier.fingerprint == plan.fingerprint()) {
      found.finished.add(std::move(reader));
      return true;
    }
    if (same_length(earlier.settings, plan.settings)) {
      const auto version = earlier.result.provenance.find("git");
      throw Refusal(fmt::format(
          "{}: was made by version {}, which measured other things than this one; choose another "
          "--output",
          run_.string(), version == earlier.result.provenance.end() ? "?" : version->second));
    }
    return !reader.any_units();
  } catch (const record::AccessError&) {
    throw;
  } catch (const record::FileError& error) {
    throw Refusal(fmt::format("{}; move it away to start anew", error.what()));
  }
}

/// Takes in a file of states, where units of this plan can go on from them.
void Store::add_states(const fs::path& file, const Plan& plan, Found& found) const {
  std::error_code none;
  if (!fs::exists(file, none)) return;
  try {
    const record::SegmentReader states(file);
    if (states.continuation() != plan.continuation()) return;
    found.states.add(file, states, found.finished);
  } catch (const record::AccessError&) {
    throw;
  } catch (const record::FileError& error) {
    found.notes.push_back(
        fmt::format("{}; it is left out: units that would go on from it start over", error.what()));
  }
}

/// Takes in what the slices of this run have finished; they stay as they are.
void Store::add_slices(const Plan& plan, Found& found) const {
  std::error_code none;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(slices(), none)) {
    if (fs::exists(entry.path() / "result.h5", none)) files.push_back(entry.path() / "result.h5");
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string name = file.parent_path().filename().string();
    try {
      record::ResultReader reader(file);
      if (reader.head().fingerprint != plan.fingerprint()) {
        found.notes.push_back(fmt::format("slice {} is of another deck: left out", name));
        continue;
      }
      const std::vector<record::Session> sessions = reader.head().sessions;
      add_states(file.parent_path() / states().filename(), plan, found);
      const std::size_t before = found.finished.count();
      found.finished.add_slice(std::move(reader));
      const std::size_t more = found.finished.count() - before;
      if (more == 0) continue;
      found.sliced = true;
      found.sessions.insert(found.sessions.end(), sessions.begin(), sessions.end());
      found.notes.push_back(fmt::format("slice {}: {} taken in", name, count(more, "unit")));
    } catch (const record::AccessError&) {
      throw;
    } catch (const record::FileError& error) {
      found.notes.push_back(fmt::format("{}; this slice is left out", error.what()));
    }
  }
}

Store::Found Store::find(const Plan& plan) const {
  Found found(plan);
  const std::string& fingerprint = plan.fingerprint();
  if (fs::exists(result())) found.replaced = !continues(result(), plan, found);
  if (fs::exists(next())) continues(next(), plan, found);
  add_states(states(), plan, found);
  add_slices(plan, found);
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(segments())) {
    if (entry.path().extension() == ".h5") names.push_back(entry.path());
  }
  std::sort(names.begin(), names.end());
  for (const fs::path& name : names) {
    try {
      const record::SegmentReader segment(name);
      const bool same = segment.fingerprint() == fingerprint;
      const bool goes_on =
          segment.continuation().empty() ? same : segment.continuation() == plan.continuation();
      if (goes_on) found.states.add(name, segment, found.finished);
      if (!same) {
        const bool used_up = goes_on && segment.finished().empty();
        (used_up ? found.files : found.rejected).push_back(name);
        continue;
      }
      const std::size_t before = found.finished.count();
      found.finished.add(name, segment);
      if (found.finished.count() > before) found.needed.push_back(name);
      found.files.push_back(name);
    } catch (const record::AccessError& error) {
      throw record::AccessError(fmt::format(
          "{}\nnothing was changed; run the same command when it can be read", error.what()));
    } catch (const record::FileError& error) {
      found.rejected.push_back(name);
      found.notes.push_back(
          fmt::format("{}; it is kept in segments/rejected, its units are done "
                      "again",
                      error.what()));
    }
  }
  if (found.replaced && found.finished.count() < plan.units.size()) {
    constexpr const char *kAgain =
                             "they are done again, and result.h5 stays until all are (more units, "
                             "sampling.replicas or disorder_samples, would keep these)",
                         *kOn = "they go on where they ended, and result.h5 stays until all have";
    found.notes.push_back(
        fmt::format("units are longer than before: {}", found.states.empty() ? kAgain : kOn));
  }
  return found;
}

void Store::reject(const fs::path& segment) const {
  const fs::path folder = segments() / "rejected";
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  fs::path place = folder / segment.filename();
  for (int i = 2; fs::exists(place, ignored); ++i) {
    place = folder / fmt::format("{}-{}.h5", segment.stem().string(), i);
  }
  fs::rename(segment, place, ignored);
}

void Store::clear() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(segments(), ignored)) {
    if (entry.path().extension() == ".h5") fs::remove(entry.path(), ignored);
  }
  fs::remove(segments(), ignored);  // where nothing was rejected
}

}  // namespace symbreak::ensemble
