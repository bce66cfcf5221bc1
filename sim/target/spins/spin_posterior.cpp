#include "sim/target/spins/spin_posterior.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "sim/kernel/spins/field_lanes.hpp"
#include "sim/kernel/spins/heat_bath.hpp"
#include "sim/target/spins/spin_averages.hpp"
#include "sim/target/spins/tempering.hpp"

namespace symbreak::target {

namespace {

using kernel::LaneMask;
using kernel::LaneValues;
using kernel::spin_lanes;
using kernel::SpinLanes;

std::uint64_t hash(std::span<const double> values) {
  std::uint64_t h = 0xcbf29ce484222325u;  // FNV-1a by words
  for (const double value : values) {
    h = (h ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3u;
    h ^= h >> 29;
  }
  return h;
}

std::size_t size(Index count) { return static_cast<std::size_t>(count); }

/// Chain c of walker w at level k is lane (w chains + c) levels + k of all lanes, in blocks of 64.
class SpinPosterior final : public MonteCarloPosterior {
 public:
  SpinPosterior(const kernel::SpinGraph& graph, Index walkers, const random::Address& address,
                const SpinPosteriorOptions& options)
      : graph_(graph),
        sites_(static_cast<Index>(graph.sites())),
        walkers_(walkers),
        levels_(options.levels),
        flip_(options.flip) {
    if (walkers < 1 || options.chains < 0) {
      throw std::invalid_argument("spin_posterior: needs at least one walker and chain");
    }
    if (levels_ < 1 || levels_ > lanes || !std::has_single_bit(size(levels_))) {
      throw std::invalid_argument("spin_posterior: levels must be a power of two up to 64");
    }
    chains_ = options.chains > 0 ? options.chains : std::max<Index>(16, lanes / walkers);
    // A kernel shares one field among runs of lanes of equal length.
    const Index run = chains_ * levels_;
    groups_ = run % lanes == 0 ? 1 : lanes % run == 0 ? lanes / run : lanes / levels_;

    random::Stream stream = stream_of(address, random::Purpose::posterior);
    std::array<std::uint64_t, kernel::spin_random_words> seed;
    const bool bytes = levels_ == 1 && kernel::has_uniform_bonds(graph);
    interval_ = bytes ? 4 : 1;
    std::vector<double> ladder{1};
    if (levels_ > 1) {
      stream.words(seed);
      const auto pilot = kernel::field_lanes(graph, seed);
      if (!graph.field.empty()) pilot->set_field(graph.field, 1);
      ladder = tempering_ladder(*pilot, size(levels_));
    }
    for (Index b = 0; b < (walkers * run + lanes - 1) / lanes; ++b) {
      stream.words(seed);
      blocks_.push_back({bytes ? kernel::heat_bath(graph, seed) : kernel::field_lanes(graph, seed),
                         Tempering(ladder)});
      if (levels_ > 1) blocks_.back().tempering.apply(*blocks_.back().chains);
    }
    start();
  }

  Index chains() const override { return chains_; }

  void plant(const States& y) override {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      std::vector<LaneMask> spins(graph_.sites(), 0);
      for (Index l = 0; l < lanes; ++l) {
        const Index w = walker(b, l);
        for (Index i = 0; i < sites_; ++i) spins[size(i)] |= LaneMask{y(i, w) > 0} << l;
      }
      blocks_[b].chains->set_spins(spins);
    }
    equilibrated_ = true;
  }

  Estimate estimate(const States& x, const Betas& beta, Index sweeps) override {
    const Index interval = std::clamp<Index>(sweeps, 1, interval_);
    SpinAverages averages({.sites = sites_,
                           .walkers = walkers_,
                           .chains = chains_,
                           .levels = levels_,
                           .measurements = std::max<Index>(1, sweeps / interval)});
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      move_to(b, x, beta, equilibrated_ ? sweeps / 4 : 2 * sweeps);
      averages.measure(static_cast<Index>(b), [&](Measured& measured, std::span<float> sums) {
        measure(blocks_[b], interval, measured, sums);
      });
    }
    equilibrated_ = true;
    return averages.estimate();
  }

  MatrixXd draw(const States& x, const Betas& beta, Index sweeps) override {
    MatrixXd result(sites_, walkers_);
    advance(x, beta, sweeps, [&](Index w, bool first, LaneMask members, const auto& spins) {
      if (!first) return;
      const int lane = std::countr_zero(members);
      for (Index i = 0; i < sites_; ++i) result(i, w) = spins[size(i)] >> lane & 1 ? 1 : -1;
    });
    return result;
  }

  MatrixXd draw_sums(const States& x, const Betas& beta, Index sweeps) override {
    MatrixXd result = MatrixXd::Zero(sites_, walkers_);
    advance(x, beta, sweeps, [&](Index w, bool, LaneMask members, const auto& spins) {
      const int count = std::popcount(members);
      for (Index i = 0; i < sites_; ++i) {
        result(i, w) += 2 * std::popcount(spins[size(i)] & members) - count;
      }
    });
    return result;
  }

