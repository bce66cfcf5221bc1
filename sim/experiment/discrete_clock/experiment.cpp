// Entropy production of spins that are flipped or masked, the clock of a discrete diffusion model.
//
// H(u) = H(y|x) at signal u (sim/diffusion/channel). The I-MMSE relation of each channel gives its rate
// from the posterior means alone, and the integral of the rate is the entropy of the data (sum
// rule). Noised data x of clean data y: unbiased, one posterior a state. Exactly known beside it:
// the curve of chains and rings, exchangeable and few spins (sim/diffusion/channel/exact_curve.hpp).
//
// Critical noises, by what they mean, lambda = lambda_max of the covariance, theta^2 <-> 1 - e:
//   self_consistent  flip: lambda theta atanh theta = 1, the noise-free m = M(h theta m) bends, the
//                    twin of beta lambda = 1; erase has none (kept spins have no noise-free path)
//   signal           lambda theta^2 = 1: the signal has variance one along the leading mode
//   hidden           (lambda - 1) theta^2 = 1: that mode of x stands out of its bulk by as much
//   vp_score         theta^2 = 1/(1 + lambda), as for the variance-preserving score
//   clone            two futures of x agree with probability .7752: the only one that is an event
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/discrete_clock/observables.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/channel/exact_curve.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/discrete_clock/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/chain_classes.hpp"

