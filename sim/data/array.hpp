// Arrays of numbers from files: IDX (.gz), NumPy .npy, CSV, HDF5. May depend on: sim/deck, zlib,
// sim/data/read_array.hpp (the one door to HDF5).
//
// Whatever is wrong with a file ends in one deck::KeyError "file: what, where, what was expected",
// before memory is taken for sizes that the file cannot hold.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace symbreak::data {

/// Row-major; the first axis counts the data points.
template <class T>
struct Array {
  std::vector<std::size_t> shape;
  std::vector<T> values;
  std::size_t rows() const { return shape.front(); }
  std::size_t columns() const { return values.size() / rows(); }
};

struct Source {
  std::string file;
  std::string key;              ///< deck key at fault: "target.file"
  std::string format = "auto";  ///< auto (by extension), idx, npy, csv, hdf5
  std::string dataset_path{};   ///< HDF5 only: "/images"
  std::string row = "data point", column = "coordinate";  ///< what messages call them
};

/// The whole array, all numbers finite, at least one row and column. T: float or double.
template <class T>
Array<T> read(const Source& source);

/// Throws the KeyError.
[[noreturn]] void fail(const Source& source, const std::string& message);

// One reader per format.
template <class T>
Array<T> read_idx(const Source& source);
template <class T>
Array<T> read_npy(const Source& source);
template <class T>
Array<T> read_csv(const Source& source);

/// How a plain file stores its numbers, for reading parts of it.
struct Layout {
  std::vector<std::size_t> shape;
  std::size_t start = 0, width = 1;  ///< bytes before the first number, bytes per number
  double (*load)(const char* bytes) = nullptr;
};
Layout npy_layout(const Source& source);
Layout idx_layout(const Source& source);  ///< fails for a compressed file

/// The format by which `source` is read: its own, or the one its extension means.
std::string format_of(const Source& source);

/// Product of the extents; refuses empty arrays and those of more than `most` elements, which is
/// what the file can hold.
std::size_t checked_size(const Source& source, const std::vector<std::size_t>& shape,
                         std::size_t most);
/// "10000 x 28 x 28"
std::string shape_text(const std::vector<std::size_t>& shape);

}  // namespace symbreak::data
