// What a deck says of itself in the comment on top. May depend on: nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace symbreak::report {

/// A deck is a document: its first sentence is the question, a paragraph "Expected: ..." the
/// expectation, "Data: ..." and "Cost: ..." are for who runs it.
struct Story {
  std::string question;               ///< first sentence; "" without a comment
  std::vector<std::string> context;   ///< what follows, a paragraph each
  std::string expected;               ///< without the word
  std::vector<std::string> practice;  ///< "Data: ...", "Cost: ..."
};
Story story(std::string_view deck);

}  // namespace symbreak::report
