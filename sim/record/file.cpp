// The user block in front of every file: what it is, and a checksum of the rest.
#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "sim/record/hdf5.hpp"
#include "sim/record/publish.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record::hdf5 {

namespace {

constexpr std::size_t kBlock = 512;  // HDF5 looks for its signature at 0, 512, 1024, ...

std::uint64_t checksum(std::uint64_t sum, const char* bytes, std::size_t size) {
  return crc32_z(sum, reinterpret_cast<const Bytef*>(bytes), size);
}

std::string header(const std::string& kind, int version, std::uint64_t size, std::uint64_t sum) {
  std::string text =
      fmt::format("symbreak {} {}\n{} bytes, crc32 {:08x}\n", kind, version, size, sum);
  text.resize(kBlock, '\0');
  return text;
}

/// What follows the block of a file: its size and checksum.
std::pair<std::uint64_t, std::uint64_t> measured(std::istream& file) {
  std::uint64_t size = 0, sum = crc32_z(0, nullptr, 0);
  for (std::string buffer(std::size_t{1} << 20, '\0'); file;) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    sum = checksum(sum, buffer.data(), count);
    size += count;
  }
  return {size, sum};
}

/// Throws unless the file is one of ours, whole and untouched. Its format version.
int verify(const std::filesystem::path& path, const std::string& kind, int oldest, int newest,
           bool trusted) {
  const auto refuse = [&](const std::string& cause) {
    throw FileError(fmt::format("{}: {}", path.string(), cause));
  };
  const auto unreadable = [&] {
    throw AccessError(fmt::format("{}: cannot be read: {}", path.string(),
                                  std::generic_category().message(errno)));
  };
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) refuse("is a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) unreadable();
  std::string block(kBlock, '\0');
  file.read(block.data(), kBlock);
  if (file.bad()) unreadable();
  std::istringstream words(block);
  std::string magic, is_kind;
  int is_version = 0;
  words >> magic >> is_kind >> is_version;
  if (!words || magic != "symbreak" || is_kind != kind) {
    refuse(fmt::format("this is not a symbreak {} file", kind));
  }
  if (is_version < oldest || is_version > newest) {
    refuse(fmt::format("has format version {}; this program reads {}", is_version,
                       oldest == newest ? fmt::format("version {}", newest)
                                        : fmt::format("versions {} to {}", oldest, newest)));
  }
  if (trusted) return is_version;
  const auto [size, sum] = measured(file);
  if (file.bad()) unreadable();
  // Compared as a whole, so that no byte of the block escapes either.
  if (block != header(kind, is_version, size, sum)) {
    refuse("is damaged: it was cut or changed after it was written (checksum)");
  }
  return is_version;
}

Handle open_quietly(const std::filesystem::path& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Files are immutable, so reading needs no lock, and some network file systems have none.
  H5Pset_file_locking(access.get(), false, true);
  errno = 0;
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (file.get() < 0 && (errno == EIO || errno == EACCES || errno == ESTALE)) {
    throw AccessError(fmt::format("{}: cannot be read: {}", path.string(),
                                  std::generic_category().message(errno)));
  }
  if (file.get() < 0) throw FileError(path.string() + ": HDF5 cannot open this file");
  return file;
}

}  // namespace

void write_file(const std::filesystem::path& path, const std::string& kind, int version,
                const Image& image) {
  const std::string_view bytes = image.bytes();
  const std::uint64_t sum = checksum(crc32_z(0, nullptr, 0), bytes.data(), bytes.size());
  publish(path, {header(kind, version, bytes.size(), sum), bytes});
}

File::File(const std::filesystem::path& path, const std::string& kind, int oldest, int newest,
           bool trusted)
    : version_(verify(path, kind, oldest, newest, trusted)),
      file_(open_quietly(path)),
      root_(Handle(H5Gopen2(file_.get(), "/", H5P_DEFAULT), H5Gclose), path.string()) {}

}  // namespace symbreak::record::hdf5

std::string symbreak::record::hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}
