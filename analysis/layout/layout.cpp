#include "analysis/layout/layout.hpp"

#include <algorithm>
#include <sstream>

namespace symbreak::layout {

namespace {
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
}  // namespace

std::size_t width(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

std::string padded(std::string text, std::size_t to) {
  text.append(to - std::min(to, width(text)), ' ');
  return text;
}

std::string aligned(const std::vector<Row>& rows, const std::vector<bool>& right) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width(row[i]), ' ');
      const bool to_the_right = i < right.size() && right[i];
      line += (i > 0 ? "  " : "") + (to_the_right ? padding + row[i] : row[i] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
  }
  return table;
}

std::string wrapped(std::string_view text, std::size_t most, std::string_view first) {
  const std::string margin(width(first), ' ');
  const std::size_t room = most > margin.size() + 8 ? most - margin.size() : 8;
  std::string result, line, before(first);
  const auto flush = [&] {
    result += before + line + '\n';
    before = margin;
    line.clear();
  };
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (!line.empty() && width(line) + 1 + width(word) > room) flush();
    while (width(word) > room) {
      std::size_t end = 0;
      for (std::size_t count = 0; end < word.size(); ++end) {
        const bool starts = !continues(word[end]);
        if (starts && count++ == room) break;
      }
      line = word.substr(0, end);
      word.erase(0, end);
      flush();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty() || !first.empty()) flush();
  return result;
}

std::string definitions(const std::vector<Definition>& all, std::size_t most, std::size_t indent) {
  // Terms longer than a third of a line do not widen the column.
  std::size_t column = 0;
  for (const Definition& one : all) {
    if (width(one.term) <= most / 3) column = std::max(column, width(one.term));
  }
  const std::string margin(indent, ' ');
  std::string text;
  for (const Definition& one : all) {
    std::string term = one.term;
    if (width(term) > column) {
      text += wrapped(term, most, margin);
      term.clear();
    }
    text += wrapped(one.meaning, most, margin + padded(term, column) + "  ");
  }
  return text;
}

}  // namespace symbreak::layout
