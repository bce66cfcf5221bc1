#include "sim/experiment/discrete_generation/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/discrete_generation/observables.hpp"
#include "sim/diffusion/channel/exact_curve.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment::discrete_generation {

namespace observable = findings::discrete_generation::observable;

namespace {

class SpinGeneration final : public Unit<Setting> {
 public:
  SpinGeneration(Setting setting, const measure::UnitAddress& address)
      : Unit(std::move(setting), address) {
    if (s_.chains == 0) return;
    chains_ =
        target::chains(*s_.target, s_.walkers, address.address(Purpose::posterior), s_.chains);
    keep_chains("chains", *chains_);
  }

  /// Trajectories are independent: a block's mean is one sample.
  void advance(measure::Recorder& recorder) override {
    MatrixXd x = start();
    if (chains_) begin_chains(x);
    double r_hat = 1;
    if (s_.sampler == diffusion::SpinSampler::one_site) {
      for (Index i = 0; i < x.rows(); ++i) r_hat = std::max(r_hat, open(x));
    } else {
      for (std::size_t k = 0; k + 1 < s_.signals.size(); ++k) {
        r_hat = std::max(r_hat, step(s_.signals[k], s_.signals[k + 1], x));
      }
    }
    if (chains_) recorder.measure(observable::r_hat, r_hat);
    const MatrixXd y = clean(planted_);
    const auto square = [](const MatrixXd& spins) {
      return spins.colwise().sum().squaredNorm() / static_cast<double>(spins.size());
    };
    recorder.measure(observable::magnetization_second, square(x));
    recorder.measure(observable::magnetization_second_of_data, square(y));
    if (s_.energies) {
      const auto energy = [&](const MatrixXd& spins) {
        return spin_values(*s_.target, spins, s_.coupling_unit).energy.mean();
      };
      recorder.measure(observable::energy, energy(x));
      recorder.measure(observable::energy_of_data, energy(y));
    }
    if (s_.leaps) recorder.measure(observable::leaping_excess, leaping_excess(y));
  }

 private:
  MatrixXd clean(random::Stream& stream) const {
    MatrixXd y(s_.target->dimension(), s_.walkers);
    s_.target->sample(stream, y);
    return y;
  }
  MatrixXd start() {
    // Chains begin in clean data in any case: without signal these are draws from the posterior.
    if (!s_.uniform_start || chains_) behind_ = clean(start_);
    const MatrixXd y =
        s_.uniform_start ? MatrixXd::Ones(s_.target->dimension(), s_.walkers) : behind_;
    return diffusion::noised(*s_.channel, y, s_.uniform_start ? 0 : s_.signals.front(), noise_);
  }
  void begin_chains(const MatrixXd& x) {
    chains_->plant(behind_);
    if (s_.burn_in == 0) return;
    const double field = s_.channel->field(s_.signals.front());
    chains_->draw(x, VectorXd::Constant(x.cols(), field), s_.burn_in);
  }
  double step(double from, double to, MatrixXd& x) {
    if (chains_) {
      return diffusion::reverse_step(s_.sampler, *s_.channel,
                                     diffusion::SampledPosterior{*chains_, s_.sweeps}, from, to,
                                     dynamics_, x);
    }
    diffusion::reverse_step(s_.sampler, *s_.channel, *s_.target, from, to, dynamics_, x);
    return 1;
  }
  double open(MatrixXd& x) {
    if (chains_) {
      return diffusion::open_one(*s_.channel, diffusion::SampledPosterior{*chains_, s_.sweeps},
                                 dynamics_, x);
    }
    diffusion::open_one(*s_.channel, *s_.target, dynamics_, x);
    return 1;
  }
  /// log of the probability of y over that of the leaps to make it, for a random order: every spin
  /// given what was open when it opened. Its fluctuations are of the size of its mean.
  double leaping_excess(const MatrixXd& y) {
    MatrixXd place(y.rows(), y.cols());  // the share e at which a spin opens
    order_.uniforms({place.data(), static_cast<std::size_t>(place.size())});
    double sum = diffusion::log_probabilities(*s_.target, y).sum();
    for (std::size_t k = 0; k + 1 < s_.signals.size(); ++k) {
      const double from = s_.channel->noise(s_.signals[k]);
      const double to = s_.channel->noise(s_.signals[k + 1]);
      const MatrixXd x = (place.array() < from).select(MatrixXd::Zero(y.rows(), y.cols()), y);
      const MatrixXd mean =
          s_.target->mean(x, VectorXd::Constant(s_.walkers, s_.channel->field(s_.signals[k])));
      for (Index i = 0; i < y.size(); ++i) {
        const double at = place.data()[i];
        if (!(at < from && at >= to)) continue;
        sum -= std::log(std::max(1e-300, (1 + y.data()[i] * mean.data()[i]) / 2));
      }
    }
    return sum / static_cast<double>(s_.walkers);
  }

  std::unique_ptr<target::MonteCarloPosterior> chains_;
  MatrixXd behind_;  // the clean data that chains begin in
  random::Stream& start_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::noise);
  random::Stream& dynamics_ = stream(Purpose::dynamics);
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& order_ = stream(Purpose::projection);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<SpinGeneration>(std::move(setting), address);
}

}  // namespace symbreak::experiment::discrete_generation
