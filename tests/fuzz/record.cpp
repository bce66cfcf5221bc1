// libFuzzer: any bytes behind a block that is right (format, size and checksum, which somebody who
// means harm can compute) are a file that is read, or that is refused with a message.
//   cd build; tests/fuzz/fuzz_result CORPUS tests/fuzz/seeds/result
// Compiled twice: SYMBREAK_FUZZ_KIND is "result" or "segment". Inputs are files without their block
// of 512 bytes, and one byte in front of them: the format version.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "sim/record/record.hpp"

namespace {

/// In memory. HDF5 resolves names, so that a file without one (memfd) would never be opened.
const std::string& place(const std::uint8_t* data, std::size_t size, int version) {
  static std::string name = "/dev/shm/symbreak_fuzz_XXXXXX";
  static const int file = mkstemp(name.data());
  static const int at_exit = std::atexit([] { unlink(name.c_str()); });
  if (file < 0 || at_exit != 0) __builtin_trap();
  const unsigned long sum = crc32_z(crc32_z(0, nullptr, 0), data, size);
  std::string block = fmt::format("symbreak {} {}\n{} bytes, crc32 {:08x}\n", SYMBREAK_FUZZ_KIND,
                                  version, size, sum);
  block.resize(512, '\0');
  const auto length = static_cast<off_t>(512 + size);
  if (ftruncate(file, length) != 0 || pwrite(file, block.data(), 512, 0) != 512 ||
      pwrite(file, data, size, 512) != static_cast<ssize_t>(size)) {
    __builtin_trap();
  }
  return name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace symbreak::record;
  if (size == 0) return 0;
  const std::string& file = place(data + 1, size - 1, data[0] % 4);
  try {
    if (std::strcmp(SYMBREAK_FUZZ_KIND, "result") == 0) {
      read_result(file);
    } else {
      read_segment(file);
    }
  } catch (const FileError& error) {
    if (*error.what() == '\0') __builtin_trap();
  }
  return 0;
}
