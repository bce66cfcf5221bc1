#include "sim/experiment/discrete_clock/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/discrete_clock/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::discrete_clock {

namespace observable = findings::discrete_clock::observable;

namespace {

class ChannelRates final : public Unit<Setting> {
 public:
  ChannelRates(Setting setting, const measure::UnitAddress& address)
      : Unit(std::move(setting), address) {
    if (!chains_) return;
    keep_chains("chains", *chains_);
    keep_chains("integral", *integral_);
  }

  /// States are independent: a block's mean is one sample.
  void advance(measure::Recorder& recorder) override {
    const std::size_t levels = s_.signals.size();
    std::vector<double> entropy(levels), rate(levels), overlap(levels), gap(levels), clones(levels),
        clone_gap(levels);
    for (std::size_t i = 0; i < levels; ++i) {
      const Level at = chains_ ? sampled(s_.signals[i]) : summed(s_.signals[i]);
      entropy[i] = at.entropy;
      rate[i] = at.rate;
      overlap[i] = at.overlap;
      gap[i] = at.truth - at.overlap;
      clones[i] = at.clones;
      clone_gap[i] = at.clones - at.returns;
    }
    recorder.measure(observable::overlap, overlap);
    recorder.measure(observable::overlap_identity, gap);
    if (s_.softening) measure_softening(recorder);
    if (s_.classes) {
      recorder.measure(observable::clone_probability, clones);
      recorder.measure(observable::clone_identity, clone_gap);
    }
    if (s_.entropies) recorder.measure(observable::conditional_entropy, entropy);
    recorder.measure(observable::entropy_rate, rate);
    recorder.measure(observable::entropy_produced, chains_ ? produced_by_chains() : produced());
  }

