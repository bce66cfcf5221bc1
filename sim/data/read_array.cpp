#include "sim/data/read_array.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
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

/// Whether an object of the file has this attribute.
bool has_attribute(hid_t object, const char* name) { return H5Aexists(object, name) > 0; }

/// A text attribute, "" where there is none.
std::string text_attribute(hid_t object, const char* name) {
  if (!has_attribute(object, name)) return "";
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Handle type(H5Aget_type(attribute), H5Tclose);
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0) return "";
  std::string text(H5Tget_size(type), '\0');
  const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory, text.size() + 1);
  text.resize(text.size() + 1);
  if (H5Aread(attribute, memory, text.data()) < 0) return "";
  return text.c_str();
}

/// The only number of an attribute, if it has one.
std::optional<double> number_attribute(hid_t object, const char* name) {
  if (!has_attribute(object, name)) return std::nullopt;
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  double value = 0;
  if (H5Sget_simple_extent_npoints(space) != 1 ||
      H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0) {
    return std::nullopt;
  }
  return value;
}

/// Integers, floats and flags (h5py: an enumeration, PyTables: a bit field).
bool is_numeric(hid_t dataset) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM ||
         (kind == H5T_BITFIELD && H5Tget_size(type) == 1);
}

std::vector<hsize_t> extents_of(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> extents(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  return extents;
}

/// Most numbers that the stored bytes can hold: filters (deflate) shrink at most about a
/// thousandfold; fill values that were never written do not count as data.
hsize_t most_numbers(hid_t dataset) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const hsize_t stored = H5Dget_storage_size(dataset);
  return stored > std::numeric_limits<hsize_t>::max() / 1032 ? std::numeric_limits<hsize_t>::max()
                                                             : stored * 1032 / H5Tget_size(type);
}

struct Candidate {
  std::string path;
  std::vector<hsize_t> extents;
  bool is_axis = false;  ///< a coordinate of netCDF
};

/// All arrays of numbers in the file, in groups too.
std::vector<Candidate> candidates(hid_t file) {
  std::vector<Candidate> found;
  H5Ovisit(
      file, H5_INDEX_NAME, H5_ITER_INC,
      [](hid_t root, const char* name, const H5O_info_t* info, void* list) -> herr_t {
        if (info->type != H5O_TYPE_DATASET || name[0] == '#') return 0;  // '#refs#' of MATLAB
        const Handle dataset(H5Dopen2(root, name, H5P_DEFAULT), H5Dclose);
        if (!dataset.valid() || !is_numeric(dataset)) return 0;
        const std::vector<hsize_t> extents = extents_of(dataset);
        if (extents.empty() || text_attribute(dataset, "MATLAB_class") == "char") return 0;
        static_cast<std::vector<Candidate>*>(list)->push_back(
            {std::string("/") + name, extents,
             text_attribute(dataset, "CLASS") == "DIMENSION_SCALE"});
        return 0;
      },
      &found);
  if (!std::all_of(found.begin(), found.end(), [](const auto& each) { return each.is_axis; })) {
    std::erase_if(found, [](const auto& each) { return each.is_axis; });
  }
  return found;
}

std::string list_of(const std::vector<Candidate>& present) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(present.size(), kMost); ++i) {
    names.push_back(fmt::format("{} ({})", present[i].path, fmt::join(present[i].extents, " x ")));
  }
  if (present.size() > kMost) names.push_back(fmt::format("{} more", present.size() - kMost));
  return fmt::format("data sets of the file: {}", fmt::join(names, ", "));
}

/// An open data set whose shape was found to fit the stored bytes.
struct Stored {
  Handle file, dataset;
  std::string path;
  std::vector<hsize_t> extents;
  bool bits = false;  ///< no conversion to numbers: one byte each
  std::optional<double> fill{};
  ArrayFacts about{};
};

/// Filters that this HDF5 library lacks make a sound file look damaged.
void check_filters(hid_t dataset, const std::string& path) {
  const Handle list(H5Dget_create_plist(dataset), H5Pclose);
  for (int i = 0; i < H5Pget_nfilters(list); ++i) {
    unsigned flags = 0, settings = 0;
    std::size_t count = 0;
    char name[64] = {};
    const H5Z_filter_t filter = H5Pget_filter2(list, static_cast<unsigned>(i), &flags, &count,
                                               nullptr, sizeof name, name, &settings);
    if (H5Zfilter_avail(filter) > 0) continue;
    throw std::runtime_error(
        fmt::format("data set '{}' is compressed by filter {} ({}), which the HDF5 library here "
                    "lacks; rewrite it with h5repack -f GZIP=4",
                    path, filter, name[0] != '\0' ? name : "no name"));
  }
}

