#include "sim/target/spin_posterior.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "sim/kernel/field_lanes.hpp"
#include "sim/kernel/heat_bath.hpp"
#include "sim/target/spin_averages.hpp"

namespace symbreak::target {

namespace {

using kernel::LaneMask;
using kernel::LaneValues;
using kernel::spin_lanes;
using kernel::SpinLanes;

constexpr auto lanes = static_cast<Index>(spin_lanes);

/// Sweeps between two measurements (and global flips).
constexpr Index stride = 4;
std::uint64_t hash(std::span<const double> values) {
  std::uint64_t h = 0xcbf29ce484222325u;  // FNV-1a by words
  for (const double value : values) {
    h = (h ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3u;
    h ^= h >> 29;
  }
  return h;
}

class SpinPosterior final : public MonteCarloPosterior {
 public:
  SpinPosterior(const kernel::SpinGraph& graph, Index walkers, const random::Address& address,
                const SpinPosteriorOptions& options)
      : graph_(graph),
        sites_(static_cast<Index>(graph.sites())),
        walkers_(walkers),
        options_(options) {
    if (walkers < 1) throw std::invalid_argument("spin_posterior: needs at least one walker");
    chains_ = options.chains > 0 ? options.chains : std::max<Index>(16, lanes / walkers);
    // The lanes of a walker lie side by side; a kernel shares one field among runs of equal length.
    groups_ = chains_ % lanes == 0 ? 1 : lanes % chains_ == 0 ? lanes / chains_ : lanes;
    const Index blocks = (walkers * chains_ + lanes - 1) / lanes;
    random::Stream stream([&] {
      random::Address at = address;
      at.purpose = random::Purpose::posterior;
      return at;
    }());
    const bool uniform = kernel::has_uniform_bonds(graph);
    for (Index b = 0; b < blocks; ++b) {
      std::array<std::uint64_t, kernel::spin_random_words> seed;
      stream.words(seed);
      blocks_.push_back(
          {uniform ? kernel::heat_bath(graph, seed) : kernel::field_lanes(graph, seed), 0});
    }
    start();
  }

  Index chains() const override { return chains_; }

  void plant(const States& y) override {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      std::vector<LaneMask> spins(static_cast<std::size_t>(sites_), 0);
      for (Index l = 0; l < lanes; ++l) {
        const Index w = walker(b, l);
        for (Index i = 0; i < sites_; ++i) {
          spins[static_cast<std::size_t>(i)] |= LaneMask{y(i, w) > 0} << l;
        }
      }
      blocks_[b].chains->set_spins(spins);
    }
    equilibrated_ = true;
  }

  Estimate estimate(const States& x, const Betas& beta, Index sweeps) override {
    const Index interval = std::min(stride, std::max<Index>(sweeps, 1));
    SpinAverages averages(sites_, walkers_, chains_, std::max<Index>(1, sweeps / interval));
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      move_to(b, x, beta, sweeps);
      averages.measure(static_cast<Index>(b), [&](Watched& watched, std::span<float> sums) {
        SpinLanes& chains = *blocks_[b].chains;
        chains.sweep(static_cast<std::size_t>(interval));
        const LaneValues A = chains.overlap();
        watched = {A, chains.bonds(), chains.magnetization()};
        // The average over s and its mirror image, whose weights are as exp(A) and exp(-A).
        LaneValues weight;
        for (std::size_t l = 0; l < spin_lanes; ++l) {
          weight[l] = options_.flip ? std::tanh(A[l]) : 1;
        }
        chains.add_spins(weight, sums);
        if (options_.flip) flip(chains, A);
      });
    }
    equilibrated_ = true;
    return averages.estimate();
  }

  MatrixXd draw(const States& x, const Betas& beta, Index sweeps) override {
    MatrixXd result(sites_, walkers_);
    advance(x, beta, sweeps, [&](Index w, Index c, Index i, double s) {
      if (c == 0) result(i, w) = s;
    });
    return result;
  }

  MatrixXd draw_sums(const States& x, const Betas& beta, Index sweeps) override {
    MatrixXd result = MatrixXd::Zero(sites_, walkers_);
    advance(x, beta, sweeps, [&](Index w, Index, Index i, double s) { result(i, w) += s; });
    return result;
  }

  std::vector<std::uint64_t> save() const override {
    std::vector<std::uint64_t> state{format, static_cast<std::uint64_t>(sites_),
                                     static_cast<std::uint64_t>(walkers_),
                                     static_cast<std::uint64_t>(chains_), equilibrated_};
    for (const Block& block : blocks_) {
      state.push_back(block.field);
      for (const auto word : block.chains->random_state()) state.push_back(word);
      for (const auto word : block.chains->spins()) state.push_back(word);
    }
    return state;
  }

