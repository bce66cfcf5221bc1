// Why and when a run stops before its end. May depend on: POSIX.
#pragma once
#include <filesystem>
#include <optional>
#include <string_view>

namespace symbreak::ensemble {

/// From here to the end of the process SIGTERM, SIGINT, SIGUSR1, and SIGHUP unless it is ignored, as
/// under nohup, are requests to stop that `StopConditions` know of; another one at least half a
/// second later ends the process at once with status 3 (what was published stays). The first thing
/// a program does: a job that is told to stop while it starts has to end like any other.
void listen_to_signals();

/// Why to stop, the least urgent first: what any rank noticed is said by rank 0.
enum class StopReason : int { none, file, walltime, interrupt, hangup, terminate, user };
std::string_view words(StopReason reason);  ///< "walltime reached", "" for none

/// Stop conditions of this process: signals, a walltime, a file STOP in the run's directory.
class StopConditions {
 public:
  /// `walltime` in seconds from now; never later than half a minute before SLURM_JOB_END_TIME. Both
  /// are ends of all that is done: work ends `reserve` seconds earlier, for the result to be put
  /// together, but never before half of the time.
  StopConditions(const std::filesystem::path& run, std::optional<double> walltime, double reserve);

  /// None to go on. `look` also asks the file system.
  StopReason reason(bool look) const;

 private:
  std::filesystem::path file_;
  double deadline_;  ///< on the steady clock
};

}  // namespace symbreak::ensemble
