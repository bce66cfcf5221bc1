#include "sim/data/bits.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "sim/data/array.hpp"

namespace symbreak::data {

namespace {

bool blank(unsigned char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// visit(byte, offset) for every byte; false where the file cannot be read to its end.
template <class Visit>
bool for_each_byte(const std::string& file, const Visit& visit) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return false;
  std::vector<char> buffer(std::size_t{1} << 16);
  std::uint64_t offset = 0;
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    for (std::streamsize i = 0; i < in.gcount(); ++i) {
      if (!visit(static_cast<unsigned char>(buffer[static_cast<std::size_t>(i)]), offset++)) {
        return true;
      }
    }
  }
  return !in.bad();
}

}  // namespace

BitPairs read_bits(const std::string& file, const std::string& key, const std::string& format) {
  const Source source{.file = file, .key = key};
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) fail(source, "is a directory; expected bits");
  if (!std::filesystem::is_regular_file(file, error)) fail(source, "no such file");
  bool text = format == "text";
  if (format == "auto") {
    text = true;
    if (!for_each_byte(file, [&](unsigned char c, std::uint64_t) {
          return text = c == '0' || c == '1' || blank(c);
        })) {
      fail(source, "cannot be read to its end");
    }
  }
  BitPairs pairs;
  int previous = -1;
  const auto add = [&](int bit) {
    ++pairs.bits;
    if (previous >= 0) ++pairs.count[previous][bit];
    previous = bit;
  };
  const bool read = for_each_byte(file, [&](unsigned char c, std::uint64_t offset) {
    if (text) {
      if (c == '0' || c == '1') {
        add(c - '0');
      } else if (!blank(c)) {
        fail(source, fmt::format("byte {} is {}; expected 0, 1 or blanks", offset,
                                 c > 0x20 && c < 0x7f ? fmt::format("'{}'", static_cast<char>(c))
                                                      : fmt::format("0x{:02x}", c)));
      }
    } else {
      for (int bit = 8; bit-- > 0;) add(c >> bit & 1);
    }
    return true;
  });
  if (!read) fail(source, "cannot be read to its end");
  if (pairs.bits < 2) {
    fail(source, fmt::format("holds {} bits; expected at least two", pairs.bits));
  }
  return pairs;
}

}  // namespace symbreak::data
