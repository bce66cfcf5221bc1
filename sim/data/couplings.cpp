#include "sim/data/couplings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <tuple>

#include "sim/data/understood.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::data {

namespace {

constexpr std::int64_t kMostSites = std::int64_t{1} << 24;
constexpr double kAsymmetry = 1e-12;  // of the largest |J|: the rounding of a product X X'

/// An entry as the file has it, and how a message calls it.
struct Entry {
  std::int64_t i, j;
  double J;
  std::int64_t order;  ///< in the file
};

class Collector {
 public:
  Collector(const Source& source, std::int64_t sites, std::int64_t first_index)
      : source_(source), sites_(sites), first_(first_index) {}

  void add(std::int64_t i, std::int64_t j, double J) {
    if (i == j) {
      if (J != 0) {
        fail(source_,
             fmt::format("entry {} on the diagonal is {}; a spin does not couple to itself, "
                         "expected 0",
                         name(i, j), J));
      }
      return;
    }
    entries_.push_back({i, j, J, static_cast<std::int64_t>(entries_.size())});
  }

  /// triangle: auto, both or one.
  Couplings finish(const std::string& triangle, bool stored_zeros) {
    // Both orders of a bond together, i < j first; the same entry twice is a mistake.
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return std::tuple(std::min(a.i, a.j), std::max(a.i, a.j), a.i, a.order) <
             std::tuple(std::min(b.i, b.j), std::max(b.i, b.j), b.i, b.order);
    });
    double largest = 0;
    bool any_both = false;
    for (std::size_t at = 0; at < entries_.size(); ++at) {
      const Entry& entry = entries_[at];
      largest = std::max(largest, std::abs(entry.J));
      if (at == 0) continue;
      const Entry& before = entries_[at - 1];
      if (entry.i == before.i && entry.j == before.j) {
        fail(source_, fmt::format("entry {} is given twice, {} and {}", name(entry.i, entry.j),
                                  before.J, entry.J));
      }
      any_both = any_both || mirrored(before, entry);
    }
    // A dense matrix with a zero triangle has one triangle; a list has both when any bond has.
    const bool both = triangle == "both" ||
                      (triangle == "auto" && any_both && !(stored_zeros && one_triangle_is_zero()));
    Couplings result{sites_, {}};
    for (std::size_t at = 0; at < entries_.size(); ++at) {
      const Entry& entry = entries_[at];
      const bool pair = at + 1 < entries_.size() && mirrored(entry, entries_[at + 1]);
      const double other = pair ? entries_[at + 1].J : 0;
      double J = entry.J;
      if (both) {
        if (std::abs(J - other) > kAsymmetry * largest) {
          fail(source_,
               fmt::format("not symmetric: entry {} is {}, but {} is {}", name(entry.i, entry.j), J,
                           name(entry.j, entry.i), pair ? fmt::format("{}", other) : "missing"));
        }
        J = (J + other) / 2;
      } else if (pair) {
        if (J != 0 && other != 0) {
          fail(source_,
               fmt::format("entries {} = {} and {} = {} are the same bond; expected one of "
                           "them",
                           name(entry.i, entry.j), J, name(entry.j, entry.i), other));
        }
        J += other;
      }
      if (J != 0)
        result.bonds.push_back({std::min(entry.i, entry.j), std::max(entry.i, entry.j), J});
      if (pair) ++at;
    }
    return result;
  }

 private:
  static bool mirrored(const Entry& a, const Entry& b) { return a.i == b.j && a.j == b.i; }
  std::string name(std::int64_t i, std::int64_t j) const {
    return fmt::format("({}, {})", i + first_, j + first_);
  }
  bool one_triangle_is_zero() const {
    bool lower = false, upper = false;
    for (const Entry& entry : entries_) {
      if (entry.J != 0) (entry.i > entry.j ? lower : upper) = true;
    }
    return !(lower && upper);
  }

  const Source& source_;
  std::int64_t sites_, first_;
  std::vector<Entry> entries_;
};

