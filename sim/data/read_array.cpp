#include "sim/data/read_array.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace symbreak::data {

inline namespace stored {  // not anonymous: ArrayRows::Open holds such a set

class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// HDF5 prints its own stack of errors otherwise; ours is one clear message.
class Quiet {
 public:
  Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// Names of the data sets in the root group.
std::vector<std::string> datasets(hid_t file) {
  std::vector<std::string> names;
  H5Literate(
      file, H5_INDEX_NAME, H5_ITER_INC, nullptr,
      [](hid_t group, const char* name, const H5L_info_t*, void* found) -> herr_t {
        H5O_info_t info;
        if (H5Oget_info_by_name(group, name, &info, H5P_DEFAULT) >= 0 &&
            info.type == H5O_TYPE_DATASET) {
          static_cast<std::vector<std::string>*>(found)->push_back(std::string("/") + name);
        }
        return 0;
      },
      &names);
  return names;
}

/// An open data set whose shape was found to fit the stored bytes.
struct Stored {
  Handle file, dataset;
  std::string path;
  std::vector<hsize_t> extents;
};

Stored open(const std::string& name, const std::string& wanted) {
  Handle file(H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.valid()) throw std::runtime_error("no HDF5 file, or a damaged one");
  const std::vector<std::string> present = datasets(file);
  const std::string available = fmt::format("data sets at the root: {}", fmt::join(present, ", "));
  if (wanted.empty() && present.size() != 1) {
    throw std::runtime_error("set target.dataset_path to the data set to read; " + available);
  }
  const std::string path = wanted.empty() ? present.front() : wanted;
  Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid()) {
    throw std::runtime_error(fmt::format("no data set '{}'; {}", path, available));
  }
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) {
    throw std::runtime_error(fmt::format("data set '{}' does not hold integers or floats", path));
  }
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1) throw std::runtime_error(fmt::format("data set '{}' is not an array", path));
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);

  // Filters (deflate) shrink at most about a thousandfold; fill values that were never written do
  // not count as data.
  const hsize_t stored = H5Dget_storage_size(dataset);
  const hsize_t most = stored > std::numeric_limits<hsize_t>::max() / 1032
                           ? std::numeric_limits<hsize_t>::max()
                           : stored * 1032 / H5Tget_size(type);
  hsize_t size = 1;
  for (const hsize_t extent : extents) {
    if (extent == 0 || extent > most / size) {
      throw std::runtime_error(fmt::format("data set '{}' of shape {} has {} bytes of data", path,
                                           fmt::join(extents, " x "), stored));
    }
    size *= extent;
  }
  return {std::move(file), std::move(dataset), path, extents};
}

[[noreturn]] void damaged(const std::string& path) {
  throw std::runtime_error(fmt::format("data set '{}' cannot be read: damaged file", path));
}

template <class T>
std::vector<std::size_t> read(const std::string& name, const std::string& wanted,
                              std::vector<T>& values, hid_t memory_type) {
  const Quiet quiet;
  const Stored source = open(name, wanted);
  std::size_t size = 1;
  for (const hsize_t extent : source.extents) size *= extent;
  values.resize(size);
  if (H5Dread(source.dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    damaged(source.path);
  }
  return {source.extents.begin(), source.extents.end()};
}

}  // namespace stored

std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<float>& values) {
  return read(file, dataset, values, H5T_NATIVE_FLOAT);
}

std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<double>& values) {
  return read(file, dataset, values, H5T_NATIVE_DOUBLE);
}

struct ArrayRows::Open {
  Stored source;
  std::vector<std::size_t> shape;
};

ArrayRows::ArrayRows(const std::string& file, const std::string& dataset) {
  const Quiet quiet;
  Stored source = open(file, dataset);
  std::vector<std::size_t> shape(source.extents.begin(), source.extents.end());
  open_ = std::make_unique<Open>(Open{std::move(source), std::move(shape)});
}

ArrayRows::~ArrayRows() = default;

const std::vector<std::size_t>& ArrayRows::shape() const { return open_->shape; }

void ArrayRows::read(std::size_t first, std::size_t count, float* values) const {
  const Quiet quiet;
  const Stored& source = open_->source;
  std::vector<hsize_t> start(source.extents.size(), 0), size = source.extents;
  start[0] = first;
  size[0] = count;
  const auto rank = static_cast<int>(size.size());
  const Handle memory(H5Screate_simple(rank, size.data(), nullptr), H5Sclose);
  const Handle space(H5Dget_space(source.dataset), H5Sclose);
  if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) < 0 ||
      H5Dread(source.dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values) < 0) {
    damaged(source.path);
  }
}

}  // namespace symbreak::data
