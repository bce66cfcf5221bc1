#include "sim/data/array.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "sim/data/input.hpp"
#include "sim/data/pictures.hpp"
#include "sim/data/read_array.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::data {

namespace {

template <class T>
Array<T> read_hdf5(const Source& source) {
  Array<T> array;
  try {
    ArrayFacts about;
    array.shape = read_array(source.file, source.dataset_path, array.values, &about);
    for (const std::string& fact : about.facts) note(source, fact);
    if (about.columns_first) return columns_first(std::move(array));
  } catch (const SeveralArrays& several) {
    fail(source,
         several.what() + (source.path_key.empty()
                               ? std::string("; write the one wanted to a file of its own")
                               : fmt::format("; set {} to the one wanted", source.path_key)));
  } catch (const std::runtime_error& error) {
    fail(source, error.what());
  }
  return array;
}

/// What the first bytes say where the name says nothing; "" where they do not either.
std::string format_of_contents(const Source& source) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(source.file, error)) return "";
  char head[15] = {};
  Input(source).read(head, sizeof head - 1);
  const std::string text(head, sizeof head - 1);
  if (text.starts_with("\x93NUMPY")) return "npy";
  if (text.starts_with("\x89HDF")) return "hdf5";
  if (text.starts_with("\x89PNG")) return "png";
  if (text.starts_with("PK\x03\x04")) return "npz";
  if (text.starts_with("%%MatrixMarket")) return "mtx";
  const bool idx = text[0] == 0 && text[1] == 0 && text[2] >= 8 && text[2] <= 14 && text[3] > 0;
  return idx && text[3] <= 8 ? "idx" : "";
}

/// A number as a message shows it.
template <class T>
std::string shown(T value) {
  return fmt::format("{:.6g}", static_cast<double>(value));
}

template <class T>
void note_contents(const Source& source, const Array<T>& array) {
  const auto [least, most] = std::minmax_element(array.values.begin(), array.values.end());
  std::vector<std::string> first;
  for (std::size_t i = 0; i < std::min<std::size_t>(array.values.size(), 4); ++i) {
    first.push_back(shown(array.values[i]));
  }
  note(source, source.row == "row" ? fmt::format("{} numbers", shape_text(array.shape))
                                   : fmt::format("{} numbers, the first axis counts the {}s",
                                                 shape_text(array.shape), source.row));
  note(source, fmt::format("values {} to {}, the first {}", shown(*least), shown(*most),
                           fmt::join(first, ", ")));
}

}  // namespace

