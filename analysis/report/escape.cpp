#include "analysis/report/escape.hpp"

#include <algorithm>
#include <utility>

namespace symbreak::report {

namespace {
constexpr std::pair<char, const char*> kEntities[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
}  // namespace

std::string one_line(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return result;
}

std::string html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto* entity = std::ranges::find(kEntities, c, &std::pair<char, const char*>::first);
    if (entity != std::end(kEntities)) {
      result += entity->second;
    } else {
      result += (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ? ' ' : c;
    }
  }
  return result;
}

std::string gnuplot_string(std::string_view text) {
  std::string result = "'";
  for (const char c : one_line(text)) result += c == '\'' ? "’" : std::string(1, c);
  return result + "'";
}

std::string file_stem(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-';
    if (plain || !result.ends_with('_')) result += plain ? c : '_';
  }
  if (result.empty() || result[0] == '-') result.insert(0, "plot");
  return result;
}

std::string shortened(std::string_view text, std::size_t most) {
  if (width(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t points = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && points++ == most - 1) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace symbreak::report
