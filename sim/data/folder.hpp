// The images of a folder: which files, in which order, of which class. May depend on: array.hpp.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/data/array.hpp"

namespace symbreak::data {

/// folder/*.png without classes, or folder/<class>/*.png; capitals in the extension make no
/// difference. Order: by the image's name as bytes (as Python's sorted does), equal names by class:
/// the first n of images that are numbered through, or in every class, are a mixture of all.
struct Folder {
  std::vector<std::string> files;    ///< relative to the folder; "" for a file that is no folder
  std::vector<std::int64_t> labels;  ///< of each file; empty without classes
  /// Classes that are named by integers have these as labels, others 0, 1, .. in order.
  std::vector<std::string> classes;
  std::vector<std::string> ignored;  ///< files that are no PNG
};

/// Of a folder, or of one image. Fails where there is no image, where images lie beside folders of
/// images, or deeper than folder/<class>/.
Folder list_folder(const Source& source);

}  // namespace symbreak::data
