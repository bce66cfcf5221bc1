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

#include "analysis/findings/entropy_clock/observables.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"
#include "sim/experiment/entropy_clock/criteria.hpp"
#include "sim/experiment/entropy_clock/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment::entropy_clock {

namespace observable = findings::entropy_clock::observable;
namespace fact = findings::entropy_clock::fact;
namespace prediction = findings::entropy_clock::prediction;

namespace {

class EntropyClockExperiment final : public measure::Experiment {
 public:
  explicit EntropyClockExperiment(const deck::Parameters& parameters) : forward_(parameters) {
    s_.model = target::build_model(parameters, {});
    s_.groups = chain_groups(parameters, s_.model);
    // The posterior without field and noise is the law of the data itself.
    if (s_.model.posterior != nullptr && s_.model.exact()) {
      s_.data_entropy = s_.model.posterior
                            ->averages(target::MatrixXd::Zero(s_.model.denoiser->dimension(), 1),
                                       target::VectorXd::Constant(1, 1e-30))
                            .entropy[0];
    }
    const auto range = diffusion::noise_range(parameters, forward_, s_.model);
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

  std::vector<measure::ObservableInfo> observables() const override {
    const auto times = static_cast<Index>(s_.noise.size());
    const auto rate = [&](verdict::ObservableName name, const std::string& text) {
      return measure::ObservableInfo{
          .name = name, .shape = {times}, .unit = "nats per ln s", .text = text, .max_bins = 64};
    };
    std::vector<measure::ObservableInfo> infos = {
        rate(observable::entropy_rate_mmse, "dH/dln s = |y - <y>|^2/(2s), all coordinates"),
        rate(observable::entropy_rate_score, "dH/dln s = (d - s |score|^2)/2"),
        rate(observable::entropy_rate_trace, "dH/dln s = v.(d<y>/dx)v/2, v = +-1 (Hutchinson)"),
        rate(observable::entropy_rate_gap_score,
             "mmse estimator minus score estimator, same samples"),
        rate(observable::entropy_rate_gap_trace,
             "mmse estimator minus trace estimator, same samples"),
        {.name = observable::entropy_rate_table,
         .shape = {times, 2},
         .text = "columns s and dH/dln s (trace estimator): the file for experiment.rate_file",
         .max_bins = 2},
        {.name = observable::entropy_produced,
         .unit = "nats",
         .text = "integral of the trace estimator over ln s, from the last to the first time"}};
    if (s_.summed()) {
      infos.push_back({.name = observable::information,
                       .shape = {times},
                       .unit = "nats",
                       .text = "information density i = log p(x|y)/p(x); its mean is I(y;x)",
                       .max_bins = 64});
      infos.push_back(
          {.name = observable::information_square,
           .shape = {times},
           .unit = "nats^2",
           .text = "i^2; minus the square of the mean: variance of the pathwise entropy",
           .max_bins = 64});
    }
    if (s_.summed() && s_.discrete()) {
      infos.push_back({.name = observable::conditional_entropy,
                       .shape = {times},
                       .unit = "nats",
                       .text = "H(y|x), the entropy of the posterior",
                       .max_bins = 64});
    }
    if (s_.clones()) {
      infos.push_back({.name = observable::clone_probability,
                       .shape = {times},
                       .text = "sum_c P(c|x)^2: two clones split here end in the same class",
                       .max_bins = 64});
    }
    return measure::independent(std::move(infos));  // new data, and chains planted at them
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<double> times;
    for (const double s : s_.noise) times.push_back(forward_.time(s));
    return {{fact::time, times, "deck's clock"}, {fact::noise, s_.noise, "s = sigma^2 t"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = critical_criteria(s_.model, forward_);
    if (const auto classes = target::two_classes(*s_.model.denoiser);
        classes && classes->log_odds == 0) {
      if (const double noise = classes->axis.squaredNorm() - classes->variance; noise > 0) {
        all.push_back({prediction::critical_clone, forward_.time(noise), "G = 1, phi(1) = .7752"});
      }
    }
    if (s_.discrete()) {
      all.push_back({prediction::data_entropy, s_.data_entropy, "entropy of the data's law, nats"});
    }
    const auto* target = target::part<target::Target>(*s_.model.denoiser);
    if (target == nullptr || target->dimension() > 1) return all;
    std::vector<double> rate;
    for (const double s : s_.noise) rate.push_back(diffusion::rate_by_quadrature(*target, s));
    all.push_back({prediction::rate, rate, "quadrature over p_s"});
    // Peaks of the rate per unit of s^power, by golden section on the quadrature. A hierarchy has
    // one for every level, and then none is *the* peak.
    int maxima = 0;
    for (std::size_t i = 1; i + 1 < rate.size(); ++i) {
      maxima += rate[i] > rate[i - 1] && rate[i] > rate[i + 1];
    }
    if (maxima > 1) return all;
    for (const prediction::Peak& peak : prediction::peaks) {
      const auto value = [&](double log_s) {
        const double s = std::exp(log_s);
        return diffusion::rate_by_quadrature(*target, s) * std::pow(s, -peak.power);
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
      all.push_back({peak.name, std::exp((low + high) / 2), "maximum of the quadrature"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    if (s_.groups.used) {
      return static_cast<double>(s_.walkers * s_.blocks) * static_cast<double>(s_.noise.size()) *
             static_cast<double>(s_.model.denoiser->dimension()) * s_.groups.updates() * 0.5e-9;
    }
    const auto* points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    const double size = points ? static_cast<double>(points->count()) : 4;
    return static_cast<double>(s_.walkers * s_.blocks) * static_cast<double>(s_.noise.size()) *
           (static_cast<double>(s_.model.denoiser->dimension()) * (size * 1.5e-9 + 20e-9) + 200e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto* points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    const std::size_t tile =
        points ? static_cast<std::size_t>(std::min<Index>(points->count(), 512)) : 4;
    return s_.model.denoiser->memory() +
           sizeof(double) * static_cast<std::size_t>(s_.walkers) *
               (10 * static_cast<std::size_t>(s_.model.denoiser->dimension()) + 4 * tile);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(s_, address);
  }

 private:
  diffusion::Forward forward_;
  Setting s_;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind kind() {
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
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<EntropyClockExperiment>(parameters);
  };
  return kind;
}

}  // namespace symbreak::experiment::entropy_clock
