// Runs a deck of the experiment `equation_of_state` in memory: its result as the analysis sees it.
#pragma once
#include <string>

#include "analysis/verdict/result.hpp"
#include "sim/deck/deck.hpp"

namespace symbreak::test {

/// `keys`: deck text without [run].
deck::Deck deck_of(const std::string& keys);
verdict::Result solve(const std::string& keys);
/// A deck file of the repository, solved.
verdict::Result solve_file(const std::string& path);

}  // namespace symbreak::test
