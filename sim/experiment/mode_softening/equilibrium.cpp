// mode_softening in Langevin equilibrium at fixed noise: an infinitely slow sweep. Chains of half
// of the units start ordered, those of the others in noise. The score is not a gradient: this is
// the stationary state of the dynamics, not a Gibbs measure.
#include <fmt/format.h>

#include <cmath>

#include "sim/diffusion/forward.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/experiment/mode_softening/experiment.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Setting {
  std::shared_ptr<const target::PatchScore> score;
  double noise = 1, step = 0.2, time_per_block = 50, burn_in = 0;
  Index walkers = 1;
  std::int64_t blocks = 1, burn_in_blocks = 0;
};

class EquilibriumUnit final : public Simulation {
 public:
  EquilibriumUnit(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        modes_(setting.score->lattice()[0], setting.score->lattice()[1]),
        stream_(address.stream(random::Purpose::langevin)) {
    random::Stream start = address.stream(random::Purpose::start);
    x_.resize(s_.score->dimension(), s_.walkers);
    start.normals(std::span<double>(x_.data(), static_cast<std::size_t>(x_.size())));
    x_ *= std::sqrt(s_.noise);
    if (address.replica % 2 == 0) x_.array() += 1;
  }

  std::int64_t blocks() const override { return s_.burn_in_blocks + s_.blocks; }

  void advance(Recorder& recorder) override {
    if (done_++ < s_.burn_in_blocks) {
      move(s_.burn_in / static_cast<double>(s_.burn_in_blocks));
      return;
    }
    // Walkers are independent chains of one ensemble: their mean is one sample.
    constexpr Index measurements = 10;
    for (Index i = 0; i < measurements; ++i) {
      move(s_.time_per_block / static_cast<double>(measurements));
      const MatrixXd mean = s_.score->mean(x_, VectorXd::Constant(s_.walkers, 1 / s_.noise));
      const Eigen::ArrayXd m = mean.colwise().mean().transpose();
      recorder.measure("m_abs", m.abs().mean());
      recorder.measure("m2", m.square().mean());
      recorder.measure("m4", m.square().square().mean());
      recorder.measure(
          "local_variance",
          s_.score->local_variance(x_, VectorXd::Constant(s_.walkers, 1 / s_.noise)).mean());
      const VectorXd axis = modes_.axis(modes_.power(mean)).rowwise().mean();
      recorder.measure("structure", std::span<const double>(axis.data(), 2));
    }
  }

  void save(State& state) const override {
    state.integers["chain"] = {stream_.position(), static_cast<std::uint64_t>(done_)};
    state.reals["x"].assign(x_.data(), x_.data() + x_.size());
  }
  void load(const State& state) override {
    stream_.seek(state.integers.at("chain")[0]);
    done_ = static_cast<std::int64_t>(state.integers.at("chain")[1]);
    const auto& x = state.reals.at("x");
    std::copy(x.begin(), x.end(), x_.data());
  }

 private:
  void move(double tau) { diffusion::langevin(*s_.score, s_.noise, tau, s_.step, stream_, x_); }

  const Setting& s_;
  LatticeModes modes_;
  random::Stream stream_;
  MatrixXd x_;
  std::int64_t done_ = 0;
};

class Equilibrium final : public Experiment {
 public:
  explicit Equilibrium(const deck::Parameters& parameters) {
    s_.score = build_patch_score(parameters);
    s_.noise = diffusion::Forward(parameters).at(parameters.real("experiment.t")).noise();
    s_.step = parameters.real("experiment.langevin_step");
    s_.time_per_block = parameters.real("sampling.time_per_block");
    s_.burn_in = parameters.real("sampling.burn_in");
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    s_.burn_in_blocks = static_cast<std::int64_t>(std::ceil(s_.burn_in / s_.time_per_block));
    replicas_ = parameters.integer("sampling.replicas");
  }

  std::vector<ObservableInfo> observables() const override {
    const auto info = [](const std::string& name, std::vector<Index> shape,
                         const std::string& text) {
      return ObservableInfo{.name = name, .shape = std::move(shape), .text = text, .max_bins = 128};
    };
    return {info("m_abs", {}, "|M| of the clean mean, per site"),
            info("m2", {}, "M^2 of the clean mean"), info("m4", {}, "M^4 of the clean mean"),
            info("local_variance", {}, "mean over pixels of Var_i(phi_0)"),
            info("structure", {2}, "S(0) and S(2 pi/L) of the clean mean, per site")};
  }
  std::vector<verdict::Prediction> predictions() const override {
    const target::Windows windows = s_.score->windows(1 / s_.noise);
    return {{"signal_to_noise", static_cast<double>(windows.size()) / s_.noise, "q = P^2/s"},
            {"lattice_side", static_cast<double>(windows.width), "L"},
            {"window", static_cast<double>(windows.size()), "P^2"}};
  }
  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    return static_cast<double>(s_.walkers * s_.score->dimension()) * 12e-9 / s_.step *
           (s_.burn_in + s_.time_per_block * static_cast<double>(s_.blocks));
  }
  std::size_t memory_per_unit() const override {
    return s_.score->memory() +
           sizeof(double) * 8 * static_cast<std::size_t>(s_.score->dimension() * s_.walkers);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<EquilibriumUnit>(s_, address);
  }

 private:
  Setting s_;
  std::int64_t replicas_ = 1;
};

}  // namespace

std::unique_ptr<Experiment> softening_equilibrium(const deck::Parameters& parameters) {
  return std::make_unique<Equilibrium>(parameters);
}

}  // namespace symbreak::experiment
