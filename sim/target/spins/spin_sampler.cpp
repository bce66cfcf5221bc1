#include "sim/target/spins/spin_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "sim/kernel/spins/spin_clusters.hpp"
#include "sim/target/spins/spin_posterior.hpp"

namespace symbreak::target {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// One chain per sample, exchanged among temperatures up to where nothing freezes.
constexpr SpinPosteriorOptions kTempering{.chains = 1, .flip = true, .levels = 16};

/// The potential scale reduction of Gelman & Rubin, chains cut in two (sequences are columns).
double split_r_hat(const MatrixXd& series) {
  const Index n = series.rows() / 2, m = 2 * series.cols();
  MatrixXd halves(n, m);
  halves << series.topRows(n), series.bottomRows(n);
  const Eigen::RowVectorXd means = halves.colwise().mean();
  const double within =
      (halves.rowwise() - means).array().square().sum() / static_cast<double>(m * (n - 1));
  const double between = (means.array() - means.mean()).square().sum() / static_cast<double>(m - 1);
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
    clusters_.sweep(spins_, {random, clusters_.words()});
  }
  const std::vector<std::int8_t>& spins() const { return spins_; }
  void state(Eigen::Ref<VectorXd> y) const {
    for (Index i = 0; i < y.size(); ++i) y[i] = spins_[static_cast<std::size_t>(i)];
  }

 private:
  kernel::SpinClusters& clusters_;
  std::vector<std::int8_t> spins_;
  std::vector<std::uint64_t> words_;
};

/// Chains that are doubled in length until they cannot be told apart in their second half: split
/// R-hat of everything that is watched below 1.1. With R - 1 ~ tau over the quarter of a chain that
/// is one sequence, chains of half that length are >= 20 tau long.
/// watch(n, first, second): moves the chains on and fills row n of the two quantities watched;
/// columns are chains, `columns` of them for the second.
template <class Watch>
Index equilibration(Index columns, const Watch& watch) {
  constexpr Index kShortest = 32, kMost = Index{1} << 16;
  constexpr double kConverged = 1.1;
  MatrixXd first(0, SpinSampler::kChains), second(0, columns);
  for (Index length = kShortest; length < kMost; length *= 2) {
    Index n = first.rows();
    first.conservativeResize(length, Eigen::NoChange);
    second.conservativeResize(length, Eigen::NoChange);
    for (; n < length; ++n) watch(n, first, second);
    const Index half = length / 2;
    if (split_r_hat(first.bottomRows(half)) < kConverged &&
        split_r_hat(second.bottomRows(half)) < kConverged) {
      return half;
    }
  }
  return kMost;
}

class ClusterSampler final : public SpinSampler {
 public:
  ClusterSampler(const kernel::SpinGraph& graph, const random::Address& address)
      : clusters_(graph), address_(address) {
    address_.purpose = random::Purpose::target;
    address_.replica = 0;
  }

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!sweeps_) sweeps_ = find_length();
    for (Index k = 0; k < y.cols(); ++k) {
      ClusterChain chain(clusters_, k % 2 == 0, stream);
      for (Index sweep = 0; sweep < *sweeps_; ++sweep) chain.sweep(stream);
      chain.state(y.col(k));
    }
  }

  void series(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!sweeps_) sweeps_ = find_length();
    const Index each = y.cols() / kChains;
    for (Index k = 0; k < kChains; ++k) {
      ClusterChain chain(clusters_, k % 2 == 0, stream);
      for (Index sweep = 0; sweep < *sweeps_; ++sweep) chain.sweep(stream);
      for (Index n = 0; n < each; ++n) {
        chain.sweep(stream);
        chain.state(y.col(k * each + n));
      }
    }
  }

  std::size_t memory() const override { return clusters_.memory() + 64 * clusters_.sites(); }

 private:
  /// Half of the chains start from random states, half from aligned ones.
  Index find_length() const {
    random::Stream stream(address_);
    std::vector<ClusterChain> chains;
    for (Index k = 0; k < kChains; ++k) chains.emplace_back(clusters_, k % 2 == 0, stream);
    return equilibration(kChains, [&](Index n, MatrixXd& energy, MatrixXd& magnetization) {
      for (Index k = 0; k < kChains; ++k) {
        ClusterChain& chain = chains[static_cast<std::size_t>(k)];
        chain.sweep(stream);
        double M = 0;
        for (const std::int8_t s : chain.spins()) M += s;
        energy(n, k) = clusters_.log_weight(chain.spins());
        magnetization(n, k) = std::abs(M);
      }
    });
  }

  mutable kernel::SpinClusters clusters_;  // scratch inside
  random::Address address_;
  mutable std::optional<Index> sweeps_;
};

