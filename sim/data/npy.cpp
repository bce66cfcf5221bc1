// NumPy .npy files (format versions 1 to 3), and .npz archives of them: flags, integers and floats
// of any width up to 64 bits and either byte order, in C or Fortran order.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>

#include "sim/data/array.hpp"
#include "sim/data/input.hpp"
#include "sim/data/understood.hpp"

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

template <class Number, bool big>
double load(const char* bytes) {
  char copy[sizeof(Number)];
  for (std::size_t i = 0; i < sizeof copy; ++i) copy[i] = bytes[big ? sizeof copy - 1 - i : i];
  Number value;
  std::memcpy(&value, copy, sizeof value);
  return static_cast<double>(value);
}

/// IEEE 754 binary16: 1 sign bit, 5 of exponent (bias 15), 10 of fraction.
template <bool big>
double load_half(const char* bytes) {
  const auto low = static_cast<unsigned char>(bytes[big ? 1 : 0]),
             high = static_cast<unsigned char>(bytes[big ? 0 : 1]);
  const int exponent = high >> 2 & 31, fraction = (high & 3) << 8 | low;
  double value = 0;
  if (exponent == 31) {
    value = fraction == 0 ? HUGE_VAL : std::nan("");
  } else if (exponent == 0) {
    value = std::ldexp(fraction, -24);
  } else {
    value = std::ldexp(1024 + fraction, exponent - 25);
  }
  return (high & 128) != 0 ? -value : value;
}

struct Type {
  std::size_t size;
  double (*load)(const char*);
};

template <bool big>
const Type* type_named(const std::string& name) {
  static const std::map<std::string, Type> all = {
      {"b1", {1, load<std::uint8_t, big>}}, {"u1", {1, load<std::uint8_t, big>}},
      {"i1", {1, load<std::int8_t, big>}},  {"u2", {2, load<std::uint16_t, big>}},
      {"i2", {2, load<std::int16_t, big>}}, {"u4", {4, load<std::uint32_t, big>}},
      {"i4", {4, load<std::int32_t, big>}}, {"u8", {8, load<std::uint64_t, big>}},
      {"i8", {8, load<std::int64_t, big>}}, {"f2", {2, load_half<big>}},
      {"f4", {4, load<float, big>}},        {"f8", {8, load<double, big>}},
  };
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

/// The header, and what comes after it.
struct Head {
  Layout layout;
  std::string type;
  bool columns_first = false;  ///< Fortran order
};

Head read_head(const Source& source, Input& input) {
  unsigned char head[12] = {};
  if (input.read(head, 8) < 8 || std::memcmp(head, "\x93NUMPY", 6) != 0 || head[6] < 1 ||
      head[6] > 3) {
    fail(source, "no .npy file of version 1, 2 or 3: expected it to begin with \\x93NUMPY");
  }
  const std::size_t length_bytes = head[6] == 1 ? 2 : 4;
  const std::size_t got = input.read(head + 8, length_bytes);
  std::size_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | head[8 + i];
  const std::size_t start = 8 + length_bytes + length;
  if (got < length_bytes || start > input.room()) fail(source, "truncated in the .npy header");
  std::string header(length, '\0');
  if (input.read(header.data(), length) < length) fail(source, "truncated in the .npy header");

  Head result;
  result.type = entry(source, header, "descr");
  std::erase(result.type, '\'');
  const char order = result.type.empty() ? ' ' : result.type.front();
  const std::string kind = result.type.substr(result.type.empty() ? 0 : 1);
  const Type* const type = order == '>'                                   ? type_named<true>(kind)
                           : order == '<' || order == '|' || order == '=' ? type_named<false>(kind)
                                                                          : nullptr;
  if (type == nullptr) {
    fail(source, fmt::format("numbers of NumPy type {} are not supported; expected flags, integers "
                             "or floats of up to 64 bits, e.g. array.astype('f8')",
                             result.type));
  }
  result.layout = {shape(source, entry(source, header, "shape")), start, type->size, type->load};
  result.columns_first =
      entry(source, header, "fortran_order") != "False" && result.layout.shape.size() > 1;
  const std::size_t width = type->size, room = input.room() - start;
  const std::size_t size = checked_size(source, result.layout.shape, room / width);
  if (input.exact() && size * width != room) {
    fail(source, fmt::format("has {} data bytes, but its shape {} of {} needs {}", room,
                             shape_text(result.layout.shape), result.type, size * width));
  }
  return result;
}

template <class T>
Array<T> read_from(const Source& source, Input& input) {
  const Head head = read_head(source, input);
  const std::size_t width = head.layout.width;
  Array<T> array;
  array.shape = head.layout.shape;
  std::size_t size = 1;
  for (const std::size_t extent : array.shape) size *= extent;
  array.values.resize(size);
  std::vector<char> buffer(std::size_t{1} << 16);
  const std::size_t per_buffer = buffer.size() / width;
  for (std::size_t first = 0; first < size; first += per_buffer) {
    const std::size_t count = std::min(per_buffer, size - first);
    const std::size_t read = input.read(buffer.data(), count * width);
    if (read < count * width) {
      const std::string damage = input.damage();
      fail(source,
           fmt::format("truncated: {} of {} data bytes (shape {}){}{}", first * width + read,
                       size * width, shape_text(array.shape), damage.empty() ? "" : "; ", damage));
    }
    for (std::size_t i = 0; i < count; ++i) {
      array.values[first + i] = static_cast<T>(head.layout.load(&buffer[i * width]));
    }
  }
  if (input.read(buffer.data(), 1) != 0) {
    fail(source, fmt::format("has bytes beyond the {} numbers of shape {} that it declares", size,
                             shape_text(array.shape)));
  }
  if (!input.damage().empty()) fail(source, "damaged: " + input.damage());
  note(source, fmt::format("NumPy {}{}", head.type, head.columns_first ? " in Fortran order" : ""));
  return head.columns_first ? columns_first(std::move(array)) : array;
}

bool is_gzip(const Source& source) {
  char head[2] = {};
  std::ifstream(source.file, std::ios::binary).read(head, 2);
  return head[0] == '\x1f' && head[1] == '\x8b';
}

}  // namespace

