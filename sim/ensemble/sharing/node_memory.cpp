#include "sim/ensemble/sharing/node_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <new>
#include <system_error>

namespace symbreak::ensemble {

namespace {

/// Blocks begin on pages, which is what can be mapped.
std::size_t whole_pages(std::size_t bytes) {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

/// In front of every block, and after the last one with `bytes` 0.
struct Label {
  std::uint64_t name_size = 0, bytes = 0;
};

/// Where the contents of a block are whose label is at `at`.
std::size_t contents(std::size_t at, const Label& label) {
  return at + whole_pages(sizeof label + label.name_size);
}

[[noreturn]] void failed(const char* what) {
  throw std::system_error(errno, std::generic_category(),
                          std::string("memory of the node: ") + what);
}

void read_at(int file, std::size_t at, void* to, std::size_t bytes) {
  for (auto* out = static_cast<char*>(to); bytes > 0;) {
    const ssize_t got = pread(file, out, bytes, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) failed("read");
    out += got, at += static_cast<std::size_t>(got), bytes -= static_cast<std::size_t>(got);
  }
}

void write_at(int file, std::size_t at, const void* from, std::size_t bytes) {
  for (const auto* in = static_cast<const char*>(from); bytes > 0;) {
    const ssize_t put = pwrite(file, in, bytes, static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) failed("write");
    in += put, at += static_cast<std::size_t>(put), bytes -= static_cast<std::size_t>(put);
  }
}

/// For the length of a scope; ends with the process, too.
class FileLock {
 public:
  explicit FileLock(int file) : file_(file) {
    while (flock(file_, LOCK_EX) != 0) {
      if (errno != EINTR) failed("lock");
    }
  }
  ~FileLock() { flock(file_, LOCK_UN); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

std::shared_ptr<std::byte> mapped(int file, std::size_t at, std::size_t bytes, int access) {
  void* const memory = mmap(nullptr, bytes, access, MAP_SHARED, file, static_cast<off_t>(at));
  if (memory == MAP_FAILED) failed("map");
  madvise(memory, bytes, MADV_HUGEPAGE);  // where the system has them for shared memory
  return {static_cast<std::byte*>(memory), [bytes](std::byte* p) { munmap(p, bytes); }};
}

std::shared_ptr<std::byte> own_memory(std::size_t bytes) {
  constexpr std::align_val_t alignment{64};
  return {static_cast<std::byte*>(operator new(bytes, alignment)),
          [](std::byte* p) { operator delete(p, alignment); }};
}

}  // namespace

NodeMemory::NodeMemory(MPI_Comm communicator) {
  MPI_Comm ranks = MPI_COMM_NULL;
  int place = 0, count = 1;
  MPI_Comm_split_type(communicator, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &ranks);
  MPI_Comm_rank(ranks, &place);
  MPI_Comm_size(ranks, &count);
  // The first rank makes the file, the others open it by way of its process: the same inode, or
  // else it is not that process (which containers may number differently).
  std::array<long long, 5> door{};  // is there one, process, number, device, inode
  struct stat facts {};
  if (count > 1 && place == 0) {
    file_ = memfd_create("symbreak", MFD_CLOEXEC);
    const Label none;
    if (file_ >= 0 && ftruncate(file_, static_cast<off_t>(sizeof none)) == 0 &&
        fstat(file_, &facts) == 0) {
      door = {1, getpid(), file_, static_cast<long long>(facts.st_dev),
              static_cast<long long>(facts.st_ino)};
    }
  }
  MPI_Bcast(door.data(), static_cast<int>(door.size()), MPI_LONG_LONG, 0, ranks);
  if (place > 0 && door[0] != 0) {
    file_ = open(fmt::format("/proc/{}/fd/{}", door[1], door[2]).c_str(), O_RDWR | O_CLOEXEC);
    if (file_ >= 0 &&
        (fstat(file_, &facts) != 0 || static_cast<long long>(facts.st_dev) != door[3] ||
         static_cast<long long>(facts.st_ino) != door[4])) {
      close(file_);
      file_ = -1;
    }
  }
  MPI_Barrier(ranks);  // all are in
  MPI_Comm_free(&ranks);
}

NodeMemory::~NodeMemory() {
  if (file_ >= 0) close(file_);
}

NodeMemory::Block NodeMemory::get(const std::string& name, const Fill& fill) const {
  std::shared_ptr<std::byte> made;
  const auto own = [&](std::size_t bytes) {
    made = own_memory(bytes);
    return made.get();
  };
  if (!shared()) {
    fill(own);
    return made;
  }
  const FileLock lock(file_);
  std::size_t at = 0;
  Label label;
  for (read_at(file_, at, &label, sizeof label); label.bytes > 0;
       read_at(file_, at, &label, sizeof label)) {
    std::string there(label.name_size, '\0');
    read_at(file_, at + sizeof label, there.data(), there.size());
    if (there == name) return mapped(file_, contents(at, label), label.bytes, PROT_READ);
    at = contents(at, label) + whole_pages(label.bytes);
  }
  bool common = false;
  fill([&](std::size_t bytes) {
    label = {name.size(), bytes};
    const std::size_t begin = contents(at, label), next = begin + whole_pages(bytes);
    // All of it now: a page that cannot be had later would be a signal in the middle of a unit.
    const int error = posix_fallocate(file_, 0, static_cast<off_t>(next + sizeof label));
    if (error != 0) return own(bytes);
    common = true;
    made = mapped(file_, begin, bytes, PROT_READ | PROT_WRITE);
    return made.get();
  });
  if (!common) return made;
  mprotect(made.get(), label.bytes, PROT_READ);
  write_at(file_, at + sizeof label, name.data(), name.size());
  write_at(file_, at, &label, sizeof label);  // last: now it is there
  return made;
}

}  // namespace symbreak::ensemble
