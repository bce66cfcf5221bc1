// The order in which a file is published: content to the disk, then its name, then the folder. No
// crash of a process shows a missing fsync, so that here the calls themselves are recorded: this
// executable's fsync and rename come before those of the C library.
#include "sim/record/publish.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <vector>

#include "tests/scratch.hpp"

namespace {

std::vector<std::string> calls;  // NOLINT: what the functions below saw

}  // namespace

extern "C" int fsync(int fd) {
  struct stat status {};
  ::fstat(fd, &status);
  calls.emplace_back(S_ISDIR(status.st_mode) ? "sync folder" : "sync file");
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  calls.emplace_back("rename");
  return ::renameat(AT_FDCWD, from, AT_FDCWD, to);
}

TEST_CASE("A file is synced before it gets its name, and its folder after") {
  const symbreak::test::ScratchFolder folder;
  calls.clear();
  symbreak::record::publish(folder.path() / "file", {"a", "b"});
  CHECK(calls == std::vector<std::string>{"sync file", "rename", "sync folder"});
  CHECK(symbreak::test::read_bytes(folder.path() / "file") == "ab");
}
