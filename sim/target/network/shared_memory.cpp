#include "sim/target/network/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>

#include "sim/target/network/descriptor.hpp"

namespace symbreak::target::network {

SharedMemory::SharedMemory()
    : descriptor_(above_standard(memfd_create("symbreak-worker", MFD_CLOEXEC))) {}

SharedMemory::~SharedMemory() {
  if (at_ != nullptr) munmap(at_, bytes_);
  close(descriptor_);
}

double* SharedMemory::numbers(std::size_t count) {
  constexpr std::size_t kPage = 1 << 16;
  const std::size_t wanted = (count * sizeof(double) / kPage + 1) * kPage;
  if (wanted > bytes_) {
    // posix_fallocate: a full memory is an error here, not a fault of a later access.
    if (posix_fallocate(descriptor_, 0, static_cast<off_t>(wanted)) != 0) throw std::bad_alloc();
    if (at_ != nullptr) munmap(at_, bytes_);
    bytes_ = 0;
    at_ = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (at_ == MAP_FAILED) {
      at_ = nullptr;
      throw std::bad_alloc();
    }
    bytes_ = wanted;
  }
  return static_cast<double*>(at_);
}

}  // namespace symbreak::target::network
