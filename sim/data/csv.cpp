// Text tables: one data point per line, numbers separated by commas, or by blanks where a line has
// no comma; empty lines, lines that begin with # and a header of column names are skipped.
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <string_view>

#include "sim/data/array.hpp"

namespace symbreak::data {

namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return text.substr(text.size());
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// What was found, short enough for a message.
std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 30;
  std::string shown(text.substr(0, kLongest));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  }
  return "'" + shown + (text.size() > kLongest ? "..." : "") + "'";
}

/// "time,probability": two names or more, none of which begins like a number.
bool is_header(std::string_view line) {
  std::size_t names = 0;
  for (bool more = true; more; ++names) {
    const auto cut = line.find(',');
    const std::string_view name = trim(line.substr(0, cut));
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    // Not a number even to a reader that knows nan and inf.
    if (name.size() < 2 || !letter(name.front()) || name == "nan" || name == "inf") return false;
    more = cut != line.npos;
    line = more ? line.substr(cut + 1) : std::string_view{};
  }
  return names >= 2;
}

}  // namespace

template <class T>
Array<T> read_csv(const Source& source) {
  std::ifstream file(source.file);
  if (!file) fail(source, "cannot be opened");
  Array<T> array;
  std::size_t rows = 0, columns = 0, first_line = 0, line_number = 0;
  std::string line;
  while (std::getline(file, line)) {
    ++line_number;
    std::string_view rest = trim(line);
    if (rest.empty() || rest.front() == '#' || (rows == 0 && is_header(rest))) continue;
    const std::string_view separators = rest.find(',') != rest.npos ? "," : kBlanks;
    std::size_t found = 0;
    for (bool more = true; more; ++found) {
      const auto cut = rest.find_first_of(separators);
      more = cut != rest.npos;
      const std::string_view field = trim(rest.substr(0, cut));
      double value = 0;
      const std::string_view digits = field.starts_with('+') ? field.substr(1) : field;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (error != std::errc{} || end != digits.data() + digits.size()) {
        fail(source, fmt::format("line {}, column {}: {}; expected a number", line_number,
                                 field.data() - line.data() + 1,
                                 field.empty() ? "nothing" : quoted(field)));
      }
      array.values.push_back(static_cast<T>(value));
      rest = more ? trim(rest.substr(cut + 1)) : std::string_view{};
    }
    if (rows == 0) {
      columns = found;
      first_line = line_number;
    } else if (found != columns) {
      fail(source, fmt::format("line {} has {} numbers; expected {} as in line {}", line_number,
                               found, columns, first_line));
    }
    ++rows;
  }
  if (file.bad()) fail(source, "cannot be read to its end");
  if (rows == 0) fail(source, "holds no numbers");
  array.shape = {rows, columns};
  return array;
}

template Array<float> read_csv<float>(const Source&);
template Array<double> read_csv<double>(const Source&);

}  // namespace symbreak::data
