// Reading one numeric array of a user's HDF5 file: the one door from data sets to HDF5. May depend
// on: HDF5.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace symbreak::data {

/// What there is to say about a stored array.
struct ArrayFacts {
  std::vector<std::string> facts;  ///< "data set /images, 16-bit integers"
  bool columns_first = false;      ///< of MATLAB: the shape returned is MATLAB's, the first index
                                   ///< runs fastest
};

/// No choice among several data sets: the message names them.
struct SeveralArrays : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Fills `values` row-major with the integers, floats or flags of `dataset` ("/images") and returns
/// its shape. An empty `dataset` means the only data set of the file, where the coordinate axes of
/// netCDF and the references of MATLAB do not count. Throws std::runtime_error whose message says
/// what was expected, without the file's name. Memory is taken only for sizes that the stored bytes
/// can hold.
std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<float>& values, ArrayFacts* facts = nullptr);
std::vector<std::size_t> read_array(const std::string& file, const std::string& dataset,
                                    std::vector<double>& values, ArrayFacts* facts = nullptr);

/// Every data set of a file: its name; of arrays of numbers also the shape and the numbers as they
/// are in memory (empty where fewer are stored than declared), of others nothing.
using SeeArray = std::function<void(const std::string& name, std::span<const std::uint64_t> shape,
                                    std::span<const unsigned char> numbers)>;
void see_arrays(const std::string& file, const SeeArray& see);

/// The same array, read row by row (first axis): memory of the rows asked for.
class ArrayRows {
 public:
  ArrayRows(const std::string& file, const std::string& dataset);
  ~ArrayRows();
  const std::vector<std::size_t>& shape() const;
  const ArrayFacts& facts() const;  ///< arrays that are stored by columns have no rows to read
  void read(std::size_t first, std::size_t count, float* values) const;
  void read(std::size_t first, std::size_t count, double* values) const;

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

}  // namespace symbreak::data