  MatrixXd draw_means(const States& x, const Betas& beta, Index sweeps) override {
    MatrixXd result = MatrixXd::Zero(sites_, walkers_);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      move_to(b, x, beta, equilibrated_ ? 0 : 2 * sweeps);
      sweep(blocks_[b], sweeps);
      add_means(b, x, beta, result);
    }
    equilibrated_ = true;
    return result;
  }

  std::vector<std::uint64_t> save() const override {
    std::vector<std::uint64_t> state = header();
    state.push_back(equilibrated_);
    const auto append = [&](const auto& words) {
      state.insert(state.end(), words.begin(), words.end());
    };
    for (const Block& block : blocks_) {
      state.push_back(block.field);
      append(block.chains->random_state());
      append(block.tempering.save());
      append(block.chains->spins());
    }
    return state;
  }

  void load(const std::vector<std::uint64_t>& state) override {
    const std::vector<std::uint64_t> expected = header();
    const std::size_t per_block =
        1 + kernel::spin_random_words + blocks_[0].tempering.state_words() + graph_.sites();
    if (state.size() != expected.size() + 1 + per_block * blocks_.size() ||
        !std::equal(expected.begin(), expected.end(), state.begin())) {
      throw std::invalid_argument("spin_posterior: the state belongs to other chains");
    }
    std::span<const std::uint64_t> rest(state);
    const auto take = [&](std::size_t count) {
      const auto words = rest.first(count);
      rest = rest.subspan(count);
      return words;
    };
    take(expected.size());
    equilibrated_ = take(1)[0] != 0;
    for (Block& block : blocks_) {
      block.field = take(1)[0];
      block.chains->set_random_state(
          take(kernel::spin_random_words).first<kernel::spin_random_words>());
      block.tempering.load(take(block.tempering.state_words()));
      if (levels_ > 1) block.tempering.apply(*block.chains);
      block.chains->set_spins(take(graph_.sites()));
    }
  }

 private:
  struct Block {
    std::unique_ptr<SpinLanes> chains;
    Tempering tempering;
    std::uint64_t field = 0;  ///< hash of the field it has moved to
  };

  std::vector<std::uint64_t> header() const {
    constexpr std::uint64_t format = 2;
    return {format, graph_.sites(), size(walkers_), size(chains_), size(levels_)};
  }

  /// Lanes beyond the last chain repeat the last walker and are never read.
  Index walker(std::size_t block, Index lane) const {
    const Index chain = (static_cast<Index>(block) * lanes + lane) / levels_;
    return std::min(chain / chains_, walkers_ - 1);
  }

  /// Ordered states of random sign where all bonds are ferromagnetic (a quench from disorder can
  /// freeze in stripes), else random states.
  void start() {
    const bool ferromagnet = std::all_of(graph_.coupling.begin(), graph_.coupling.end(),
                                         [](double K) { return K >= 0; });
    for (Block& block : blocks_) {
      std::vector<LaneMask> spins(graph_.sites(), 0);
      for (std::size_t i = 0; i < spins.size(); ++i) {
        if (ferromagnet && i > 0) {
          spins[i] = spins[0];
          continue;
        }
        const LaneValues u = block.chains->uniforms();
        for (std::size_t l = 0; l < spin_lanes; ++l) spins[i] |= LaneMask{u[l] < 0.5} << l;
      }
      block.chains->set_spins(spins);
    }
  }

  /// Sets the field of a block; `forget` sweeps follow when it is a new one.
  void move_to(std::size_t b, const States& x, const Betas& beta, Index forget) {
    std::vector<double> field(size(sites_ * groups_));
    for (Index g = 0; g < groups_; ++g) {
      const Index w = walker(b, g * (lanes / groups_));
      for (Index i = 0; i < sites_; ++i) {
        const double own = graph_.field.empty() ? 0 : graph_.field[size(i)];
        field[size(i * groups_ + g)] = own + beta[w] * x(i, w);
      }
    }
    Block& block = blocks_[b];
    block.chains->set_field(field, size(groups_));
    const std::uint64_t now = hash(field);
    if (now != block.field) sweep(block, forget);
    block.field = now;
  }

  void sweep(Block& block, Index sweeps) const {
    for (Index done = 0; done < sweeps; done += interval_) {
      step(block, std::min(interval_, sweeps - done));
      if (flip_) flip(*block.chains, kernel::tanh(block.chains->overlap()));
    }
  }

  void step(Block& block, Index sweeps) const {
    block.chains->sweep(size(sweeps));
    block.tempering.exchange(*block.chains);
  }

