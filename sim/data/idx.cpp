// IDX files, the format of MNIST (LeCun, Cortes & Burges), plain or gzip-compressed: two zero
// bytes, a type byte, the number of axes, big-endian 32-bit extents, big-endian numbers.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/data/array.hpp"
#include "sim/data/input.hpp"
#include "sim/data/understood.hpp"

namespace symbreak::data {

namespace {

std::uint64_t big_endian(const unsigned char* bytes, std::size_t size) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) word = word << 8 | bytes[i];
  return word;
}

/// Size of a number of this IDX type; 0: no such type.
std::size_t type_size(unsigned char type) {
  switch (type) {
    case 0x08:
    case 0x09:
      return 1;
    case 0x0B:
      return 2;
    case 0x0C:
    case 0x0D:
      return 4;
    case 0x0E:
      return 8;
    default:
      return 0;
  }
}

double number(const unsigned char* bytes, unsigned char type) {
  const std::uint64_t word = big_endian(bytes, type_size(type));
  switch (type) {
    case 0x08:
      return static_cast<double>(word);
    case 0x09:
      return static_cast<std::int8_t>(word);
    case 0x0B:
      return static_cast<std::int16_t>(word);
    case 0x0C:
      return static_cast<std::int32_t>(word);
    case 0x0D:
      return std::bit_cast<float>(static_cast<std::uint32_t>(word));
    default:
      return std::bit_cast<double>(word);
  }
}

template <unsigned char type>
double load(const char* bytes) {
  return number(reinterpret_cast<const unsigned char*>(bytes), type);
}

}  // namespace

template <class T>
Array<T> read_idx(const Source& source) {
  Input file(source);
  unsigned char head[4] = {};
  const std::size_t got = file.read(head, 4);
  const std::size_t width = type_size(head[2]);
  if (got < 4 || head[0] != 0 || head[1] != 0 || width == 0 || head[3] == 0 || head[3] > 8) {
    fail(source, fmt::format("no IDX file: begins with bytes {:02x} {:02x} {:02x} {:02x}; expected "
                             "00 00, a type (08 .. 0e) and the number of axes",
                             head[0], head[1], head[2], head[3]));
  }
  Array<T> array;
  for (int axis = 0; axis < head[3]; ++axis) {
    unsigned char extent[4] = {};
    if (file.read(extent, 4) < 4) {
      fail(source, fmt::format("truncated in the header, at extent {} of {}", axis + 1, head[3]));
    }
    array.shape.push_back(big_endian(extent, 4));
  }
  const std::size_t size = checked_size(source, array.shape, file.room() / width);

  array.values.resize(size);
  std::vector<unsigned char> buffer(std::size_t{1} << 16);
  const std::size_t per_buffer = buffer.size() / width;
  for (std::size_t first = 0; first < size; first += per_buffer) {
    const std::size_t count = std::min(per_buffer, size - first);
    const std::size_t read = file.read(buffer.data(), count * width);
    if (read < count * width) {
      const std::string damage = file.damage();
      fail(source,
           fmt::format("truncated: {} of {} data bytes (shape {}){}{}", first * width + read,
                       size * width, shape_text(array.shape), damage.empty() ? "" : "; ", damage));
    }
    for (std::size_t i = 0; i < count; ++i) {
      array.values[first + i] = static_cast<T>(number(&buffer[i * width], head[2]));
    }
  }
  if (file.read(buffer.data(), 1) != 0) {
    fail(source, fmt::format("has bytes beyond the {} numbers of shape {} that it declares", size,
                             shape_text(array.shape)));
  }
  note(source, "IDX");
  return array;
}

Layout idx_layout(const Source& source) {
  std::ifstream file(source.file, std::ios::binary);
  unsigned char head[4] = {};
  file.read(reinterpret_cast<char*>(head), 4);
  if (file && head[0] == 0x1f && head[1] == 0x8b) {
    fail(source,
         "is compressed and cannot be read in parts; gunzip it, or set target.storage = "
         "memory");
  }
  const std::size_t width = type_size(head[2]);
  if (!file || head[0] != 0 || head[1] != 0 || width == 0 || head[3] == 0 || head[3] > 8) {
    fail(source, "no IDX file");
  }
  Layout layout;
  layout.width = width;
  layout.start = 4 + 4 * static_cast<std::size_t>(head[3]);
  for (int axis = 0; axis < head[3]; ++axis) {
    unsigned char extent[4] = {};
    file.read(reinterpret_cast<char*>(extent), 4);
    if (!file) fail(source, "truncated in the header");
    layout.shape.push_back(big_endian(extent, 4));
  }
  const std::size_t bytes = std::filesystem::file_size(source.file);
  const std::size_t room = bytes - std::min(bytes, layout.start);
  const std::size_t size = checked_size(source, layout.shape, room / width);
  if (size * width != room) {
    fail(source, fmt::format("has {} data bytes, but its shape {} needs {}", room,
                             shape_text(layout.shape), size * width));
  }
  switch (head[2]) {
    case 0x08:
      layout.load = load<0x08>;
      break;
    case 0x09:
      layout.load = load<0x09>;
      break;
    case 0x0B:
      layout.load = load<0x0B>;
      break;
    case 0x0C:
      layout.load = load<0x0C>;
      break;
    case 0x0D:
      layout.load = load<0x0D>;
      break;
    default:
      layout.load = load<0x0E>;
  }
  return layout;
}

template Array<float> read_idx<float>(const Source&);
template Array<double> read_idx<double>(const Source&);

}  // namespace symbreak::data