  void load(const std::vector<std::uint64_t>& state) override {
    const std::size_t header = 5, per_block = 1 + kernel::spin_random_words + graph_.sites();
    if (state.size() != header + per_block * blocks_.size() || state[0] != format ||
        state[1] != graph_.sites() || state[2] != static_cast<std::uint64_t>(walkers_) ||
        state[3] != static_cast<std::uint64_t>(chains_)) {
      throw std::invalid_argument("spin_posterior: the state belongs to other chains");
    }
    equilibrated_ = state[4] != 0;
    std::size_t at = header;
    for (Block& block : blocks_) {
      block.field = state[at];
      block.chains->set_random_state(kernel::SpinSeed(&state[at + 1], kernel::spin_random_words));
      block.chains->set_spins({&state[at + 1 + kernel::spin_random_words], graph_.sites()});
      at += per_block;
    }
  }

 private:
  static constexpr std::uint64_t format = 1;

  struct Block {
    std::unique_ptr<SpinLanes> chains;
    std::uint64_t field = 0;  ///< hash of the field it has moved to
  };

  /// Lanes beyond the last chain repeat the last walker and are never read.
  Index walker(std::size_t block, Index lane) const {
    return std::min((static_cast<Index>(block) * lanes + lane) / chains_, walkers_ - 1);
  }

  /// An ordered state of random sign where all bonds are ferromagnetic (a quench from disorder can
  /// freeze in stripes), else a random one.
  void start() {
    const bool ferromagnet = std::all_of(graph_.coupling.begin(), graph_.coupling.end(),
                                         [](double K) { return K >= 0; });
    for (Block& block : blocks_) {
      std::vector<LaneMask> spins(graph_.sites());
      for (LaneMask& word : spins) {
        if (!ferromagnet || &word == spins.data()) {
          const LaneValues u = block.chains->uniforms();
          for (std::size_t l = 0; l < spin_lanes; ++l) word |= LaneMask{u[l] < 0.5} << l;
        } else {
          word = spins[0];
        }
      }
      block.chains->set_spins(spins);
    }
  }

  /// Sets the field of a block; when it is a new one, forgets the old one for a quarter of the
  /// sweeps to come, and for twice as many as those after a start that was not planted.
  void move_to(std::size_t b, const States& x, const Betas& beta, Index sweeps) {
    std::vector<double> field(static_cast<std::size_t>(sites_ * groups_));
    for (Index g = 0; g < groups_; ++g) {
      const Index w = walker(b, g * (lanes / groups_));
      for (Index i = 0; i < sites_; ++i) {
        const double own = graph_.field.empty() ? 0 : graph_.field[static_cast<std::size_t>(i)];
        field[static_cast<std::size_t>(i * groups_ + g)] = own + beta[w] * x(i, w);
      }
    }
    Block& block = blocks_[b];
    block.chains->set_field(field, static_cast<std::size_t>(groups_));
    const std::uint64_t now = hash(field);
    if (now != block.field) sweep(*block.chains, equilibrated_ ? sweeps / 4 : 2 * sweeps);
    block.field = now;
  }

  /// Heat bath with a global flip every few sweeps.
  void sweep(SpinLanes& chains, Index sweeps) const {
    for (Index done = 0; done < sweeps; done += stride) {
      chains.sweep(static_cast<std::size_t>(std::min(stride, sweeps - done)));
      if (options_.flip) flip(chains, chains.overlap());
    }
  }

  /// Heat bath for the sign of whole chains: s or -s with weights exp(+-A), A = sum_i h_i s_i.
  static void flip(SpinLanes& chains, const LaneValues& A) {
    const LaneValues u = chains.uniforms();
    LaneMask flipped = 0;
    for (std::size_t l = 0; l < spin_lanes; ++l) {
      flipped |= LaneMask{u[l] * (1 + std::exp(std::min(2 * A[l], 700.0))) < 1} << l;
    }
    if (flipped != 0) chains.flip(flipped);
  }

  template <class Visit>
  void advance(const States& x, const Betas& beta, Index sweeps, Visit&& visit) {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      move_to(b, x, beta, sweeps);
      sweep(*blocks_[b].chains, sweeps);
      const auto spins = blocks_[b].chains->spins();
      for (Index l = 0; l < lanes; ++l) {
        const Index chain = static_cast<Index>(b) * lanes + l, w = chain / chains_;
        if (w >= walkers_) break;
        for (Index i = 0; i < sites_; ++i) {
          visit(w, chain % chains_, i, spins[static_cast<std::size_t>(i)] >> l & 1 ? 1.0 : -1.0);
        }
      }
    }
    equilibrated_ = true;
  }

  kernel::SpinGraph graph_;
  Index sites_, walkers_, chains_ = 0, groups_ = 1;
  SpinPosteriorOptions options_;
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
