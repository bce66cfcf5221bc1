#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/deck/parameters.hpp"
#include "sim/record/column.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record {

namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
/// Longer texts are not padded to one length.
constexpr std::size_t kLongest = 256;

/// The number that decks print as this text; NaN for any other text.
double number_of(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return std::isfinite(number) && deck::number_text(number) == text ? number : kNoNumber;
}

}  // namespace

void TextColumn::add(std::uint64_t row, const std::string& text) {
  const auto [found, fresh] = place_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (fresh) texts_.push_back(text);
  rows_.resize(row, kAbsent);
  rows_.push_back(found->second);
}

void TextColumn::write(const hdf5::Group& group, const std::string& name, std::uint64_t rows,
                       bool column, const hdf5::Group* present) const {
  std::vector<std::uint64_t> there(rows, 0);
  for (std::size_t i = 0; i < rows_.size(); ++i) there[i] = rows_[i] != kAbsent;
  const bool whole = std::ranges::find(there, 0) == there.end();
  if (!whole && present == nullptr) throw std::logic_error("a text without rows for some: " + name);
  if (!whole) {
    Column<std::uint64_t> marks(*present, name);
    marks.add(there);
    marks.finish();
  }
  std::vector<double> numbers;
  for (const std::string& text : texts_) numbers.push_back(number_of(text));
  const bool numeric =
      std::ranges::none_of(numbers, [](double number) { return std::isnan(number); });
  if (whole && !column && texts_.size() == 1) {
    if (numeric) {
      group.write(name, numbers.front());
    } else {
      group.write_scalar(name, texts_.front());
    }
    return;
  }
  if (numeric) {
    Column<double> values(group, name);
    for (std::size_t i = 0; i < rows; ++i) {
      values.add(there[i] != 0 ? numbers[rows_[i]] : kNoNumber);
    }
    values.finish();
    return;
  }
  hdf5::Texts all(rows);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (there[i] != 0) all[i] = texts_[rows_[i]];
    longest = std::max(longest, all[i].size());
  }
  longest <= kLongest ? group.write_padded(name, all) : group.write(name, all);
}

TextColumnReader::TextColumnReader(const hdf5::Group& group, const std::string& name,
                                   std::uint64_t rows, const hdf5::Group* present) {
  same_ = group.shape(name).empty();
  if (group.holds_text(name)) {
    texts_ = group.texts(name);
  } else {
    numbers_ = group.reals(name);
  }
  if (present != nullptr && present->has(name)) present_ = present->integers(name);
  const std::uint64_t expected = same_ ? 1 : rows;
  if (texts_.size() + numbers_.size() != expected ||
      (!present_.empty() && present_.size() != rows)) {
    throw FileError(fmt::format("{}: '{}' has another number of rows", group.label(), name));
  }
}

std::optional<std::string> TextColumnReader::at(std::uint64_t row) const {
  if (!present_.empty() && present_.at(row) == 0) return std::nullopt;
  const std::uint64_t place = same_ ? 0 : row;
  return texts_.empty() ? deck::number_text(numbers_.at(place)) : texts_.at(place);
}

}  // namespace symbreak::record
