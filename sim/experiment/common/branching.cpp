#include "sim/experiment/common/branching.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/information.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/batch.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment {

namespace branching = findings::branching;

namespace {

using target::MatrixXd;
using target::VectorXd;

/// Whether data can be recognised: return_identity needs their weights as well.
bool has_points(const Branching& setting) {
  return setting.model.posterior != nullptr &&
         target::part<target::FiniteSupport>(*setting.model.denoiser) != nullptr;
}

}  // namespace

Returns::Returns(const Branching& setting, const measure::UnitAddress& address)
    : s_(setting),
      planted_(address.stream(random::Purpose::planted)),
      forward_(address.stream(random::Purpose::noise)),
      noise_(address.stream(random::Purpose::dynamics)) {}

std::vector<Index> Returns::run(MatrixXd& x) {
  if (s_.mixture) {
    s_.mixture->run(noise_, x);
  } else {
    diffusion::Integrator(s_.sampler, s_.grid).run(*s_.model.denoiser, noise_, x);
  }
  return s_.model.data->classify(x);
}

Returns::Batch Returns::turn(measure::Recorder& recorder) {
  const target::CleanData& data = *s_.model.data;
  const Index d = s_.model.denoiser->dimension(), walkers = s_.walkers;
  const double s = s_.grid.noise.front(), weight = 1 / static_cast<double>(walkers);
  Batch batch;
  MatrixXd y(d, walkers);
  data.sample(planted_, y);
  batch.noisy = y + std::sqrt(s) * normals(forward_, d, walkers);
  const MatrixXd& x = batch.noisy;
  const VectorXd betas = VectorXd::Constant(walkers, 1 / s);
  target::Averages at_turn;
  if (const target::Posterior* posterior = s_.model.posterior) {
    at_turn = posterior->averages(x, betas);
    const VectorXd same =
        posterior->class_probabilities(x, betas).colwise().squaredNorm().transpose();
    batch.agreed = same.mean();
  } else {
    at_turn.mean = s_.model.denoiser->mean(x, betas);
  }

  const std::vector<Index> before = data.classify(y);
  MatrixXd back = x;
  batch.ends = run(back);
  double kept = 0, returned = 0;
  for (Index k = 0; k < walkers; ++k) {
    const auto at = static_cast<std::size_t>(k);
    kept += (batch.ends[at] == before[at] ? 1 : 0) * weight;
    const double distance = (back.col(k) - y.col(k)).squaredNorm();
    returned += (distance < 1e-6 * (1 + y.col(k).squaredNorm()) ? 1 : 0) * weight;
  }
  const double overlap = back.cwiseProduct(y).sum() * weight / static_cast<double>(d);
  const double mean_overlap = at_turn.mean.squaredNorm() * weight / static_cast<double>(d);
  recorder.measure(branching::observable::class_kept, kept);
  recorder.measure(branching::observable::overlap_return, overlap);
  recorder.measure(branching::observable::overlap, mean_overlap);
  recorder.measure(branching::observable::overlap_identity, overlap - mean_overlap);
  if (batch.agreed) {
    recorder.measure(branching::observable::class_identity, kept - *batch.agreed);
    recorder.measure(branching::observable::clone_probability_exact, *batch.agreed);
  }
  if (has_points(s_)) {
    recorder.measure(branching::observable::returned, returned);
    recorder.measure(branching::observable::return_identity,
                     returned - at_turn.participation.mean());
  }
  return batch;
}

void Returns::save(measure::State& state) const { save_streams(state, planted_, forward_, noise_); }

void Returns::load(const measure::State& state) { load_streams(state, planted_, forward_, noise_); }

Branching make_branching(const deck::Parameters& parameters, Index clones) {
  Branching setting;
  setting.model = target::build_model(parameters, {});
  if (!setting.model.exact()) {
    throw deck::KeyError("target.kind", "this experiment needs a posterior that can be summed");
  }
  setting.forward = std::make_shared<const diffusion::Forward>(parameters);
  setting.sampler = diffusion::sampler_setting(parameters);
  setting.clones = clones;
  setting.walkers = parameters.integer("sampling.walkers");
  setting.blocks = parameters.integer("sampling.blocks");
  setting.replicas = parameters.integer("sampling.replicas");
  const double from = setting.forward->at(parameters.real("experiment.t")).noise();
  const double end = parameters.real("experiment.t_end");
  const double to = end > 0 ? setting.forward->at(end).noise() : 1e-4 * from;
  setting.grid = diffusion::make_grid(parameters, *setting.forward, setting.model, from, to);
  const auto classes = target::two_classes(*setting.model.denoiser);
  const auto method = setting.sampler.method;
  const bool transition = parameters.word("experiment.sampler") == "transition";
  if (transition && !classes) {
    throw deck::KeyError("experiment.sampler",
                         "transition needs two Gaussian classes of one variance, or two deltas");
  }
  if (classes && (method == diffusion::Method::bridge || method == diffusion::Method::ddpm)) {
    setting.mixture.emplace(*classes, setting.grid.noise, transition);
  }
  return setting;
}