Layout npy_layout(const Source& source) {
  if (is_gzip(source)) {
    fail(source,
         "is compressed and cannot be read in parts; gunzip it, or set target.storage = memory");
  }
  Input input(source);
  Head head = read_head(source, input);
  if (head.columns_first) {
    fail(source,
         "is in Fortran order and cannot be read in parts; save numpy.ascontiguousarray(array), or "
         "set target.storage = memory");
  }
  note(source, fmt::format("NumPy {}", head.type));
  return std::move(head.layout);
}

bool npy_has_rows(const Source& source) {
  if (is_gzip(source)) return false;
  Input input(source);
  return !read_head(source, input).columns_first;
}

template <class T>
Array<T> read_npy(const Source& source) {
  Input input(source);
  return read_from<T>(source, input);
}

template <class T>
Array<T> read_npz(const Source& source) {
  std::vector<ZipMember> members = zip_members(source);
  std::erase_if(members, [](const ZipMember& each) { return !each.name.ends_with(".npy"); });
  if (members.empty()) fail(source, "holds no .npy array");
  std::vector<std::string> names;
  for (const ZipMember& each : members) names.push_back(each.name.substr(0, each.name.size() - 4));
  std::string wanted = source.dataset_path;
  if (wanted.starts_with('/')) wanted.erase(0, 1);
  if (wanted.empty() && members.size() > 1) {
    fail(source, fmt::format("holds the arrays {}; {}", fmt::join(names, ", "),
                             source.path_key.empty()
                                 ? std::string("write the one wanted to a file of its own")
                                 : fmt::format("set {} to the one wanted", source.path_key)));
  }
  const auto found = wanted.empty() ? names.begin() : std::find(names.begin(), names.end(), wanted);
  if (found == names.end()) {
    fail(source, fmt::format("no array '{}'; it holds {}", wanted, fmt::join(names, ", ")));
  }
  const ZipMember& member = members[static_cast<std::size_t>(found - names.begin())];
  Input input(source, member);
  note(source, fmt::format("array '{}'", *found));
  return read_from<T>(source, input);
}

template Array<float> read_npy<float>(const Source&);
template Array<double> read_npy<double>(const Source&);
template Array<float> read_npz<float>(const Source&);
template Array<double> read_npz<double>(const Source&);

}  // namespace symbreak::data
