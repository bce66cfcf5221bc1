// Bytes of a file, plain or gzip-compressed, or of one member of a zip archive. May depend on:
// array.hpp, zlib.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sim/data/array.hpp"

namespace symbreak::data {

/// One file of a zip archive.
struct ZipMember {
  std::string name;
  std::size_t offset = 0, stored = 0, size = 0;  ///< of its local header; bytes packed, unpacked
  unsigned method = 0;                           ///< 0 stored, 8 deflated
  unsigned long checksum = 0;
};
std::vector<ZipMember> zip_members(const Source& source);

class Input {
 public:
  /// The whole file; a compressed one is recognised by its first bytes, whatever its name.
  explicit Input(const Source& source);
  Input(const Source& source, const ZipMember& member);
  ~Input();

  /// Bytes read, fewer than `size` at the end of the file or of its intact part.
  std::size_t read(void* out, std::size_t size);
  /// The next line without its end (\n, \r\n or \r); false after the last one.
  bool line(std::string& text);
  /// Most bytes that there can be in all: what a declared size is held against.
  std::size_t room() const { return room_; }
  /// Whether room() is not a bound but the size.
  bool exact() const { return exact_; }
  /// What is wrong with the compressed file, "" as long as nothing is known.
  std::string damage() const;

  class Bytes;

 private:
  bool fill();

  std::unique_ptr<Bytes> bytes_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0, room_ = 0;
  bool exact_ = true;
};

}  // namespace symbreak::data
