// SVGs of gnuplot made small and free of colliding ids, to stand together in one page.
// May depend on: nothing.
#pragma once
#include <string>
#include <string_view>

namespace symbreak::report {

/// The definitions of plot symbols that every gnuplot SVG carries, once for the page.
std::string svg_symbols(std::string_view svg);
/// The drawing without prolog, title, symbols and empty groups, attributes that repeat in nearly
/// every group as the classes of svg_style(), announced to screen readers as `label` (plain text).
std::string inline_svg(std::string_view svg, std::string_view label);
/// CSS of the classes above.
std::string svg_style();

}  // namespace symbreak::report
