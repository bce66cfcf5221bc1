#include "sim/ensemble/stop.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <limits>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT, SIGUSR1};
constexpr double kSlurmMargin = 30;  ///< seconds to save before Slurm kills the job

volatile std::sig_atomic_t received = 0;

void receive(int signal) {
  if (received != 0) _exit(static_cast<int>(Exit::stopped));
  received = signal;
}

}  // namespace

StopConditions::StopConditions(const std::filesystem::path& run, std::optional<double> walltime)
    : file_(run / "STOP"), deadline_(std::numeric_limits<double>::infinity()) {
  if (walltime) {
    deadline_ = now() + *walltime;
  } else if (const char* end = std::getenv("SLURM_JOB_END_TIME")) {
    const double at = std::strtod(end, nullptr);
    if (at > 0) deadline_ = at - kSlurmMargin;
  }
  received = 0;
  for (int signal : kSignals) std::signal(signal, receive);
}

StopConditions::~StopConditions() {
  for (int signal : kSignals) std::signal(signal, SIG_DFL);
}

bool StopConditions::signalled() { return received != 0; }

std::string StopConditions::reason(bool look) const {
  if (received == SIGUSR1) return "signal USR1";
  if (received != 0) return received == SIGINT ? "interrupted" : "signal TERM";
  if (now() > deadline_) return "walltime reached";
  std::error_code ignored;
  if (look && std::filesystem::exists(file_, ignored)) return "file STOP";
  return "";
}

}  // namespace symbreak::ensemble
