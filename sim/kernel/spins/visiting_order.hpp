// In which order a sweep visits the sites of a graph. May depend on: spin_graph.hpp.
#pragma once
#include <cstdint>
#include <vector>

#include "sim/kernel/spins/spin_graph.hpp"

namespace symbreak::kernel {

/// Sites by colour (greedy, in the order of their numbers: two colours for even periodic lattices)
/// and within a colour by the number and signs of their bonds. Sites of one colour are no
/// neighbours, so their updates do not wait for each other. O(bonds).
std::vector<std::uint32_t> visiting_order(const SpinGraph& graph);

}  // namespace symbreak::kernel
