#include "sim/target/spins/cluster_chain.hpp"

#include "sim/kernel/spins/spin_clusters.hpp"

namespace symbreak::target {

struct ClusterChain::Chain {
  Chain(const kernel::SpinGraph& graph, const random::Address& address)
      : clusters(graph),
        stream(address),
        spins(clusters.sites(), 1),
        words((clusters.words() + 1) / 2) {}

  kernel::SpinClusters clusters;
  random::Stream stream;
  std::vector<std::int8_t> spins;
  std::vector<std::uint64_t> words;
};

ClusterChain::ClusterChain(const kernel::SpinGraph& graph, const random::Address& address)
    : chain_(std::make_unique<Chain>(graph, address)) {}
ClusterChain::~ClusterChain() = default;
ClusterChain::ClusterChain(ClusterChain&&) noexcept = default;
ClusterChain& ClusterChain::operator=(ClusterChain&&) noexcept = default;

double ClusterChain::sweep() {
  Chain& c = *chain_;
  c.stream.words(c.words);
  const auto* halves = reinterpret_cast<const std::uint32_t*>(c.words.data());
  return c.clusters.sweep(c.spins, {halves, c.clusters.words()});
}

std::span<const std::int8_t> ClusterChain::spins() const { return chain_->spins; }

std::vector<std::uint64_t> ClusterChain::save() const {
  std::vector<std::uint64_t> state = {chain_->stream.position()};
  state.resize(1 + (chain_->spins.size() + 63) / 64);
  for (std::size_t i = 0; i < chain_->spins.size(); ++i) {
    if (chain_->spins[i] > 0) state[1 + i / 64] |= std::uint64_t{1} << (i % 64);
  }
  return state;
}

void ClusterChain::load(const std::vector<std::uint64_t>& state) {
  chain_->stream.seek(state.at(0));
  for (std::size_t i = 0; i < chain_->spins.size(); ++i) {
    chain_->spins[i] = (state.at(1 + i / 64) >> (i % 64) & 1) != 0 ? 1 : -1;
  }
}

}  // namespace symbreak::target
