// Why and when a run stops before its end. May depend on: POSIX.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace symbreak::ensemble {

/// Stop conditions of this process: SIGTERM, SIGINT, SIGUSR1 (a second signal ends the process at
/// once, status 3; what was published stays), a walltime, a file STOP in the run's directory.
class StopConditions {
 public:
  /// `walltime` in seconds from now; none: SLURM_JOB_END_TIME less half a minute, or no limit.
  StopConditions(const std::filesystem::path& run, std::optional<double> walltime);
  ~StopConditions();
  StopConditions(const StopConditions&) = delete;
  StopConditions& operator=(const StopConditions&) = delete;

  /// Whether this process has received a signal. Cheap.
  static bool signalled();
  /// All conditions, in words ("walltime reached"), "" to go on. `look` also asks the file system.
  std::string reason(bool look) const;

 private:
  std::filesystem::path file_;
  double deadline_;
};

}  // namespace symbreak::ensemble
