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
    if (!s_.leaps) return;
    measuring_ = target::chains(*s_.target, 2 * s_.walkers, address.address(Purpose::copies),
                                std::max<Index>(1, s_.chains / 2));
    keep_chains("measuring", *measuring_);
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
    const MatrixXd y = clean(planted_);
    if (s_.leaps) {
      recorder.measure(observable::leaping_excess, chains_ ? sampled_excess(y) : leaping_excess(y));
    }
    if (chains_) recorder.measure(observable::r_hat, r_hat);
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

  /// Riemann sum of h(e) = dH(y|x)/de on the grid minus its integral, of one masking of each y.
  double sampled_excess(const MatrixXd& y) {
    const Index n = s_.walkers;
    MatrixXd place(y.rows(), n);  // the share e from which on a spin is masked
    order_.uniforms({place.data(), static_cast<std::size_t>(place.size())});
    const auto masked = [&](const VectorXd& e) -> MatrixXd {
      return (place.array() < e.transpose().replicate(y.rows(), 1).array())
          .select(MatrixXd::Zero(y.rows(), n), y);
    };
    const VectorXd h = VectorXd::Constant(2 * n, s_.channel->field(0));
    // Every chain begins in y, which is a posterior draw at any e, and forgets that the others do.
    const Index rounds = 4, sweeps = std::max<Index>(1, s_.sweeps / rounds);
    const auto means = [&](const MatrixXd& x) {
      measuring_->plant(y.replicate(1, 2));
      if (s_.burn_in > 0) measuring_->draw(x.replicate(1, 2), h, s_.burn_in);
      MatrixXd sums = MatrixXd::Zero(x.rows(), 2 * n);
      for (Index round = 0; round < rounds; ++round) {
        sums += measuring_->draw_means(x.replicate(1, 2), h, sweeps);
      }
      return MatrixXd(sums / static_cast<double>(rounds * measuring_->chains()));
    };
    double sum = 0;
    for (std::size_t k = 0; k + 1 < s_.signals.size(); ++k) {
      const double from = s_.channel->noise(s_.signals[k]);
      const double to = s_.channel->noise(s_.signals[k + 1]);
      const MatrixXd x = masked(VectorXd::Constant(n, from));
      const MatrixXd mean = means(x);
      sum += (from - to) * diffusion::entropy_rate(*s_.channel, x, mean.leftCols(n),
                                                   mean.rightCols(n), s_.signals[k]);
    }
    // One e in each of n equal parts of (0, 1): no error of integration.
    VectorXd e(n);
    order_.uniforms({e.data(), static_cast<std::size_t>(n)});
    for (Index w = 0; w < n; ++w) e[w] = (static_cast<double>(w) + e[w]) / static_cast<double>(n);
    const MatrixXd x = masked(e);
    const MatrixXd mean = means(x);
    for (Index w = 0; w < n; ++w) {
      sum -= diffusion::entropy_rate(*s_.channel, x.col(w), mean.col(w), mean.col(n + w),
                                     s_.channel->signal(e[w])) /
             static_cast<double>(n);
    }
    return sum;
  }

  std::unique_ptr<target::MonteCarloPosterior> chains_, measuring_;
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
