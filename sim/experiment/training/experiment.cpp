// Training of a score, solved: a random-feature denoiser under gradient flow on N data.
//
// At one noise level s = sigma^2 t: losses l = E|T - A phi|^2/d on the training set and on the law,
// against training time tau, exactly. With b_o^2 l = E|y - D|^2/d,
//   b_o^2 l_test  = mmse of the law    + E_law |D - <y>_law|^2/d,
//   b_o^2 l_train = mmse of the points + E_points |D - <y>_points|^2/d,
// so that the losses are the distances to the population score and to the empirical one, up to
// constants. At a few training times the distances are sampled too, and data generated: the share
// of copies f_mem (d1/d2 < 1/3) beside that of held-out data and of the population score on the
// same steps and noise. A disorder sample is a new training set and new features.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/training/gaussian_equivalent.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/training/simulation.hpp"
#include "sim/random/draws.hpp"

namespace symbreak::experiment::training {

using namespace findings::training;
namespace rf = target::feature_flow;

namespace {

class TrainingExperiment final : public BatchExperiment<Setting> {
 public:
  explicit TrainingExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.parameters = parameters;
    s_.noise = forward_.at(parameters.real("experiment.t")).noise();
    const double from = parameters.real("experiment.tau_from"),
                 to = parameters.real("experiment.tau_to");
    refuse_if(
        !(from < to), "experiment.tau_from",
        fmt::format("training times run from tau_from = {:.4g} up to tau_to = {:.4g}", from, to));
    const auto steps = static_cast<Index>(
        std::lround(std::log10(to / from) *
                    static_cast<double>(parameters.integer("experiment.tau_per_decade"))));
    for (Index i = 0; i <= steps; ++i) {
      s_.tau.push_back(from *
                       std::pow(to / from, static_cast<double>(i) / static_cast<double>(steps)));
    }
    s_.sampled = parameters.reals("experiment.sampled_tau");
    s_.generated = parameters.reals("experiment.generated_tau");
    s_.states = parameters.integer("sampling.states");
    s_.steps = parameters.integer("experiment.steps");
    s_.test_points = parameters.integer("experiment.test_points");
    s_.sampler = diffusion::method_named(parameters.word("experiment.sampler"));
    s_.linear = parameters.word("target.activation") == "linear";

    const rf::Machine machine(parameters, {});
    dimension_ = machine.dimension();
    data_ = machine.data().cols();
    features_ = machine.features().count();
    exact_average_ = machine.noise_samples() == 0;
    noise_samples_ = machine.noise_samples();
    levels_ = s_.generated.empty() ? 1 : parameters.integer("target.levels") + 1;
    variance_ = machine.variance();
    if (!s_.generated.empty()) rf::levels_of(parameters, variance_);
    const auto law =
        rf::Law::of(*machine.source(), machine.features().activation, 1, random::probe());
    refuse_if(!law, "target.held_out",
              "the test loss needs data independent of the training set: say how many points are "
              "held out");
    law_ = law->text();
    s_.exact_law = law->exact();
    isotropic_ = law->isotropic();
    optimum_ =
        law->isotropic() && !s_.linear && machine.parametrisation() == rf::Parametrisation::edm;
    constexpr double kNoFall = 0.01;
    if (optimum_) s_.least_fall = kNoFall;
    source_ = machine.source();
  }

  std::vector<measure::ObservableInfo> observables() const override;
  std::vector<verdict::Fact> facts() const override;
  std::vector<verdict::Prediction> predictions() const override;

  double seconds_per_unit() const override {
    const auto p = static_cast<double>(features_), d = static_cast<double>(dimension_);
    const double level = 1.2e-9 * p * p * p + 1e-10 * p * p * static_cast<double>(data_);
    const double loss = 0.4e-9 * p * p * (p + static_cast<double>(s_.tau.size()));
    const double run = static_cast<double>((s_.generated.size() + 1) *
                                           static_cast<std::size_t>(s_.steps * s_.walkers)) *
                       (4e-10 * p * d + 2e-9 * p);
    return static_cast<double>(levels_) * level + 2 * loss + (s_.generated.empty() ? 0 : run);
  }
  std::size_t memory_per_unit() const override {
    const auto p = static_cast<double>(features_), d = static_cast<double>(dimension_);
    const double kept = static_cast<double>(levels_) * (p * p + 2 * d * p);
    return source_->memory() + static_cast<std::size_t>(sizeof(double) * (kept + 3 * p * p) +
                                                        rf::Machine::workspace(p, d));
  }