/// MATLAB and Octave write their first index as the fastest one, so that the extents of HDF5 are
/// theirs in reverse.
void check_owner(Stored& set) {
  const std::string matlab = text_attribute(set.dataset, "MATLAB_class");
  const auto slash = set.path.rfind('/');
  bool octave = false;
  if (slash != set.path.npos && slash > 0) {
    const Handle group(H5Oopen(set.file, set.path.substr(0, slash).c_str(), H5P_DEFAULT), H5Oclose);
    octave = group.valid() && has_attribute(group, "OCTAVE_NEW_FORMAT");
  }
  if (matlab.empty() && !octave) return;
  if (matlab == "char" || has_attribute(set.dataset, "MATLAB_empty")) {
    throw std::runtime_error(fmt::format("data set '{}' is text or empty in MATLAB", set.path));
  }
  if (set.extents.size() < 2) return;
  set.about.columns_first = true;
  std::vector<hsize_t> theirs(set.extents.rbegin(), set.extents.rend());
  set.about.facts.push_back(fmt::format("stored by {} as {}, read as its {} (transposed)",
                                        octave ? "Octave" : "MATLAB", fmt::join(set.extents, " x "),
                                        fmt::join(theirs, " x ")));
}

void check_packing(Stored& set) {
  for (const char* name : {"scale_factor", "add_offset"}) {
    const auto value = number_attribute(set.dataset, name);
    if (value && *value != (name[0] == 's' ? 1 : 0)) {
      throw std::runtime_error(
          fmt::format("data set '{}' is packed ({} = {}); write the numbers themselves", set.path,
                      name, *value));
    }
  }
  for (const char* name : {"_FillValue", "missing_value"}) {
    if (!set.fill) set.fill = number_attribute(set.dataset, name);
  }
}

Stored open(const std::string& name, const std::string& wanted) {
  Handle file(H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.valid()) {
    char head[16] = {};
    std::ifstream(name, std::ios::binary).read(head, sizeof head - 1);
    const std::string_view text(head);
    if (text.starts_with("MATLAB 5.0")) {
      throw std::runtime_error("is of an old MATLAB format; save it with save(..., '-v7.3')");
    }
    if (text.starts_with("CDF")) {
      throw std::runtime_error("is a classic netCDF file; convert it with nccopy -k netCDF-4");
    }
    if (text.starts_with("\x1f\x8b")) {
      throw std::runtime_error("is a compressed file; gunzip HDF5 files");
    }
    throw std::runtime_error("no HDF5 file, or a damaged one");
  }
  const std::vector<Candidate> present = candidates(file);
  if (present.empty() && wanted.empty()) {
    throw std::runtime_error(
        "has no data set of integers or floats (tables of records, text and sparse matrices are "
        "not "
        "read)");
  }
  const std::string available = list_of(present);
  if (wanted.empty() && present.size() != 1) throw SeveralArrays(available);
  std::string path = wanted.empty() ? present.front().path : wanted;
  if (!path.starts_with('/')) path.insert(0, "/");
  Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid()) {
    throw std::runtime_error(fmt::format("no data set '{}'; {}", path, available));
  }
  const Handle type(H5Dget_type(dataset), H5Tclose);
  if (!is_numeric(dataset)) {
    throw std::runtime_error(fmt::format("data set '{}' does not hold integers or floats", path));
  }
  const std::vector<hsize_t> extents = extents_of(dataset);
  if (extents.empty()) throw std::runtime_error(fmt::format("data set '{}' is no array", path));

  const hsize_t most = most_numbers(dataset);
  hsize_t size = 1;
  for (const hsize_t extent : extents) {
    if (extent == 0 || extent > most / size) {
      throw std::runtime_error(fmt::format("data set '{}' of shape {} has {} bytes of data", path,
                                           fmt::join(extents, " x "),
                                           H5Dget_storage_size(dataset)));
    }
    size *= extent;
  }
  check_filters(dataset, path);
  Stored set{std::move(file), std::move(dataset), path, extents,
             H5Tget_class(type) == H5T_BITFIELD};
  set.about.facts.push_back(fmt::format("data set {} of {}-bit {}", path, 8 * H5Tget_size(type),
                                        H5Tget_class(type) == H5T_FLOAT     ? "floats"
                                        : H5Tget_class(type) == H5T_INTEGER ? "integers"
                                                                            : "flags"));
  check_owner(set);
  check_packing(set);
  return set;
}

[[noreturn]] void damaged(const std::string& path) {
  throw std::runtime_error(fmt::format("data set '{}' cannot be read: damaged file", path));
}