  /// Heat bath for the sign of whole chains: s and -s have weights exp(+-A), A = sum_i h_i s_i, so
  /// that -s is drawn with probability (1 - tanh A)/2.
  static void flip(SpinLanes& chains, const LaneValues& tanh_A) {
    // Where A is large no chain flips, and there is nothing to draw.
    if (std::all_of(tanh_A.begin(), tanh_A.end(), [](double t) { return t == 1; })) return;
    const LaneValues u = chains.uniforms();
    LaneMask flipped = 0;
    for (std::size_t l = 0; l < spin_lanes; ++l) flipped |= LaneMask{2 * u[l] < 1 - tanh_A[l]} << l;
    if (flipped != 0) chains.flip(flipped);
  }

  void measure(Block& block, Index interval, Measured& measured, std::span<float> sums) const {
    step(block, interval);
    const LaneValues A = block.chains->overlap();
    measured.watched = {A, block.chains->bonds(), block.chains->magnetization()};
    // The average over s and its mirror image, whose weights are as exp(A) and exp(-A).
    const LaneValues tanh_A = kernel::tanh(A);
    if (flip_) {
      measured.weight = tanh_A;
    } else {
      measured.weight.fill(1);
    }
    if (levels_ > 1) keep_cold(block, measured);
    block.chains->add_spins(measured.weight, sums);
    if (flip_) flip(*block.chains, tanh_A);
  }

  /// Only the level of scale 1 counts: weight 0 for the others, and what is watched goes to the
  /// first lane of the chain.
  void keep_cold(const Block& block, Measured& measured) const {
    const LaneValues weight = measured.weight;
    measured.weight.fill(0);
    for (std::size_t c = 0; c < size(lanes / levels_); ++c) {
      const std::size_t cold = block.tempering.cold_lane(c);
      measured.weight[cold] = weight[cold];
      for (LaneValues& value : measured.watched) std::swap(value[c * size(levels_)], value[cold]);
    }
  }

  /// visit(walker, holds its first chain, lanes of it in this block, spins) after `sweeps` sweeps.
  template <class Visit>
  void advance(const States& x, const Betas& beta, Index sweeps, Visit&& visit) {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      move_to(b, x, beta, equilibrated_ ? 0 : 2 * sweeps);
      sweep(blocks_[b], sweeps);
      const auto spins = blocks_[b].chains->spins();
      const Index here = lanes / levels_, begin = static_cast<Index>(b) * here;
      const Index end = std::min(begin + here, walkers_ * chains_);
      for (Index chain = begin; chain < end;) {
        const Index w = chain / chains_, stop = std::min(end, (w + 1) * chains_);
        const bool first = chain % chains_ == 0;
        LaneMask members = 0;
        if (first) {  // alone, so that `draw` finds it
          members = LaneMask{1} << blocks_[b].tempering.cold_lane(size(chain++ - begin));
          visit(w, true, members, spins);
          members = 0;
        }
        for (; chain < stop; ++chain) {
          members |= LaneMask{1} << blocks_[b].tempering.cold_lane(size(chain - begin));
        }
        if (members != 0) visit(w, false, members, spins);
      }
    }
    equilibrated_ = true;
  }

  /// tanh of the local fields of a block's chains, added to their walkers.
  void add_means(std::size_t b, const States& x, const Betas& beta, MatrixXd& sums) const {
    const auto spins = blocks_[b].chains->spins();
    const Index here = lanes / levels_, first = static_cast<Index>(b) * here;
    const Index count = std::min(here, walkers_ * chains_ - first);
    for (Index i = 0; i < sites_; ++i) {
      LaneValues local{};
      for (auto k = graph_.first[size(i)]; k < graph_.first[size(i) + 1]; ++k) {
        const double K = graph_.coupling[size(k)];
        const LaneMask up = spins[size(graph_.neighbour[size(k)])];
        for (std::size_t l = 0; l < spin_lanes; ++l) local[l] += (up >> l & 1) != 0 ? K : -K;
      }
      const double own = graph_.field.empty() ? 0 : graph_.field[size(i)];
      for (Index l = 0; l < lanes; ++l) {
        const Index w = walker(b, l);
        local[size(l)] += own + beta[w] * x(i, w);
      }
      local = kernel::tanh(local);
      for (Index c = 0; c < count; ++c) {
        const std::size_t lane = blocks_[b].tempering.cold_lane(size(c));
        sums(i, (first + c) / chains_) += local[lane];
      }
    }
  }

  kernel::SpinGraph graph_;
  Index sites_, walkers_, levels_;
  bool flip_;
  Index chains_ = 0, groups_ = 1;
  Index interval_ = 1;  ///< sweeps between measurements, flips and exchanges
  std::vector<Block> blocks_;
  bool equilibrated_ = false;
};

}  // namespace

std::unique_ptr<MonteCarloPosterior> spin_posterior(const kernel::SpinGraph& graph, Index walkers,
                                                    const random::Address& address,
                                                    const SpinPosteriorOptions& options) {
  return std::make_unique<SpinPosterior>(graph, walkers, address, options);
}

}  // namespace symbreak::target
