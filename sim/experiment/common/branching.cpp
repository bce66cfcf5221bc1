#include "sim/experiment/common/branching.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/posterior_transition.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment {

namespace branching = findings::branching;

namespace {

/// Whether data can be recognised: return_identity needs their weights as well.
bool has_points(const Branching& setting) {
  return setting.model.posterior != nullptr &&
         target::part<target::FiniteSupport>(*setting.model.denoiser) != nullptr;
}

std::optional<theory::ClassPair> class_pair(const Branching& setting) {
  const auto* law = target::part<target::GaussianClassLaw>(*setting.model.denoiser);
  return law == nullptr ? std::nullopt : law->class_pair();
}

/// What the steps cost, where that is quickly said: a spectrum is d^3.
double step_error(const Branching& setting) {
  constexpr Index kQuick = 256;
  if (setting.exact_steps) return 0;
  const auto variances = diffusion::mode_variances(setting.model, kQuick);
  return variances ? diffusion::step_error(setting.sampler, setting.grid, *variances) : 0;
}

}  // namespace

double Returns::returned(const MatrixXd& y) const {
  const auto& points = *target::part<target::FiniteSupport>(*s_.model.denoiser);
  const double beta = 1 / s_.grid.last_noise();
  const VectorXd log_partition =
      points.weights(last_, VectorXd::Constant(y.cols(), beta)).log_partition;
  const std::vector<Index> datum = points.nearest(y).datum;
  double sum = 0;
  for (Index k = 0; k < y.cols(); ++k) {
    const double log_weight = points.log_weight(datum[static_cast<std::size_t>(k)]) +
                              beta * (last_.col(k) - y.col(k) / 2).dot(y.col(k));
    sum += std::min(1.0, std::exp(log_weight - log_partition[k]));
  }
  return sum;
}

MatrixXd Returns::run(MatrixXd& x) {
  if (s_.mixture) {
    s_.mixture->run(noise_, x);
    return s_.model.data->class_shares(x);
  }
  if (s_.exact_steps) {
    const std::vector<double>& levels = s_.grid.noise;
    for (std::size_t i = 0; i < s_.grid.steps(); ++i) {
      if (levels[i + 1] == 0) last_ = x;
      diffusion::posterior_transition(*s_.model.posterior, levels[i], levels[i + 1], noise_, x);
    }
    if (levels.back() > 0) last_ = x;
  } else {
    last_ = diffusion::Integrator(s_.sampler, s_.grid).run(*s_.model.denoiser, noise_, x);
  }
  return classes_of_ends(s_.model, x, last_, s_.grid.last_noise());
}

Returns::Batch Returns::turn(measure::Recorder& recorder) {
  const target::CleanData& data = *s_.model.data;
  const Index d = s_.model.denoiser->dimension(), walkers = s_.walkers;
  const double s = s_.grid.noise.front(), weight = 1 / static_cast<double>(walkers);
  Batch batch;
  const MatrixXd y = diffusion::clean_samples(s_.model, planted_, walkers);
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

  MatrixXd back = x;
  batch.ends = run(back);
  const double kept = data.class_shares(y).cwiseProduct(batch.ends).sum() * weight;
  // Points on the fast path are two: each is its class.
  const double home = s_.mixture || !has_points(s_) ? kept : returned(y) * weight;
  const double overlap = back.cwiseProduct(y).sum() * weight / static_cast<double>(d);
  const double mean_overlap = at_turn.mean.squaredNorm() * weight / static_cast<double>(d);
  recorder.measure(branching::observable::class_kept, kept);
  recorder.measure(branching::observable::overlap_return, overlap);
  recorder.measure(branching::observable::overlap, mean_overlap);
  const bool identities = s_.posterior_draws();
  if (identities) {
    recorder.measure(branching::observable::overlap_identity, overlap - mean_overlap);
  }
  if (batch.agreed) {
    if (identities) {
      recorder.measure(branching::observable::class_identity, kept - *batch.agreed);
    }
    recorder.measure(branching::observable::clone_probability_exact, *batch.agreed);
  }
  if (has_points(s_)) {
    recorder.measure(branching::observable::returned, home);
    if (identities) {
      recorder.measure(branching::observable::return_identity, home - at_turn.participation.mean());
    }
  }
  return batch;
}

