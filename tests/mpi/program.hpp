// Runs of the symbreak program, alone or under mpirun, that tests may interrupt.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace symbreak::test {

/// A directory of its own, removed at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  /// Writes a deck of the toy experiment and returns its path.
  std::string deck(const std::string& name = "toy.ini") const;

 private:
  std::filesystem::path path_;
};

struct Ended {
  int status = -1;     ///< exit status; 128 + signal when killed
  std::string output;  ///< standard output and error
};

/// `symbreak ARGUMENTS` on `ranks` ranks (0: without mpirun).
class Program {
 public:
  Program(int ranks, const std::vector<std::string>& arguments);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }  ///< of mpirun, or of the program without it
  std::vector<pid_t> ranks() const;   ///< processes of the program, once they are up
  bool running();
  void signal(int number) const;
  Ended wait();  ///< until it and all its ranks are gone

 private:
  pid_t pid_ = -1;
  int mpi_ranks_;
  int wait_status_ = 0;
  bool reaped_ = false;
  std::vector<pid_t> seen_;
  std::filesystem::path log_;
};

Ended run(int ranks, const std::vector<std::string>& arguments);
void sleep_seconds(double seconds);
/// Waits until a file is there, at most ten seconds.
bool appears(const std::filesystem::path& file);

/// All that must not depend on ranks, schedules and interruptions: the result file without
/// sessions, performance, provenance and control keys, as bytes.
std::string bits(const std::filesystem::path& run);

}  // namespace symbreak::test
