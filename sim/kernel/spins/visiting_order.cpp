#include "sim/kernel/spins/visiting_order.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace symbreak::kernel {

std::vector<std::uint32_t> visiting_order(const SpinGraph& graph) {
  struct Rank {
    int colour = -1;
    std::int32_t ferromagnetic = 0, bonds = 0;
  };
  std::vector<Rank> ranks(graph.sites());
  std::vector<char> taken;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    taken.assign(taken.size(), 0);
    Rank& rank = ranks[i];
    for (auto e = graph.first[i]; e < graph.first[i + 1]; ++e) {
      const auto entry = static_cast<std::size_t>(e);
      const int other = ranks[static_cast<std::size_t>(graph.neighbour[entry])].colour;
      if (other >= 0) taken[static_cast<std::size_t>(other)] = 1;
      ++rank.bonds;
      rank.ferromagnetic += graph.coupling[entry] >= 0 ? 1 : 0;
    }
    const auto free = std::find(taken.begin(), taken.end(), 0);
    rank.colour = static_cast<int>(free - taken.begin());
    if (free == taken.end()) taken.push_back(0);
  }
  std::vector<std::uint32_t> order(ranks.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto key = [](const Rank& r) { return std::tuple(r.colour, r.bonds, r.ferromagnetic); };
    return key(ranks[a]) < key(ranks[b]);
  });
  return order;
}

}  // namespace symbreak::kernel
