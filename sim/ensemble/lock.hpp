// One run at a time in a directory. May depend on: POSIX.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

namespace symbreak::ensemble {

/// The lock of a run, held until this ends, however the process ends.
///
/// RUN/lock is locked with flock(2), which the kernel gives back. Where the file system has no such
/// locks, RUN/lock.held is a second one: made exclusively, with host, process and job of its holder,
/// touched every few seconds. It is taken over from a process of this host that is gone, from an
/// earlier start of the same Slurm job, and when it has not been touched for two minutes.
class RunLock {
 public:
  /// Throws Refusal (store.hpp) that names the holder when there is one, FileError when the files
  /// cannot be made: a symbolic link in their place is one such reason.
  explicit RunLock(const std::filesystem::path& run);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  /// What the user should know: that the second lock is in use; "" otherwise.
  const std::string& note() const { return note_; }

 private:
  class Held;  // the second lock
  int descriptor_ = -1;
  std::unique_ptr<Held> held_;
  std::string note_;
};

}  // namespace symbreak::ensemble