std::string plain_name(const std::string& file) {
  std::string name = file;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

std::string format_of(const Source& source) {
  if (source.format != "auto") return source.format;
  const std::string name = plain_name(source.file);
  const auto ends = [&](std::initializer_list<const char*> extensions) {
    return std::any_of(extensions.begin(), extensions.end(),
                       [&](const char* extension) { return name.ends_with(extension); });
  };
  if (ends({".npy"})) return "npy";
  if (ends({".npz"})) return "npz";
  if (ends({".csv", ".tsv", ".txt", ".dat"})) return "csv";
  if (ends({".h5", ".hdf5", ".hdf", ".he5", ".nc", ".nc4", ".mat"})) return "hdf5";
  if (ends({"ubyte", ".idx"})) return "idx";
  if (ends({".mtx"})) return "mtx";
  if (ends({".png"}) || std::filesystem::is_directory(source.file)) return "png";
  const std::string found = format_of_contents(source);
  if (!found.empty()) return found;
  fail(source,
       "format not known by the extension (.csv .tsv .txt .dat, .npy .npz, .h5 .hdf5 .nc .mat, "
       "-ubyte .idx, .png; each text, .npy and IDX file also as .gz)" +
           std::string(source.settled_by_keys ? "; set target.format" : ""));
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
Array<T> move_to_front(Array<T> array, std::size_t axis) {
  if (axis == 0) return array;
  // Elements of the axes before and after it.
  std::size_t before = 1, after = 1;
  for (std::size_t i = 0; i < axis; ++i) before *= array.shape[i];
  for (std::size_t i = axis + 1; i < array.shape.size(); ++i) after *= array.shape[i];
  const std::size_t extent = array.shape[axis];
  Array<T> result;
  result.shape = array.shape;
  std::rotate(result.shape.begin(), result.shape.begin() + static_cast<std::ptrdiff_t>(axis),
              result.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
  result.values.resize(array.values.size());
  for (std::size_t b = 0; b < before; ++b) {
    for (std::size_t e = 0; e < extent; ++e) {
      std::copy_n(&array.values[(b * extent + e) * after], after,
                  &result.values[(e * before + b) * after]);
    }
  }
  return result;
}

template <class T>
Array<T> columns_first(Array<T> array) {
  // shape holds the extents as they are meant; the first index runs fastest in `values`.
  const std::vector<std::size_t>& shape = array.shape;
  if (shape.size() < 2) return array;
  Array<T> result{shape, std::vector<T>(array.values.size())};
  std::vector<std::size_t> index(shape.size(), 0);
  for (std::size_t to = 0; to < array.values.size(); ++to) {
    std::size_t from = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) from = from * shape[axis] + index[axis];
    result.values[to] = array.values[from];
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

namespace {

constexpr std::size_t kMostKept = 512'000'000;  // bytes
int keepers = 0;

/// The file read last as numbers of this type.
template <class T>
struct Kept {
  Source source;
  Remarks said;
  Array<T> array;
};
template <class T>
std::optional<Kept<T>> last_file;

template <class T>
Array<T> read_now(const Source& source) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(source.file, error);
  if (folder && source.format != "auto" && source.format != "png") {
    fail(source, "is a directory; expected a data file");
  }
  if (!folder) {
    if (!std::filesystem::is_regular_file(source.file, error)) fail(source, "no such file");
    if (std::filesystem::file_size(source.file, error) == 0 || error) fail(source, "is empty");
  }

  begin_reading(source);
  const std::string format = format_of(source);
  if (format == "mtx") {
    fail(source,
         "is a MatrixMarket file, which is read for couplings only; expected a table (CSV, "
         ".npy, HDF5, IDX)");
  }
  Array<T> array = format == "npy"   ? read_npy<T>(source)
                   : format == "npz" ? read_npz<T>(source)
                   : format == "csv" ? read_csv<T>(source)
                   : format == "idx" ? read_idx<T>(source)
                   : format == "png" ? read_pictures<T>(source)
                                     : read_hdf5<T>(source);
  if (array.shape.empty()) fail(source, "holds a single number; expected one row per data point");
  if (static_cast<std::size_t>(source.point_axis) >= array.shape.size()) {
    throw deck::KeyError("target.point_axis",
                         fmt::format("{} has the axes 0 .. {} only (shape {})", source.file,
                                     array.shape.size() - 1, shape_text(array.shape)));
  }
  if (source.point_axis > 0) {
    note(source, fmt::format("stored as {}, axis {} counts the {}s", shape_text(array.shape),
                             source.point_axis, source.row));
    array = move_to_front(std::move(array), static_cast<std::size_t>(source.point_axis));
  }
  T largest = 0;
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    largest = std::max(largest, std::abs(array.values[i]));
    if (!std::isfinite(array.values[i])) {
      fail(source,
           fmt::format("{} at {} {}, {} {}; expected finite numbers",
                       std::isnan(array.values[i]) ? "NaN"
                                                   : "infinity (or a number too "
                                                     "large for single precision)",
                       source.row, i / array.columns(), source.column, i % array.columns()));
    }
  }
  if constexpr (std::is_same_v<T, float>) {
    constexpr T kSmall = 1e-15F, kLarge = 1e15F;  // products of two of them and their sums
    if (largest < kSmall || largest > kLarge) {
      fail(source,
           fmt::format("its largest number is {:g}: products leave single precision; expected "
                       "numbers between {:g} and {:g}: give the data in other units",
                       largest, kSmall, kLarge));
    }
  }
  if (source.columns_wanted > 0 && array.columns() != source.columns_wanted) {
    throw deck::KeyError(
        "target.columns",
        fmt::format("{} has {} numbers per {} (shape {}), {} are expected", source.file,
                    array.columns(), source.row, shape_text(array.shape), source.columns_wanted));
  }
  note_contents(source, array);
  return array;
}

}  // namespace

KeepsLastFile::KeepsLastFile() { ++keepers; }

KeepsLastFile::~KeepsLastFile() {
  if (--keepers > 0) return;
  last_file<float>.reset();
  last_file<double>.reset();
}

template <class T>
Array<T> read(const Source& source) {
  if (auto& kept = last_file<T>; kept && kept->source == source) {
    begin_reading(source, kept->said);
    return kept->array;
  }
  Array<T> array = read_now<T>(source);
  if (keepers > 0 && array.values.size() <= kMostKept / sizeof(T)) {
    last_file<T> = Kept<T>{source, remarks_on(source), array};
  }
  return array;
}

template Array<float> read<float>(const Source&);
template Array<double> read<double>(const Source&);
template Array<float> move_to_front<float>(Array<float>, std::size_t);
template Array<double> move_to_front<double>(Array<double>, std::size_t);
template Array<float> columns_first<float>(Array<float>);
template Array<double> columns_first<double>(Array<double>);

}  // namespace symbreak::data
