// Guided generation: classifier-free guidance from noise to data, and what it costs.
//
// The score is (1 + w) s(x|c) - w s(x), i.e. the clean mean (1 + w) <y>_c - w <y>; w = 0 is
// conditional sampling. (Others call 1 + w the scale.) The weight may depend on the noise through
// the signal G = a^2/(v + s), a the distance of the class's mean from the middle of the two
// classes (of any others: from the mean of the data) and v the class's variance along that axis:
//   constant   w
//   window     w for guidance_low < G < guidance_high, weight_outside elsewhere
//   power      w min(G^guidance_power, guidance_largest)
// Runs start from the noised law of all classes. At the end, noise s: place and variance along the
// axis in deviations of the class, variance over all coordinates, mean posterior probability of
// the class, energy distance to noised data of the class: the last is 0 for an exact sampler at w =
// 0 only. Of two Gaussian classes the laws of both, SDE and probability flow, are known
// (analysis/theory/guidance.hpp); of e^{alpha d} classes of random means their limit
// (analysis/theory/guided_classes.hpp), where P(class|x) along the runs tells when they condense. Of a
// network both scores are the worker's, which takes the class as an argument; moments, samples and
// posterior probabilities are those of the data beside it, and predictions those of an exact network. A
// guided clean mean is that of no law, hence steps are of the
// sampler's order and never exact: compare numbers of steps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/guided_generation/many_classes.hpp"
#include "sim/experiment/guided_generation/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment::guided_generation {

namespace {

using namespace findings::guided_generation;
using target::Betas;
using target::MatrixXd;
using target::States;
using target::VectorXd;

/// Signal of a class at a noise.
struct Signal {
  double squared_distance = 0, variance = 0;
  double at(double noise) const { return squared_distance / (variance + noise); }
};

class GuidedScore final : public target::Denoiser {
 public:
  GuidedScore(target::Model model, Index label, Signal signal, theory::GuidanceWeight weight)
      : model_(std::move(model)),
        classes_(target::part<target::ClassScore>(*model_.denoiser)),
        label_(label),
        signal_(signal),
        weight_(weight) {}

  Index dimension() const override { return model_.denoiser->dimension(); }
  MatrixXd mean(const States& x, const Betas& beta) const override {
    const VectorXd w = weights(beta);
    MatrixXd guided = classes_->class_mean(x, beta, label_);
    if (w.isZero(0)) return guided;
    const MatrixXd all = model_.denoiser->mean(x, beta);
    guided += (guided - all) * w.asDiagonal();
    return guided;
  }
  /// By central differences along v: of a guided score nobody asks for more.
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    const VectorXd step =
        1e-5 * beta.array().rsqrt() / v.colwise().norm().transpose().array().max(1e-300);
    const MatrixXd shift = v * step.asDiagonal();
    return (mean(x + shift, beta) - mean(x - shift, beta)) *
           (0.5 * step.cwiseInverse()).asDiagonal();
  }
  std::string describe() const override { return "guided " + model_.denoiser->describe(); }
  std::size_t memory() const override { return model_.denoiser->memory(); }

 private:
  VectorXd weights(const Betas& beta) const {
    return beta.unaryExpr([this](double b) { return weight_.at(signal_.at(1 / b)); });
  }
  target::Model model_;
  const target::ClassScore* classes_;
  Index label_;
  Signal signal_;
  theory::GuidanceWeight weight_;
};

theory::GuidanceWeight weight_of(const deck::Parameters& parameters) {
  const std::string& law = parameters.word("experiment.weight_law");
  theory::GuidanceWeight weight{.inside = parameters.real("experiment.weight")};
  if (law == "window") {
    weight.low = parameters.real("experiment.guidance_low");
    weight.high = parameters.real("experiment.guidance_high");
    weight.outside = parameters.real("experiment.weight_outside");
    refuse_if(!(weight.low < weight.high), "experiment.guidance_high",
              "the window must have guidance_low < guidance_high");
  } else if (law == "power") {
    weight.power = parameters.real("experiment.guidance_power");
    weight.largest = parameters.real("experiment.guidance_largest");
  }
  return weight;
}

