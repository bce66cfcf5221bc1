// The run's directory: lock, segments, compaction into result.h5. May depend on: sim/record, POSIX.
//
//   RUN/deck.ini      the deck, verbatim           RUN/result.h5    all finished units
//   RUN/next.h5       in place of result.h5 while longer units are under way, which replace a
//                     result: that one stays until all of them are finished
//   RUN/states.h5     how far units are: in progress, or finished and able to go on; a segment
//                     without finished units. Removed, they start over
//   RUN/status.json   for `symbreak status`        RUN/lock         held while a run is going
//   RUN/overrides     what --set said
//   RUN/segments/     units-<session>-<rank>-<number>.h5, finished units; the last of a rank is
//                     replaced at each checkpoint and has the state of its unit under way
//                     rejected/  what was damaged, or is of another deck; never read again
// State is keyed by unit. Everything here is published atomically, so any process may be killed at
// any moment; a unit that is in two files has the same bits in both.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/finished.hpp"
#include "sim/ensemble/lock.hpp"
#include "sim/ensemble/states.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

/// What --set said, one line each.
inline constexpr const char* kOverrides = "overrides";

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
  std::filesystem::path next() const { return run_ / "next.h5"; }
  std::filesystem::path slices() const { return run_ / "slices"; }
  std::filesystem::path states() const { return run_ / "states.h5"; }
  std::filesystem::path segment(const std::string& session, int rank, int number) const;

  /// Makes the directory, takes its lock until this ends, and removes a STOP file and what killed
  /// processes left half-written. Throws Refusal when another process holds the lock or the
  /// directory is not that of a run of this deck text, FileError when it cannot be made or written.
  void open(const std::string& deck);
  const std::string& note() const { return lock_->note(); }  ///< of the lock, for the user
  struct Found {
    Finished finished;
    std::vector<std::filesystem::path> needed;  ///< segments with units that no result holds
    States states;
    std::vector<record::Session> sessions;
    std::map<std::string, double> performance;
    bool same_units = true;                    ///< false: there are more of them than before
    bool replaced = false;                     ///< result.h5 has units, but shorter ones
    bool sliced = false;                       ///< slices have units that nothing else has
    std::vector<std::string> notes;            ///< what was rejected and why, for the user
    std::vector<std::filesystem::path> files;  ///< segments read
    std::vector<std::filesystem::path> rejected;
    explicit Found(const Plan& plan) : finished(plan) {}
  };
  /// What earlier sessions left; changes nothing. Throws Refusal when result.h5 belongs to another
  /// deck (with the differences), to a program that measures other things, to a merged run, or is
  /// damaged; record::AccessError when any file cannot be read for the moment.
  Found find(const Plan& plan) const;
  void reject(const std::filesystem::path& segment) const;  ///< moves it to segments/rejected
  void clear() const;  ///< removes the segments of a complete result, not the rejected ones

 private:
  bool continues(const std::filesystem::path& file, const Plan& plan, Found& found) const;
  void add_states(const std::filesystem::path& file, const Plan& plan, Found& found) const;
  void add_slices(const Plan& plan, Found& found) const;
  std::filesystem::path run_;
  std::shared_ptr<const RunLock> lock_{};
};

}  // namespace symbreak::ensemble
