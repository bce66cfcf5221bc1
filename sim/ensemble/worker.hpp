// One rank's share: takes units from the queue, advances them block by block, publishes.
// May depend on: sim/ensemble/{queue,store}, sim/experiment.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/ensemble/sharing/queue.hpp"
#include "sim/ensemble/store.hpp"

namespace symbreak::ensemble {

class Worker {
 public:
  struct Setting {
    std::string session;
    int rank = 0;
    double checkpoint = 60;              ///< seconds between publications
    std::vector<std::size_t> order;      ///< plan units still to do, in queue order
    std::set<record::UnitId> resumable;  ///< units with a saved state
  };
  /// `poll` is called between blocks, at most every 20 ms, and while there is nothing to do; it
  /// returns false to stop.
  Worker(const Plan& plan, const Store& store, Setting setting, SharedQueue& queue,
         std::function<bool()> poll);

  /// Until the queue is empty or `poll` says stop; publishes everything before it returns or
  /// throws.
  void work();
  /// Store::segment(..., 0..n-1)
  int published_files() const { return full_files_ + (last_file_exists_ ? 1 : 0); }
  double publishing_seconds() const { return publishing_; }

 private:
  void take_units();
  bool advance(const Plan::Unit& unit);
  record::UnitState saved_state(const record::UnitId& unit);
  void keep_end(record::UnitState end);
  /// What is finished, and how far the unit under way is, go into the last file. One that is full, or
  /// has finished units when this rank stops, is closed: the unit under way is in the next, alone.
  void publish(std::optional<record::UnitState> running = {}, bool stops = false);
  void write();

  const Plan& plan_;
  const std::string fingerprint_;
  const Store& store_;
  Setting setting_;
  SharedQueue& queue_;
  std::function<bool()> poll_;
  std::optional<record::SegmentReader> states_;  ///< what units go on from
  std::map<record::UnitId, std::size_t> state_rows_;
  std::vector<record::FinishedUnit> finished_;  ///< of the last file, which is not full
  std::vector<record::UnitState> ends_;         ///< of these
  std::size_t finished_bytes_ = 0,
              fresh_bytes_ = 0;  ///< of these; of those that are in no file yet
  int full_files_ = 0;
  bool last_file_exists_ = false;
  double last_published_, last_polled_ = 0, publishing_ = 0;
};

}  // namespace symbreak::ensemble
