// libFuzzer: any bytes are a deck or are refused with messages.
//   cmake -DCMAKE_CXX_COMPILER=clang++-14 -DSYMBREAK_FUZZ=ON ... && build/tests/fuzz/fuzz_deck
//   CORPUS
#include <cstdint>

#include "tests/unit/deck_catalogue.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace symbreak::deck;
  static const Catalogue catalogue = [] {
    Catalogue small = small_catalogue();
    small.most_points = 200;
    return small;
  }();
  const std::string text(data, data + size);
  try {
    // The last line is also tried as an override.
    const Deck deck = parse(text, "fuzz.ini", {}, catalogue);
    const auto line = text.rfind('\n') + 1;  // npos + 1 = 0
    const Deck other = parse(text, "fuzz.ini", {"target." + text.substr(line)}, catalogue);
    incompatibilities(deck.settings, other.settings);
  } catch (const Errors& errors) {
    if (errors.messages.empty()) __builtin_trap();
  }
  return 0;
}
