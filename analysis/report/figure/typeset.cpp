#include "analysis/report/figure/typeset.hpp"

#include <algorithm>
#include <cctype>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool beyond_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }

/// Whether a single letter, of any alphabet, ends at `end` and no word does.
bool symbol_before(std::string_view text, std::size_t end) {
  if (end == 0) return false;
  std::size_t start = end - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) --start;
  if (!word(text[start]) && !beyond_ascii(text[start])) return false;
  return start == 0 || !(word(text[start - 1]) || text[start - 1] == '_');
}

/// What stands low or high behind position `at`: with braces around it, or empty.
std::string_view index_at(std::string_view text, std::size_t at, bool high) {
  constexpr std::size_t kMost = 4;  // max, mem, rise; longer ones are words
  if (high && at < text.size() && text[at] == '{') {
    const auto close = text.find('}', at);
    return close == std::string_view::npos ? "" : text.substr(at, close + 1 - at);
  }
  std::size_t end = at;
  if (high && end < text.size() && text[end] == '-') ++end;
  while (end < text.size() &&
         (high ? std::isdigit(static_cast<unsigned char>(text[end])) != 0 : word(text[end]))) {
    ++end;
  }
  const std::string_view found = text.substr(at, end - at);
  return found == "-" || found.size() > kMost ? "" : found;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("{}^_@&~\\").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string typeset(std::string_view text) {
  const std::string line = one_line(text);
  const std::string_view all = line;
  std::string result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool low = all[i] == '_', high = all[i] == '^';
    const std::string_view index =
        (low && symbol_before(all, i)) || (high && i > 0) ? index_at(all, i + 1, high) : "";
    if (index.empty()) {
      result += escaped(all.substr(i, 1));
      continue;
    }
    const bool braced = index.front() == '{';
    result += all[i];
    result += '{' + escaped(braced ? index.substr(1, index.size() - 2) : index) + '}';
    i += index.size();
  }
  return gnuplot_string(result);
}

}  // namespace symbreak::report