/// Replica exchange of the whole system (sim/target/spins/spin_posterior.hpp, without a noisy state): one
/// chain per sample.
class TemperingSampler final : public SpinSampler {
 public:
  TemperingSampler(const kernel::SpinGraph& graph, const random::Address& address)
      : graph_(graph), address_(address) {
    address_.purpose = random::Purpose::target;
    address_.replica = 0;
  }

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!sweeps_) sweeps_ = find_length();
    constexpr Index kBatch = 256;
    for (Index first = 0; first < y.cols(); first += kBatch) {
      const Index n = std::min(kBatch, y.cols() - first);
      y.middleCols(first, n) =
          chains(n, stream)->draw(MatrixXd::Zero(y.rows(), n), VectorXd::Ones(n), *sweeps_);
    }
  }

  void series(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!sweeps_) sweeps_ = find_length();
    const Index each = y.cols() / kChains;
    const MatrixXd none = MatrixXd::Zero(y.rows(), kChains);
    const VectorXd ones = VectorXd::Ones(kChains);
    const auto posterior = chains(kChains, stream);
    posterior->draw(none, ones, *sweeps_);
    for (Index n = 0; n < each; ++n) {
      const MatrixXd states = posterior->draw(none, ones, kStride);
      for (Index k = 0; k < kChains; ++k) y.col(k * each + n) = states.col(k);
    }
  }

  std::size_t memory() const override {
    return graph_.neighbour.size() * 12 + graph_.first.size() * 12 + 256 * 16 * graph_.sites();
  }

 private:
  static constexpr Index kStride = 4;  // sweeps between two looks at a chain

  std::unique_ptr<MonteCarloPosterior> chains(Index count, random::Stream& stream) const {
    const random::Address own{.seed = stream(), .point = stream()};
    return spin_posterior(graph_, count, own, kTempering);
  }

  /// Watched: the energy, and the squared overlap of pairs of chains, which ends its drift last in
  /// a glass (Katzgraber & Young 2003).
  Index find_length() const {
    random::Stream stream(address_);
    const auto posterior = chains(kChains, stream);
    const auto d = static_cast<Index>(graph_.sites());
    const MatrixXd none = MatrixXd::Zero(d, kChains);
    const VectorXd ones = VectorXd::Ones(kChains);
    return kStride * equilibration(kChains / 2, [&](Index n, MatrixXd& energy, MatrixXd& overlap) {
             const MatrixXd y = posterior->draw(none, ones, kStride);
             for (Index k = 0; k < kChains; ++k) energy(n, k) = log_weight(y.col(k));
             for (Index k = 0; k < kChains / 2; ++k) {
               overlap(n, k) = std::pow(y.col(2 * k).dot(y.col(2 * k + 1)), 2);
             }
           });
  }

  double log_weight(const Eigen::Ref<const VectorXd>& y) const {
    double sum = 0;
    for (std::size_t i = 0; i < graph_.sites(); ++i) {
      double local = 0;
      for (auto e = static_cast<std::size_t>(graph_.first[i]);
           e < static_cast<std::size_t>(graph_.first[i + 1]); ++e) {
        local += graph_.coupling[e] * y[graph_.neighbour[e]];
      }
      sum += y[static_cast<Index>(i)] * (local / 2 + (graph_.field.empty() ? 0 : graph_.field[i]));
    }
    return sum;
  }

  kernel::SpinGraph graph_;
  random::Address address_;
  mutable std::optional<Index> sweeps_;
};

}  // namespace

std::unique_ptr<SpinSampler> spin_sampler(const kernel::SpinGraph& graph,
                                          const random::Address& address) {
  const bool ferromagnet =
      std::all_of(graph.coupling.begin(), graph.coupling.end(), [](double K) { return K >= 0; });
  if (ferromagnet) return std::make_unique<ClusterSampler>(graph, address);
  return std::make_unique<TemperingSampler>(graph, address);
}

}  // namespace symbreak::target
