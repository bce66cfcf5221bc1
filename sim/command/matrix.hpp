// Which experiment runs on which target, at a glance. May depend on: sim/deck, analysis/layout.
#pragma once
#include <cstddef>
#include <string>

#include "sim/deck/deck.hpp"

namespace symbreak::command {

/// A row an experiment, a column a target, named by letters below; no line wider than `width`.
std::string matrix(const deck::Catalogue& catalogue, std::size_t width);
/// The same as a table of Markdown.
std::string matrix_markdown(const deck::Catalogue& catalogue);

}  // namespace symbreak::command
