// File descriptors. May depend on: the system.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace symbreak::target::network {

/// The same descriptor with a number beyond those that a worker inherits, closed on exec. -1 is the
/// error of the call that made it: std::system_error.
inline int above_standard(int descriptor) {
  constexpr int kBeyond = 10;
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "worker");
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, kBeyond);
  const int error = errno;
  close(descriptor);
  if (moved < 0) throw std::system_error(error, std::generic_category(), "worker");
  return moved;
}

/// Closes what it holds.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(above_standard(number)) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = other.release();
    }
    return *this;
  }
  ~Descriptor() { reset(); }
  int number() const { return number_; }
  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int release() {
    const int number = number_;
    number_ = -1;
    return number;
  }
  int number_ = -1;
};

}  // namespace symbreak::target::network
