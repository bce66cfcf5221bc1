// Strings that came from a deck or a data file, made safe for where they are shown.
// May depend on: analysis/layout.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "analysis/layout/layout.hpp"

namespace symbreak::report {

/// Control characters (newlines, terminal escapes) become spaces.
std::string one_line(std::string_view text);
/// Content and attribute values of HTML; newlines are kept.
std::string html(std::string_view text);
/// A single-quoted gnuplot string, in which neither commands, macros nor escapes are expanded. An
/// apostrophe becomes a typographic one: gnuplot 5.4 misreads a doubled one at the start.
std::string gnuplot_string(std::string_view text);
/// File name stem of [A-Za-z0-9_-], at most 64 characters, never empty, never with a leading '-'.
std::string file_stem(std::string_view text);
using layout::width;
/// At most `most` code points, the last one an ellipsis when something was cut.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace symbreak::report
