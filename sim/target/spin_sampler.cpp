#include "sim/target/spin_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "sim/kernel/spin_clusters.hpp"

namespace symbreak::target {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The potential scale reduction of Gelman & Rubin, chains cut in two (sequences are columns).
double split_r_hat(const MatrixXd& series) {
  const Index n = series.rows() / 2, m = 2 * series.cols();
  MatrixXd halves(n, m);
  halves << series.topRows(n), series.bottomRows(n);
  const Eigen::RowVectorXd means = halves.colwise().mean();
  const double within = (halves.rowwise() - means).array().square().sum() /
                        static_cast<double>(m * (n - 1));
  const double between =
      (means.array() - means.mean()).square().sum() / static_cast<double>(m - 1);
  if (!(within > 0)) return between > 0 ? INFINITY : 1;
  return std::sqrt((static_cast<double>(n - 1) / static_cast<double>(n)) + between / within);
}

/// One Swendsen-Wang chain.
class ClusterChain {
 public:
  ClusterChain(kernel::SpinClusters& clusters, bool hot, random::Stream& stream)
      : clusters_(clusters),
        spins_(clusters.sites(), std::int8_t{1}),
        words_((clusters.words() + 1) / 2) {
    stream.words(words_);
    const bool up = (words_[0] >> 63) != 0;
    for (std::size_t i = 0; i < spins_.size(); ++i) {
      spins_[i] = (hot ? (words_[i % words_.size()] >> (i / words_.size())) & 1 : up) ? 1 : -1;
    }
  }
  void sweep(random::Stream& stream) {
    stream.words(words_);
    const auto* random = reinterpret_cast<const std::uint32_t*>(words_.data());
    squares_ = clusters_.sweep(spins_, {random, clusters_.words()});
  }
  const std::vector<std::int8_t>& spins() const { return spins_; }
  double squares() const { return squares_; }

 private:
  kernel::SpinClusters& clusters_;
  std::vector<std::int8_t> spins_;
  std::vector<std::uint64_t> words_;
  double squares_ = 0;
};

class ClusterSampler final : public SpinSampler {
 public:
  ClusterSampler(const kernel::SpinGraph& graph, const random::Address& address)
      : clusters_(graph), address_(address) {
    address_.purpose = random::Purpose::target;
    address_.replica = 0;
  }

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!sweeps_) sweeps_ = equilibration();
    for (Index k = 0; k < y.cols(); ++k) {
      ClusterChain chain(clusters_, k % 2 == 0, stream);
      for (Index sweep = 0; sweep < *sweeps_; ++sweep) chain.sweep(stream);
      for (Index i = 0; i < y.rows(); ++i) y(i, k) = chain.spins()[static_cast<std::size_t>(i)];
    }
  }

  std::size_t memory() const override { return clusters_.memory() + 64 * clusters_.sites(); }

 private:
  /// The number of sweeps is doubled until chains from random states and from aligned ones cannot be
  /// told apart in its second half: split R-hat of energy and |M| below 1.02. Then a chain has
  /// forgotten its start many times over.
  Index equilibration() const {
    constexpr Index kChains = 32, kMost = Index{1} << 16;
    constexpr double kConverged = 1.02;
    random::Stream stream(address_);
    std::vector<ClusterChain> chains;
    for (Index k = 0; k < kChains; ++k) chains.emplace_back(clusters_, k % 2 == 0, stream);
    for (Index done = 0, length = 32; length <= kMost; length *= 2) {
      const Index discarded = length / 2, kept = length - discarded;
      MatrixXd energy(kept, kChains), magnetization(kept, kChains);
      for (; done < length; ++done) {
        for (Index k = 0; k < kChains; ++k) {
          ClusterChain& chain = chains[static_cast<std::size_t>(k)];
          chain.sweep(stream);
          if (done < discarded) continue;
          double M = 0;
          for (const std::int8_t s : chain.spins()) M += s;
          energy(done - discarded, k) = clusters_.log_weight(chain.spins());
          magnetization(done - discarded, k) = std::abs(M);
        }
      }
      if (split_r_hat(energy) < kConverged && split_r_hat(magnetization) < kConverged) {
        return length;
      }
    }
    return kMost;
  }

  mutable kernel::SpinClusters clusters_;  // scratch inside
  random::Address address_;
  mutable std::optional<Index> sweeps_;
};

}  // namespace

std::unique_ptr<SpinSampler> spin_sampler(const kernel::SpinGraph& graph,
                                          const random::Address& address) {
  return std::make_unique<ClusterSampler>(graph, address);
}

}  // namespace symbreak::target