Couplings from_matrix_market(const Source& source, const std::string& triangle) {
  const MatrixMarket matrix = read_matrix_market(source);
  if (matrix.rows > kMostSites) {
    fail(source, fmt::format("{} sites; the limit is {}", matrix.rows, kMostSites));
  }
  Collector collector(source, matrix.rows, 1);
  for (const auto& entry : matrix.entries) collector.add(entry.i, entry.j, entry.value);
  note(source, fmt::format("{} spins, {} stored entries", matrix.rows, matrix.entries.size()));
  return collector.finish(matrix.symmetric ? "one" : triangle, matrix.dense);
}

/// A d x d matrix, without a list of its d^2 entries.
Couplings from_matrix(const Source& source, const Array<double>& array,
                      const std::string& triangle) {
  const std::size_t d = array.rows();
  const auto at = [&](std::size_t i, std::size_t j) { return array.values[i * d + j]; };
  double largest = 0;
  bool lower = false, upper = false;
  for (std::size_t i = 0; i < d; ++i) {
    if (at(i, i) != 0) {
      fail(source, fmt::format("entry ({}, {}) on the diagonal is {}; a spin does not couple to "
                               "itself, expected 0",
                               i, i, at(i, i)));
    }
    for (std::size_t j = 0; j < d; ++j) {
      largest = std::max(largest, std::abs(at(i, j)));
      if (at(i, j) != 0) (i > j ? lower : upper) = true;
    }
  }
  const bool both = triangle == "both" || (triangle == "auto" && lower && upper);
  Couplings result{static_cast<std::int64_t>(d), {}};
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = i + 1; j < d; ++j) {
      const double J = at(i, j), other = at(j, i);
      if (both && std::abs(J - other) > kAsymmetry * largest) {
        fail(source, fmt::format("not symmetric: entry ({}, {}) is {}, but ({}, {}) is {}", i, j, J,
                                 j, i, other));
      }
      if (!both && J != 0 && other != 0) {
        fail(source, fmt::format("entries ({}, {}) = {} and ({}, {}) = {} are the same bond; "
                                 "expected one of them",
                                 i, j, J, j, i, other));
      }
      const double value = both ? (J + other) / 2 : J + other;
      if (value != 0) {
        result.bonds.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(j), value});
      }
    }
  }
  return result;
}

std::int64_t index_of(const Source& source, double value, std::size_t row, std::int64_t first) {
  if (value != std::rint(value) || std::abs(value) > 1e15) {
    fail(source, fmt::format("row {}: index {}; expected an integer", row, value));
  }
  const auto index = static_cast<std::int64_t>(value) - first;
  if (index < 0) {
    fail(source, fmt::format("row {}: index {}; the first one is {} (target.first_index)", row,
                             value, first));
  }
  if (index >= kMostSites) {
    fail(source, fmt::format("row {}: index {}; the limit is {} sites", row, value, kMostSites));
  }
  return index;
}

/// Three rows of two different indices and a number.
bool looks_like_a_list(const Array<double>& array) {
  if (array.rows() != 3 || array.columns() != 3) return false;
  for (std::size_t row = 0; row < 3; ++row) {
    const double i = array.values[3 * row], j = array.values[3 * row + 1];
    if (i == j || i < 0 || j < 0 || i != std::rint(i) || j != std::rint(j)) return false;
  }
  return true;
}

