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
#include <cmath>

#include "analysis/findings/entropy_clock/observables.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/entropy_clock/criteria.hpp"
#include "sim/experiment/entropy_clock/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment::entropy_clock {

using namespace findings::entropy_clock;

namespace {

class EntropyClockExperiment final : public BatchExperiment<Setting> {
 public:
  explicit EntropyClockExperiment(const deck::Parameters& parameters)
      : BatchExperiment(parameters) {
    s_.model = target::build_model(parameters, {});
    s_.groups = chain_groups(parameters, s_.model);
    // The posterior without field and noise is the law of the data itself.
    s_.points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    if (s_.points == nullptr && s_.model.posterior != nullptr && s_.model.exact()) {
      s_.data_entropy = s_.model.posterior
                            ->averages(target::MatrixXd::Zero(s_.model.denoiser->dimension(), 1),
                                       target::VectorXd::Constant(1, 1e-30))
                            .entropy[0];
    }
    s_.noise = recorded_noise(parameters, forward_, s_.model);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto times = static_cast<Index>(s_.noise.size());
    const auto at_times = [&](verdict::ObservableName name, const std::string& text,
                              const std::string& unit) {
      return measure::ObservableInfo{
          .name = name, .shape = {times}, .unit = unit, .text = text, .max_bins = 64};
    };
    const auto rate = [&](verdict::ObservableName name, const std::string& text) {
      return at_times(name, text, "nats per ln s");
    };
    std::vector<measure::ObservableInfo> infos = {
        rate(observable::entropy_rate_mmse, "dH/dln s = |y - <y>|^2/(2s), all coordinates"),
        rate(observable::entropy_rate_score, "dH/dln s = (d - s |score|^2)/2"),
        rate(observable::entropy_rate_trace, "dH/dln s = v.(d<y>/dx)v/2, v = +-1 (Hutchinson)"),
        rate(observable::entropy_rate_gap_score,
             "mmse estimator minus score estimator, same samples"),
        rate(observable::entropy_rate_gap_trace,
             "mmse estimator minus trace estimator, same samples"),
        shaped(observable::entropy_rate_table, {times, 2},
               "columns s and dH/dln s (trace estimator): the file for experiment.rate_file", 2),
        {.name = observable::entropy_produced,
         .unit = "nats",
         .text = "integral of the trace estimator over ln s, from the last to the first time"}};
    if (s_.summed()) {
      append(infos,
             {at_times(observable::information,
                       "information density i = log p(x|y)/p(x); its mean is I(y;x)", "nats"),
              at_times(observable::information_square,
                       "i^2; minus the square of the mean: variance of the pathwise entropy",
                       "nats^2")});
    }
    if (s_.summed() && s_.discrete()) {
      infos.push_back(at_times(observable::conditional_entropy,
                               "H(y|x), the entropy of the posterior", "nats"));
    }
    if (s_.clones()) {
      infos.push_back(at_times(observable::clone_probability,
                               "sum_c P(c|x)^2: two clones split here end in the same class", ""));
    }
    return measure::independent(std::move(infos));  // new data, and chains planted at them
  }

  std::vector<verdict::Fact> facts() const override {
    return {{fact::time, times_of(forward_, s_.noise), "deck's clock"},
            {fact::noise, s_.noise, "s = sigma^2 t"}};
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
      all.push_back({prediction::data_entropy,
                     s_.points != nullptr ? s_.points->entropy() : s_.data_entropy,
                     "entropy of the data's law, nats"});
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

  double seconds_per_unit() const override {
    const double d = static_cast<double>(s_.model.denoiser->dimension());
    // A posterior and a Jacobian product cost some four clean means.
    return s_.walkers_per_unit() * static_cast<double>(s_.noise.size()) *
           (s_.groups.used ? d * s_.groups.updates() * 0.5e-9
                           : 4 * mean_seconds(*s_.model.denoiser));
  }
  std::size_t memory_per_unit() const override {
    const auto* points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    const Index tile = points ? std::min<Index>(points->count(), 512) : 4;
    return memory_with(*s_.model.denoiser,
                       s_.walkers * (10 * s_.model.denoiser->dimension() + 4 * tile));
  }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "entropy_clock";
  kind.text =
      "entropy production dH/ds by mmse, score norm and Jacobian trace; sum rule, peaks in every "
      "clock, pathwise variance; its table is a time grid (Stancevic & Ambrogioni 2025)";
  kind.keys = diffusion::start_keys();
  std::erase_if(kind.keys, [](const deck::Key& key) { return !key.name.starts_with("t_"); });
  append(
      kind.keys,
      deck::joined({{deck::count_key("experiment", "records", "41",
                                     "noise levels, even in ln s, from t_end to t_start", 5, 999)},
                    chain_group_keys(),
                    batch_keys("1024", "16", "4")}));
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = make<EntropyClockExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::entropy_clock
