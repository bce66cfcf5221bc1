// The HDF5 C library in values and RAII: groups, arrays, attributes. Every return code is checked;
// errors become FileError. May depend on: HDF5.
#pragma once
#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  hid_t release() { return std::exchange(id_, -1); }

 private:
  hid_t id_;
  Close close_;
};

using Shape = std::vector<hsize_t>;  ///< row-major; {} is a scalar
using Texts = std::vector<std::string>;

/// A handle that is one, or a FileError that names file and member.
Handle own(hid_t id, Handle::Close close, const std::string& label, const std::string& name);
void check(herr_t status, const std::string& label, const std::string& name);
/// Property list without creation times: equal content must give equal bytes.
Handle without_times(hid_t property_class);
/// Throws FileError for a dataset whose declared size its storage cannot hold, however compressed.
void check_storage(hid_t dataset, std::size_t bytes, const std::string& label,
                   const std::string& name);

/// A group of a file. Errors name the file (`label`) and the member.
class Group {
 public:
  Group(Handle handle, std::string label) : handle_(std::move(handle)), label_(std::move(label)) {}

  hid_t id() const { return handle_.get(); }
  const std::string& label() const { return label_; }

  Group create(const std::string& name) const;
  void write(const std::string& name, double value) const { write(name, {&value, 1}, {}); }
  void write(const std::string& name, std::span<const double> values, const Shape& shape) const;
  void write(const std::string& name, std::span<const std::uint64_t> values,
             const Shape& shape) const;
  void write(const std::string& name, const Texts& values) const;
  void attribute(const std::string& name, double value) const;
  void attribute(const std::string& name, std::uint64_t value) const;
  void attribute(const std::string& name, const std::string& value) const;

  void write_scalar(const std::string& name, const std::string& value) const;
  /// Texts of one length, shorter ones padded with zeros: compressed where that pays.
  void write_padded(const std::string& name, const Texts& values) const;

  Group open(const std::string& name) const;
  bool has(const std::string& name) const;  ///< a member of this name
  bool holds_text(const std::string& name) const;
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
  std::string_view bytes() const;  ///< of what is written so far; until the next write

 private:
  std::unique_ptr<void*> block_;  ///< where HDF5 keeps the file; outlives it
  Handle file_;
  Group root_;
};

/// Publishes an image as a file of this kind ("result") and format version.
void write_file(const std::filesystem::path& path, const std::string& kind, int version,
                const Image& image);
/// Opens such a file for reading after checking kind, version, length and checksum.
class File {
 public:
  /// `trusted`: its checksum is known to be right.
  File(const std::filesystem::path& path, const std::string& kind, int oldest, int newest,
       bool trusted = false);
  const Group& root() const { return root_; }
  int version() const { return version_; }

 private:
  int version_;
  Handle file_;
  Group root_;
};

}  // namespace symbreak::record::hdf5
