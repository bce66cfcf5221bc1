#include "sim/data/array.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <stdexcept>

#include "sim/data/read_array.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::data {

namespace {

template <class T>
Array<T> read_hdf5(const Source& source) {
  Array<T> array;
  try {
    array.shape = read_array(source.file, source.dataset_path, array.values);
  } catch (const std::runtime_error& error) {
    fail(source, error.what());
  }
  return array;
}

}  // namespace

std::string format_of(const Source& source) {
  if (source.format != "auto") return source.format;
  const std::string& file = source.file;
  if (file.ends_with(".npy")) return "npy";
  if (file.ends_with(".csv") || file.ends_with(".tsv") || file.ends_with(".txt")) return "csv";
  if (file.ends_with(".h5") || file.ends_with(".hdf5")) return "hdf5";
  if (file.ends_with("ubyte") || file.ends_with(".idx") || file.ends_with(".gz")) return "idx";
  fail(source,
       "format not known by the extension (.npy, .csv .tsv .txt, .h5 .hdf5, -ubyte .idx "
       ".gz); set target.format");
}

void fail(const Source& source, const std::string& message) {
  throw deck::KeyError(source.key, source.file + ": " + message);
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  return fmt::format("{}", fmt::join(shape, " x "));
}

std::size_t checked_size(const Source& source, const std::vector<std::size_t>& shape,
                         std::size_t most) {
  std::size_t size = 1;
  for (const std::size_t extent : shape) {
    if (extent == 0) fail(source, fmt::format("empty array of shape {}", shape_text(shape)));
    if (extent > most / size) {
      fail(source, fmt::format("declares {} numbers, but the file has room for {} at most",
                               shape_text(shape), most));
    }
    size *= extent;
  }
  return size;
}

template <class T>
Array<T> read(const Source& source) {
  std::error_code error;
  if (std::filesystem::is_directory(source.file, error)) {
    fail(source, "is a directory; expected a data file");
  }
  if (!std::filesystem::is_regular_file(source.file, error)) fail(source, "no such file");
  if (std::filesystem::file_size(source.file, error) == 0 || error) fail(source, "is empty");

  const std::string format = format_of(source);
  Array<T> array = format == "npy"   ? read_npy<T>(source)
                   : format == "csv" ? read_csv<T>(source)
                   : format == "idx" ? read_idx<T>(source)
                                     : read_hdf5<T>(source);
  if (array.shape.empty()) fail(source, "holds a single number; expected one row per data point");
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    if (!std::isfinite(array.values[i])) {
      fail(source,
           fmt::format("{} at {} {}, {} {}; expected finite numbers",
                       std::isnan(array.values[i]) ? "NaN"
                                                   : "infinity (or a number too "
                                                     "large for single precision)",
                       source.row, i / array.columns(), source.column, i % array.columns()));
    }
  }
  return array;
}

template Array<float> read<float>(const Source&);
template Array<double> read<double>(const Source&);

}  // namespace symbreak::data
