#include "sim/ensemble/program.hpp"

#include <fmt/format.h>
#include <mpi.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "sim/ensemble/assemble.hpp"
#include "sim/ensemble/sharing/queue.hpp"

namespace symbreak::ensemble {

namespace {

std::string words_of_illegal;  ///< made beforehand: a handler may only write

extern "C" void say_illegal(int) {
  [[maybe_unused]] const auto written =
      write(STDERR_FILENO, words_of_illegal.data(), words_of_illegal.size());
  _exit(static_cast<int>(Exit::usage));
}

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGXCPU};

extern "C" void say_crash(int) {
  constexpr std::string_view words =
      "symbreak: reading this file crashed the HDF5 library, or would not end: it is damaged, or "
      "was "
      "made to do so\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, words.data(), words.size());
  _exit(static_cast<int>(Exit::internal));
}

void handle_crashes(void (*handler)(int)) {
  static char stack[1 << 16];  // that of the program may be what is used up
  const stack_t alternative{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : kCrashes) sigaction(signal, &action, nullptr);
}

/// Seconds of processor time from now on; none: as many as there were before.
void limit_seconds(std::optional<rlim_t> seconds) {
  rlimit limit{};
  if (getrlimit(RLIMIT_CPU, &limit) != 0) return;
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto so_far = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  limit.rlim_cur = seconds ? std::min(limit.rlim_max, so_far + *seconds) : limit.rlim_max;
  setrlimit(RLIMIT_CPU, &limit);
}

}  // namespace

Reading::Reading(std::uintmax_t bytes) {
  handle_crashes(say_crash);
  limit_seconds(10 + bytes / 500'000);
}

Reading::~Reading() {
  limit_seconds(std::nullopt);
  handle_crashes(SIG_DFL);
}

void explain_illegal_instructions() {
  words_of_illegal = fmt::format(
      "symbreak: this processor lacks an instruction of the program, which was compiled by\n{} "
      "({})."
      "\nCompile it on this kind of machine, or for all kinds: cmake --preset portable\n",
      provenance().at("compiler"), provenance().at("flags"));
  struct sigaction action {};
  action.sa_handler = say_illegal;
  sigaction(SIGILL, &action, nullptr);
}

int first_that_differs(const std::string& text) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  std::string first = text;
  broadcast(first);
  const int other = first == text ? ranks : rank;
  int differs = ranks;
  MPI_Allreduce(&other, &differs, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return differs;
}

bool same_program_everywhere() {
  char host[MPI_MAX_PROCESSOR_NAME];
  int length = 0, rank = 0, ranks = 1;
  MPI_Get_processor_name(host, &length);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const auto made = provenance();
  const std::string mine =
      fmt::format("{}, {}, {}", version_text(), made.at("compiler"), made.at("flags"));
  const int differs = first_that_differs(mine);
  if (differs == ranks) return true;
  const std::string line =
      fmt::format("  rank {} on {}: {}\n", rank,
                  std::string_view(host, static_cast<std::size_t>(length)), mine);
  std::string theirs = line;
  broadcast(theirs, differs);
  if (rank == 0) {
    fmt::print(stderr,
               "the ranks run different programs, whose results differ in their last digits:\n{}{}"
               "Start the same one everywhere; of a build for several processors\n"
               "`export SYMBREAK_MARCH=x86-64-v3` chooses one (mpirun -x SYMBREAK_MARCH)\n",
               line, theirs);
  }
  return false;
}

}  // namespace symbreak::ensemble
