#include "sim/record/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/record/record.hpp"

namespace symbreak::record::hdf5 {

namespace {

/// Keeps the library from printing its error stack: our exceptions say what matters.
void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

Handle own(hid_t id, Handle::Close close, const std::string& label, const std::string& name) {
  if (id < 0) throw FileError(fmt::format("{}: HDF5 cannot handle '{}'", label, name));
  return Handle(id, close);
}

void check(herr_t status, const std::string& label, const std::string& name) {
  if (status < 0) throw FileError(fmt::format("{}: HDF5 failed at '{}'", label, name));
}

/// Equal content must give equal bytes: no creation times.
Handle without_times(hid_t property_class) {
  Handle list = own(H5Pcreate(property_class), H5Pclose, "memory", "property list");
  check(H5Pset_obj_track_times(list.get(), false), "memory", "times");
  return list;
}

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
  std::vector<Number> values(elements(space, label, name));
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

extern "C" herr_t collect_member(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<Texts*>(names)->emplace_back(name);
  return 0;
}
extern "C" herr_t collect_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<Texts*>(names)->emplace_back(name);
  return 0;
}

Handle create_in_memory() {
  silence();
  const Handle access = own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "memory", "file");
  constexpr std::size_t kGrowth = std::size_t{1} << 20;
  check(H5Pset_fapl_core(access.get(), kGrowth, false), "memory", "file");
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
Texts Group::texts(const std::string& name) const {
  const Handle set = open_dataset(handle_.get(), label_, name);
  const Handle space = own(H5Dget_space(set.get()), H5Sclose, label_, name);
  Borrowed values(elements(space, label_, name));
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
    : file_(create_in_memory()),
      root_(own(H5Gopen2(file_.get(), "/", H5P_DEFAULT), H5Gclose, "memory", "/"), "memory") {}

std::string Image::bytes() const {
  check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "memory", "flush");
  const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
  if (size < 0) throw FileError("memory: HDF5 cannot lay out a file");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file_.get(), bytes.data(), bytes.size()) != size) {
    throw FileError("memory: HDF5 cannot lay out a file");
  }
  return bytes;
}

}  // namespace symbreak::record::hdf5
