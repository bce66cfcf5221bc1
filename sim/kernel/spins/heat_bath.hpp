// Heat bath of 64 replicas in byte lanes, for graphs whose bonds are all as strong: lattices,
// diluted ones, random regular graphs, +-J. May depend on: spin_lanes.hpp.
//
// One spin of 64 replicas is a vector of bytes (1: up). The sum n of its z neighbours picks the
// threshold p_n = 1/(1 + exp(-2 (K (2n - z) + h))) out of z+1, and 16 random bits per replica are
// compared with the first 16 bits of it. In the one of 65536 cases where they are equal, the rest
// of p_n decides, from h itself and 52 more bits: p_n is exact to 2^-53. Sites are numbered in the
// order of visits, by colour, so that consecutive updates do not wait for each other; the
// neighbours come from a table, hence any graph.
//
// Few fields: a byte shuffle picks both bytes of p_n, without a branch. A field per lane: the
// tables are large, and reading them is what costs, so that only the high bytes are read for all
// sites; the low bytes follow where a lane needs them.
#pragma once
#include <memory>

#include "sim/kernel/spins/spin_lanes.hpp"

namespace symbreak::kernel {

/// Whether `heat_bath` can run it: |K| the same for all bonds, at most 15 of them at a site.
bool has_uniform_bonds(const SpinGraph& graph);

/// The kernel; no scale of couplings. 64 replicas that share one field, or four fields of 16, use
/// shuffled tables (16 or 64 bytes per site and byte); more fields select from (z+1) x 64 bytes.
/// The random numbers of these two ways differ.
std::unique_ptr<SpinLanes> heat_bath(const SpinGraph& graph, SpinSeed seed);

}  // namespace symbreak::kernel