 private:
  Index dimension_ = 0, data_ = 0, features_ = 0, levels_ = 1, noise_samples_ = 0;
  bool exact_average_ = true, isotropic_ = false, optimum_ = false;
  double variance_ = 1;
  std::shared_ptr<const target::Denoiser> source_;  ///< kept: a file is read once
  std::string law_;
};

std::vector<measure::ObservableInfo> TrainingExperiment::observables() const {
  const auto along = [](verdict::ObservableName name, const std::vector<double>& times,
                        const std::string& text) {
    return shaped(name, {static_cast<Index>(times.size())}, text, 32);
  };
  std::vector<measure::ObservableInfo> infos = {
      along(observable::train_loss, s_.tau,
            "l = E|T - A phi|^2/d on what it is trained on, per training time"),
      along(observable::test_loss, s_.tau, "the same on the law of the data: " + law_),
      along(observable::distance_empirical, s_.tau,
            "E|D - <y>|^2/d to the score of the training points, from the train loss; the "
            "constant mmse is sampled"),
      {.name = observable::test_minimum, .text = "smallest test loss over the training times"},
      {.name = observable::test_end,
       .text = "test loss trained to the end (modes above the floor)"},
      {.name = observable::train_end, .text = "train loss trained to the end"},
      shaped(observable::spectrum, {features_}, "eigenvalues of U = E phi phi^T, descending", 32),
      {.name = observable::effective_rank, .text = "(tr U)^2/tr U^2"},
      {.name = observable::modes_dropped,
       .text = "modes of U below 4e-16 p lambda_max: rounding, never learned"},
      {.name = observable::linear_weight, .text = "sum of the d eigenvalues after the largest"},
      {.name = observable::data_weight, .text = "sum of the N - d eigenvalues after those"}};
  const auto time = [&](verdict::ObservableName log, verdict::ObservableName reached,
                        const std::string& text) {
    infos.push_back({.name = log, .text = "ln tau, 0 where not reached: " + text});
    infos.push_back({.name = reached, .text = "1 where reached: " + text});
  };
  time(observable::log_generalization, observable::reached_generalization,
       "test loss has done 90 % of its fall to the minimum");
  time(observable::log_best, observable::reached_best, "test loss is least, on the grid");
  time(observable::log_rise, observable::reached_rise, "then test loss >= 1.1 of its minimum");
  time(observable::log_harm, observable::reached_harm, "then test loss >= that before training");
  time(observable::log_memorization, observable::reached_memorization,
       "then train loss is half way to its value at the end");
  if (!exact_average_) {
    infos.push_back({.name = observable::true_train_end,
                     .text = "loss on the training set with the exact average over the noise, "
                             "trained to the end on samples of it"});
  }
  if (s_.exact_law) {
    infos.push_back(along(observable::distance_population, s_.tau,
                          "E|D - <y>|^2/d to the score of the law, from the test loss; the "
                          "constant mmse is sampled"));
  }
  if (s_.linear) {
    infos.push_back({.name = observable::linear_deviation,
                     .text = "largest |train loss - closed form|, in units of the first loss"});
  }
  if (!s_.sampled.empty()) {
    append(infos, {along(observable::sampled_empirical, s_.sampled,
                         "E|D - <y>|^2/d to the score of the training points, sampled"),
                   along(observable::train_identity, s_.sampled,
                         "b_o^2 l_train - (sampled distance + mmse), of mean zero"),
                   along(observable::cluster_bias, s_.sampled,
                         "part of the train loss of targets averaged over the noise of a datum"),
                   along(observable::curl, s_.sampled,
                         "|J - J^T|/|J|, J = dD/dx at noisy training data: 0 for a gradient")});
    if (s_.exact_law) {
      append(infos, {along(observable::sampled_population, s_.sampled,
                           "E|D - <y>|^2/d to the score of the law, sampled"),
                     along(observable::test_identity, s_.sampled,
                           "b_o^2 l_test - (sampled distance + mmse), of mean zero")});
    }
  }
  if (!s_.generated.empty()) {
    append(
        infos,
        {along(observable::memorized, s_.generated,
               "f_mem: share of generated data with d1/d2 < 1/3 against the training set"),
         along(observable::second_moment, s_.generated,
               "E m^2 of generated data, m = u.y/|u|^2, u half the way between two classes, or the "
               "first order axis"),
         along(observable::transverse_variance, s_.generated,
               "E|y - m u|^2/(d - 1) of generated data"),
         along(observable::diverged, s_.generated,
               "share of trajectories that end beyond 10 times the radius of the data; they "
               "count nowhere else"),
         {.name = observable::memorized_null,
          .text = "f_mem of data of the law, independent of the training set: the null"}});
    if (s_.linear) {
      infos.push_back(along(observable::mode_variance, s_.generated,
                            "mean over modes of Var(generated)/Var(closed form) - 1"));
    }
    if (s_.exact_law) {
      append(infos, {{.name = observable::memorized_exact,
                      .text = "f_mem of the score of the law, same steps and noise"},
                     {.name = observable::second_moment_exact,
                      .text = "E m^2 of the score of the law, same steps and noise"},
                     {.name = observable::transverse_variance_exact,
                      .text = "E|y - m u|^2/(d - 1) of the score of the law, same steps"}});
    }
  }
  return measure::independent(std::move(infos));
}

std::vector<verdict::Fact> TrainingExperiment::facts() const {
  std::vector<verdict::Fact> all = {
      {fact::noise, s_.noise, "s = sigma^2 t in the Brownian gauge"},
      {fact::tau, s_.tau, "training times of the losses"},
      {fact::data, static_cast<double>(data_), "training data N"},
      {fact::dimension, static_cast<double>(dimension_), "dimension d"},
      {fact::features, static_cast<double>(features_), "features p"},
      {fact::exact_law, s_.exact_law ? 1.0 : 0.0, law_},
      {fact::gaussian_start, optimum_ ? 1.0 : 0.0,
       "1: isotropic Gaussian data with edm start at the optimum"}};
  if (!s_.sampled.empty()) all.push_back({fact::sampled_tau, s_.sampled, "training times"});
  if (!s_.generated.empty()) all.push_back({fact::generated_tau, s_.generated, "training times"});
  return all;
}

std::vector<verdict::Prediction> TrainingExperiment::predictions() const {
  std::vector<verdict::Prediction> all;
  if (s_.linear) return all;
  const auto d = static_cast<double>(dimension_), p = static_cast<double>(features_);
  if (noise_samples_ > 0) {
    all.push_back({prediction::peak_data, p / static_cast<double>(noise_samples_),
                   "N m = p: as many noisy samples as features"});
  } else {
    all.push_back(
        {prediction::peak_data, p / (d + 1), "N (d + 1) = p: a datum is a value and d slopes"});
  }
  if (isotropic_ && s_.parameters.word("target.activation") == "cos" &&
      s_.parameters.word("target.phase") == "random") {
    const auto theory = theory::cosine_spectrum(s_.parameters.real("target.omega"),
                                                variance_ / (variance_ + s_.noise), d,
                                                static_cast<double>(data_), p);
    all.push_back({prediction::linear_weight, theory.linear_weight,
                   "h_1^2 + v*^2 d/N, Gaussian-equivalent features"});
    if (theory.data_weight > 0) {
      all.push_back({prediction::data_weight, theory.data_weight,
                     "v*^2 (N - d)/N, Gaussian-equivalent features"});
    }
  }
  return all;
}

deck::Key times_key(const std::string& name, const std::string& text) {
  deck::Key key = deck::real_key("experiment", name, "", text, 0);
  key.choices = {"inf"};
  return deck::list_of(key);
}

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "training";
  kind.text =
      "a score in training: losses and distances to the population and the empirical score against "
      "training time, the window between generalization and memorization, copies among generated "
      "data (Bonnaire et al. 2025; George, Veiga & Macris 2025)";
  kind.keys = {
      deck::time_key("noise level of the losses, as a time of the deck's clock"),
      deck::positive_key("experiment", "tau_from", "0.1", "first training time of the losses"),
      deck::positive_key("experiment", "tau_to", "1e8", "last one"),
      deck::count_key("experiment", "tau_per_decade", "30", "training times per factor 10", 1,
                      1000),
      times_key("sampled_tau",
                "training times at which the distances to the exact scores are sampled and the "
                "curl is measured; inf: trained to the end"),
      times_key("generated_tau", "training times at which data are generated; inf: to the end"),
      deck::count_key("experiment", "steps", "200",
                      "steps of a reverse run, even in ln s between the outermost solved levels", 1,
                      1e6),
      deck::word_key("experiment", "sampler", "bridge_heun",
                     "reverse process by Brownian bridges (first order, or second with Heun's "
                     "correction), or the probability flow (Heun)",
                     {"bridge", "bridge_heun", "ode"}),
      deck::count_key("experiment", "test_points", "10000",
                      "held-out data that stand for laws without exact averages", 1, 1e7),
      deck::sampling_key("disorder_samples", "8",
                         "independent training sets and features; errors come from them"),
      deck::sampling_key("states", "200", "noisy states per disorder sample for sampled distances"),
      deck::sampling_key("walkers", "300", "generated data per disorder sample and training time"),
  };
  kind.needs = {target::Part::trained};
  kind.make = make<TrainingExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::training