class GuidedExperiment final : public BatchExperiment<Setting> {
 public:
  explicit GuidedExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.read(parameters);
    const target::CleanData& data = *s_.model.data;
    refuse_if(data.classes() < 2, "target.kind",
              "guidance needs a target with two classes or more");
    s_.label = parameters.integer("experiment.class") - 1;
    refuse_if(s_.label >= data.classes(), "experiment.class",
              fmt::format("the target has {} classes", data.classes()));
    refuse_if(data.class_weights()[s_.label] == 0, "experiment.class", "this class is empty");
    s_.classes = target::part<target::ClassScore>(*s_.model.denoiser);
    s_.classes->will_ask_for_classes();
    const auto* network = target::part<target::Network>(*s_.model.denoiser);
    const target::Denoiser& law = network ? *network->data() : *s_.model.denoiser;
    s_.law = target::part<target::Posterior>(law);
    const VectorXd centre =
        s_.classes->class_moments(s_.label, VectorXd::Zero(s_.dimension())).mean;
    two_ = target::two_classes(law);
    const VectorXd off = centre - (two_ ? two_->middle : data.mean_of_target());
    refuse_if(off.isZero(0), "experiment.class",
              "the mean of this class is that of all data: guidance has no direction");
    s_.axis = off.normalized();
    s_.wanted = s_.classes->class_moments(s_.label, s_.axis);
    signal_ = {.squared_distance = off.squaredNorm(), .variance = s_.wanted.along};
    weight_ = weight_of(parameters);
    s_.guided = std::make_shared<GuidedScore>(s_.model, s_.label, signal_, weight_);
    constexpr double kPairs = 1e9;  // walkers^2 d of an energy distance
    s_.distance =
        std::pow(static_cast<double>(s_.walkers), 2) * static_cast<double>(s_.dimension()) <=
        kPairs;
    if (const auto* many = target::part<target::ManyClassTarget>(*s_.model.denoiser)) {
      many_ = many->many_classes(s_.label);
      s_.followed = followed_levels();
    }
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::shift,
         .text = "E (x - mean of the class).u, u the class axis, in deviations of the class"},
        {.name = observable::variance, .text = "Var x.u over that of the class"},
        {.name = observable::spread,
         .text = "variance over all coordinates, over that of the class"},
        {.name = observable::class_fraction, .text = "generated data nearest to the class"}};
    if (s_.law != nullptr) {
      infos.insert(infos.end() - 1, {.name = observable::purity,
                                     .text = "mean P(class|x) at the end, by the law of the data"});
    }
    if (s_.distance) {
      infos.push_back(
          {.name = observable::energy_distance,
           .text = "to noised data of the class, unbiased: 0 if the law is the class's"});
    }
    if (!s_.followed.empty()) {
      infos.push_back(shaped(observable::committed, {static_cast<Index>(s_.followed.size())},
                             "mean P(class|x) along the runs", 64));
    }
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<double> weights;
    for (const double s : s_.grid.noise) weights.push_back(weight_.at(signal_.at(s)));
    std::vector<verdict::Fact> all = {
        {fact::signal, signal_.at(s_.end()), "G = a^2/(v + s) where runs end"},
        {fact::noise, s_.grid.noise, "s = sigma^2 t of the levels"},
        {fact::weight, weights, "w at the levels"}};
    if (many_) {
      append(all, facts_of(*many_));
      all.push_back({fact::followed, at_levels(s_.grid.noise, s_.followed),
                     "s of the levels at which P(class|x) is recorded"});
    }
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    if (!known()) return {};
    if (many_) {
      std::vector<verdict::Prediction> all = limits(*many_, s_, weight_at_noise());
      append(all, finite_laws(*many_, s_, weight_at_noise()));
      return all;
    }
    if (!two_) return {};
    theory::GuidedClasses classes{.from = signal_.at(s_.grid.noise.front()),
                                  .to = signal_.at(s_.end()),
                                  .log_odds = s_.label == 0 ? two_->log_odds : -two_->log_odds,
                                  .weight = weight_};
    // Clean classes are told apart by the sign of 2 a x/v + log odds.
    const double a = std::sqrt(signal_.squared_distance);
    classes.threshold =
        -classes.log_odds * signal_.variance / (2 * a) / std::sqrt(signal_.variance + s_.end());
    const bool flow = diffusion::deterministic(s_.sampler);
    const theory::GuidedLaw law = flow ? guided_flow(classes) : guided_law(classes);
    if (!(law.error < kTrusted)) return {};
    const std::string source =
        flow ? "probability flow of two Gaussian classes" : "Fokker-Planck of two Gaussian classes";
    return {{prediction::shift, law.shift, source},
            {prediction::variance, law.variance, source},
            {prediction::purity, law.purity, source},
            {prediction::class_fraction, law.fraction, source}};
  }

  double seconds_per_unit() const override { return 2 * s_.seconds(); }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.model.denoiser, 12 * s_.dimension() * s_.walkers);
  }

 private:
  static constexpr double kTrusted = 1e-4;
  static constexpr Index kFollowed = 48;  ///< levels of many classes, at most
  /// Those around the condensation, where one is expected.
  std::vector<Index> followed_levels() const {
    const auto levels = static_cast<Index>(s_.grid.noise.size());
    const auto known =
        this->known() ? limits(*many_, s_, weight_at_noise()) : std::vector<verdict::Prediction>{};
    const auto found = std::ranges::find(known, prediction::condensation_noise.string(),
                                         &verdict::Prediction::quantity);
    if (found == known.end()) return recorded_levels(levels, kFollowed);
    constexpr double kFactor = 4;  // of v + s
    std::vector<Index> near;
    const double v = many_->within;
    for (Index i = 0; i < levels; ++i) {
      const double ratio = (v + s_.grid.noise[static_cast<std::size_t>(i)]) / (v + found->value());
      if (ratio < kFactor && ratio > 1 / kFactor) near.push_back(i);
    }
    if (near.empty()) return recorded_levels(levels, kFollowed);
    std::vector<Index> all;
    for (const Index i : recorded_levels(static_cast<Index>(near.size()), kFollowed)) {
      all.push_back(near[static_cast<std::size_t>(i)]);
    }
    return all;
  }
  std::function<double(double noise)> weight_at_noise() const {
    return [this](double s) { return weight_.at(signal_.at(s)); };
  }
  /// Whether the sampler follows one of the two laws that are known.
  bool known() const {
    using diffusion::Method;
    const bool between =
        (s_.sampler.method == Method::ddim && s_.sampler.eta > 0 && s_.sampler.eta < 1) ||
        (s_.sampler.method == Method::heun && s_.sampler.churn > 0);
    return !between;
  }

  std::optional<target::TwoClasses> two_;
  std::optional<target::ManyClasses> many_;
  Signal signal_;
  theory::GuidanceWeight weight_;
};

}  // namespace

