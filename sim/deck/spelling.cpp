#include "sim/deck/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/split.hpp>
#include <boost/locale/utf.hpp>
#include <cctype>
#include <cmath>

#include "sim/deck/deck.hpp"

namespace symbreak::deck {

namespace {

constexpr std::size_t kLongestWord = 80;  // nobody misspells more than that by a few letters
constexpr std::size_t kLongestQuote = 60;

/// Optimal string alignment distance: insertions, deletions, substitutions, adjacent swaps.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> two_up, up(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_up = std::exchange(up, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_up[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<uint8_t>(letter)));
  return text;
}

/// "patches_ising" of "ising_patches": the words of a name in the order of the alphabet.
std::string by_word(const std::string& name) {
  std::vector<std::string> words;
  boost::algorithm::split(words, name, [](char letter) { return letter == '_'; });
  std::sort(words.begin(), words.end());
  return fmt::format("{}", fmt::join(words, "_"));
}

/// As few edits as lead from one name to the other; words in another order are one.
std::size_t edits_between(const std::string& a, const std::string& b) {
  return std::min(distance(a, b), distance(by_word(a), by_word(b)) + 1);
}

std::string range(const Key& key) {
  const bool below = std::isfinite(key.maximum), above = std::isfinite(key.minimum);
  if (above && below && !key.open_minimum)
    return fmt::format(" from {} to {}", key.minimum, key.maximum);
  std::string text;
  if (above) text += fmt::format(" {} {}", key.open_minimum ? ">" : ">=", key.minimum);
  if (below) text += fmt::format("{} <= {}", above ? " and" : "", key.maximum);
  return text;
}

}  // namespace

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string quote(std::string_view text) {
  std::size_t end = std::min(text.size(), kLongestQuote);
  while (end > 0 && end < text.size() && (text[end] & 0xC0) == 0x80) --end;
  return fmt::format("'{}{}'", text.substr(0, end), end < text.size() ? "..." : "");
}

std::size_t binary_byte(std::string_view text) {
  using Utf8 = boost::locale::utf::utf_traits<char>;
  for (auto at = text.begin(); at != text.end();) {
    const auto start = at;
    const auto code = Utf8::decode(at, text.end());
    const bool control =
        (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0);
    const bool line_end = code == '\r' && at != text.end() && *at == '\n';
    if (code == boost::locale::utf::illegal || code == boost::locale::utf::incomplete ||
        (control && !line_end)) {
      return static_cast<std::size_t>(start - text.begin());
    }
  }
  return text.npos;
}

std::string printable(std::string text) {
  for (std::size_t from = 0;;) {
    const std::size_t at = binary_byte(std::string_view(text).substr(from));
    if (at == text.npos) return text;
    from += at;
    text[from++] = '?';
  }
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.size() > kLongestWord) return {};
  std::string best;
  std::size_t least = word.size() + kLongestWord;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer > kLongestWord) continue;
    const std::size_t edits = edits_between(lower(word), lower(candidate));
    if (edits < least && edits <= std::max<std::size_t>(2, longer / 3) && 2 * edits <= longer) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = did_you_mean(word, candidates);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

std::string allowed(const Key& key) {
  switch (key.kind) {
    case Kind::integer:
      return "an integer" + range(key) + (key.automatic ? ", or auto(tolerance)" : "");
    case Kind::real:
      return "a number" + range(key) + (key.choices.empty() ? "" : ", or " + key.choices.front());
    case Kind::boolean:
      return "yes, no, true, false";
    case Kind::duration:
      return "a duration" + (range(key).empty() ? "" : range(key) + " s") +
             ", written as 90 s, 30 min, 2 h, 1 d, HH:MM:SS or D-HH:MM:SS";
    case Kind::seed:
      return "an integer from 0 to 18446744073709551615";
    case Kind::file:
      return std::string(key.folder ? "a file or folder" : "a file") +
             ", relative to the deck or in SYMBREAK_DATA";
    case Kind::text:
      return "any text";
    case Kind::word:
      break;
  }
  return key.choices.empty() ? "letters, digits, '_', '-' and '.', not first '-' or '.'"
                             : fmt::format("{}", fmt::join(key.choices, ", "));
}

}  // namespace symbreak::deck
