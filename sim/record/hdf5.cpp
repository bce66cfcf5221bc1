#include "sim/record/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "sim/record/record.hpp"

namespace symbreak::record::hdf5 {

Handle own(hid_t id, Handle::Close close, const std::string& label, const std::string& name) {
  if (id < 0) throw FileError(fmt::format("{}: HDF5 cannot handle '{}'", label, name));
  return Handle(id, close);
}

void check(herr_t status, const std::string& label, const std::string& name) {
  if (status < 0) throw FileError(fmt::format("{}: HDF5 failed at '{}'", label, name));
}

Handle without_times(hid_t property_class) {
  Handle list = own(H5Pcreate(property_class), H5Pclose, "memory", "property list");
  check(H5Pset_obj_track_times(list.get(), false), "memory", "times");
  return list;
}

void check_storage(hid_t dataset, std::size_t bytes, const std::string& label,
                   const std::string& name) {
  // Deflate packs at most 1032 bytes into one; nothing of ours is left out of storage.
  constexpr std::size_t kDensest = 1040;
  if (bytes / kDensest > H5Dget_storage_size(dataset)) {
    throw FileError(fmt::format("{}: '{}' declares more than the file holds", label, name));
  }
}

namespace {

/// Keeps the library from printing its error stack: our exceptions say what matters.
void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

constexpr unsigned kDeflate = 1;  // what compresses at all does so at once

Handle space_of(const Shape& shape) {
  const hid_t id = shape.empty()
                       ? H5Screate(H5S_SCALAR)
                       : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  return own(id, H5Sclose, "memory", "shape");
}

Handle text_type() {
  Handle type = own(H5Tcopy(H5T_C_S1), H5Tclose, "memory", "text type");
  check(H5Tset_size(type.get(), H5T_VARIABLE), "memory", "text type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "memory", "text type");
  return type;
}

Handle padded_type(std::size_t length) {
  Handle type = own(H5Tcopy(H5T_C_S1), H5Tclose, "memory", "text type");
  check(H5Tset_size(type.get(), length), "memory", "text type");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "memory", "text type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "memory", "text type");
  return type;
}

void write_dataset(hid_t group, const std::string& label, const std::string& name, hid_t type,
                   const void* data, const Shape& shape) {
  if (name.empty() || name.find('/') != std::string::npos || name == ".") {
    throw std::logic_error("not a name for an HDF5 object: '" + name + "'");
  }
  const Handle space = space_of(shape);
  const Handle properties = without_times(H5P_DATASET_CREATE);
  const Handle set = own(H5Dcreate2(group, name.c_str(), type, space.get(), H5P_DEFAULT,
                                    properties.get(), H5P_DEFAULT),
                         H5Dclose, label, name);
  if (data == nullptr) return;  // nothing to write: HDF5 objects to an empty buffer
  check(H5Dwrite(set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), label, name);
}

void write_attribute(hid_t group, const std::string& label, const std::string& name, hid_t type,
                     const void* data) {
  const Handle space = space_of({});
  const Handle attribute =
      own(H5Acreate2(group, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
          label, name);
  check(H5Awrite(attribute.get(), type, data), label, name);
}

Handle open_dataset(hid_t group, const std::string& label, const std::string& name) {
  return own(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose, label, name);
}

std::size_t elements(const Handle& space, const std::string& label, const std::string& name) {
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (count < 0) throw FileError(fmt::format("{}: '{}' has no size", label, name));
  return static_cast<std::size_t>(count);
}

template <class Number>
std::vector<Number> read_dataset(hid_t group, const std::string& label, const std::string& name,
                                 hid_t type) {
  const Handle set = open_dataset(group, label, name);
  const Handle space = own(H5Dget_space(set.get()), H5Sclose, label, name);
  const std::size_t count = elements(space, label, name);
  if (count > std::numeric_limits<std::size_t>::max() / sizeof(Number)) {
    throw FileError(fmt::format("{}: '{}' has no size", label, name));
  }
  check_storage(set.get(), count * sizeof(Number), label, name);
  std::vector<Number> values(count);
  if (values.empty()) return values;
  check(H5Dread(set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), label, name);
  return values;
}

/// The attribute, which must be a single value.
Handle open_attribute(hid_t group, const std::string& label, const std::string& name) {
  Handle attribute = own(H5Aopen(group, name.c_str(), H5P_DEFAULT), H5Aclose, label, name);
  const Handle space = own(H5Aget_space(attribute.get()), H5Sclose, label, name);
  if (elements(space, label, name) != 1) {
    throw FileError(fmt::format("{}: attribute '{}' is not one value", label, name));
  }
  return attribute;
}

template <class Number>
Number read_attribute(hid_t group, const std::string& label, const std::string& name, hid_t type) {
  const Handle attribute = open_attribute(group, label, name);
  Number value{};
  check(H5Aread(attribute.get(), type, &value), label, name);
  return value;
}

/// Texts that the library has allocated, freed on every path.
struct Borrowed {
  std::vector<char*> pointers;
  explicit Borrowed(std::size_t count) : pointers(count, nullptr) {}
  ~Borrowed() {
    for (char* pointer : pointers) H5free_memory(pointer);
  }
  Texts copy() const {
    Texts values;
    for (const char* pointer : pointers) values.emplace_back(pointer == nullptr ? "" : pointer);
    return values;
  }
};

Texts padded_texts(const Handle& set, std::size_t count, std::size_t length,
                   const std::string& label, const std::string& name) {
  if (length > 0 && count > std::numeric_limits<std::size_t>::max() / length) {
    throw FileError(fmt::format("{}: '{}' has no size", label, name));
  }
  check_storage(set.get(), count * length, label, name);
  std::string padded(count * length, '\0');
  const Handle type = padded_type(length);
  if (!padded.empty()) {
    check(H5Dread(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()), label,
          name);
  }
  Texts values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view all(padded.data() + i * length, length);
    values.emplace_back(all.substr(0, all.find('\0')));
  }
  return values;
}

extern "C" herr_t collect_member(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<Texts*>(names)->emplace_back(name);
  return 0;
}
extern "C" herr_t collect_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<Texts*>(names)->emplace_back(name);
  return 0;
}

// HDF5 keeps a file in memory in a block of ours, so that the finished file is read where it lies:
// H5Fget_file_image would make a second one.
extern "C" void* resize_block(void* block, std::size_t size, H5FD_file_image_op_t, void* place) {
  void* moved = std::realloc(block, size);
  if (moved != nullptr) *static_cast<void**>(place) = moved;
  return moved;
}
extern "C" herr_t free_block(void* block, H5FD_file_image_op_t, void*) {
  std::free(block);
  return 0;
}
extern "C" void* same_place(void* place) { return place; }
extern "C" herr_t keep_place(void*) { return 0; }

Handle create_in_memory(void** block) {
  silence();
  const Handle access = own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "memory", "file");
  constexpr std::size_t kGrowth = std::size_t{1} << 20;
  check(H5Pset_fapl_core(access.get(), kGrowth, false), "memory", "file");
  H5FD_file_image_callbacks_t callbacks{};
  callbacks.image_realloc = resize_block;
  callbacks.image_free = free_block;
  callbacks.udata_copy = same_place;
  callbacks.udata_free = keep_place;
  callbacks.udata = block;
  check(H5Pset_file_image_callbacks(access.get(), &callbacks), "memory", "file");
  const Handle creation = without_times(H5P_FILE_CREATE);
  return own(H5Fcreate("image", H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "memory",
             "file");
}

}  // namespace

Group Group::create(const std::string& name) const {
  const Handle properties = without_times(H5P_GROUP_CREATE);
  return {own(H5Gcreate2(handle_.get(), name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
              H5Gclose, label_, name),
          label_};
}
Group Group::open(const std::string& name) const {
  return {own(H5Gopen2(handle_.get(), name.c_str(), H5P_DEFAULT), H5Gclose, label_, name), label_};
}

void Group::write(const std::string& name, std::span<const double> values,
                  const Shape& shape) const {
  write_dataset(handle_.get(), label_, name, H5T_NATIVE_DOUBLE,
                values.empty() ? nullptr : values.data(), shape);
}
void Group::write(const std::string& name, std::span<const std::uint64_t> values,
                  const Shape& shape) const {
  write_dataset(handle_.get(), label_, name, H5T_NATIVE_UINT64,
                values.empty() ? nullptr : values.data(), shape);
}
void Group::write(const std::string& name, const Texts& values) const {
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  const Handle type = text_type();
  write_dataset(handle_.get(), label_, name, type.get(),
                pointers.empty() ? nullptr : pointers.data(), {values.size()});
}

void Group::write_scalar(const std::string& name, const std::string& value) const {
  const char* pointer = value.c_str();
  const Handle type = text_type();
  write_dataset(handle_.get(), label_, name, type.get(), &pointer, {});
}
void Group::write_padded(const std::string& name, const Texts& values) const {
  std::size_t length = 1;
  for (const std::string& value : values) length = std::max(length, value.size());
  const Handle type = padded_type(length);
  std::string padded(values.size() * length, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) values[i].copy(&padded[i * length], length);
  const Handle properties = without_times(H5P_DATASET_CREATE);
  const hsize_t rows = values.size();
  constexpr std::size_t kWorthIt = 4096, kChunk = std::size_t{1} << 17;
  if (padded.size() > kWorthIt) {
    const hsize_t chunk = std::min<hsize_t>(rows, std::max<hsize_t>(1, kChunk / length));
    check(H5Pset_chunk(properties.get(), 1, &chunk), label_, name);
    check(H5Pset_shuffle(properties.get()), label_, name);
    check(H5Pset_deflate(properties.get(), kDeflate), label_, name);
  }
  const Handle space = space_of({rows});
  const Handle set = own(H5Dcreate2(id(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                    properties.get(), H5P_DEFAULT),
                         H5Dclose, label_, name);
  if (padded.empty()) return;
  check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()), label_,
        name);
}

void Group::attribute(const std::string& name, double value) const {
  write_attribute(handle_.get(), label_, name, H5T_NATIVE_DOUBLE, &value);
}
void Group::attribute(const std::string& name, std::uint64_t value) const {
  write_attribute(handle_.get(), label_, name, H5T_NATIVE_UINT64, &value);
}
void Group::attribute(const std::string& name, const std::string& value) const {
  const char* pointer = value.c_str();
  const Handle type = text_type();
  write_attribute(handle_.get(), label_, name, type.get(), &pointer);
}

Texts Group::members() const {
  Texts names;
  check(H5Literate(handle_.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_member, &names),
        label_, "members");
  return names;
}
Texts Group::attributes() const {
  Texts names;
  check(H5Aiterate2(handle_.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_attribute, &names),
        label_, "attributes");
  return names;
}

Shape Group::shape(const std::string& name) const {
  const Handle set = open_dataset(handle_.get(), label_, name);
  const Handle space = own(H5Dget_space(set.get()), H5Sclose, label_, name);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  Shape extents(static_cast<std::size_t>(std::max(rank, 0)));
  check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), label_, name);
  return extents;
}
std::vector<double> Group::reals(const std::string& name) const {
  return read_dataset<double>(handle_.get(), label_, name, H5T_NATIVE_DOUBLE);
}
std::vector<std::uint64_t> Group::integers(const std::string& name) const {
  return read_dataset<std::uint64_t>(handle_.get(), label_, name, H5T_NATIVE_UINT64);
}
bool Group::has(const std::string& name) const {
  return H5Lexists(handle_.get(), name.c_str(), H5P_DEFAULT) > 0;
}

