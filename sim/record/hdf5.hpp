// The HDF5 C library in values and RAII: groups, arrays, attributes. Every return code is checked;
// errors become FileError. May depend on: HDF5.
#pragma once
#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace symbreak::record::hdf5 {

/// An identifier of the library with the function that closes it.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t get() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

using Shape = std::vector<hsize_t>;  ///< row-major; {} is a scalar
using Texts = std::vector<std::string>;

/// A group of a file. Errors name the file (`label`) and the member.
class Group {
 public:
  Group(Handle handle, std::string label) : handle_(std::move(handle)), label_(std::move(label)) {}

  Group create(const std::string& name) const;
  void write(const std::string& name, std::span<const double> values, const Shape& shape) const;
  void write(const std::string& name, std::span<const std::uint64_t> values,
             const Shape& shape) const;
  void write(const std::string& name, const Texts& values) const;
  void attribute(const std::string& name, double value) const;
  void attribute(const std::string& name, std::uint64_t value) const;
  void attribute(const std::string& name, const std::string& value) const;

  Group open(const std::string& name) const;
  Texts members() const;     ///< names of groups and datasets, sorted
  Texts attributes() const;  ///< names, sorted
  Shape shape(const std::string& name) const;
  std::vector<double> reals(const std::string& name) const;
  std::vector<std::uint64_t> integers(const std::string& name) const;
  Texts texts(const std::string& name) const;
  double real_attribute(const std::string& name) const;
  std::uint64_t integer_attribute(const std::string& name) const;
  std::string text_attribute(const std::string& name) const;

 private:
  Handle handle_;
  std::string label_;
};

/// A new file, built in memory: the disk sees nothing but one finished run of bytes.
class Image {
 public:
  Image();
  const Group& root() const { return root_; }
  std::string bytes() const;

 private:
  Handle file_;
  Group root_;
};

/// Publishes an image as a file of this kind ("result") and format version.
void write_file(const std::filesystem::path& path, const std::string& kind, int version,
                const Image& image);
/// Opens such a file for reading after checking kind, version, length and checksum.
class File {
 public:
  File(const std::filesystem::path& path, const std::string& kind, int oldest, int newest);
  const Group& root() const { return root_; }
  int version() const { return version_; }

 private:
  int version_;
  Handle file_;
  Group root_;
};

}  // namespace symbreak::record::hdf5
