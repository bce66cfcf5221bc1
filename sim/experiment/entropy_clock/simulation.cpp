#include "sim/experiment/entropy_clock/simulation.hpp"

#include "analysis/findings/entropy_clock/observables.hpp"
#include "sim/experiment/common/batch.hpp"

namespace symbreak::experiment::entropy_clock {

namespace observable = findings::entropy_clock::observable;

namespace {

using target::MatrixXd;
using target::VectorXd;

class EntropyRates final : public measure::Simulation {
 public:
  EntropyRates(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting),
        planted_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::noise)),
        probes_(address.stream(random::Purpose::projection)),
        chains_(setting.groups.make(setting.model, setting.walkers,
                                    address.address(random::Purpose::posterior))) {}

  std::int64_t blocks() const override { return s_.blocks; }

  /// Walkers are independent: a block's mean is one sample.
  void advance(measure::Recorder& recorder) override {
    const target::CleanData& data = *s_.model.data;
    const target::Denoiser& denoiser = *s_.model.denoiser;
    const Index d = denoiser.dimension(), walkers = s_.walkers;
    const std::size_t times = s_.noise.size();
    std::vector<double> mmse(times), score(times), trace(times), table(2 * times), first(times),
        second(times), entropy(times), gap_score(times), gap_trace(times), clones(times);
    for (std::size_t i = 0; i < times; ++i) {
      const double s = s_.noise[i];
      MatrixXd y(d, walkers), v(d, walkers);
      data.sample(planted_, y);
      const MatrixXd x = y + std::sqrt(s) * normals(noise_, d, walkers);
      probes_.uniforms({v.data(), static_cast<std::size_t>(v.size())});
      v = v.unaryExpr([](double u) { return u < 0.5 ? -1.0 : 1.0; });
      table[2 * i] = s;
      if (chains_) {
        const Rates rates = sampled(y, x, v, s);
        mmse[i] = rates.mmse;
        score[i] = rates.score;
        trace[i] = table[2 * i + 1] = rates.trace;
        clones[i] = rates.clones;
        gap_score[i] = mmse[i] - score[i];
        gap_trace[i] = mmse[i] - trace[i];
        continue;
      }
      const VectorXd betas = VectorXd::Constant(walkers, 1 / s);
      const target::Posterior* posterior = s_.model.posterior;
      target::Averages averages;
      if (posterior != nullptr) {
        averages = posterior->averages(x, betas);
      } else {
        averages.mean = denoiser.mean(x, betas);
      }
      const MatrixXd product = denoiser.jacobian_product(x, betas, v);

      mmse[i] = (y - averages.mean).colwise().squaredNorm().mean() / (2 * s);
      score[i] =
          (static_cast<double>(d) - (averages.mean - x).colwise().squaredNorm().mean() / s) / 2;
      trace[i] = v.cwiseProduct(product).colwise().sum().mean() / 2;
      gap_score[i] = mmse[i] - score[i];
      gap_trace[i] = mmse[i] - trace[i];
      table[2 * i + 1] = trace[i];
      if (posterior == nullptr) continue;
      const VectorXd density =
          (x.colwise().squaredNorm() - (x - y).colwise().squaredNorm()).transpose() / (2 * s) -
          averages.log_partition;
      first[i] = density.mean();
      second[i] = density.squaredNorm() / static_cast<double>(walkers);
      entropy[i] = averages.entropy.mean();
      if (s_.clones()) {
        clones[i] = posterior->class_probabilities(x, betas).colwise().squaredNorm().mean();
      }
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

  void save(measure::State& state) const override {
    save_streams(state, planted_, noise_, probes_);
    if (chains_) state.integers["chains"] = chains_->save();
  }
  void load(const measure::State& state) override {
    load_streams(state, planted_, noise_, probes_);
    if (chains_) chains_->load(state.integers.at("chains"));
  }

 private:
  struct Rates {
    double mmse = 0, score = 0, trace = 0, clones = 0;
  };
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
      const auto ends = s_.model.data->classify(states);
      for (Index k = 0; k < n; ++k) {
        sum.clones += weight * agreement(ends[static_cast<std::size_t>(k)],
                                         ends[static_cast<std::size_t>(n + k)]);
      }
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

  const Setting& s_;
  random::Stream planted_, noise_, probes_;
  std::unique_ptr<target::MonteCarloPosterior> chains_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<EntropyRates>(setting, address);
}

}  // namespace symbreak::experiment::entropy_clock