bool Group::holds_text(const std::string& name) const {
  const Handle set = open_dataset(handle_.get(), label_, name);
  const Handle stored = own(H5Dget_type(set.get()), H5Tclose, label_, name);
  return H5Tget_class(stored.get()) == H5T_STRING;
}

Texts Group::texts(const std::string& name) const {
  const Handle set = open_dataset(handle_.get(), label_, name);
  const Handle space = own(H5Dget_space(set.get()), H5Sclose, label_, name);
  const std::size_t count = elements(space, label_, name);
  const Handle stored = own(H5Dget_type(set.get()), H5Tclose, label_, name);
  if (H5Tget_class(stored.get()) == H5T_STRING && H5Tis_variable_str(stored.get()) == 0) {
    return padded_texts(set, count, H5Tget_size(stored.get()), label_, name);
  }
  check_storage(set.get(), count, label_, name);
  Borrowed values(count);
  if (values.pointers.empty()) return {};
  const Handle type = text_type();
  check(H5Dread(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.pointers.data()),
        label_, name);
  return values.copy();
}

double Group::real_attribute(const std::string& name) const {
  return read_attribute<double>(handle_.get(), label_, name, H5T_NATIVE_DOUBLE);
}
std::uint64_t Group::integer_attribute(const std::string& name) const {
  return read_attribute<std::uint64_t>(handle_.get(), label_, name, H5T_NATIVE_UINT64);
}
std::string Group::text_attribute(const std::string& name) const {
  const Handle attribute = open_attribute(handle_.get(), label_, name);
  Borrowed value(1);
  const Handle type = text_type();
  check(H5Aread(attribute.get(), type.get(), value.pointers.data()), label_, name);
  return value.copy().front();
}

Image::Image()
    : block_(std::make_unique<void*>(nullptr)),
      file_(create_in_memory(block_.get())),
      root_(own(H5Gopen2(file_.get(), "/", H5P_DEFAULT), H5Gclose, "memory", "/"), "memory") {}

std::string_view Image::bytes() const {
  check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "memory", "flush");
  const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
  if (size < 0) throw FileError("memory: HDF5 cannot lay out a file");
  return {static_cast<const char*>(*block_), static_cast<std::size_t>(size)};
}

}  // namespace symbreak::record::hdf5
