// Memory that two processes have in common. May depend on: the system.
#pragma once
#include <cstddef>

namespace symbreak::target::network {

/// An anonymous file in memory that grows; gone when the last process that holds it ends.
class SharedMemory {
 public:
  SharedMemory();
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  int descriptor() const { return descriptor_; }
  std::size_t bytes() const { return bytes_; }
  /// At least so many numbers; what was in it may be lost. Throws std::bad_alloc.
  double* numbers(std::size_t count);

 private:
  int descriptor_ = -1;
  std::size_t bytes_ = 0;
  void* at_ = nullptr;
};

}  // namespace symbreak::target::network
