#include "tests/mpi/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "sim/record/record.hpp"

namespace symbreak::test {

namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Gone, or a zombie that nobody has collected: without a command line either way.
bool gone(pid_t pid) {
  return content(fs::path("/proc") / std::to_string(pid) / "cmdline").empty();
}

}  // namespace

Scratch::Scratch() {
  std::string name = (fs::temp_directory_path() / "symbreak-mpi-XXXXXX").string();
  path_ = mkdtemp(name.data());
}
Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Scratch::deck(const std::string& name) const {
  std::ofstream(path_ / name) << R"(# closed-form chains at three correlations
[run]
name = toy
seed = 18446744073709551557     # the largest prime below 2^64: no bit of a seed may be lost
checkpoint = 0.1 s

[target]
kind = deltas
preset = two_deltas

[experiment]
kind = toy
correlation = 0, 0.5, 0.9

[sampling]
samples = 20
blocks = 24
replicas = 6
)";
  return path_ / name;
}

Program::Program(int ranks, const std::vector<std::string>& arguments) : mpi_ranks_(ranks) {
  static int count = 0;
  log_ = fs::temp_directory_path() /
         ("symbreak-log-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  std::string command = ". '" SYMBREAK_SOURCE_DIR "/cluster/mpi_env.sh'; exec ";
  if (ranks > 0) command += "mpirun -q -n " + std::to_string(ranks) + " ";
  command += "'" SYMBREAK_PROGRAM "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    execl("/bin/bash", "bash", "-c", command.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
}

Program::~Program() {
  if (!reaped_) {
    signal(SIGKILL);
    wait();
  }
  fs::remove(log_);
}

std::vector<pid_t> Program::ranks() const {
  if (mpi_ranks_ == 0) return {pid_};
  const std::string pid = std::to_string(pid_);
  std::istringstream children(content("/proc/" + pid + "/task/" + pid + "/children"));
  std::vector<pid_t> found;
  for (pid_t child = 0; children >> child;) found.push_back(child);
  return found;
}

bool Program::running() {
  if (reaped_) return false;
  for (const pid_t rank : ranks()) {
    if (std::find(seen_.begin(), seen_.end(), rank) == seen_.end()) seen_.push_back(rank);
  }
  reaped_ = waitpid(pid_, &wait_status_, WNOHANG) == pid_;
  return !reaped_;
}

void Program::signal(int number) const {
  if (!reaped_) kill(pid_, number);
}

Ended Program::wait() {
  while (running()) sleep_seconds(0.005);
  // Ranks that lost their mpirun end by themselves a little later.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (const pid_t rank : seen_) {
    while (rank != pid_ && !gone(rank)) {
      if (std::chrono::steady_clock::now() > patience) kill(rank, SIGKILL);
      sleep_seconds(0.005);
    }
  }
  return {WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : 128 + WTERMSIG(wait_status_),
          content(log_)};
}

Ended run(int ranks, const std::vector<std::string>& arguments) {
  return Program(ranks, arguments).wait();
}

void sleep_seconds(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

bool appears(const fs::path& file) {
  for (int i = 0; i < 2000 && !fs::exists(file); ++i) sleep_seconds(0.005);
  return fs::exists(file);
}

std::string bits(const fs::path& run) {
  record::ResultFile file = record::read_result(run / "result.h5");
  file.sessions.clear();
  file.performance.clear();
  file.unit_seconds.clear();
  file.settings.clear();
  file.result.provenance.clear();
  file.result.deck.clear();
  const fs::path plain = run / "plain.h5";
  record::write_result(plain, file);
  const std::string bytes = content(plain);
  fs::remove(plain);
  return bytes;
}

}  // namespace symbreak::test
