#include "sim/experiment/discrete_clock/simulation.hpp"

#include "analysis/findings/discrete_clock/observables.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::discrete_clock {

namespace observable = findings::discrete_clock::observable;

namespace {

class ChannelRates final : public Unit<Setting> {
 public:
  using Unit::Unit;

  /// States are independent: a block's mean is one sample.
  void advance(measure::Recorder& recorder) override {
    const std::size_t levels = s_.signals.size();
    std::vector<double> entropy(levels), rate(levels), overlap(levels), gap(levels), clones(levels),
        clone_gap(levels);
    for (std::size_t i = 0; i < levels; ++i) {
      const Sample at = sample(VectorXd::Constant(s_.walkers, s_.signals[i]));
      const double spins = static_cast<double>(at.y.size());
      entropy[i] = at.posterior.entropy.mean();
      rate[i] = diffusion::entropy_rate(*s_.channel, at.x, at.posterior.mean, s_.signals[i]);
      overlap[i] = at.posterior.mean.squaredNorm() / spins;
      gap[i] = at.posterior.mean.cwiseProduct(at.y - at.posterior.mean).sum() / spins;
      if (!s_.classes) continue;
      const MatrixXd p = s_.target->class_probabilities(at.x, at.fields);
      const auto labels = s_.target->classify(at.y);
      clones[i] = p.colwise().squaredNorm().mean();
      double own = 0;
      for (Index k = 0; k < s_.walkers; ++k) {
        const Index label = labels[static_cast<std::size_t>(k)];
        own += label >= 0 ? p(label, k) : p.col(k).mean();  // a draw belongs to all alike
      }
      clone_gap[i] = clones[i] - own / static_cast<double>(s_.walkers);
    }
    recorder.measure(observable::conditional_entropy, entropy);
    recorder.measure(observable::entropy_rate, rate);
    recorder.measure(observable::overlap, overlap);
    recorder.measure(observable::overlap_identity, gap);
    if (s_.classes) {
      recorder.measure(observable::clone_probability, clones);
      recorder.measure(observable::clone_identity, clone_gap);
    }
    recorder.measure(observable::entropy_produced, produced());
  }

 private:
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
    VectorXd place(s_.walkers);
    place_.uniforms({place.data(), static_cast<std::size_t>(place.size())});
    const double n = static_cast<double>(s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) place[k] = (static_cast<double>(k) + place[k]) / n;
    const VectorXd rest = 1 - place.array();
    const VectorXd signals = 1 - rest.array().cube();
    const Sample at = sample(signals);
    double sum = 0;
    for (Index k = 0; k < s_.walkers; ++k) {
      sum +=
          3 * rest[k] * rest[k] *
          diffusion::entropy_rate(*s_.channel, at.x.col(k), at.posterior.mean.col(k), signals[k]);
    }
    return sum / n;
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  random::Stream& place_ = stream(Purpose::projection);
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<ChannelRates>(std::move(setting), address);
}

}  // namespace symbreak::experiment::discrete_clock