 private:
  /// theta h lambda_max(Cov(y|x)) of typical states where the noise-free branch of these couplings
  /// bends: 1 on that branch.
  void measure_softening(measure::Recorder& recorder) {
    constexpr Index kStates = 16;
    const double lambda = *s_.target->critical_noise();
    const double signal = self_consistent_signal(lambda), h = s_.channel->field(signal);
    const Index d = s_.target->dimension(), states = std::min(kStates, s_.walkers);
    MatrixXd y(d, states);
    s_.target->sample(typical_, y);
    const MatrixXd x = diffusion::noised(*s_.channel, y, signal, typical_);
    double sum = 0;
    for (Index k = 0; k < states; ++k) {
      const MatrixXd J = s_.target->jacobian_product(
          x.col(k).replicate(1, d), VectorXd::Constant(d, h), MatrixXd::Identity(d, d));
      sum += signal * target::eigenvalues((J + J.transpose()) / 2)[d - 1];
    }
    recorder.measure(observable::softening, sum / static_cast<double>(states));
    recorder.measure(observable::eigenvalue, lambda);
  }
  /// Means over the states of a block.
  struct Level {
    double entropy = 0;  ///< of a summed posterior
    double rate = 0;
    double overlap = 0, truth = 0;   ///< |<y>|^2/d, <y>.y/d
    double clones = 0, returns = 0;  ///< a clone's class is that of another one, of the datum
  };
  Level summed(double signal) {
    const Sample at = sample(VectorXd::Constant(s_.walkers, signal));
    const double spins = static_cast<double>(at.y.size());
    Level level;
    level.entropy = at.posterior.entropy.mean();
    level.rate = diffusion::entropy_rate(*s_.channel, at.x, at.posterior.mean, signal);
    level.overlap = at.posterior.mean.squaredNorm() / spins;
    level.truth = at.posterior.mean.cwiseProduct(at.y).sum() / spins;
    if (!s_.classes) return level;
    const MatrixXd p = s_.target->class_probabilities(at.x, at.fields);
    level.clones = p.colwise().squaredNorm().mean();
    level.returns = p.cwiseProduct(s_.target->class_shares(at.y)).colwise().sum().mean();
    return level;
  }
  /// Two groups of chains planted at y: products of their means are unbiased.
  Level sampled(double signal) {
    const Index n = s_.walkers;
    MatrixXd y(s_.target->dimension(), n);
    s_.target->sample(planted_, y);
    const MatrixXd x = diffusion::noised(*s_.channel, y, signal, noise_);
    const VectorXd h = VectorXd::Constant(2 * n, s_.channel->field(signal));
    const MatrixXd fields = s_.groups.begin(*chains_, y, x, h);
    const MatrixXd own = s_.target->class_shares(y);
    const double K = static_cast<double>(chains_->chains());
    const double states = static_cast<double>(s_.groups.rounds * n);
    const double spins = static_cast<double>(y.rows()) * states;
    Level level;
    MatrixXd one = MatrixXd::Zero(y.rows(), n), other = one;
    for (Index round = 0; round < s_.groups.rounds; ++round) {
      const MatrixXd ends = chains_->draw(fields, h, s_.groups.sweeps);
      const MatrixXd sums = chains_->draw_means(fields, h, s_.groups.sweeps);
      const MatrixXd a = sums.leftCols(n) / K, b = sums.rightCols(n) / K;
      level.overlap += a.cwiseProduct(b).sum() / spins;
      level.truth += y.cwiseProduct(a + b).sum() / 2 / spins;
      one += a / static_cast<double>(s_.groups.rounds);
      other += b / static_cast<double>(s_.groups.rounds);
      if (!s_.classes) continue;
      const MatrixXd shares = s_.target->class_shares(ends);
      level.clones += shares.leftCols(n).cwiseProduct(shares.rightCols(n)).sum() / states;
      level.returns += shares.leftCols(n).cwiseProduct(own).sum() / states;
    }
    level.rate = diffusion::entropy_rate(*s_.channel, x, one, other, signal);
    return level;
  }
  struct Sample {
    MatrixXd y, x;
    VectorXd fields;
    target::Averages posterior;
  };
  Sample sample(const VectorXd& signals) {
    Sample at;
    at.y.resize(s_.target->dimension(), s_.walkers);
    at.x.resizeLike(at.y);
    s_.target->sample(planted_, at.y);
    at.fields.resize(s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) {
      at.x.col(k) = diffusion::noised(*s_.channel, at.y.col(k), signals[k], noise_);
      at.fields[k] = s_.channel->field(signals[k]);
    }
    at.posterior = s_.target->averages(at.x, at.fields);
    return at;
  }
  /// The integral of the rate over the signal, u = 1 - (1-v)^3, one v in each of `walkers` equal
  /// parts of [0, 1]: no error of integration, and the logarithm at u = 1 is tamed.
  double produced() {
    const VectorXd rest = strata();
    const VectorXd signals = 1 - rest.array().cube();
    const Sample at = sample(signals);
    double sum = 0;
    for (Index k = 0; k < s_.walkers; ++k) {
      sum +=
          3 * rest[k] * rest[k] *
          diffusion::entropy_rate(*s_.channel, at.x.col(k), at.posterior.mean.col(k), signals[k]);
    }
    return sum / static_cast<double>(s_.walkers);
  }
  /// 1 - v.
  VectorXd strata() {
    VectorXd place(s_.walkers);
    place_.uniforms({place.data(), static_cast<std::size_t>(place.size())});
    const double n = static_cast<double>(s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) place[k] = (static_cast<double>(k) + place[k]) / n;
    constexpr double kLeast = 1e-4;  // nearer to u = 1 rounding is all there is, and nothing else
    return (1 - place.array()).max(kLeast);
  }
  /// The same of a sampled posterior, with chains and states of its own.
  double produced_by_chains() {
    const Index n = s_.walkers;
    const VectorXd rest = strata();
    MatrixXd y(s_.target->dimension(), n), x(y.rows(), n);
    s_.target->sample(typical_, y);
    VectorXd h(n);
    for (Index k = 0; k < n; ++k) {
      const double signal = 1 - rest[k] * rest[k] * rest[k];
      x.col(k) = diffusion::noised(*s_.channel, y.col(k), signal, typical_);
      h[k] = s_.channel->field(signal);
    }
    const VectorXd both = h.replicate(2, 1);
    const MatrixXd fields = s_.groups.begin(*integral_, y, x, both);
    const double K = static_cast<double>(integral_->chains() * s_.groups.rounds);
    MatrixXd sums = MatrixXd::Zero(y.rows(), 2 * n);
    for (Index round = 0; round < 2 * s_.groups.rounds; ++round) {
      sums += integral_->draw_means(fields, both, s_.groups.sweeps);
    }
    sums /= 2 * K;
    double sum = 0;
    for (Index k = 0; k < n; ++k) {
      sum += 3 * rest[k] * rest[k] *
             diffusion::entropy_rate(*s_.channel, x.col(k), sums.col(k), sums.col(n + k),
                                     1 - rest[k] * rest[k] * rest[k]);
    }
    return sum / static_cast<double>(n);
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  random::Stream& place_ = stream(Purpose::projection);
  random::Stream& typical_ = stream(Purpose::target);
  std::unique_ptr<target::MonteCarloPosterior> chains_ =
      s_.groups.make(s_.target, s_.walkers, address_.address(Purpose::posterior));
  std::unique_ptr<target::MonteCarloPosterior> integral_ =
      s_.groups.make(s_.target, s_.walkers, address_.address(Purpose::copies));
};

}  // namespace

double self_consistent_signal(double lambda) {
  double low = 0, high = 1;
  while (high - low > 1e-15) {
    const double middle = (low + high) / 2;
    if (middle == low || middle == high) break;
    (lambda * middle * std::atanh(middle) < 1 ? low : high) = middle;
  }
  return high;
}

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<ChannelRates>(std::move(setting), address);
}

}  // namespace symbreak::experiment::discrete_clock
