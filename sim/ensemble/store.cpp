#include "sim/ensemble/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "sim/ensemble/text.hpp"
#include "sim/record/publish.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

fs::path Store::finished(const std::string& session, int rank, int number) const {
  return segments() / fmt::format("finished-{}-{:05}-{:06}.h5", session, rank, number);
}

fs::path Store::running(const std::string& session, int rank) const {
  return segments() / fmt::format("running-{}-{:05}.h5", session, rank);
}

fs::path Store::resume(const record::UnitId& unit) const {
  return segments() / fmt::format("resume-{}-{}-{}.h5", unit.point, unit.disorder, unit.replica);
}

namespace {

/// The lock of a run; closing the descriptor, as every end of the process does, gives it back.
std::shared_ptr<const int> lock(const fs::path& run) {
  const std::string name = (run / "lock").string();
  const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    throw record::FileError(fmt::format("cannot write {}: {}", name, std::strerror(errno)));
  }
  std::shared_ptr<const int> held(new int(descriptor), [](const int* open) {
    ::close(*open);
    delete open;
  });
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    // Some network file systems have no locks at all: there the user has to see to it.
    if (errno != EWOULDBLOCK) return held;
    char holder[128] = {};
    if (read(descriptor, holder, sizeof holder - 1) < 0) holder[0] = 0;
    throw Refusal(
        fmt::format("{}: another run is going on here ({}); stop it first (touch {}/STOP) or "
                    "choose another --output",
                    run.string(), holder, run.string()));
  }
  const std::string holder = fmt::format("process {} on {}", getpid(), host());
  if (ftruncate(descriptor, 0) != 0 ||
      write(descriptor, holder.data(), holder.size()) != static_cast<ssize_t>(holder.size())) {
    throw record::FileError(fmt::format("cannot write {}: {}", name, std::strerror(errno)));
  }
  return held;
}

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
    for (const char* count : kUnitCounts) result.erase(count);
    return result;
  };
  return texts(before) == texts(after);
}

}  // namespace

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
  lock_ = lock(run_);
  fs::remove(run_ / "STOP", error);
  remove_temporary(run_);
  remove_temporary(segments());
}

Store::Found Store::find(const Plan& plan) const {
  Found found(plan);
  const std::string& fingerprint = plan.fingerprint();
  if (fs::exists(result())) {
    found.result = true;
    std::optional<record::ResultReader> reader;
    try {
      reader.emplace(result());
    } catch (const record::FileError& error) {
      throw Refusal(fmt::format("{}; move it away to start anew", error.what()));
    }
    const record::ResultFile& earlier = reader->head();
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
    if (earlier.fingerprint == fingerprint) {
      try {
        found.finished.add(std::move(*reader));
      } catch (const record::FileError& error) {
        throw Refusal(fmt::format("{}; move it away to start anew", error.what()));
      }
    } else if (same_length(earlier.settings, plan.settings)) {
      throw Refusal(
          fmt::format("{}: was made by version {}, which measured other things than this one; "
                      "choose another --output",
                      run_.string(), earlier.result.provenance.contains("git") ? earlier.result.provenance.at("git") : "?"));
    } else {
      found.notes.push_back("units are longer than before: they are done again");
    }
  }
  const std::size_t in_result = found.finished.count();
  std::map<record::UnitId, record::UnfinishedUnit> states;
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(segments())) {
    if (entry.path().extension() == ".h5") names.push_back(entry.path());
  }
  std::sort(names.begin(), names.end());
  for (const fs::path& name : names) {
    found.files.push_back(name);
    try {
      const record::SegmentReader segment(name);
      if (segment.fingerprint() != fingerprint) continue;
      std::vector<record::UnfinishedUnit> unfinished = segment.unfinished();
      const std::size_t before = found.finished.count();
      found.finished.add(name, segment);
      if (found.finished.count() > before) found.needed.push_back(name);
      for (record::UnfinishedUnit& unit : unfinished) {
        record::UnfinishedUnit& best = states[unit.id];
        if (unit.blocks_done > best.blocks_done) best = std::move(unit);
      }
    } catch (const record::FileError& error) {
      found.notes.push_back(fmt::format("{}; its units are done again", error.what()));
    }
  }
  found.in_segments = found.finished.count() - in_result;
  for (auto& [id, unit] : states) {
    const auto index = found.finished.index(id);
    if (unit.blocks_done > 0 && index && !found.finished.contains(*index)) {
      found.unfinished.push_back(std::move(unit));
    }
  }
  return found;
}

}  // namespace symbreak::ensemble
