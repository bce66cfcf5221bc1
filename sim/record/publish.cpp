#include "sim/record/publish.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sim/record/record.hpp"

namespace symbreak::record {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file) {
  throw FileError(
      fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(errno)));
}

/// A file descriptor, closed on every path. `close` reports what the kernel kept to itself so far.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool valid() const { return fd_ >= 0; }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(fd_) == 0; }
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

}  // namespace

void publish(const fs::path& file, std::initializer_list<std::string_view> parts) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const fs::path temporary =
      folder / fmt::format(".{}.{}{}", file.filename().string(), ::getpid(), kTemporarySuffix);
  {
    Descriptor out(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!out.valid()) fail(file);
    bool good = true;
    for (const std::string_view part : parts) good = good && out.write(part);
    good = good && out.sync() && out.close();
    if (!good || ::rename(temporary.c_str(), file.c_str()) != 0) {
      const int cause = errno;
      ::unlink(temporary.c_str());
      errno = cause;
      fail(file);
    }
  }
  const Descriptor directory(folder, O_RDONLY | O_DIRECTORY);
  // Some network file systems cannot sync a directory and say EINVAL; their rename is durable.
  if (!directory.valid() || (!directory.sync() && errno != EINVAL)) fail(file);
}

void write_text(const fs::path& file, const std::string& text) { publish(file, {text}); }

}  // namespace symbreak::record
