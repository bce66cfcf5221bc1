// SIGTERM, SIGINT and SIGUSR1 ask a run to stop. May depend on: POSIX.
#pragma once
#include <csignal>

namespace symbreak::ensemble {

/// Handles the signals for the length of a scope. The first one is remembered (`received`); another
/// one at least half a second later ends the process at once with the exit status of a stopped run
/// (launchers and shells may deliver one request twice).
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  static bool received();

 private:
  static constexpr int kHandled[] = {SIGTERM, SIGINT, SIGUSR1};
  struct sigaction before_[3] = {};
};

}  // namespace symbreak::ensemble
