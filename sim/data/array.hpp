// Arrays of numbers from files: IDX, NumPy .npy and .npz, text tables, HDF5, all but HDF5 also
// gzip-compressed; PNG images, also folders of them. May depend on: sim/deck, zlib,
// sim/data/read_array.hpp (the one door to HDF5), sim/data/png.hpp (that to libpng).
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
  std::string file{};
  std::string key{};            ///< deck key at fault: "target.file"
  std::string format = "auto";  ///< auto (by extension), idx, npy, npz, csv, hdf5, png
  std::string dataset_path{};   ///< HDF5: "/images"; .npz: "images"
  std::string row = "data point", column = "coordinate";  ///< what messages call them
  std::string path_key{};          ///< deck key of dataset_path, for advice; "": there is none
  bool settled_by_keys = false;    ///< the deck has the keys of the four numbers below
  int header_lines = -1;           ///< text: lines to skip; -1: one if it holds names
  int name_columns = -1;           ///< text: leading columns of row names; -1: by the header
  std::size_t columns_wanted = 0;  ///< numbers per row; 0: any
  int point_axis = 0;              ///< axis that counts the rows
  std::string colours{}, alpha{};  ///< PNG: as in pictures.hpp

  bool operator==(const Source&) const = default;
};

/// The whole array, all numbers finite, at least one row and column. T: float or double.
template <class T>
Array<T> read(const Source& source);

/// While one of these lives, the file read last is kept (where it has at most 512 MB of numbers): the
/// points of a deck mostly take different parts of one file.
class KeepsLastFile {
 public:
  KeepsLastFile();
  ~KeepsLastFile();
  KeepsLastFile(const KeepsLastFile&) = delete;
  KeepsLastFile& operator=(const KeepsLastFile&) = delete;
};

/// Throws the KeyError.
[[noreturn]] void fail(const Source& source, const std::string& message);

// One reader per format.
template <class T>
Array<T> read_idx(const Source& source);
template <class T>
Array<T> read_npy(const Source& source);
template <class T>
Array<T> read_npz(const Source& source);
template <class T>
Array<T> read_csv(const Source& source);

/// How a plain file stores its numbers, for reading parts of it.
struct Layout {
  std::vector<std::size_t> shape;
  std::size_t start = 0, width = 1;  ///< bytes before the first number, bytes per number
  double (*load)(const char* bytes) = nullptr;
};
// Both fail for a compressed file, and the first for one in Fortran order.
Layout npy_layout(const Source& source);
Layout idx_layout(const Source& source);
/// Whether a .npy file has whole rows one after the other.
bool npy_has_rows(const Source& source);

/// The format by which `source` is read: its own, or the one its extension means (capitals mean the
/// same, .gz is taken off first), or else its first bytes.
std::string format_of(const Source& source);
/// Lower-case name without .gz: "points.csv" of "Points.CSV.gz".
std::string plain_name(const std::string& file);
/// Puts the axis that counts the points first.
template <class T>
Array<T> move_to_front(Array<T> array, std::size_t axis);
/// Row-major, of values whose first index runs fastest (Fortran, MATLAB).
template <class T>
Array<T> columns_first(Array<T> array);

/// Product of the extents; refuses empty arrays and those of more than `most` elements, which is
/// what the file can hold.
std::size_t checked_size(const Source& source, const std::vector<std::size_t>& shape,
                         std::size_t most);
/// "10000 x 28 x 28"
std::string shape_text(const std::vector<std::size_t>& shape);

}  // namespace symbreak::data
