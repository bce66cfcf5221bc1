// MatrixMarket exchange format (Boisvert, Pozo & Remington, NISTIR 5935, 1996): real, integer or
// pattern (every entry is 1), coordinate or array, general or symmetric. A skew-symmetric matrix
// has no energy: y' J y = 0.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "sim/data/couplings.hpp"
#include "sim/data/input.hpp"
#include "sim/data/understood.hpp"

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
  begin_reading(source);
  Input file(source);
  const auto bytes = static_cast<std::int64_t>(file.room());
  std::string line;
  std::size_t number = 1;
  if (!file.line(line)) fail(source, "is empty");
  std::transform(line.begin(), line.end(), line.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto header = words(line);
  const auto one_of = [&](std::size_t word, std::initializer_list<std::string_view> known) {
    return std::find(known.begin(), known.end(), header[word]) != known.end();
  };
  if (header.size() != 5 || header[0] != "%%matrixmarket" || header[1] != "matrix" ||
      !one_of(2, {"coordinate", "array"}) ||
      !one_of(3, {"real", "integer", "unsigned-integer", "double", "pattern", "complex"}) ||
      !one_of(4, {"general", "symmetric", "skew-symmetric", "hermitian"})) {
    fail(source,
         "line 1: expected '%%MatrixMarket matrix coordinate|array real|integer|pattern "
         "general|symmetric'");
  }
  if (header[3] == "complex" || header[4] == "hermitian") {
    fail(source,
         "line 1: expected real couplings, '%%MatrixMarket matrix ... real ...'; this matrix "
         "is complex");
  }
  if (header[4] == "skew-symmetric") {
    fail(source,
         "line 1: a skew-symmetric matrix, J_ij = -J_ji, gives no energy; expected general "
         "or symmetric");
  }
  MatrixMarket result;
  result.dense = header[2] == "array";
  result.symmetric = header[4] == "symmetric";
  const bool pattern = header[3] == "pattern";
  if (pattern && result.dense) fail(source, "line 1: a pattern has coordinates, not an array");
  note(source,
       fmt::format("MatrixMarket, {} {} {}, indices from 1", header[2], header[3], header[4]));
  if (pattern) note(source, "every entry is J = 1");

  const auto next = [&]() -> bool {  // the next line that says something
    while (file.line(line)) {
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
      const std::string damage = file.damage();
      fail(source, fmt::format("ends after {} of {} entries{}{}", entry, stored,
                               damage.empty() ? "" : "; ", damage));
    }
    const auto fields = words(line);
    MatrixMarket::Entry read{i, j, 1, number};
    const std::size_t expected = result.dense ? 1 : pattern ? 2 : 3;
    if (fields.size() != expected ||
        (!result.dense && (!parse(fields[0], read.i) || !parse(fields[1], read.j))) ||
        (!pattern && !parse(fields.back(), read.value))) {
      fail(source, fmt::format("line {}: expected {}", number,
                               result.dense ? "one number"
                               : pattern    ? "row and column"
                                            : "row, column and a number"));
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
