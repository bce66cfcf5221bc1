// One PNG image, as any program writes it: grey, colour or palette, with transparency or not, 1 to
// 16 bits, interlaced or not. May depend on: libpng (the one door to it).
//
// Samples are taken as they are stored: no gamma, no colour profile, no significant-bits shift.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace symbreak::data {

/// What an image declares; palettes and transparent colours count as what they stand for.
struct PngHead {
  std::size_t width = 0, height = 0;
  bool colour = false;  ///< red, green and blue; else grey
  bool alpha = false;   ///< one more channel, the last
  int bits = 8;         ///< per stored sample, 1 to 16
  std::size_t channels() const { return (colour ? 3 : 1) + (alpha ? 1 : 0); }
};

class Png {
 public:
  /// Reads up to the pixels. Throws std::runtime_error, whose message says what was expected
  /// without the file's name: for what is damaged, and for sizes that the bytes of the file or a
  /// quarter of the machine's memory cannot hold.
  explicit Png(const std::string& file);
  ~Png();
  const PngHead& head() const;
  /// height x width x channels samples, 0 to 65535 whatever the depth: 8 bits v are 257 v, exactly.
  void read(std::vector<std::uint16_t>& samples);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Bytes of this machine.
double machine_memory();

}  // namespace symbreak::data
