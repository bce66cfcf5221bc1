// Why and when a run stops before its end. May depend on: POSIX.
#pragma once
#include <array>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

namespace symbreak::ensemble {

/// Stop conditions of this process: SIGTERM, SIGINT, SIGUSR1, SIGHUP unless it is ignored, as under
/// nohup (another one at least half a second later ends the process at once, status 3; what was
/// published stays), a walltime, a file STOP in the run's directory. Signals are handled for the
/// length of a scope.
class StopConditions {
 public:
  /// `walltime` in seconds from now; never later than half a minute before SLURM_JOB_END_TIME.
  StopConditions(const std::filesystem::path& run, std::optional<double> walltime);
  ~StopConditions();
  StopConditions(const StopConditions&) = delete;
  StopConditions& operator=(const StopConditions&) = delete;

  /// All conditions, in words ("walltime reached"), "" to go on. `look` also asks the file system.
  std::string reason(bool look) const;

 private:
  std::filesystem::path file_;
  double deadline_;
  static constexpr std::array kSignals = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};
  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace symbreak::ensemble
