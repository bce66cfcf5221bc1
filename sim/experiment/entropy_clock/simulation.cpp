#include "sim/experiment/entropy_clock/simulation.hpp"

#include "analysis/findings/entropy_clock/observables.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::entropy_clock {

namespace observable = findings::entropy_clock::observable;

namespace {

class EntropyRates final : public Unit<const Setting&> {
 public:
  EntropyRates(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address) {
    if (chains_) keep_chains("chains", *chains_);
  }

  /// Walkers are independent: a block's mean is one sample.
  void advance(measure::Recorder& recorder) override {
    const Index walkers = s_.walkers;
    const std::size_t times = s_.noise.size();
    std::vector<double> mmse(times), score(times), trace(times), table(2 * times), first(times),
        second(times), entropy(times), gap_score(times), gap_trace(times), clones(times);
    for (std::size_t i = 0; i < times; ++i) {
      const double s = s_.noise[i];
      const MatrixXd y = diffusion::clean_samples(s_.model, planted_, walkers);
      const MatrixXd x = y + std::sqrt(s) * normals(noise_, y.rows(), walkers);
      MatrixXd v(y.rows(), walkers);
      probes_.uniforms({v.data(), static_cast<std::size_t>(v.size())});
      v = v.unaryExpr([](double u) { return u < 0.5 ? -1.0 : 1.0; });
      const Rates rates = chains_ ? sampled(y, x, v, s) : exact(y, x, v, s);
      mmse[i] = rates.mmse;
      score[i] = rates.score;
      trace[i] = table[2 * i + 1] = rates.trace;
      clones[i] = rates.clones;
      first[i] = rates.information;
      second[i] = rates.information_square;
      entropy[i] = rates.entropy;
      gap_score[i] = mmse[i] - score[i];
      gap_trace[i] = mmse[i] - trace[i];
      table[2 * i] = s;
    }
    recorder.measure(observable::entropy_rate_mmse, mmse);
    recorder.measure(observable::entropy_rate_score, score);
    recorder.measure(observable::entropy_rate_trace, trace);
    recorder.measure(observable::entropy_rate_gap_score, gap_score);
    recorder.measure(observable::entropy_rate_gap_trace, gap_trace);
    recorder.measure(observable::entropy_rate_table, table);
    if (s_.summed()) {
      recorder.measure(observable::information, first);
      recorder.measure(observable::information_square, second);
    }
    recorder.measure(observable::entropy_produced, integral(trace));
    if (s_.summed() && s_.discrete()) {
      recorder.measure(observable::conditional_entropy, entropy);
    }
    if (s_.clones()) recorder.measure(observable::clone_probability, clones);
  }

 private:
  struct Rates {
    double mmse = 0, score = 0, trace = 0, clones = 0;
    double information = 0, information_square = 0, entropy = 0;  ///< of a summed posterior
  };
  Rates exact(const MatrixXd& y, const MatrixXd& x, const MatrixXd& v, double s) const {
    const target::Denoiser& denoiser = *s_.model.denoiser;
    const target::Posterior* posterior = s_.model.posterior;
    const VectorXd betas = VectorXd::Constant(s_.walkers, 1 / s);
    target::Averages averages;
    if (posterior != nullptr) {
      averages = posterior->averages(x, betas);
    } else {
      averages.mean = denoiser.mean(x, betas);
    }
    const MatrixXd product = denoiser.jacobian_product(x, betas, v);
    Rates rates;
    rates.mmse = (y - averages.mean).colwise().squaredNorm().mean() / (2 * s);
    rates.score =
        (static_cast<double>(x.rows()) - (averages.mean - x).colwise().squaredNorm().mean() / s) /
        2;
    rates.trace = v.cwiseProduct(product).colwise().sum().mean() / 2;
    if (posterior == nullptr) return rates;
    const VectorXd density =
        (x.colwise().squaredNorm() - (x - y).colwise().squaredNorm()).transpose() / (2 * s) -
        averages.log_partition;
    rates.information = density.mean();
    rates.information_square = density.squaredNorm() / static_cast<double>(s_.walkers);
    rates.entropy = averages.entropy.mean();
    if (s_.clones()) {
      rates.clones = posterior->class_probabilities(x, betas).colwise().squaredNorm().mean();
    }
    return rates;
  }
  /// The three estimators by two groups of chains, means over walkers and rounds.
  Rates sampled(const MatrixXd& y, const MatrixXd& x, const MatrixXd& v, double s) {
    const Index n = s_.walkers;
    const ChainGroups& groups = s_.groups;
    const VectorXd betas = VectorXd::Constant(2 * n, 1 / s);
    const double K = static_cast<double>(chains_->chains()), d = static_cast<double>(x.rows());
    const MatrixXd fields = groups.begin(*chains_, y, x, betas);
    const double weight = 1 / static_cast<double>(groups.rounds * n);
    Rates sum;
    for (Index round = 0; round < groups.rounds; ++round) {
      const MatrixXd states = chains_->draw(fields, betas, groups.sweeps);
      const MatrixXd sums = chains_->draw_sums(fields, betas, groups.sweeps);
      const MatrixXd a = sums.leftCols(n) / K, b = sums.rightCols(n) / K;
      sum.mmse += (y - a).cwiseProduct(y - b).sum() * weight / (2 * s);
      sum.score += (d - (a - x).cwiseProduct(b - x).sum() / (s * static_cast<double>(n))) / 2 /
                   static_cast<double>(groups.rounds);
      // Var(v.(a - b)) = 2 Var(v.y)/K
      sum.trace += v.cwiseProduct(a - b).colwise().sum().squaredNorm() * K / 2 * weight / (2 * s);
      if (!s_.clones()) continue;
      const MatrixXd ends = s_.model.data->class_shares(states);
      sum.clones += weight * ends.leftCols(n).cwiseProduct(ends.rightCols(n)).sum();
    }
    return sum;
  }
  /// Trapezoid rule in ln s: exponentially accurate where the rate vanishes at both ends.
  double integral(const std::vector<double>& rate) const {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < rate.size(); ++i) {
      sum += (rate[i] + rate[i + 1]) / 2 * std::log(s_.noise[i + 1] / s_.noise[i]);
    }
    return sum;
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  random::Stream& probes_ = stream(Purpose::projection);
  std::unique_ptr<target::MonteCarloPosterior> chains_ =
      s_.groups.make(s_.model, s_.walkers, address_.address(Purpose::posterior));
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<EntropyRates>(setting, address);
}

}  // namespace symbreak::experiment::entropy_clock