Couplings from_list(const Source& source, const Array<double>& array,
                    const CouplingsLayout& layout) {
  const std::size_t rows = array.rows(), columns = array.columns();
  if (columns != 3) {
    fail(source,
         fmt::format("{} columns; a list of bonds has three: i, j, J{}", columns,
                     columns == 2 ? " (an unweighted graph: add a third column of J)" : ""));
  }
  std::int64_t sites = layout.sites;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t end = 0; end < 2; ++end) {
      const std::int64_t index =
          index_of(source, array.values[3 * row + end], row, layout.first_index);
      if (layout.sites > 0 && index >= layout.sites) {
        fail(source,
             fmt::format("row {}: index {} is out of range; target.sites is {}, counted from "
                         "{}",
                         row, array.values[3 * row + end], layout.sites, layout.first_index));
      }
      sites = std::max(sites, index + 1);
    }
  }
  double least = array.values[0], most = least;
  for (std::size_t row = 0; row < rows; ++row) {
    least = std::min({least, array.values[3 * row], array.values[3 * row + 1]});
    most = std::max({most, array.values[3 * row], array.values[3 * row + 1]});
  }
  note(source,
       fmt::format("a list of {} bonds i, j, J; indices {} to {}, counted from {}, {} spins", rows,
                   least, most, layout.first_index, sites));
  if (layout.first_index == 0 && least == 1 && layout.sites == 0) {
    warn(source,
         fmt::format("no bond has index 0, so that the first of the {} spins is free; if the "
                     "list counts from 1, set target.first_index = 1",
                     sites));
  }
  Collector collector(source, sites, layout.first_index);
  for (std::size_t row = 0; row < rows; ++row) {
    const double* at = &array.values[3 * row];
    collector.add(static_cast<std::int64_t>(at[0]) - layout.first_index,
                  static_cast<std::int64_t>(at[1]) - layout.first_index, at[2]);
  }
  return collector.finish(layout.triangle, false);
}

}  // namespace

Couplings read_couplings(Source source, const CouplingsLayout& layout) {
  if (source.format == "auto") {
    static constexpr const char* kRead[] = {"mtx", "csv", "npy", "npz", "hdf5"};
    std::string format;
    try {
      format = format_of(source);
    } catch (const deck::KeyError&) {
      format = "";
    }
    if (std::find(std::begin(kRead), std::end(kRead), format) == std::end(kRead)) {
      std::error_code error;
      if (!std::filesystem::exists(source.file, error)) fail(source, "no such file");
      fail(source,
           "format not known by the extension; couplings are read from MatrixMarket (.mtx), text "
           "(.csv .tsv .txt .dat), NumPy (.npy .npz) and HDF5 (.h5 .hdf5 .nc .mat) files, those of "
           "text and .npy also as .gz; set target.format");
    }
  }
  if (source.format == "mtx" || (source.format == "auto" && format_of(source) == "mtx")) {
    return from_matrix_market(source, layout.triangle);
  }
  source.row = "row";
  source.column = "column";
  const Array<double> array = read<double>(source);
  const std::size_t rows = array.rows();
  const std::size_t columns = array.columns();
  if (array.shape.size() > 2) {
    fail(source, fmt::format("shape {}; expected d x d couplings, or rows of i, j, J",
                             shape_text(array.shape)));
  }
  const bool square = rows == columns;
  const bool list = layout.layout == "list" || (layout.layout == "auto" && !square && columns == 3);
  if (!list) {
    if (!square) {
      fail(source,
           fmt::format("{} x {} numbers; a coupling matrix is square{}", rows, columns,
                       layout.layout != "auto" ? ""
                       : columns == 2 ? ", a list of bonds has rows of i, j, J (of an unweighted "
                                        "graph: add a third column of J)"
                                      : ", a list of bonds has rows of i, j, J"));
    }
    note(source, fmt::format("couplings of {} spins as a matrix", rows));
    if (layout.layout == "matrix" || !looks_like_a_list(array)) {
      return from_matrix(source, array, layout.triangle);
    }
    // No valid matrix is a valid list too: J_ij = J_ji makes the last row begin with equal indices.
    try {
      return from_matrix(source, array, layout.triangle);
    } catch (const deck::KeyError& error) {
      try {
        from_list(source, array, layout);
      } catch (const deck::KeyError&) {
        throw error;
      }
      const std::string what = error.what();
      fail(source,
           fmt::format(
               "3 x 3 numbers are read as a matrix, which fails ({}); if they are three bonds "
               "i, j, J, set target.layout = list",
               what.substr(std::min(what.size(), source.file.size() + 2))));
    }
  }
  return from_list(source, array, layout);
}

}  // namespace symbreak::data
