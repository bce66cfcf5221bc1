// Reading one numeric array of a user's HDF5 file: the one door from data sets to HDF5. May depend
// on: HDF5.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace symbreak::data {

/// Fills `values` row-major with the integers or floats of `dataset` ("/images") and returns its
/// shape. An empty `dataset` means the only data set of the root group. Throws std::runtime_error
/// whose message says what was expected, without the file's name. Memory is taken only for sizes
/// that the stored bytes can hold.
std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<float>& values);
std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<double>& values);

/// The same array, read row by row (first axis): memory of the rows asked for.
class ArrayRows {
 public:
  ArrayRows(const std::string& file, const std::string& dataset);
  ~ArrayRows();
  const std::vector<std::size_t>& shape() const;
  void read(std::size_t first, std::size_t count, float* values) const;

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

}  // namespace symbreak::data
