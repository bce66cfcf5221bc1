// What a user sees of a running ensemble: a bar on a terminal, lines in a log, status.json.
// May depend on: fmt, nlohmann-json, sim/record (atomic text files).
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace symbreak::ensemble {

class Progress {
 public:
  struct Totals {
    std::int64_t units = 0;  ///< of the plan
    double work_before = 0;  ///< of the plan's work done in earlier sessions, 0..1
    int ranks = 1;
    bool quiet = false;  ///< status.json only
  };
  Progress(std::filesystem::path run, std::string name, const Totals& totals);

  /// Called often by rank 0; prints and publishes only when due. `fraction` of all work, 0..1.
  void update(std::int64_t finished, double fraction);
  /// Last words: state is running, stopped, done or failed.
  void finish(const std::string& state, std::int64_t finished, double fraction);

 private:
  void publish(const std::string& state, std::int64_t finished, double fraction) const;
  void print(std::int64_t finished, double fraction);
  double eta(double fraction) const;

  std::filesystem::path run_;
  std::string name_;
  Totals totals_;
  double start_, begun_, printed_, published_ = -1e9;
  bool terminal_, bar_ = false;
};

}  // namespace symbreak::ensemble
