#include "analysis/report/page/story.hpp"

#include <array>
#include <cctype>

namespace symbreak::report {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.remove_suffix(1);
  return text;
}

bool opens(std::string_view line, std::string_view word) {
  return line.starts_with(word) && line.substr(word.size()).starts_with(":");
}

/// The comment on top as paragraphs; those that begin with a word of ours stand alone.
std::vector<std::string> paragraphs(std::string_view deck) {
  constexpr std::array kWords = {"Expected", "Data", "Cost"};
  std::vector<std::string> all;
  bool fresh = true;
  for (std::size_t start = 0; start < deck.size();) {
    const std::size_t end = std::min(deck.find('\n', start), deck.size());
    const std::string_view line = trimmed(deck.substr(start, end - start));
    start = end + 1;
    if (line.empty() && all.empty()) continue;
    if (!line.starts_with('#')) break;
    const std::string_view text = trimmed(line.substr(
        line.find_first_not_of('#') == std::string_view::npos ? line.size()
                                                              : line.find_first_not_of('#')));
    if (text.empty()) {
      fresh = true;
      continue;
    }
    for (const char* word : kWords) fresh = fresh || opens(text, word);
    if (fresh) all.emplace_back();
    fresh = false;
    if (!all.back().empty()) all.back() += ' ';
    all.back() += text;
  }
  return all;
}

/// Where the first sentence ends: a full stop or question mark before a blank and a capital letter.
std::size_t first_sentence(const std::string& text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '.' && text[i] != '?') continue;
    const auto next = static_cast<unsigned char>(text[i + 2]);
    if (text[i + 1] == ' ' && (std::isupper(next) != 0 || next == '(')) return i + 1;
  }
  return text.size();
}

}  // namespace

Story story(std::string_view deck) {
  Story story;
  for (const std::string& paragraph : paragraphs(deck)) {
    if (opens(paragraph, "Expected")) {
      story.expected = trimmed(std::string_view(paragraph).substr(9));
    } else if (opens(paragraph, "Data") || opens(paragraph, "Cost")) {
      story.practice.push_back(paragraph);
    } else if (story.question.empty()) {
      const std::size_t end = first_sentence(paragraph);
      story.question = paragraph.substr(0, end);
      const std::string_view rest = trimmed(std::string_view(paragraph).substr(end));
      if (!rest.empty()) story.context.emplace_back(rest);
    } else {
      story.context.push_back(paragraph);
    }
  }
  return story;
}

}  // namespace symbreak::report
