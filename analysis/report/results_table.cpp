#include "analysis/report/results_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "analysis/layout/layout.hpp"
#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

using layout::aligned;
using layout::padded;
using layout::Row;
using layout::wrapped;

namespace {

bool is_row(const ResultLine& line) { return line.folded.empty(); }

class ResultsTable {
 public:
  ResultsTable(const std::vector<std::string>& keys, const std::vector<ResultLine>& lines,
               std::size_t most)
      : keys_(keys), lines_(lines), most_(most) {}

  std::string text() {
    fill_columns();
    choose_layout();
    std::istringstream body(aligned(cells_, right_));
    const auto next_line = [&] {
      std::string line;
      std::getline(body, line);
      return line;
    };
    text_ = padded("result", room_) + "  " + next_line() + "\n";
    std::size_t next = 0;
    for (const ResultLine& line : lines_) {
      if (is_row(line)) {
        row(line, next++, next_line());
      } else {
        folded(line);
      }
    }
    return text_;
  }

 private:
  /// Coordinates by column, with the digits that tell them apart.
  void fill_columns() {
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      std::vector<std::string> column;
      for (const ResultLine& line : lines_) {
        if (is_row(line)) column.push_back(line.where[k]);
      }
      columns_.push_back(six_digits(column));
    }
    for (const std::string& name : short_names(keys_)) names_.push_back(one_line(name));
  }

  /// Which columns there is room for beside the names.
  void choose_layout() {
    Row header = names_;
    header.insert(header.end(), {"measured", "predicted", "z", ""});
    cells_ = {header};
    std::size_t next = 0;
    for (const ResultLine& line : lines_) {
      if (!is_row(line)) continue;
      Row cells;
      for (const auto& column : columns_) cells.push_back(column[next]);
      cells.insert(cells.end(), {line.measured, line.predicted, line.z, line.state});
      cells_.push_back(cells);
      ++next;
    }
    constexpr std::size_t kLeast = 8;  // of the column of names
    in_words_ = wide() + kLeast > most_;
    if (in_words_) {
      for (Row& cells : cells_) {
        cells.erase(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(keys_.size()));
      }
    }
    right_.assign(cells_[0].size(), false);
    right_[right_.size() - 2] = true;  // z
    std::size_t longest = 6;
    for (const ResultLine& line : lines_) longest = std::max(longest, width(line.name));
    room_ = std::min(longest, most_ > wide() + 4 ? most_ - wide() : 4);
  }

  std::size_t wide() const {
    std::size_t sum = 0;
    for (std::size_t column = 0; column < cells_[0].size(); ++column) {
      std::size_t widest = 0;
      for (const Row& cells : cells_) widest = std::max(widest, width(cells[column]));
      sum += widest + 2;
    }
    return sum;
  }

  void row(const ResultLine& line, std::size_t index, const std::string& numbers) {
    std::string name = line.name;
    if (width(name) > room_) alone(name);
    if (in_words_) {
      std::vector<std::string> parts;
      for (std::size_t k = 0; k < keys_.size(); ++k) {
        if (columns_[k][index] != "-") parts.push_back(names_[k] + " = " + columns_[k][index]);
      }
      if (!parts.empty()) {
        if (!name.empty()) alone(name);
        text_ += wrapped(fmt::format("{}", fmt::join(parts, ", ")), most_, "  ");
      }
    }
    const std::string whole = padded(name, room_) + "  " + numbers;
    // Numbers that no layout holds are broken between columns.
    text_ += width(whole) <= most_ ? whole + "\n" : wrapped(whole, most_, "    ");
    if (!line.below.empty()) text_ += wrapped(line.below, most_, "    ");
  }

  void folded(const ResultLine& line) {
    std::string name = line.name;
    const std::size_t margin = std::min(room_, most_ / 3);
    if (width(name) > margin) alone(name);
    text_ += wrapped(line.folded, most_, padded(name, margin) + "  ");
  }

  void alone(std::string& name) {
    text_ += wrapped(name, most_);
    name.clear();
  }

  const std::vector<std::string>& keys_;
  const std::vector<ResultLine>& lines_;
  const std::size_t most_;
  std::vector<std::vector<std::string>> columns_;
  Row names_;
  std::vector<Row> cells_;
  std::vector<bool> right_;
  bool in_words_ = false;  ///< coordinates
  std::size_t room_ = 0;   ///< for names
  std::string text_;
};

}  // namespace

std::string results_table(const std::vector<std::string>& keys,
                          const std::vector<ResultLine>& lines, std::size_t most) {
  return ResultsTable(keys, lines, most).text();
}

}  // namespace symbreak::report
