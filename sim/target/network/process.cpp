#include "sim/target/network/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

namespace symbreak::target::network {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

/// Actions and attributes of posix_spawn.
struct Spawning {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  Spawning() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;
};

constexpr const char* kSetpriv = "/usr/bin/setpriv";

}  // namespace

Process::Process(std::vector<std::string> words, const std::vector<std::string>& environment,
                 int output, const std::vector<int>& inherited) {
  // posix_spawn cannot ask for a signal at the parent's death; it survives exec.
  if (access(kSetpriv, X_OK) == 0) {
    words.insert(words.begin(), {kSetpriv, "--pdeathsig", "KILL", "--"});
  }
  Spawning spawning;
  auto* actions = &spawning.actions;
  posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
  int next = STDERR_FILENO + 1;
  for (const int descriptor : inherited) {
    posix_spawn_file_actions_adddup2(actions, descriptor, next++);
  }
  // Of all others, sockets of MPI among them, it knows nothing.
  posix_spawn_file_actions_addclosefrom_np(actions, next);

  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&spawning.attributes, &none);
  posix_spawnattr_setsigdefault(&spawning.attributes, &all);
  posix_spawnattr_setpgroup(&spawning.attributes, 0);
  posix_spawnattr_setflags(&spawning.attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(&id_, words.front().c_str(), actions, &spawning.attributes,
                                 pointers(words).data(), pointers(environment).data());
  if (error != 0) throw std::system_error(error, std::generic_category(), words.front());
}

Process::~Process() {
  constexpr double kPatience = 2;
  if (!wait(kPatience)) kill();
}

bool Process::wait(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (!ended_) {
    const pid_t found = waitpid(id_, &status_, WNOHANG);
    ended_ = found == id_ || (found < 0 && errno == ECHILD);
    if (ended_ || Clock::now() > end) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return ended_;
}

void Process::kill() {
  if (ended_) return;
  ::kill(-id_, SIGKILL);
  ::kill(id_, SIGKILL);
  wait(60);
}

std::string Process::how() const {
  if (WIFSIGNALED(status_)) {
    const int signal = WTERMSIG(status_);
    return fmt::format("was ended by signal {} ({})", signal, strsignal(signal));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(status_));
}

std::vector<std::string> environment_with(const std::string& python_folder) {
  constexpr std::string_view kPath = "PYTHONPATH=";
  std::vector<std::string> all;
  std::string path = python_folder;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with(kPath)) {
      all.emplace_back(text);
    } else if (text.size() > kPath.size()) {
      path += (path.empty() ? "" : ":") + std::string(text.substr(kPath.size()));
    }
  }
  if (!path.empty()) all.push_back(std::string(kPath) + path);
  return all;
}

}  // namespace symbreak::target::network
