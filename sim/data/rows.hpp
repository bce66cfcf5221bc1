// Arrays of numbers that stay on disk and are read row by row: NumPy .npy, plain IDX, HDF5. May
// depend on: array.hpp, sim/data/read_array.hpp.
#pragma once
#include <memory>

#include "sim/data/array.hpp"

namespace symbreak::data {

/// The first axis counts the rows; the others are flattened.
class Rows {
 public:
  virtual ~Rows() = default;
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  /// Rows first, first + 1, .. into out, row-major; a KeyError where they cannot be read or are not
  /// finite.
  void read(std::size_t first, std::size_t count, float* out) const;
  void read(std::size_t first, std::size_t count, double* out) const;

 protected:
  Rows(Source source, const std::vector<std::size_t>& shape);
  virtual void fetch(std::size_t first, std::size_t count, float* out) const = 0;
  virtual void fetch(std::size_t first, std::size_t count, double* out) const = 0;
  const Source& source() const { return source_; }

 private:
  template <class Real>
  void fetch_finite(std::size_t first, std::size_t count, Real* out) const;

  Source source_;
  std::size_t rows_ = 0, columns_ = 1;
};

/// Compressed files, text, archives and arrays that are stored by columns cannot be read in parts:
/// a KeyError.
std::unique_ptr<const Rows> open_rows(const Source& source);
bool can_open_rows(const Source& source);

}  // namespace symbreak::data