ExperimentKind kind() {
  const std::string section = "experiment";
  ExperimentKind kind;
  kind.name = "guided_generation";
  kind.text =
      "classifier-free guidance (1+w) s(x|c) - w s(x) from noise to data: shift, variance, purity "
      "and distance of what it generates, against the exact law of two Gaussian classes and the "
      "limit of e^(alpha d) random ones";
  kind.needs = {target::Part::clean_data, target::Part::class_score};
  kind.keys = deck::joined(
      {started_keys({{"steps", "400"}, {"sampler", "bridge_heun"}, {"last_step", "noisy"}}),
       {deck::real_key(section, "weight", "1",
                       "w: 0 conditional sampling, -1 no condition at all; others call 1 + w the "
                       "scale"),
        deck::count_key(section, "class", "1", "class that is asked for, from 1", 1, 1e6),
        deck::word_key(section, "weight_law", "constant",
                       "constant; window: weight for guidance_low < G < guidance_high; power: "
                       "weight min(G^guidance_power, guidance_largest), G = a^2/(v + s) the signal "
                       "of the class",
                       {"constant", "window", "power"}),
        deck::used_with("weight_law=window", deck::real_key(section, "guidance_low", "0",
                                                            "G where the window opens", 0)),
        deck::used_with("weight_law=window", deck::positive_key(section, "guidance_high", "1e6",
                                                                "G where the window closes")),
        deck::used_with("weight_law=window",
                        deck::real_key(section, "weight_outside", "0", "w outside the window")),
        deck::used_with("weight_law=power", deck::real_key(section, "guidance_power", "1",
                                                           "exponent of G in the weight")),
        deck::used_with("weight_law=power",
                        deck::positive_key(section, "guidance_largest", "4",
                                           "G^guidance_power is cut off there"))},
       batch_keys("1024", "8", "8")});
  // Of a last step to zero noise the clean mean remains, which has not the variance of the class.
  for (deck::Key& key : kind.keys) {
    if (key.name == "last_step") {
      key.choices = {"noisy"};
      key.text = "noisy: the last step ends at t_end";
    }
  }
  kind.make = make<GuidedExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::guided_generation
