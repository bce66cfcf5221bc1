// Heat bath of 64 replicas for arbitrary couplings. May depend on: spin_lanes.hpp.
#pragma once
#include <memory>

#include "sim/kernel/spin_lanes.hpp"

namespace symbreak::kernel {

/// The local fields sum_j K_ij s_j of all lanes are summed anew for each visit, in float: 4 vectors
/// of 16 lanes per bond, O(64 bonds) a sweep, as few operations as keeping them up to date would
/// take when some lane always flips. Relative error of a flip probability 1e-6.
std::unique_ptr<SpinLanes> field_lanes(const SpinGraph& graph, SpinSeed seed);

}  // namespace symbreak::kernel
