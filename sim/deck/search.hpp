// A word in all that can be explained. May depend on: sim/deck.
#pragma once
#include <string>

#include "sim/deck/deck.hpp"

namespace symbreak::deck {

/// Topics, kinds, keys and recorded observables whose name or text holds the word, whatever its
/// case; "" where there are none.
std::string found(const std::string& word, const Catalogue& catalogue, std::size_t width);

}  // namespace symbreak::deck
