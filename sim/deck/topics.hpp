// What decks can say beyond single keys, by subject. May depend on: analysis/layout.
#pragma once
#include <string>
#include <vector>

namespace symbreak::deck {

struct Topic {
  std::string name, title;
  std::vector<std::string> paragraphs;  ///< those that begin with a blank are shown as they are
};
const std::vector<Topic>& topics();
std::string topic_text(const Topic& topic, std::size_t width);

}  // namespace symbreak::deck
