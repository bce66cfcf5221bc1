// MatrixMarket exchange format (Boisvert, Pozo & Remington, NISTIR 5935, 1996): real or integer,
// coordinate or array, general or symmetric.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "sim/data/couplings.hpp"

namespace symbreak::data {

namespace {

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> result;
  constexpr std::string_view blanks = " \t\r";
  for (std::size_t at = 0;;) {
    at = line.find_first_not_of(blanks, at);
    if (at == line.npos) return result;
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    result.push_back(line.substr(at, end - at));
    at = end;
  }
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

MatrixMarket read_matrix_market(const Source& source) {
  std::error_code error;
  if (std::filesystem::is_directory(source.file, error)) fail(source, "is a directory");
  if (!std::filesystem::is_regular_file(source.file, error)) fail(source, "no such file");
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(source.file, error));
  std::ifstream file(source.file);
  if (!file) fail(source, "cannot be opened");
  std::string line;
  std::size_t number = 1;
  if (!std::getline(file, line)) fail(source, "is empty");
  std::transform(line.begin(), line.end(), line.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto header = words(line);
  if (header.size() != 5 || header[0] != "%%matrixmarket" || header[1] != "matrix" ||
      (header[2] != "coordinate" && header[2] != "array") ||
      (header[3] != "real" && header[3] != "integer" && header[3] != "double") ||
      (header[4] != "general" && header[4] != "symmetric")) {
    fail(source,
         "line 1: expected '%%MatrixMarket matrix coordinate|array real|integer "
         "general|symmetric'");
  }
  MatrixMarket result;
  result.dense = header[2] == "array";
  result.symmetric = header[4] == "symmetric";

  const auto next = [&]() -> bool {  // the next line that says something
    while (std::getline(file, line)) {
      ++number;
      const auto first = line.find_first_not_of(" \t\r");
      if (first != line.npos && line[first] != '%') return true;
    }
    return false;
  };
  if (!next()) fail(source, "ends before the line of sizes");
  const auto sizes = words(line);
  std::int64_t stored = 0;
  const std::size_t wanted = result.dense ? 2 : 3;
  if (sizes.size() != wanted || !parse(sizes[0], result.rows) || !parse(sizes[1], result.columns) ||
      (!result.dense && !parse(sizes[2], stored)) || result.rows < 1 || result.columns < 1 ||
      stored < 0) {
    fail(source, fmt::format("line {}: expected {}", number,
                             result.dense ? "rows and columns" : "rows, columns and entries"));
  }
  if (result.rows != result.columns) {
    fail(source, fmt::format("line {}: {} x {}; a coupling matrix is square", number, result.rows,
                             result.columns));
  }
  if (result.dense) {
    // Before the product can overflow: more than the file has bytes for is a lie.
    if (result.rows > bytes)
      stored = bytes;
    else if (result.symmetric)
      stored = result.rows * (result.rows + 1) / 2;
    else
      stored = result.rows * result.rows;
  }
  if (stored > bytes / 2) {
    fail(source, fmt::format("line {}: declares {} entries or more; a file of {} bytes cannot hold "
                             "them",
                             number, stored, bytes));
  }
  result.entries.reserve(static_cast<std::size_t>(stored));
  std::int64_t i = 0, j = 0;  // of a dense matrix: column by column
  for (std::int64_t entry = 0; entry < stored; ++entry) {
    if (!next()) {
      fail(source, fmt::format("ends after {} of {} entries", entry, stored));
    }
    const auto fields = words(line);
    MatrixMarket::Entry read{i, j, 0, number};
    if (fields.size() != (result.dense ? 1 : 3) ||
        (!result.dense && (!parse(fields[0], read.i) || !parse(fields[1], read.j))) ||
        !parse(fields.back(), read.value)) {
      fail(source, fmt::format("line {}: expected {}", number,
                               result.dense ? "one number" : "row, column and a number"));
    }
    if (!result.dense) {
      if (read.i < 1 || read.i > result.rows || read.j < 1 || read.j > result.columns) {
        fail(source, fmt::format("line {}: entry ({}, {}) is outside of the {} x {} matrix", number,
                                 read.i, read.j, result.rows, result.columns));
      }
      --read.i;
      --read.j;
    }
    if (!std::isfinite(read.value)) {
      fail(source, fmt::format("line {}: entry ({}, {}) is {}; expected a finite number", number,
                               read.i + 1, read.j + 1, fields.back()));
    }
    result.entries.push_back(read);
    if (result.dense && ++i == result.rows) i = result.symmetric ? ++j : (++j, 0);
  }
  if (next())
    fail(source, fmt::format("line {}: more than the {} entries declared", number, stored));
  return result;
}

}  // namespace symbreak::data
