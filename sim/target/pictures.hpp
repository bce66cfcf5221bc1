// Data that are pictures. May depend on: Eigen.
#pragma once
#include <Eigen/Core>

namespace symbreak::target {

/// Shape of one datum whose coordinates are pixels, row by row, channel after channel; 0: it is none.
struct PictureShape {
  Eigen::Index height = 0, width = 0;
  bool known() const { return height > 1 && width > 1; }
};

/// A part of a target (part<Pictures>()).
class Pictures {
 public:
  virtual ~Pictures() = default;
  virtual PictureShape picture() const = 0;
};

}  // namespace symbreak::target
