// Entropy production of the reverse process, measured three ways, and the clock built from it.
//
// H(s) = H(y|x) at noise s. Per unit ln s (I-MMSE: Guo, Shamai & Verdu 2005; Stancevic & Ambrogioni
// 2025), with forward noised data x = y + sqrt(s) z:
//   mmse    r = E|y - <y>|^2/(2s)                    any denoiser
//   score   r = (d - s E|score|^2)/2                 needs the score to be that of p_s
//   trace   r = E tr(d<y>/dx)/2, Hutchinson: v.Jv/2 with v = +-1: needs no clean data
// The three agree for the exact score of the law that y is drawn from, and for nothing else: their
// gap is a test of a score machine. Pathwise: the information density i = log p(x|y)/p(x) of single
// trajectories, whose mean is I(y;x) and whose variance (the dispersion) is that of the pathwise
// entropy. Unbiased; cost per sample one posterior and one Jacobian product.
//
// Of a sampled posterior the same rates come from two groups a, b of chains planted at y, without
// bias: (y - a).(y - b), (a - x).(b - x), and the variance of v.y. Their gaps then also show chains
// that have not forgotten y. log Z, and with it the information, stays unknown.
#include <fmt/format.h>

#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/chain_groups.hpp"
#include "sim/experiment/common/criteria.hpp"
#include "analysis/findings/entropy_clock/findings.hpp"
#include "sim/experiment/families.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

struct Setting {
  std::shared_ptr<const target::Target> target;
  std::vector<double> noise;  ///< ascending, even in ln s
  Index walkers = 0;
  std::int64_t blocks = 0;
  double data_entropy = NAN;  ///< nats; NaN: continuous data, or not known
  ChainGroups groups;
};

class EntropyClockRun final : public Simulation {
 public:
  EntropyClockRun(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        planted_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::noise)),
        probes_(address.stream(random::Purpose::projection)),
        chains_(setting.groups.make(*setting.target, setting.walkers,
                                    address.address(random::Purpose::posterior))) {}

  std::int64_t blocks() const override { return s_.blocks; }

  /// Walkers are independent: a block's mean is one sample.
  void advance(Recorder& recorder) override {
    const target::Target& target = *s_.target;
    const Index d = target.dimension(), walkers = s_.walkers;
    const std::size_t times = s_.noise.size();
    std::vector<double> mmse(times), score(times), trace(times), table(2 * times), first(times),
        second(times), entropy(times), gap_score(times), gap_trace(times), clones(times);
    for (std::size_t i = 0; i < times; ++i) {
      const double s = s_.noise[i];
      MatrixXd y(d, walkers), x(d, walkers), v(d, walkers);
      target.sample(planted_, y);
      noise_.normals(flat(x));
      x = y + std::sqrt(s) * x;
      probes_.uniforms(flat(v));
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
      const target::Posterior posterior = target.posterior(x, betas);
      const MatrixXd product = target.jacobian_product(x, betas, v);

      mmse[i] = (y - posterior.mean).colwise().squaredNorm().mean() / (2 * s);
      score[i] =
          (static_cast<double>(d) - (posterior.mean - x).colwise().squaredNorm().mean() / s) / 2;
      trace[i] = v.cwiseProduct(product).colwise().sum().mean() / 2;
      gap_score[i] = mmse[i] - score[i];
      gap_trace[i] = mmse[i] - trace[i];
      table[2 * i + 1] = trace[i];
      const VectorXd density =
          (x.colwise().squaredNorm() - (x - y).colwise().squaredNorm()).transpose() / (2 * s) -
          posterior.log_partition;
      first[i] = density.mean();
      second[i] = density.squaredNorm() / static_cast<double>(walkers);
      entropy[i] = posterior.entropy.mean();
      if (target.classes() > 1) {
        clones[i] = target.class_probabilities(x, betas).colwise().squaredNorm().mean();
      }
    }
    recorder.measure("entropy_rate_mmse", mmse);
    recorder.measure("entropy_rate_score", score);
    recorder.measure("entropy_rate_trace", trace);
    recorder.measure("entropy_rate_gap_score", gap_score);
    recorder.measure("entropy_rate_gap_trace", gap_trace);
    recorder.measure("entropy_rate_table", table);
    if (!chains_) {
      recorder.measure("information", first);
      recorder.measure("information_square", second);
    }
    recorder.measure("entropy_produced", integral(trace));
    if (!chains_ && std::isfinite(s_.data_entropy)) {
      recorder.measure("conditional_entropy", entropy);
    }
    if (target.classes() > 1) recorder.measure("clone_probability", clones);
  }

  void save(State& state) const override {
    state.integers["streams"] = {planted_.position(), noise_.position(), probes_.position()};
    if (chains_) state.integers["chains"] = chains_->save();
  }
  void load(const State& state) override {
    const auto& streams = state.integers.at("streams");
    planted_.seek(streams[0]);
    noise_.seek(streams[1]);
    probes_.seek(streams[2]);
    if (chains_) chains_->load(state.integers.at("chains"));
  }

 private:
  static std::span<double> flat(MatrixXd& matrix) {
    return {matrix.data(), static_cast<std::size_t>(matrix.size())};
  }
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
      if (s_.target->classes() < 2) continue;
      const auto ends = s_.target->classify(states);
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

