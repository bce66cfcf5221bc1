// NumPy .npy files (format versions 1 to 3): little-endian or single-byte numbers in C order.
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "sim/data/array.hpp"

namespace symbreak::data {

namespace {

/// The text of `'name': VALUE` up to the next comma outside of parentheses, or the closing brace.
std::string entry(const Source& source, const std::string& header, const std::string& name) {
  const auto found = header.find("'" + name + "'");
  const auto colon = found == header.npos ? header.npos : header.find(':', found);
  if (colon == header.npos) fail(source, fmt::format("the .npy header lacks '{}'", name));
  auto first = header.find_first_not_of(' ', colon + 1);
  if (first == header.npos) first = header.size();
  auto last = first;
  for (int depth = 0; last < header.size(); ++last) {
    if (header[last] == '(') ++depth;
    if (header[last] == ')') --depth;
    if (depth <= 0 && (header[last] == ',' || header[last] == '}')) break;
  }
  std::string text = header.substr(first, last - first);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::vector<std::size_t> shape(const Source& source, const std::string& text) {
  std::vector<std::size_t> extents;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::size_t extent = 0;
    const auto [next, error] = std::from_chars(at, end, extent);
    if (error == std::errc{}) {
      extents.push_back(extent);
      at = next;
    } else if (error != std::errc::result_out_of_range && std::strchr("(), L", *at) != nullptr) {
      ++at;
    } else {
      fail(source,
           fmt::format("the .npy header declares the shape {}; expected a tuple of sizes", text));
    }
  }
  return extents;
}

template <class Number>
double load(const char* bytes) {
  Number value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

struct Type {
  std::size_t size;
  double (*load)(const char*);
};

const std::map<std::string, Type>& types() {
  static const std::map<std::string, Type> all = {
      {"|b1", {1, load<std::uint8_t>}}, {"|u1", {1, load<std::uint8_t>}},
      {"|i1", {1, load<std::int8_t>}},  {"<u2", {2, load<std::uint16_t>}},
      {"<i2", {2, load<std::int16_t>}}, {"<u4", {4, load<std::uint32_t>}},
      {"<i4", {4, load<std::int32_t>}}, {"<u8", {8, load<std::uint64_t>}},
      {"<i8", {8, load<std::int64_t>}}, {"<f4", {4, load<float>}},
      {"<f8", {8, load<double>}},
  };
  return all;
}

}  // namespace

Layout npy_layout(const Source& source) {
  std::ifstream file(source.file, std::ios::binary);
  if (!file) fail(source, "cannot be opened");
  unsigned char head[12] = {};
  file.read(reinterpret_cast<char*>(head), 8);
  if (file.gcount() < 8 || std::memcmp(head, "\x93NUMPY", 6) != 0 || head[6] < 1 || head[6] > 3) {
    fail(source, "no .npy file of version 1, 2 or 3: expected it to begin with \\x93NUMPY");
  }
  const std::size_t length_bytes = head[6] == 1 ? 2 : 4;
  file.read(reinterpret_cast<char*>(head + 8), static_cast<std::streamsize>(length_bytes));
  std::size_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | head[8 + i];
  const std::size_t start = 8 + length_bytes + length;
  const std::size_t bytes = std::filesystem::file_size(source.file);
  if (!file || start > bytes) fail(source, "truncated in the .npy header");
  std::string header(length, '\0');
  file.read(header.data(), static_cast<std::streamsize>(length));

  std::string name = entry(source, header, "descr");
  std::erase(name, '\'');
  const auto type = types().find(name);
  if (type == types().end()) {
    fail(source, fmt::format("numbers of NumPy type {} are not supported; expected little-endian "
                             "integers or floats, e.g. array.astype('<f4')",
                             name));
  }
  Layout layout{shape(source, entry(source, header, "shape")), start, type->second.size,
                type->second.load};
  if (entry(source, header, "fortran_order") != "False" && layout.shape.size() > 1) {
    fail(source, "is in Fortran order; save numpy.ascontiguousarray(array)");
  }
  const std::size_t width = layout.width;
  const std::size_t size = checked_size(source, layout.shape, (bytes - start) / width);
  if (size * width != bytes - start) {
    fail(source, fmt::format("has {} data bytes, but its shape {} of {} needs {}", bytes - start,
                             shape_text(layout.shape), name, size * width));
  }
  return layout;
}

template <class T>
Array<T> read_npy(const Source& source) {
  const Layout layout = npy_layout(source);
  const std::size_t width = layout.width;
  std::size_t size = 1;
  for (const std::size_t extent : layout.shape) size *= extent;
  std::ifstream file(source.file, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(layout.start));
  Array<T> array;
  array.shape = layout.shape;
  array.values.resize(size);
  std::vector<char> buffer(std::size_t{1} << 16);
  const std::size_t per_buffer = buffer.size() / width;
  for (std::size_t first = 0; first < size; first += per_buffer) {
    const std::size_t count = std::min(per_buffer, size - first);
    if (!file.read(buffer.data(), static_cast<std::streamsize>(count * width))) {
      fail(source, "cannot be read to its end");
    }
    for (std::size_t i = 0; i < count; ++i) {
      array.values[first + i] = static_cast<T>(layout.load(&buffer[i * width]));
    }
  }
  return array;
}

template Array<float> read_npy<float>(const Source&);
template Array<double> read_npy<double>(const Source&);

}  // namespace symbreak::data
