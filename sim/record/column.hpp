// Columns: datasets of one row per point, unit or bin, written and read piece by piece.
// May depend on: HDF5.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/record/hdf5.hpp"

namespace symbreak::record {

/// A dataset that grows by rows of one shape, double or std::uint64_t. It is written in chunks of
/// about 128 kB as they fill; a small one ends as one block. Chunks are shuffled and deflated where
/// the first one shows that this saves a seventh: counts, constants and predictions do, noise does
/// not.
template <class Number>
class Column {
 public:
  /// The group must outlive it.
  Column(const hdf5::Group& group, std::string name, hdf5::Shape row = {});
  void add(std::span<const Number> row);  ///< one row or several
  void add(Number number) { add(std::span<const Number>(&number, 1)); }
  std::uint64_t rows() const;
  void finish();  ///< once, at the end

 private:
  hdf5::Shape shape(hsize_t rows) const;
  hid_t create(hsize_t rows, bool growing);
  void flush();

  const hdf5::Group& group_;
  std::string name_;
  hdf5::Shape row_;
  std::size_t width_, chunk_rows_;  ///< numbers a row; rows a chunk
  std::vector<Number> buffer_;
  hsize_t written_ = 0;  ///< rows
  std::optional<hdf5::Handle> set_;
};

/// Such a dataset, read where it is asked for.
template <class Number>
class ColumnReader {
 public:
  /// Throws FileError unless the dataset has rows of this shape.
  ColumnReader(const hdf5::Group& group, const std::string& name, const hdf5::Shape& row = {});
  std::uint64_t rows() const { return rows_; }
  const hdf5::Shape& row() const { return row_; }
  /// Rows first .. first + count; throws FileError when there are fewer.
  std::vector<Number> read(std::uint64_t first, std::uint64_t count);
  Number at(std::uint64_t row);  ///< of numbers
  /// The shape of a row of a dataset.
  static hdf5::Shape row_of(const hdf5::Group& group, const std::string& name);

 private:
  void fetch(std::uint64_t first, std::uint64_t count, Number* to) const;

  std::string label_, name_;
  hdf5::Handle set_;
  hdf5::Shape row_;
  std::uint64_t rows_ = 0, width_ = 1;
  std::uint64_t window_rows_ = 1, window_first_ = 0;
  std::vector<Number> window_;
};

/// Texts of many rows, of which few differ, or which are numbers. In the file: a scalar when all
/// rows have the same, else a column, of float64 where all texts are numbers as decks print them.
class TextColumn {
 public:
  void add(std::uint64_t row, const std::string& text);  ///< in rising order; gaps are absent
  bool varied() const { return texts_.size() > 1; }
  /// `column`: even when all rows are the same. Absent rows are marked in `present`/<name>.
  void write(const hdf5::Group& group, const std::string& name, std::uint64_t rows, bool column,
             const hdf5::Group* present = nullptr) const;

 private:
  static constexpr std::uint32_t kAbsent = 0xffffffff;
  std::vector<std::string> texts_;  ///< that differ
  std::unordered_map<std::string, std::uint32_t> place_;
  std::vector<std::uint32_t> rows_;
};

class TextColumnReader {
 public:
  TextColumnReader(const hdf5::Group& group, const std::string& name, std::uint64_t rows,
                   const hdf5::Group* present = nullptr);
  std::optional<std::string> at(std::uint64_t row) const;

 private:
  bool same_ = false;  ///< in all rows
  hdf5::Texts texts_;
  std::vector<double> numbers_;
  std::vector<std::uint64_t> present_;
};

}  // namespace symbreak::record
