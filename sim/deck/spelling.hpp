// Words of error messages. May depend on: Boost, fmt.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sim/deck/key.hpp"

namespace symbreak::deck {

std::string_view trim(std::string_view text);
/// 'text' in quotes, cut to a readable length between two characters.
std::string quote(std::string_view text);
/// Characters (UTF-8 code points) of a text, as editors count columns.
std::size_t characters(std::string_view text);
/// Position of the first byte that is no printable UTF-8 text (controls but tab and line ends,
/// malformed sequences); npos if none.
std::size_t binary_byte(std::string_view text);
/// The text with '?' in place of every byte that `binary_byte` finds: what comes from files and
/// command lines may be shown on a terminal, but not command it.
std::string printable(std::string text);

/// "; did you mean 'x'?" or "".
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates);
/// What a key takes: "a number > 0", "one of a, b", ...
std::string allowed(const Key& key);

}  // namespace symbreak::deck
