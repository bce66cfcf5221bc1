// Points that stay in their file and are read tile by tile: memory does not grow with N. May depend
// on: point_store.hpp, sim/target/data, normalisation.hpp.
#pragma once
#include <memory>

#include "sim/data/rows.hpp"
#include "sim/target/points/normalisation.hpp"
#include "sim/target/points/point_store.hpp"

namespace symbreak::target {

/// The first `count` rows, normalised and relative to `origin` (empty: 0), all with the same
/// weight. Every evaluation reads them once, through the same kernel in the same tiles as points in
/// memory: the same bits.
std::shared_ptr<const PointStore> file_store(std::shared_ptr<const data::Rows> rows, Index count,
                                             std::shared_ptr<const Normalisation> normalisation,
                                             VectorXd origin);

/// Rows first .. first + count - 1, one per column, as they are in the file.
MatrixXd read_columns(const data::Rows& rows, Index first, Index count);

}  // namespace symbreak::target
