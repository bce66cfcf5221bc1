// Colours, symbols and dashes of curves. Colour tells the parameter, the symbol the quantity, a
// line without points is theory. May depend on: analysis/verdict, fmt.
#pragma once
#include <string>

#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

struct Look {
  std::string colour;  ///< "#0072b2"
  int symbol = 7;      ///< gnuplot's point type
  std::string dash;    ///< gnuplot's dash type, quoted, or solid
};

/// Step `index` of `shades` from dark to light: the values of a parameter in their order.
std::string shade(std::size_t index, std::size_t shades);
/// Of a curve; `next`: how many of this figure took no colour of their own before.
Look look(const verdict::Figure& figure, const verdict::Curve& curve, std::size_t next);
/// Of the vertical line number `index`: "lw 1.4 dt '-' lc rgb '#444444'".
std::string line_look(std::size_t index);

}  // namespace symbreak::report
