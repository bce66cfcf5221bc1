#include "sim/ensemble/stop.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

constexpr double kSlurmMargin = 30;  ///< seconds to save before Slurm kills the job

std::atomic<int> received{0};
std::atomic<std::int64_t> received_at{0};  ///< monotonic milliseconds
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

void receive(int signal) {
  // Launchers and shells may deliver one request twice, e.g. to a whole process group.
  constexpr std::int64_t kApart = 500;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t milliseconds = 1000 * std::int64_t{now.tv_sec} + now.tv_nsec / 1'000'000;
  int none = 0;
  if (received.compare_exchange_strong(none, signal)) {
    received_at = milliseconds;
  } else if (milliseconds - received_at > kApart) {
    _exit(static_cast<int>(Exit::stopped));
  }
}

}  // namespace

void listen_to_signals() {
  struct sigaction action {};
  action.sa_handler = receive;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup: goes on
    sigaction(signal, &action, nullptr);
  }
}

StopConditions::StopConditions(const std::filesystem::path& run, std::optional<double> walltime,
                               double reserve)
    : file_(run / "STOP") {
  double left = walltime.value_or(std::numeric_limits<double>::infinity());
  if (const char* end = std::getenv("SLURM_JOB_END_TIME")) {
    const double at = std::strtod(end, nullptr);
    if (at > 0) left = std::min(left, at - now() - kSlurmMargin);
  }
  deadline_ = steady() + left - std::clamp(reserve, 0.0, std::max(0.0, left / 2));
}

std::string_view words(StopReason reason) {
  switch (reason) {
    case StopReason::none:
      return "";
    case StopReason::file:
      return "file STOP";
    case StopReason::walltime:
      return "walltime reached";
    case StopReason::interrupt:
      return "interrupted";
    case StopReason::hangup:
      return "signal HUP";
    case StopReason::terminate:
      return "signal TERM";
    case StopReason::user:
      return "signal USR1";
  }
  return "";
}

StopReason StopConditions::reason(bool look) const {
  switch (received) {
    case SIGUSR1:
      return StopReason::user;
    case SIGTERM:
      return StopReason::terminate;
    case SIGHUP:
      return StopReason::hangup;
    case SIGINT:
      return StopReason::interrupt;
    default:
      break;
  }
  if (steady() > deadline_) return StopReason::walltime;
  std::error_code ignored;
  if (look && std::filesystem::exists(file_, ignored)) return StopReason::file;
  return StopReason::none;
}

}  // namespace symbreak::ensemble
