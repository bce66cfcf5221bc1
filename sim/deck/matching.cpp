#include "sim/deck/matching.hpp"

#include <algorithm>
#include <string_view>

namespace symbreak::deck {

namespace {

bool matches(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*') {
    return !name.empty() && name.front() == pattern.front() &&
           matches(name.substr(1), pattern.substr(1));
  }
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (matches(name.substr(i), pattern.substr(1))) return true;
  }
  return false;
}

bool digit(char letter) { return letter >= '0' && letter <= '9'; }

/// The digits at the start, without leading zeros; taken off.
std::string_view take_number(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && digit(text[size])) ++size;
  std::string_view number = text.substr(0, size);
  text.remove_prefix(size);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

bool before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (digit(a.front()) && digit(b.front())) {
      const std::string_view p = take_number(a), q = take_number(b);
      if (p.size() != q.size()) return p.size() < q.size();
      if (p != q) return p < q;
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

}  // namespace

std::vector<std::string> matching(const std::filesystem::path& folder, const std::string& pattern) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    std::string name = entry.path().filename().string();
    if (entry.is_regular_file(none) && matches(name, pattern)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  std::ranges::stable_sort(names, [](const auto& a, const auto& b) { return before(a, b); });
  return names;
}

}  // namespace symbreak::deck