hid_t memory_type(const float*) { return H5T_NATIVE_FLOAT; }
hid_t memory_type(const double*) { return H5T_NATIVE_DOUBLE; }

/// `count` numbers of the selection; `first` counts those before them, for messages.
template <class T>
void read_values(const Stored& set, hid_t memory, hid_t space, T* values, std::size_t count,
                 std::size_t first) {
  if (set.bits) {
    std::vector<unsigned char> bytes(count);
    const Handle type(H5Dget_type(set.dataset), H5Tclose);
    if (H5Dread(set.dataset, type, memory, space, H5P_DEFAULT, bytes.data()) < 0) damaged(set.path);
    std::copy(bytes.begin(), bytes.end(), values);
  } else if (H5Dread(set.dataset, memory_type(values), memory, space, H5P_DEFAULT, values) < 0) {
    damaged(set.path);
  }
  if (!set.fill) return;
  const auto fill = static_cast<T>(*set.fill);
  const T* const found = std::find(values, values + count, fill);
  if (found == values + count) return;
  throw std::runtime_error(
      fmt::format("a missing value (fill value {} of the file) in data set '{}', number {}",
                  *set.fill, set.path, first + static_cast<std::size_t>(found - values)));
}

template <class T>
std::vector<std::size_t> read(const std::string& name, const std::string& wanted,
                              std::vector<T>& values, ArrayFacts* facts) {
  const Quiet quiet;
  const Stored source = open(name, wanted);
  std::size_t size = 1;
  for (const hsize_t extent : source.extents) size *= extent;
  values.resize(size);
  read_values(source, H5S_ALL, H5S_ALL, values.data(), size, 0);
  std::vector<std::size_t> shape(source.extents.begin(), source.extents.end());
  if (source.about.columns_first) std::reverse(shape.begin(), shape.end());
  if (facts != nullptr) *facts = source.about;
  return shape;
}

}  // namespace stored

std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<float>& values, ArrayFacts* facts) {
  return read(file, dataset, values, facts);
}

std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<double>& values, ArrayFacts* facts) {
  return read(file, dataset, values, facts);
}

void see_arrays(const std::string& name, const SeeArray& see) {
  const Quiet quiet;
  const Handle file(H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  std::vector<std::string> paths;
  const auto list = [](hid_t, const char* path, const H5O_info_t* info, void* all) -> herr_t {
    if (info->type == H5O_TYPE_DATASET) {
      static_cast<std::vector<std::string>*>(all)->emplace_back(path);
    }
    return 0;
  };
  if (!file.valid() || H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, list, &paths) < 0) {
    throw std::runtime_error("no HDF5 file, or a damaged one");
  }
  for (const std::string& path : paths) {
    const Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.valid()) damaged(path);
    if (!is_numeric(dataset)) {
      see(path, {}, {});
      continue;
    }
    const std::vector<hsize_t> extents = extents_of(dataset);
    const std::vector<std::uint64_t> shape(extents.begin(), extents.end());
    const Handle space(H5Dget_space(dataset), H5Sclose), stored(H5Dget_type(dataset), H5Tclose);
    const Handle type(H5Tget_native_type(stored, H5T_DIR_ASCEND), H5Tclose);
    const auto count =
        static_cast<hsize_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space)));
    std::vector<unsigned char> numbers(count <= most_numbers(dataset) ? count * H5Tget_size(type)
                                                                      : 0);
    if (!numbers.empty() &&
        H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0) {
      damaged(path);
    }
    see(path, shape, numbers);
  }
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

const ArrayFacts& ArrayRows::facts() const { return open_->source.about; }

namespace {

template <class T>
void read_rows(const Stored& source, std::size_t first, std::size_t count, T* values) {
  const Quiet quiet;
  std::vector<hsize_t> start(source.extents.size(), 0), size = source.extents;
  start[0] = first;
  size[0] = count;
  hsize_t width = 1;
  for (std::size_t axis = 1; axis < size.size(); ++axis) width *= size[axis];
  const auto rank = static_cast<int>(size.size());
  const Handle memory(H5Screate_simple(rank, size.data(), nullptr), H5Sclose);
  const Handle space(H5Dget_space(source.dataset), H5Sclose);
  if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) < 0) {
    damaged(source.path);
  }
  read_values(source, memory, space, values, count * width, first * width);
}

}  // namespace

void ArrayRows::read(std::size_t first, std::size_t count, float* values) const {
  read_rows(open_->source, first, count, values);
}

void ArrayRows::read(std::size_t first, std::size_t count, double* values) const {
  read_rows(open_->source, first, count, values);
}

}  // namespace symbreak::data
