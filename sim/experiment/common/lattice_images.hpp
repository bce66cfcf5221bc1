// The points of a set as images, for patch machines of what a network was trained on. May depend on:
// sim/target.
#pragma once
#include "sim/target/finite_support.hpp"
#include "sim/target/patch/patch_data.hpp"

namespace symbreak::experiment {

/// The first `most` points on a lattice of two sides; coordinates beyond its sites are channels.
target::Images images_of(const target::FiniteSupport& points,
                         const std::vector<Eigen::Index>& lattice, Eigen::Index most);

}  // namespace symbreak::experiment
