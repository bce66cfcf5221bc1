#include "analysis/report/figure/look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace symbreak::report {

namespace {

using verdict::Curve;

// Okabe & Ito (2008), colours that the colour-blind tell apart; yellow is too pale for lines.
constexpr std::array kPalette = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                 "#e69f00", "#56b4e9", "#000000"};
// Of what belongs to no value of the parameter, in a figure of shades.
constexpr std::array kBeside = {"#000000", "#d55e00", "#cc79a7", "#777777"};
// Over the blue cells of a map, light and dark ones.
constexpr std::array kOverCells = {"#d55e00", "#e69f00", "#cc79a7", "#009e73"};
constexpr std::array kSymbols = {7, 5, 9, 13, 11, 6, 4};  // filled circle, square, triangle, ...
constexpr std::array kDashes = {"'-'", "'.'", "'-.'", "'-..'"};
// From the dark end of viridis (van der Walt & Smith 2015); its yellow end is too pale for points.
constexpr std::array<std::array<double, 3>, 5> kShades = {
    {{68, 1, 84}, {65, 68, 135}, {42, 120, 142}, {34, 168, 132}, {122, 209, 81}}};

}  // namespace

std::string shade(std::size_t index, std::size_t shades) {
  const double part = shades > 1 ? static_cast<double>(std::min(index, shades - 1)) /
                                       static_cast<double>(shades - 1)
                                 : 0.25;
  const double at = part * (kShades.size() - 1.0);
  const auto low = std::min(static_cast<std::size_t>(at), kShades.size() - 2);
  std::string text = "#";
  for (std::size_t i = 0; i < 3; ++i) {
    const double value = std::lerp(kShades[low][i], kShades[low + 1][i], at - double(low));
    text += fmt::format("{:02x}", static_cast<int>(std::lround(value)));
  }
  return text;
}

Look look(const verdict::Figure& figure, const Curve& curve, std::size_t next) {
  const auto shades = static_cast<std::size_t>(std::max(figure.shades, 0));
  const bool own = curve.colour >= 0;
  const std::size_t index = own ? static_cast<std::size_t>(curve.colour) : next;
  Look result;
  std::size_t cycle = 0, symbol = index;  // the symbol changes with the colour, unless it is said
  if (shades > 0) {
    result.colour = own ? shade(index, shades) : kBeside[index % kBeside.size()];
    symbol = own ? 0 : index + 1;
    cycle = own ? 0 : index / kBeside.size();
  } else if (figure.surface && figure.surface->kind == verdict::Surface::Kind::cells) {
    result.colour = kOverCells[index % kOverCells.size()];
    cycle = index / kOverCells.size();
  } else {
    result.colour = kPalette[index % kPalette.size()];
    cycle = index / kPalette.size();
    symbol = index + cycle;
  }
  if (curve.symbol >= 0) symbol = static_cast<std::size_t>(curve.symbol);
  result.symbol = kSymbols[symbol % kSymbols.size()];
  // Beyond the palette full lines are dashed too, in other patterns than dashed ones.
  const bool dashed = curve.style == Curve::Style::dashed;
  result.dash =
      dashed || cycle > 0 ? kDashes[(cycle + (dashed ? 0 : 1)) % kDashes.size()] : "solid";
  return result;
}

std::string line_look(std::size_t index) {
  return fmt::format("lw 1.4 dt {} lc rgb '{}'", kDashes[index % kDashes.size()],
                     index % 2 == 0 ? "#444444" : "#777777");
}

}  // namespace symbreak::report
