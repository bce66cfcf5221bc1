#include "sim/ensemble/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <sstream>
#include <thread>

#include "sim/ensemble/store.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/record/publish.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

namespace {

constexpr auto kBeat = std::chrono::seconds(10);
constexpr double kStale = 120;  // seconds

long number_of(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

/// Who holds a lock, as its file says.
struct Holder {
  std::string host;
  long process = 0, job = 0, restart = 0;  ///< job 0: not under Slurm
  static Holder self() {
    return {ensemble::host(), getpid(), number_of("SLURM_JOB_ID"),
            number_of("SLURM_RESTART_COUNT")};
  }
  static Holder of(const std::string& text) {
    Holder holder;
    std::string word;
    std::istringstream(text) >> word >> holder.process >> word >> holder.host >> word >>
        holder.job >> word >> holder.restart;
    return holder;
  }
  std::string text() const {
    return fmt::format("process {} on {} job {} restart {}", process, host, job, restart);
  }
  /// Surely gone, whatever its last sign of life says.
  bool gone() const {
    const Holder me = self();
    if (host == me.host && process > 0) {
      return process == me.process || (kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH);
    }
    return job > 0 && job == me.job && restart < me.restart;
  }
};

[[noreturn]] void cannot_write(const fs::path& file) {
  const char* cause = errno == ELOOP ? "it is a symbolic link" : std::strerror(errno);
  throw record::FileError(fmt::format("cannot write {}: {}", file.string(), cause));
}

[[noreturn]] void refuse(const fs::path& run, const std::string& holder) {
  throw Refusal(
      fmt::format("{}: another run is going on here ({}); stop it first (touch {}/STOP) or choose "
                  "another --output",
                  run.string(), holder, run.string()));
}

int open_plain(const fs::path& file, int flags) {
  return ::open(file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0644);
}

std::string first_bytes(int descriptor) {
  char text[512] = {};
  return pread(descriptor, text, sizeof text - 1, 0) < 0 ? "" : text;
}

std::string first_bytes(const fs::path& file) {
  const int descriptor = open_plain(file, O_RDONLY);
  if (descriptor < 0) return "";
  const std::string text = first_bytes(descriptor);
  ::close(descriptor);
  return text;
}

bool write_all(int descriptor, const std::string& text) {
  return ftruncate(descriptor, 0) == 0 &&
         pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace

/// RUN/lock.held.
class RunLock::Held {
 public:
  explicit Held(const fs::path& run) : file_(run / "lock.held") {
    for (int attempt = 0; !make(); ++attempt) {
      const std::string holder = first_bytes(file_);
      const double age = silence(run);
      if (attempt == 2 || (!Holder::of(holder).gone() && age < kStale)) {
        refuse(run, fmt::format("{}, last heard of {} ago; if it is gone, wait until that is {}",
                                holder, duration(age), duration(kStale)));
      }
      take_over(run, holder);
    }
    beating_ = std::thread([this] { beat(); });
  }
  ~Held() {
    {
      const std::lock_guard guard(mutex_);
      over_ = true;
    }
    wake_.notify_all();
    beating_.join();
    if (first_bytes(file_) == mine_) ::unlink(file_.c_str());
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  bool make() {
    const int descriptor = open_plain(file_, O_RDWR | O_CREAT | O_EXCL);
    if (descriptor < 0) {
      if (errno == EEXIST) return false;
      cannot_write(file_);
    }
    const bool good = write_all(descriptor, mine_);
    const int cause = errno;
    ::close(descriptor);
    if (!good) {
      ::unlink(file_.c_str());
      errno = cause;
      cannot_write(file_);
    }
    return true;
  }
  /// Since the holder's last sign of life, by the clock of the file system.
  double silence(const fs::path& run) const {
    const fs::path probe = run / fmt::format(".lock.{}{}", getpid(), record::kTemporarySuffix);
    const int descriptor = open_plain(probe, O_RDWR | O_CREAT | O_TRUNC);
    struct stat mine {
    }, its{};
    const bool known = descriptor >= 0 && write_all(descriptor, "?") &&
                       fstat(descriptor, &mine) == 0 && stat(file_.c_str(), &its) == 0;
    if (descriptor >= 0) ::close(descriptor);
    ::unlink(probe.c_str());
    return known ? std::max(0.0, std::difftime(mine.st_mtime, its.st_mtime)) : 0;
  }
  /// Puts the old lock aside. Whoever comes second finds that it took away the lock of the first,
  /// and gives it back.
  void take_over(const fs::path& run, const std::string& holder) const {
    const fs::path aside = run / fmt::format(".lock.old.{}{}", getpid(), record::kTemporarySuffix);
    if (::rename(file_.c_str(), aside.c_str()) != 0) return;
    const std::string taken = first_bytes(aside);
    if (taken != holder) {
      [[maybe_unused]] const int ignored = ::link(aside.c_str(), file_.c_str());
      ::unlink(aside.c_str());
      refuse(run, taken);
    }
    ::unlink(aside.c_str());
  }
  void beat() {
    std::unique_lock guard(mutex_);
    while (!wake_.wait_for(guard, kBeat, [this] { return over_; })) {
      utimensat(AT_FDCWD, file_.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
    }
  }

  const fs::path file_;
  const std::string mine_ = Holder::self().text();
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread beating_;
};

RunLock::RunLock(const fs::path& run) {
  const fs::path file = run / "lock";
  descriptor_ = open_plain(file, O_RDWR | O_CREAT);
  if (descriptor_ < 0) cannot_write(file);
  try {
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) refuse(run, first_bytes(descriptor_));
      note_ = fmt::format("{}: this file system has no locks ({}); lock.held keeps others out",
                          run.string(), std::strerror(errno));
      held_ = std::make_unique<Held>(run);
    }
    const std::string holder = fmt::format("process {} on {}", getpid(), host());
    if (!write_all(descriptor_, holder)) cannot_write(file);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

RunLock::~RunLock() {
  held_.reset();
  ::close(descriptor_);
}

}  // namespace symbreak::ensemble
