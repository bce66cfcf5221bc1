#include "sim/ensemble/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <ctime>

#include "sim/ensemble/ensemble.hpp"

namespace symbreak::ensemble {

namespace {

std::atomic<std::int64_t> first_signal{0};  // monotonic milliseconds; 0: none yet
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

}  // namespace

extern "C" void symbreak_stop_requested(int) {
  constexpr std::int64_t kApart = 500;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t milliseconds = 1000 * std::int64_t{now.tv_sec} + now.tv_nsec / 1'000'000 + 1;
  std::int64_t none = 0;
  if (first_signal.compare_exchange_strong(none, milliseconds)) return;
  if (milliseconds - first_signal.load() > kApart) _exit(static_cast<int>(Exit::stopped));
}

Signals::Signals() {
  first_signal = 0;
  struct sigaction action {};
  action.sa_handler = symbreak_stop_requested;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < 3; ++i) sigaction(kHandled[i], &action, &before_[i]);
}

Signals::~Signals() {
  for (int i = 0; i < 3; ++i) sigaction(kHandled[i], &before_[i], nullptr);
}

bool Signals::received() { return first_signal != 0; }

}  // namespace symbreak::ensemble
