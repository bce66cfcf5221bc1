// The run's directory: lock, segments, compaction into result.h5. May depend on: sim/record, POSIX.
//
//   RUN/deck.ini      the deck, verbatim           RUN/result.h5    all finished units
//   RUN/status.json   for `symbreak status`        RUN/lock         held while a run is going
//   RUN/segments/     finished-<session>-<rank>-<number>.h5   immutable, finished units
//                     running-<session>-<rank>.h5             replaced, the state of one unit
//                     resume-<point>-<disorder>-<replica>.h5  states found at the last start
// State is keyed by unit. Everything here is published atomically, so any process may be killed at
// any moment; a unit that is in two files has the same bits in both.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/finished.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

/// Something about RUN that forbids the run: a changed deck, another run in it. Exit 2.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Store {
 public:
  explicit Store(std::filesystem::path run) : run_(std::move(run)) {}

  const std::filesystem::path& run() const { return run_; }
  std::filesystem::path segments() const { return run_ / "segments"; }
  std::filesystem::path result() const { return run_ / "result.h5"; }
  std::filesystem::path resume(const record::UnitId& unit) const;
  std::filesystem::path finished(const std::string& session, int rank, int number) const;
  std::filesystem::path running(const std::string& session, int rank) const;

  /// Makes the directory, takes its lock until this ends, and removes a STOP file and what killed
  /// processes left half-written. Throws Refusal when another process holds the lock or the
  /// directory is not that of a run of this deck text, FileError when it cannot be made or written.
  void open(const std::string& deck);
  struct Found {
    Finished finished;
    std::size_t in_segments = 0;                ///< finished units that no result holds,
    std::vector<std::filesystem::path> needed;  ///< and the segments that do
    std::vector<record::UnfinishedUnit> unfinished;  ///< the furthest state of each unit
    std::vector<record::Session> sessions;
    std::map<std::string, double> performance;
    bool result = false;                       ///< there is one
    std::vector<std::string> notes;            ///< what was skipped and why, for the user
    std::vector<std::filesystem::path> files;  ///< segments read or skipped
    explicit Found(const Plan& plan) : finished(plan) {}
  };
  /// What earlier sessions left. Throws Refusal when result.h5 belongs to another deck (with the
  /// differences), to a program that measures other things, to a merged run, or cannot be read.
  Found find(const Plan& plan) const;

 private:
  std::filesystem::path run_;
  std::shared_ptr<const int> lock_{};  ///< a descriptor
};

}  // namespace symbreak::ensemble
