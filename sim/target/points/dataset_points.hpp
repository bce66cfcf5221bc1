// All that a dataset reads from its files, in memory of this process or in a block that the
// processes of a machine have in common. May depend on: point_store.hpp, blocks.hpp,
// sim/kernel/points.
#pragma once
#include <optional>
#include <vector>

#include "sim/kernel/points/bit_points.hpp"
#include "sim/target/pictures.hpp"
#include "sim/target/points/blocks.hpp"
#include "sim/target/points/point_store.hpp"

namespace symbreak::target {

struct DatasetPoints {
  Eigen::MatrixXf numbers;                ///< columns are points, or
  std::optional<kernel::BitPoints> bits;  ///< signs of +-scale
  double scale = 1;
  VectorXd origin;            ///< that they are relative to, empty: 0
  Eigen::MatrixXf others;     ///< held out: relative to the origin, too
  std::vector<Index> labels;  ///< of the points, may be empty
  Index classes = 1;
  PictureShape picture;

  /// The points, which are moved out of here.
  std::shared_ptr<const PointStore> store();
};

/// Writes all of it into one place.
void pack(const DatasetPoints& points, const Place& place);

/// The same back: points and half norms stay in the block.
struct PackedDataset {
  std::shared_ptr<const PointStore> points;
  Eigen::MatrixXf others;
  std::vector<Index> labels;
  Index classes = 1;
  PictureShape picture;
};
PackedDataset unpack(const Block& block);

}  // namespace symbreak::target