BranchingExperiment::BranchingExperiment(const deck::Parameters& parameters, Index clones)
    : PointExperiment(parameters) {
  const double from = forward_.at(parameters.real("experiment.t")).noise();
  const double end = parameters.real("experiment.t_end");
  const target::Model model = target::build_model(parameters);  // which read() finds alive
  const double variance = diffusion::sampled_variance(model);
  // The run ends at data however noisy it starts. Data that are all alike set no end of their own.
  const double extent = variance > 0 ? std::min(from, variance) : from;
  s_.read(parameters, {{from, end > 0 ? forward_.at(end).noise() : 1e-4 * extent}});
  s_.clones = clones;
  require_evaluated(parameters, s_.model);
  const auto classes = target::two_classes(*s_.model.denoiser);
  const auto method = s_.sampler.method;
  const std::string& word = parameters.word("experiment.sampler");
  const bool transition = word == "transition" || (word == "auto" && classes);
  refuse_if(transition && !classes && s_.model.posterior == nullptr, "experiment.sampler",
            "transition draws the datum behind a state: it needs a posterior");
  if (classes &&
      (transition || method == diffusion::Method::bridge || method == diffusion::Method::ddpm)) {
    s_.mixture.emplace(*classes, s_.grid.noise, transition);
  }
  s_.exact_steps = transition;
}

std::vector<deck::Key> branching_keys(const std::string& steps) {
  std::vector<deck::Key> keys = started_keys({{"steps", steps}});
  std::erase_if(keys, [](const deck::Key& key) { return key.name.starts_with("t_"); });
  for (deck::Key& key : keys) {
    if (key.name == "sampler") {
      key.fallback = "auto";
      key.choices.insert(key.choices.begin(), {"auto", "transition"});
      key.text =
          "auto: transition for two Gaussian classes of one variance, else bridge_heun; "
          "transition: "
          "the reverse process's own, exact for steps of any size (needs a posterior, from which "
          "it draws the datum); " +
          key.text;
    }
  }
  append(keys, {deck::time_key("time to which data are noised before they return, deck's clock"),
                deck::real_key(
                    "experiment", "t_end", "0",
                    "last time of positive noise; 0: sigma^2 t is 1e-4 of its value at t, or of "
                    "the variance of the data if that is less",
                    0)});
  append(keys, batch_keys("256", "8", "8"));
  return keys;
}

double branching_critical_time(const deck::Parameters& parameters) {
  return critical_time(parameters, target::build_model(parameters, {}).data->critical_noise());
}

std::vector<measure::ObservableInfo> BranchingExperiment::observables() const {
  std::vector<measure::ObservableInfo> infos = {
      {.name = branching::observable::class_kept,
       .text = "the class after a U-turn is that of the datum before (of overlapping classes: the "
               "probability of it)"},
      {.name = branching::observable::overlap_return,
       .text = "y.y'/d of the datum before and after the U-turn"},
      {.name = branching::observable::overlap, .text = "|<y>|^2/d at the turn"}};
  if (s_.posterior_draws()) {
    infos.push_back({.name = branching::observable::overlap_identity,
                     .text = "overlap_return - overlap, of mean zero for an exact score"});
  }
  if (s_.model.posterior != nullptr) {
    if (s_.posterior_draws()) {
      infos.insert(
          infos.begin() + 1,
          {.name = branching::observable::class_identity,
           .text = "class_kept - sum_c P(c|x)^2 at the turn, of mean zero for an exact score"});
    }
    infos.push_back({.name = branching::observable::clone_probability_exact,
                     .text = "sum_c P(c|x)^2 at the split"});
  }
  if (has_points(s_)) {
    infos.push_back({.name = branching::observable::returned,
                     .text = "the U-turn ends at the datum it began from: its weight at the last "
                             "noise"});
    if (s_.posterior_draws()) {
      infos.push_back({.name = branching::observable::return_identity,
                       .text = "returned - participation ratio sum_j w_j^2, of mean zero"});
    }
  }
  return measure::independent(std::move(infos));
}

