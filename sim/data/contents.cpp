#include "sim/data/contents.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "sim/data/input.hpp"
#include "sim/data/pictures.hpp"
#include "sim/data/read_array.hpp"

namespace symbreak::data {

namespace {

/// Words of eight bytes, mixed by multiplication and rotation; not against malice.
class Hash {
 public:
  void add(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (; size >= sizeof(std::uint64_t);
         bytes += sizeof(std::uint64_t), size -= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes, sizeof word);
      mix(word);
    }
    for (; size > 0; ++bytes, --size) mix(*bytes | 0x100u);
  }
  std::string text() const { return fmt::format("{:016x}", state_ ^ state_ >> 29); }

 private:
  void mix(std::uint64_t word) {
    state_ = std::rotl((state_ ^ word) * 0x9e3779b97f4a7c15, 31) * 0xd6e8feb86659fd93;
  }
  std::uint64_t state_ = 0xcbf29ce484222325;
};

}  // namespace

std::string content_hash(const std::string& file) {
  const Source source{.file = file};
  Hash hash;
  if (holds_pictures(file)) {
    see_pictures(file, [&](auto shape_and_label, auto samples) {
      hash.add(shape_and_label.data(), shape_and_label.size_bytes());
      hash.add(samples.data(), samples.size_bytes());
    });
    return hash.text();
  }
  Input input(source);
  std::vector<char> buffer(1 << 20);
  std::size_t size = input.read(buffer.data(), buffer.size());
  if (input.exact() && std::string_view(buffer.data(), size).starts_with("\x89HDF\r\n\x1a\n")) {
    see_arrays(file, [&](const std::string& name, auto shape, auto numbers) {
      hash.add(name.data(), name.size());
      hash.add(shape.data(), shape.size_bytes());
      hash.add(numbers.data(), numbers.size());
    });
    return hash.text();
  }
  for (; size > 0; size = input.read(buffer.data(), buffer.size())) hash.add(buffer.data(), size);
  if (!input.damage().empty()) fail(source, input.damage());
  return hash.text();
}

}  // namespace symbreak::data
