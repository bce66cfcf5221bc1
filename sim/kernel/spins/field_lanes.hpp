// Heat bath of 64 replicas for arbitrary couplings. May depend on: spin_lanes.hpp.
#pragma once
#include <memory>

#include "sim/kernel/spins/spin_lanes.hpp"

namespace symbreak::kernel {

/// The local fields sum_j K_ij s_j of all lanes are summed anew for each visit, in float: 64 fused
/// multiply-adds per bond, O(64 bonds) a sweep, no more than keeping them up to date would take
/// when some lane always flips. Dense graphs update four spins at a time, so that the spins are
/// read once for four. Relative error of a flip probability 1e-6.
std::unique_ptr<SpinLanes> field_lanes(const SpinGraph& graph, SpinSeed seed);

}  // namespace symbreak::kernel
