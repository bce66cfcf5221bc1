#include "sim/data/bits.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "sim/data/array.hpp"
#include "sim/data/input.hpp"
#include "sim/data/understood.hpp"

namespace symbreak::data {

namespace {

bool blank(unsigned char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// visit(byte, offset) for every byte, of a compressed file those that it holds; false where the
/// file cannot be read to its end.
template <class Visit>
bool for_each_byte(const Source& source, const Visit& visit) {
  Input in(source);
  std::vector<char> buffer(std::size_t{1} << 16);
  std::uint64_t offset = 0;
  while (const std::size_t got = in.read(buffer.data(), buffer.size())) {
    for (std::size_t i = 0; i < got; ++i) {
      if (!visit(static_cast<unsigned char>(buffer[i]), offset++)) return true;
    }
  }
  return in.damage().empty();
}

}  // namespace

BitPairs read_bits(const std::string& file, const std::string& key, const std::string& format) {
  const Source source{.file = file, .key = key};
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) fail(source, "is a directory; expected bits");
  if (!std::filesystem::is_regular_file(file, error)) fail(source, "no such file");
  begin_reading(source);
  bool text = format == "text";
  bool printable = true;
  if (format == "auto") {
    text = true;
    if (!for_each_byte(source, [&](unsigned char c, std::uint64_t) {
          return text = c == '0' || c == '1' || blank(c);
        })) {
      fail(source, "cannot be read to its end");
    }
  }
  BitPairs pairs;
  std::string first;
  int previous = -1;
  const auto add = [&](int bit) {
    if (first.size() < 16) first += static_cast<char>('0' + bit);
    ++pairs.bits;
    if (previous >= 0) ++pairs.count[previous][bit];
    previous = bit;
  };
  const bool read = for_each_byte(source, [&](unsigned char c, std::uint64_t offset) {
    if (text) {
      if (c == '0' || c == '1') {
        add(c - '0');
      } else if (!blank(c)) {
        fail(source, fmt::format("byte {} is {}; expected 0, 1 or blanks", offset,
                                 c > 0x20 && c < 0x7f ? fmt::format("'{}'", static_cast<char>(c))
                                                      : fmt::format("0x{:02x}", c)));
      }
    } else {
      printable = printable && ((c >= 0x20 && c < 0x7f) || blank(c));
      for (int bit = 8; bit-- > 0;) add(c >> bit & 1);
    }
    return true;
  });
  if (!read) fail(source, "cannot be read to its end");
  if (pairs.bits < 2) {
    fail(source, fmt::format("holds {} bits; expected at least two", pairs.bits));
  }
  note(source,
       fmt::format("{} bits, {}, the first {}", pairs.bits,
                   text ? "one per character 0 or 1" : "eight per byte, the highest first", first));
  if (!text && printable && format == "auto") {
    warn(source,
         "is text other than 0 and 1 (FASTA, words), read as the bits of its character codes; set "
         "target.bits = bytes if that is meant");
  }
  return pairs;
}

}  // namespace symbreak::data
