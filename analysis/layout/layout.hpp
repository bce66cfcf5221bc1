// Text fitted to the width of a terminal. May depend on: nothing.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace symbreak::layout {

using Row = std::vector<std::string>;

/// Number of Unicode code points of UTF-8 text: its width on a terminal, but for wide scripts.
std::size_t width(std::string_view text);

/// Columns of `rows`, two spaces apart; those named in `right` are right-aligned, blanks at the end
/// of a line are left out. Lines are as wide as they are.
std::string aligned(const std::vector<Row>& rows, const std::vector<bool>& right = {});

/// Words of `text` in lines of at most `width` characters: the first after `first`, the others after
/// as many blanks. A word that is longer than a line is cut.
std::string wrapped(std::string_view text, std::size_t width, std::string_view first = "");

/// `text` to `to` characters, with blanks behind it.
std::string padded(std::string text, std::size_t to);

/// A list of terms and what they mean, in two columns; a long term stands above its meaning.
struct Definition {
  std::string term, meaning;
};
std::string definitions(const std::vector<Definition>& all, std::size_t width,
                        std::size_t indent = 2);

}  // namespace symbreak::layout
