// Labels of data points, and the choice of some classes. May depend on: sim/data/array.hpp,
// sim/deck.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "sim/data/array.hpp"
#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::data {

using Eigen::Index;

/// Class numbers 0, 1, .. in the order of the labels in the file, of the points that are kept.
struct Selection {
  std::vector<Index> points, labels;
  Index classes = 1;
};

/// Keys target.{file, format, dataset_path, header_lines, name_columns, colours, alpha, columns,
/// point_axis, labels, labels_path, select} of a file of data points, which messages call `point`.
std::vector<deck::Key> file_keys(const std::string& file_text, const std::string& point);
/// The file that they name.
Source file_of(const deck::Parameters& parameters);

/// Which of `count` data points target.{labels, labels_path, select, class} keep. Throws KeyError
/// for labels that do not fit and for classes without a point.
Selection select(const deck::Parameters& parameters, Index count);

}  // namespace symbreak::data
