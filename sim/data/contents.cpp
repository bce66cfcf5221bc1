#include "sim/data/contents.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <zlib.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

namespace symbreak::data {

inline namespace contents {  // not anonymous: files of this folder are compiled as one

/// Words of eight bytes, mixed by multiplication and rotation; not against malice.
class Hash {
 public:
  void add(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (; size >= sizeof(std::uint64_t);
         bytes += sizeof(std::uint64_t), size -= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes, sizeof word);
      mix(word);
    }
    for (; size > 0; ++bytes, --size) mix(*bytes | 0x100u);
  }
  std::string text() const { return fmt::format("{:016x}", state_ ^ state_ >> 29); }

 private:
  void mix(std::uint64_t word) {
    state_ = std::rotl((state_ ^ word) * 0x9e3779b97f4a7c15, 31) * 0xd6e8feb86659fd93;
  }
  std::uint64_t state_ = 0xcbf29ce484222325;
};

/// Adds name, shape and numbers of a data set.
herr_t add_dataset(hid_t file, const char* name, const H5O_info_t* info, void* target) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  auto& hash = *static_cast<Hash*>(target);
  hash.add(name, std::strlen(name));
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  if (dataset < 0) return -1;
  const hid_t space = H5Dget_space(dataset), stored = H5Dget_type(dataset);
  const H5T_class_t kind = H5Tget_class(stored);
  herr_t outcome = 0;
  // Text and records decide no numbers; their names count.
  if (kind == H5T_INTEGER || kind == H5T_FLOAT) {
    const hid_t type = H5Tget_native_type(stored, H5T_DIR_ASCEND);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    std::vector<hsize_t> extents(
        static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    hash.add(extents.data(), extents.size() * sizeof(hsize_t));
    // A file may declare more than it holds.
    const hsize_t most =
        H5Dget_storage_size(dataset) / std::max<std::size_t>(1, H5Tget_size(stored)) * 1032;
    if (count > 0 && static_cast<hsize_t>(count) <= most) {
      std::vector<unsigned char> values(static_cast<std::size_t>(count) * H5Tget_size(type));
      outcome = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      hash.add(values.data(), values.size());
    }
    H5Tclose(type);
  }
  H5Tclose(stored);
  H5Sclose(space);
  H5Dclose(dataset);
  return outcome < 0 ? -1 : 0;
}

void add_hdf5(const std::string& name, Hash& hash) {
  H5E_auto2_t function = nullptr;
  void* data = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &function, &data);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // our message is enough
  const hid_t file = H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const bool read =
      file >= 0 && H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, add_dataset, &hash) >= 0;
  if (file >= 0) H5Fclose(file);
  H5Eset_auto2(H5E_DEFAULT, function, data);
  if (!read) throw std::runtime_error("a damaged HDF5 file");
}

}  // namespace contents

std::string content_hash(const std::string& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> stream(gzopen(file.c_str(), "rb"), gzclose);
  if (!stream) throw std::runtime_error("cannot be read");
  gzbuffer(stream.get(), 1 << 18);
  Hash hash;
  std::vector<unsigned char> buffer(1 << 20);
  const auto fill = [&] {
    std::size_t size = 0;
    for (int got = 1; got > 0 && size < buffer.size(); size += static_cast<std::size_t>(got)) {
      got = gzread(stream.get(), buffer.data() + size, static_cast<unsigned>(buffer.size() - size));
      if (got < 0) throw std::runtime_error("cannot be read, or a damaged gzip file");
    }
    return size;
  };
  std::size_t size = fill();
  constexpr unsigned char kSignature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  if (size >= 8 && std::memcmp(buffer.data(), kSignature, 8) == 0 && gzdirect(stream.get()) != 0) {
    add_hdf5(file, hash);
    return hash.text();
  }
  for (; size > 0; size = fill()) hash.add(buffer.data(), size);
  return hash.text();
}

}  // namespace symbreak::data