namespace symbreak::experiment::discrete_clock {

using namespace findings::discrete_clock;

namespace {

/// Whether the classes are the signs of M, of which the exact curve knows the clones; those of a
/// mixture are its components. Seen at random states.
bool has_classes_by_sign(const target::CleanData& data) {
  if (data.classes() != 2) return false;
  random::Stream probe = random::probe();
  const MatrixXd z = random::normals(probe, data.mean_of_target().size(), 256);
  const MatrixXd y = (z.array() > 0).select(MatrixXd::Ones(z.rows(), z.cols()), -1);
  const MatrixXd shares = data.class_shares(y);
  const Eigen::ArrayXd up = (y.colwise().sum().array().sign() + 1) / 2;
  constexpr double kRounding = 1e-6;
  return (shares.row(0).transpose().array() - up).abs().maxCoeff() < kRounding ||
         (shares.row(1).transpose().array() - up).abs().maxCoeff() < kRounding;
}

class DiscreteClockExperiment final : public PointExperiment<Setting> {
 public:
  explicit DiscreteClockExperiment(const deck::Parameters& parameters)
      : PointExperiment(parameters), target_(parameters) {
    s_.channel = diffusion::make_channel(parameters);
    noise_ = diffusion::levels_of(parameters, *s_.channel);
    const diffusion::SpinClock clock(parameters);
    for (const double noise : noise_) {
      s_.signals.push_back(s_.channel->signal(noise));
      time_.push_back(clock.time(s_.signals.back()));
    }
    const auto target = target_.sample();
    diffusion::require_spins(*target);
    s_.groups = chain_groups(parameters, target);
    s_.classes = target->classes() > 1;
    s_.entropies = !s_.groups.used && knows_entropies(*target);
    constexpr Index kFew = 20;  // spins, all eigenvalues of whose covariances are found
    s_.softening = s_.channel->law() == theory::SpinNoise::flip && target_.disordered() &&
                   target->exact() && target->even() && target->dimension() <= kFew &&
                   has_spins(*target);
    dimension_ = target->dimension();
    memory_ = target->memory();
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto levels = static_cast<Index>(s_.signals.size());
    const auto at_levels = [&](verdict::ObservableName name, const std::string& text,
                               const std::string& unit = "") {
      return measure::ObservableInfo{
          .name = name, .shape = {levels}, .unit = unit, .text = text, .max_bins = 64};
    };
    std::vector<measure::ObservableInfo> infos = {
        at_levels(observable::overlap, "|<y>|^2/d"),
        at_levels(observable::overlap_identity, "<y>.(y - <y>)/d, of mean zero (exact identity)")};
    if (s_.entropies) {
      infos.push_back(at_levels(observable::conditional_entropy,
                                "H(y|x), the entropy of the posterior", "nats"));
    }
    append(infos,
           {at_levels(observable::entropy_rate,
                      "-dH(y|x)/du by the channel's I-MMSE relation, u = 1 - e or theta = 1 - 2p: "
                      "dH/de of erasures, -dH/dtheta of flips",
                      "nats"),
            {.name = observable::entropy_produced,
             .unit = "nats",
             .text = "integral of the rate over all signals"}});
    if (s_.classes) {
      append(infos, {at_levels(observable::clone_probability,
                               "sum_c P(c|x)^2: two clones split here end in the same class"),
                     at_levels(observable::clone_identity,
                               "sum_c P(c|x)^2 - P(class of y|x), of mean zero (exact identity)")});
    }
    if (s_.softening) {
      append(
          infos,
          {{.name = observable::softening,
            .text = "theta h lambda_max(Cov(y|x)) at typical x where lambda theta atanh theta = 1 "
                    "for these couplings: 1 on the noise-free branch"},
           {.name = observable::eigenvalue, .text = "lambda, largest eigenvalue of Cov(y)"}});
    }
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    return {{fact::noise, noise_, "share e of masked spins, or probability p of a flip"},
            {fact::time, time_, "t of the deck's clock, -ln u where it names none"},
            {fact::dimension, static_cast<double>(dimension_), "number of spins"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (target_.disordered()) return all;
    const auto target = target_.sample();
    if (target->exact() && knows_entropies(*target)) {
      all.push_back({prediction::data_entropy, diffusion::data_entropy(*target),
                     "entropy of the data's law, nats"});
    } else if (const auto entropy = target->known(target::Known::entropy)) {
      all.push_back({prediction::data_entropy, entropy->value, entropy->source});
    }
    append(all, critical_noises(*target));
    append(all, clones_of_chains(*target));
    const auto curve = diffusion::exact_curve(*target, *s_.channel);
    if (!curve) return all;
    const std::string source = "exact curve of " + s_.channel->describe();
    const auto tabulated = [&](verdict::PredictionName name, const auto& of) {
      std::vector<double> values;
      for (const double u : s_.signals) {
        if (const std::optional<double> value = of(u)) values.push_back(*value);
      }
      if (values.size() == s_.signals.size()) all.push_back({name, values, source});
    };
    tabulated(prediction::conditional_entropy, [&](double u) { return curve->entropy(u); });
    tabulated(prediction::entropy_rate, [&](double u) { return curve->rate(u); });
    tabulated(prediction::overlap, [&](double u) { return curve->overlap(u); });
    tabulated(prediction::sign_agreement, [&](double u) { return curve->clones(u, false); });
    if (has_classes_by_sign(*target)) {
      tabulated(prediction::clone_probability, [&](double u) { return curve->clones(u, true); });
      constexpr double kOneSigma = 0.775200245397;  // phi(1)
      if (const auto u = theory::signal_of_clones(*curve, kOneSigma)) {
        all.push_back({prediction::critical_clone, s_.channel->noise(*u),
                       "clones agree with probability phi(1) = .7752, exact curve"});
      }
    }
    constexpr int kCurve = 32;
    std::vector<double> noise, entropy, rate;
    for (int i = 1; i < kCurve; ++i) {
      noise.push_back(s_.channel->most_noise() * i / kCurve);
      entropy.push_back(curve->entropy(s_.channel->signal(noise.back())));
      rate.push_back(curve->rate(s_.channel->signal(noise.back())));
    }
    all.push_back({prediction::curve_noise, noise, "of the curves drawn"});
    all.push_back({prediction::curve_entropy, entropy, source});
    all.push_back({prediction::curve_rate, rate, source});
    return all;
  }

  double seconds_per_unit() const override {
    const auto target = target_.sample();
    if (s_.groups.used) {
      return s_.walkers_per_unit() *
             static_cast<double>((s_.signals.size() + 1) * target->dimension()) *
             s_.groups.updates() * 0.5e-9;
    }
    return s_.walkers_per_unit() * (static_cast<double>(s_.signals.size()) + 1) * 4 *
           mean_seconds(*target);
  }
  std::size_t memory_per_unit() const override {
    return memory_ + sizeof(double) * static_cast<std::size_t>(8 * dimension_ * s_.walkers);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    Setting setting = s_;
    setting.target = target_.of(address);
    return simulation(std::move(setting), address);
  }

 private:
  /// Mixtures know no entropy of their posterior.
  static bool knows_entropies(const target::Target& target) {
    if (!target.exact()) return false;
    const target::VectorXd none = target::VectorXd::Zero(target.dimension());
    return !std::isnan(target.averages(none, target::VectorXd::Ones(1)).entropy[0]);
  }
  std::vector<verdict::Prediction> clones_of_chains(const target::Target& target) const {
    const auto* mixture = target::part<target::ChainClassLaw>(target);
    const auto chains = mixture ? mixture->chain_classes() : std::nullopt;
    if (!chains || s_.channel->law() != theory::SpinNoise::erase) return {};
    std::vector<double> clones;
    for (const double u : s_.signals) clones.push_back(theory::erased_clones(*chains, 1 - u));
    return {{prediction::clone_probability, clones,
             "law of the likelihood ratio of two chains, transfer of its characteristic function"}};
  }
  std::vector<verdict::Prediction> critical_noises(const target::Target& target) const {
    std::vector<verdict::Prediction> all;
    const auto lambda = target.even() ? target.critical_noise() : std::nullopt;
    if (!lambda) return all;
    const bool erase = s_.channel->law() == theory::SpinNoise::erase;
    // From theta^2 to the noise.
    const auto known = [&](verdict::PredictionName name, double square, const std::string& text) {
      if (!(square > 0 && square < 1)) return;
      const double u = erase ? square : std::sqrt(square);
      all.push_back({name, s_.channel->noise(u), text});
    };
    const std::string square = erase ? "(1 - e)" : "theta^2";
    if (!erase) {
      const double theta = self_consistent_signal(*lambda);
      known(prediction::critical_self_consistent, theta * theta,
            "lambda theta atanh theta = 1, the noise-free branch bends");
    }
    known(prediction::critical_signal, 1 / *lambda, "lambda " + square + " = 1");
    known(prediction::critical_hidden, 1 / (*lambda - 1), "(lambda - 1) " + square + " = 1");
    known(prediction::critical_vp_score, 1 / (1 + *lambda), square + " = 1/(1 + lambda)");
    return all;
  }

  UnitTarget target_;
  std::vector<double> noise_, time_;
  Index dimension_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "discrete_clock";
  kind.text =
      "+-1 spins through flips or masks: entropy production by the channel's own I-MMSE relation, "
      "sum rule, clones, critical noises; exact on chains, Curie-Weiss and few spins";
  kind.keys = deck::joined(
      {diffusion::channel_keys(),
       diffusion::level_keys(deck::list_of(deck::real_key(
           "experiment", "noise", "0.1, 0.2, 0.3, 0.4",
           "levels: share e of masked spins (erase, below 1) or probability p of a flip (flip, "
           "below 1/2)",
           0, 1))),
       chain_group_keys(),
       {deck::sampling_key("walkers", "256", "noisy states evaluated together (one batch)", 2, 1e6),
        deck::sampling_key("blocks", "16", "batches per work unit"),
        deck::sampling_key("replicas", "4", "independent work units"),
        deck::sampling_key("disorder_samples", "1",
                           "independent couplings or datasets; errors come from them")}});
  kind.needs = {target::Part::clean_data, target::Part::posterior};
  kind.make = make<DiscreteClockExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::discrete_clock
