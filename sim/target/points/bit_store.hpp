// Points whose coordinates are +-scale, one bit each. May depend on: point_store.hpp, sim/kernel.
#pragma once
#include <memory>

#include "sim/kernel/points/bit_points.hpp"
#include "sim/target/points/point_store.hpp"

namespace symbreak::target {

/// All with the same weight, around `origin` (empty: 0).
std::shared_ptr<const PointStore> bit_store(kernel::BitPoints points, double scale,
                                            VectorXd origin = {});

}  // namespace symbreak::target