class EntropyClockExperiment final : public Experiment {
 public:
  explicit EntropyClockExperiment(const deck::Parameters& parameters) : forward_(parameters) {
    s_.target = target::build(parameters, {});
    s_.groups = chain_groups(parameters, *s_.target);
    // The posterior without field and noise is the law of the data itself.
    if (s_.target->exact()) {
      s_.data_entropy = s_.target
                            ->posterior(target::MatrixXd::Zero(s_.target->dimension(), 1),
                                        target::VectorXd::Constant(1, 1e-30))
                            .entropy[0];
    }
    const auto range = diffusion::noise_range(parameters, forward_, *s_.target);
    if (!(range.from > range.to)) {
      throw deck::KeyError("experiment.t_start", "t_start must exceed t_end");
    }
    const auto records = parameters.integer("experiment.records");
    for (std::int64_t i = 0; i < records; ++i) {
      s_.noise.push_back(range.to *
                         std::pow(range.from / range.to,
                                  static_cast<double>(i) / static_cast<double>(records - 1)));
    }
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
  }

  std::vector<ObservableInfo> observables() const override {
    const auto times = static_cast<Index>(s_.noise.size());
    const auto rate = [&](const std::string& name, const std::string& text) {
      return ObservableInfo{
          .name = name, .shape = {times}, .unit = "nats per ln s", .text = text, .max_bins = 64};
    };
    std::vector<ObservableInfo> infos = {
        rate("entropy_rate_mmse", "dH/dln s = |y - <y>|^2/(2s), all coordinates"),
        rate("entropy_rate_score", "dH/dln s = (d - s |score|^2)/2"),
        rate("entropy_rate_trace", "dH/dln s = v.(d<y>/dx)v/2, v = +-1 (Hutchinson)"),
        rate("entropy_rate_gap_score", "mmse estimator minus score estimator, same samples"),
        rate("entropy_rate_gap_trace", "mmse estimator minus trace estimator, same samples"),
        {.name = "entropy_rate_table",
         .shape = {times, 2},
         .text = "columns s and dH/dln s (trace estimator): the file for experiment.rate_file",
         .max_bins = 2},
        {.name = "entropy_produced",
         .unit = "nats",
         .text = "integral of the trace estimator over ln s, from the last to the first time"}};
    if (!s_.groups.used) {
      infos.push_back({.name = "information",
                       .shape = {times},
                       .unit = "nats",
                       .text = "information density i = log p(x|y)/p(x); its mean is I(y;x)",
                       .max_bins = 64});
      infos.push_back(
          {.name = "information_square",
           .shape = {times},
           .unit = "nats^2",
           .text = "i^2; minus the square of the mean: variance of the pathwise entropy",
           .max_bins = 64});
    }
    if (discrete() && !s_.groups.used) {
      infos.push_back({.name = "conditional_entropy",
                       .shape = {times},
                       .unit = "nats",
                       .text = "H(y|x), the entropy of the posterior",
                       .max_bins = 64});
    }
    if (s_.target->classes() > 1) {
      infos.push_back({.name = "clone_probability",
                       .shape = {times},
                       .text = "sum_c P(c|x)^2: two clones split here end in the same class",
                       .max_bins = 64});
    }
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    const target::Target& target = *s_.target;
    std::vector<verdict::Prediction> all = critical_criteria(target, forward_);
    if (const auto classes = target.two_classes(); classes && classes->log_odds == 0) {
      if (const double noise = classes->axis.squaredNorm() - classes->variance; noise > 0) {
        all.push_back({"critical_clone", forward_.time(noise), "G = 1, phi(1) = .7752"});
      }
    }
    for (std::size_t i = 0; i < s_.noise.size(); ++i) {
      all.push_back({fmt::format("time_{:03}", i), forward_.time(s_.noise[i]), "deck's clock"});
      all.push_back({fmt::format("noise_{:03}", i), s_.noise[i], "s = sigma^2 t"});
    }
    if (discrete()) {
      all.push_back({"data_entropy", s_.data_entropy, "entropy of the data's law, nats"});
    }
    if (target.dimension() > 1) return all;
    std::vector<double> rate;
    for (std::size_t i = 0; i < s_.noise.size(); ++i) {
      rate.push_back(diffusion::rate_by_quadrature(target, s_.noise[i]));
      all.push_back({fmt::format("rate_{:03}", i), rate.back(), "quadrature over p_s"});
    }
    // Peaks of the rate per unit of s^power, by golden section on the quadrature. A hierarchy has
    // one for every level, and then none is *the* peak.
    int maxima = 0;
    for (std::size_t i = 1; i + 1 < rate.size(); ++i) {
      maxima += rate[i] > rate[i - 1] && rate[i] > rate[i + 1];
    }
    if (maxima > 1) return all;
    const char* clocks[] = {"log_s", "sqrt_s", "s"};
    for (int k = 0; k < 3; ++k) {
      const auto value = [&](double log_s) {
        const double s = std::exp(log_s);
        return diffusion::rate_by_quadrature(target, s) * std::pow(s, -0.5 * k);
      };
      double low = std::log(s_.noise.front()), high = std::log(s_.noise.back());
      constexpr double kGolden = 0.6180339887498949;
      double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
      double at_a = value(a), at_b = value(b);
      while (high - low > 1e-7) {
        if (at_a > at_b) {
          high = b;
          b = a;
          at_b = at_a;
          at_a = value(a = high - kGolden * (high - low));
        } else {
          low = a;
          a = b;
          at_a = at_b;
          at_b = value(b = low + kGolden * (high - low));
        }
      }
      all.push_back({std::string("peak_") + clocks[k], std::exp((low + high) / 2),
                     "maximum of the quadrature"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    if (s_.groups.used) {
      return static_cast<double>(s_.walkers * s_.blocks) * static_cast<double>(s_.noise.size()) *
             static_cast<double>(s_.target->dimension()) * s_.groups.updates() * 0.5e-9;
    }
    const auto points = s_.target->points();
    const double size = points ? static_cast<double>(points->count) : 4;
    return static_cast<double>(s_.walkers * s_.blocks) * static_cast<double>(s_.noise.size()) *
           (static_cast<double>(s_.target->dimension()) * (size * 1.5e-9 + 20e-9) + 200e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto points = s_.target->points();
    const std::size_t tile =
        points ? static_cast<std::size_t>(std::min<Index>(points->count, 512)) : 4;
    return s_.target->memory() +
           sizeof(double) * static_cast<std::size_t>(s_.walkers) *
               (10 * static_cast<std::size_t>(s_.target->dimension()) + 4 * tile);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<EntropyClockRun>(s_, address);
  }

 private:
  /// Discrete data have an entropy, and so has their posterior.
  bool discrete() const { return std::isfinite(s_.data_entropy); }

  diffusion::Forward forward_;
  Setting s_;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind entropy_clock() {
  using deck::Key;
  ExperimentKind kind;
  kind.name = "entropy_clock";
  kind.text =
      "entropy production dH/ds by mmse, score norm and Jacobian trace; sum rule, peaks in every "
      "clock, pathwise variance; its table is a time grid (Stancevic & Ambrogioni 2025)";
  for (const Key& key : diffusion::start_keys()) {
    if (key.name.starts_with("t_")) kind.keys.push_back(key);
  }
  kind.keys.push_back(deck::count_key("experiment", "records", "41",
                                      "noise levels, even in ln s, from t_end to t_start", 5, 999));
  for (const Key& key : chain_group_keys()) kind.keys.push_back(key);
  for (const Key& key : batch_keys("1024", "16", "4")) kind.keys.push_back(key);
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<EntropyClockExperiment>(parameters);
  };
  kind.analyse = analyse_entropy_clock;
  return kind;
}

}  // namespace symbreak::experiment
