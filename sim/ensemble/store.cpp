#include "sim/ensemble/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

fs::path Store::finished(const std::string& session, int rank, int number) const {
  return segments() / fmt::format("finished-{}-{:05}-{:06}.h5", session, rank, number);
}

fs::path Store::running(const std::string& session, int rank) const {
  return segments() / fmt::format("running-{}-{:05}.h5", session, rank);
}

void Store::open() {
  std::error_code error;
  fs::create_directories(segments(), error);
  if (error) {
    throw record::FileError(
        fmt::format("{}: cannot make the run's directory: {}", run_.string(), error.message()));
  }
  const std::string lock = (run_ / "lock").string();
  // Held until the process ends, however it ends: the descriptor is never closed on purpose.
  const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    throw record::FileError(fmt::format("{}: {}", lock, std::strerror(errno)));
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    char holder[128] = {};
    if (read(descriptor, holder, sizeof holder - 1) < 0) holder[0] = 0;
    ::close(descriptor);
    throw Refusal(
        fmt::format("{}: another run is going on here ({}); stop it first (touch {}/STOP) "
                    "or choose another --output",
                    run_.string(), holder, run_.string()));
  }
  const std::string holder = fmt::format("process {} on {}", getpid(), host());
  if (ftruncate(descriptor, 0) != 0 ||
      write(descriptor, holder.data(), holder.size()) != static_cast<ssize_t>(holder.size())) {
    throw record::FileError(fmt::format("{}: {}", lock, std::strerror(errno)));
  }
}

Store::Found Store::find(const Plan& plan) const {
  Found found;
  const std::string fingerprint = plan.fingerprint();
  if (fs::exists(result())) {
    const record::ResultFile earlier = record::read_result(result());
    const auto differences = deck::incompatibilities(earlier.settings, plan.settings);
    if (!differences.empty()) {
      throw Refusal(fmt::format(
          "{}: this directory holds a run of a different deck:\n  {}\nchoose another --output or "
          "run.name (statistics may be raised, physics and seed may not change)",
          run_.string(), fmt::join(differences, "\n  ")));
    }
    found.sessions = earlier.sessions;
    found.same_settings =
        std::equal(earlier.settings.begin(), earlier.settings.end(), plan.settings.begin(),
                   plan.settings.end(), [](const deck::Setting& a, const deck::Setting& b) {
                     return a.path == b.path && a.text == b.text;
                   });
    if (earlier.fingerprint == fingerprint) {
      collect(earlier, found.finished);
    } else {
      found.notes.push_back("units have another length than before: they are done again");
    }
  }
  std::map<record::UnitId, record::UnfinishedUnit> states;
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(segments())) {
    if (entry.path().extension() == ".h5") names.push_back(entry.path());
  }
  std::sort(names.begin(), names.end());
  for (const fs::path& name : names) {
    found.files.push_back(name);
    try {
      record::Segment segment = record::read_segment(name);
      if (segment.fingerprint != fingerprint) continue;
      collect(segment, plan, found.finished);
      for (record::UnfinishedUnit& unit : segment.unfinished) {
        record::UnfinishedUnit& best = states[unit.id];
        if (unit.blocks_done > best.blocks_done) best = std::move(unit);
      }
    } catch (const record::FileError& error) {
      found.notes.push_back(fmt::format("{}; its units are done again", error.what()));
    }
  }
  for (auto& [id, unit] : states) {
    if (unit.blocks_done > 0 && !found.finished.contains(id)) {
      found.unfinished.push_back(std::move(unit));
    }
  }
  return found;
}

}  // namespace symbreak::ensemble