std::vector<deck::Key> branching_keys(const std::string& steps) {
  using deck::Key;
  std::vector<Key> keys =
      reverse_keys({{"steps", steps}}, {"start", "start_samples", "start_index", "chain_first",
                                        "chain_last", "chain_length", "t_start", "t_end"});
  for (Key& key : keys) {
    if (key.name == "schedule") std::erase(key.choices, "linear_beta");
    if (key.name == "sampler") {
      key.choices.push_back("transition");
      key.text +=
          "; transition: the reverse process's own, exact for steps of any size (two classes)";
    }
  }
  keys.insert(
      keys.end(),
      {deck::time_key("time to which data are noised before they return, deck's clock"),
       deck::real_key("experiment", "t_end", "0",
                      "last time of positive noise; 0: sigma^2 t is 1e-4 of its value at t", 0)});
  for (const Key& key : batch_keys("256", "8", "8")) keys.push_back(key);
  return keys;
}

double branching_critical_time(const deck::Parameters& parameters) {
  const auto noise = target::build_model(parameters, {}).data->critical_noise();
  if (!noise) throw deck::KeyError("experiment.t", "no critical time is known; give numbers");
  return diffusion::Forward(parameters).time(*noise);
}

std::vector<measure::ObservableInfo> branching_observables(const Branching& setting) {
  std::vector<measure::ObservableInfo> infos = {
      {.name = branching::observable::class_kept,
       .text = "the class after a U-turn is that of the datum before"},
      {.name = branching::observable::overlap_return,
       .text = "y.y'/d of the datum before and after the U-turn"},
      {.name = branching::observable::overlap, .text = "|<y>|^2/d at the turn"},
      {.name = branching::observable::overlap_identity,
       .text = "overlap_return - overlap, of mean zero for an exact score"}};
  if (setting.model.posterior != nullptr) {
    infos.insert(
        infos.begin() + 1,
        {.name = branching::observable::class_identity,
         .text = "class_kept - sum_c P(c|x)^2 at the turn, of mean zero for an exact score"});
    infos.push_back({.name = branching::observable::clone_probability_exact,
                     .text = "sum_c P(c|x)^2 at the split"});
  }
  if (has_points(setting)) {
    infos.push_back({.name = branching::observable::returned,
                     .text = "the U-turn ends at the datum it began from"});
    infos.push_back({.name = branching::observable::return_identity,
                     .text = "returned - participation ratio sum_j w_j^2, of mean zero"});
  }
  return measure::independent(std::move(infos));
}

std::vector<verdict::Fact> branching_facts(const Branching& setting) {
  const double s = setting.grid.noise.front();
  std::vector<verdict::Fact> all = {
      {branching::fact::time, setting.forward->time(s), "deck's clock"},
      {branching::fact::noise, s, "s = sigma^2 t"},
      {branching::fact::samples,
       static_cast<double>(setting.walkers * setting.blocks * setting.replicas), "trajectories"}};
  if (const auto classes = target::two_classes(*setting.model.denoiser)) {
    all.push_back({branching::fact::signal, classes->axis.squaredNorm() / (classes->variance + s),
                   "G = |m|^2/(variance + s), in the rest frame of the classes"});
  }
  return all;
}

std::vector<verdict::Prediction> branching_predictions(const Branching& setting) {
  const auto classes = target::two_classes(*setting.model.denoiser);
  if (!classes) return {};
  const double s = setting.grid.noise.front(), lambda = classes->axis.squaredNorm();
  std::vector<verdict::Prediction> all = {
      {branching::prediction::clone_probability,
       theory::clone_probability(lambda / (classes->variance + s), classes->log_odds),
       "phi(G) = E sum_c P(c|x)^2, quadrature"}};
  if (lambda > classes->variance) {
    all.push_back({branching::prediction::speciation_time_clone,
                   setting.forward->time(lambda - classes->variance),
                   "G = 1: clone probability phi(1) = .7752"});
  }
  return all;
}

double branching_seconds(const Branching& setting) {
  const double d = static_cast<double>(setting.model.denoiser->dimension());
  const auto* points = target::part<target::FiniteSupport>(*setting.model.denoiser);
  const double size = points ? static_cast<double>(points->count()) : 8;
  const double step = setting.mixture ? 1e-9 * d : d * (size * 0.4e-9 + 5e-9) + 50e-9;
  return static_cast<double>(setting.walkers * setting.blocks * setting.clones) * step *
         static_cast<double>(diffusion::evaluation_count(setting.sampler, setting.grid));
}

std::size_t branching_memory(const Branching& setting) {
  return setting.model.denoiser->memory() +
         sizeof(double) * 10 * static_cast<std::size_t>(setting.model.denoiser->dimension()) *
             static_cast<std::size_t>(setting.walkers);
}

}  // namespace symbreak::experiment