std::vector<verdict::Fact> BranchingExperiment::facts() const {
  const double s = s_.grid.noise.front();
  std::vector<verdict::Fact> all = {
      {branching::fact::time, forward_.time(s), "deck's clock"},
      {branching::fact::noise, s, "s = sigma^2 t"},
      {branching::fact::samples, static_cast<double>(s_.walkers * s_.blocks * s_.replicas),
       "trajectories"},
      {branching::fact::steps, static_cast<double>(s_.grid.steps()), "of the reverse run"},
      {branching::fact::step_error, step_error(s_),
       "bound on what the steps add to any probability, for Gaussian data of this covariance"}};
  if (const auto classes = target::two_classes(*s_.model.denoiser)) {
    all.push_back({branching::fact::signal, classes->axis.squaredNorm() / (classes->variance + s),
                   "G = |m|^2/(variance + s), in the rest frame of the classes"});
  } else if (const auto pair = class_pair(s_)) {
    all.push_back({branching::fact::signal, pair->signal(s),
                   "G = tr[((C+s)^-1 dC)^2]/8 + d.(C+s)^-1 d/4, of unequal variances"});
    double mean = 0, count = 0;
    for (const theory::ClassPairMode& mode : pair->modes) {
      mean += mode.count * (mode.first + mode.second) / 2;
      count += mode.count;
    }
    all.push_back({branching::fact::mean_variance, mean / count, "within classes, of both"});
  }
  return all;
}

std::vector<verdict::Prediction> BranchingExperiment::predictions() const {
  const auto classes = target::two_classes(*s_.model.denoiser);
  if (!s_.posterior_draws()) return {};
  if (!classes) return unequal_classes();
  const double s = s_.grid.noise.front(), lambda = classes->axis.squaredNorm();
  std::vector<verdict::Prediction> all = {
      {branching::prediction::clone_probability,
       theory::clone_probability(lambda / (classes->variance + s), classes->log_odds),
       "phi(G) = E sum_c P(c|x)^2, quadrature"}};
  if (lambda > classes->variance) {
    all.push_back({branching::prediction::speciation_time_clone,
                   forward_.time(lambda - classes->variance),
                   "G = 1: clone probability phi(1) = .7752"});
  }
  return all;
}

std::vector<verdict::Prediction> BranchingExperiment::unequal_classes() const {
  const auto* law = target::part<target::GaussianClassLaw>(*s_.model.denoiser);
  if (law == nullptr) return {};
  std::vector<verdict::Prediction> all;
  if (const auto exact = law->clone_probability(s_.grid.noise.front())) {
    all.push_back({branching::prediction::clone_probability, *exact,
                   "E sum_c P(c|x)^2 of Gaussian classes, quadrature"});
  }
  if (const auto pair = class_pair(s_)) {
    // phi(1), and its limit G = 1.
    if (const double s = pair->noise_of(theory::clone_probability(1)); s > 0) {
      all.push_back({branching::prediction::speciation_time_clone, forward_.time(s),
                     "exact clone curve of classes of unequal variance"});
    }
    if (const double s = pair->noise_of_signal(1); s > 0) {
      all.push_back({branching::prediction::speciation_time_signal, forward_.time(s),
                     "G = 1 of the second moments, d -> infinity"});
    }
  }
  return all;
}

double BranchingExperiment::seconds_per_unit() const {
  const double runs = static_cast<double>(s_.clones);
  if (!s_.mixture) return runs * s_.seconds();
  return runs * s_.walkers_per_unit() * static_cast<double>(s_.grid.steps()) * 1e-9 *
         static_cast<double>(s_.model.denoiser->dimension());
}

std::size_t BranchingExperiment::memory_per_unit() const {
  return memory_with(*s_.model.denoiser, 10 * s_.model.denoiser->dimension() * s_.walkers);
}

}  // namespace symbreak::experiment
