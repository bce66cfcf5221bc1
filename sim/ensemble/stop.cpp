#include "sim/ensemble/stop.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <utility>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

/// Signals that ask to stop.
constexpr std::pair<int, StopReason> kRequests[] = {{SIGTERM, StopReason::terminate},
                                                    {SIGINT, StopReason::interrupt},
                                                    {SIGUSR1, StopReason::user},
                                                    {SIGHUP, StopReason::hangup}};
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
  for (const auto& [signal, reason] : kRequests) {
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
  constexpr std::string_view kWords[] = {
      "",           "file STOP",   "walltime reached", "interrupted",
      "signal HUP", "signal TERM", "signal USR1"};
  return kWords[static_cast<int>(reason)];
}

StopReason StopConditions::reason(bool look) const {
  for (const auto& [signal, reason] : kRequests) {
    if (received == signal) return reason;
  }
  if (steady() > deadline_) return StopReason::walltime;
  std::error_code ignored;
  if (look && std::filesystem::exists(file_, ignored)) return StopReason::file;
  return StopReason::none;
}

}  // namespace symbreak::ensemble
