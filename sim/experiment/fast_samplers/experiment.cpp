// Fast samplers and late starts: what few steps do to the data, most of all to its minorities.
//
// One point is one sampler on one grid from one start. Its samples are compared with the target:
// occupation of the classes, sliced Wasserstein distance, moments along the order axes; and, where
// the sampler's own law is known without sampling (one dimension), with that. Costs are counted in
// score evaluations per sample: compare samplers at equal evaluations (Raya & Ambrogioni 2023,
// table 1; Liu et al. 2022 for pndm's start-up). Along the way nothing is measured.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/sampling.hpp"
#include "sim/experiment/common/batch.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"
#include "sim/experiment/fast_samplers/simulation.hpp"
#include "sim/experiment/fast_samplers/theory.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::fast_samplers {

namespace {

namespace fact = findings::fast_samplers::fact;
namespace prediction = findings::fast_samplers::prediction;
using target::VectorXd;

class FastSamplersExperiment final : public measure::Experiment {
 public:
  explicit FastSamplersExperiment(const deck::Parameters& parameters) {
    s_.model = target::build_model(parameters);
    s_.forward = std::make_shared<const diffusion::Forward>(parameters);
    s_.sampler = diffusion::sampler_setting(parameters);
    const bool chain = parameters.word("experiment.schedule") == "linear_beta";
    const auto range = diffusion::noise_range(parameters, *s_.forward, s_.model);
    if (chain && s_.forward->clock() != diffusion::Clock::ddpm) {
      throw deck::KeyError("experiment.schedule",
                           "linear_beta is a grid of the variance-preserving process: set "
                           "forward.clock = ddpm");
    }
    s_.grid = diffusion::make_grid(parameters, *s_.forward, s_.model, range.from, range.to);
    s_.start = diffusion::start_kind(parameters);
    s_.start_samples = parameters.integer("experiment.start_samples");
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
    s_.axes = s_.model.data->order_axes();
    for (Index a = 0; a < s_.axes.cols(); ++a) s_.axes.col(a) /= s_.axes.col(a).squaredNorm();
    s_.coupling_unit = coupling_unit(parameters);
    s_.score = score_source(parameters, s_.model);
    // Impossible combinations must fail here, before anything runs.
    if (s_.start != diffusion::StartKind::planted) {
      start_.emplace(s_.start, s_.model, *s_.forward, s_.grid.noise.front(),
                     std::min<Index>(s_.start_samples, s_.model.denoiser->dimension() + 2),
                     probe());
    }
    gaussian_ = s_.model.denoiser->known(target::Known::gaussian_variance);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index k = s_.axes.cols();
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::branch_occupation,
         .shape = {s_.model.data->classes()},
         .text = "fraction of generated data in each class"},
        {.name = observable::generated_mean,
         .shape = {k},
         .text = "mean of m_a = u_a.x/|u_a|^2 of generated data, per order axis"},
        {.name = observable::generated_square,
         .shape = {k},
         .text = "mean of m_a^2 of generated data, per order axis"},
        {.name = observable::wasserstein_2_excess,
         .text = "(sliced) W_2^2 of generated to exact samples minus that of exact to exact "
                 "samples"},
        {.name = observable::evaluations,
         .text = "score evaluations per sample",
         .origin = verdict::Origin::deterministic}};
    for (measure::ObservableInfo& info : spin_observables(*s_.model.denoiser))
      infos.push_back(std::move(info));
    // Batches of a unit share an estimated start, and its error.
    return s_.start == diffusion::StartKind::gaussian_estimated
               ? infos
               : measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    const VectorXd weights = s_.model.data->class_weights();
    std::vector<verdict::Fact> all = {
        {fact::dimension, static_cast<double>(s_.model.denoiser->dimension()), "of the data"},
        {fact::class_weight, {weights.begin(), weights.end()}, "weight of the class"},
        {fact::noise, s_.grid.noise, "level s of the grid"}};
    if (gaussian_ && s_.start != diffusion::StartKind::gaussian_estimated) {
      all.push_back(
          {fact::law_variance, law_variance(), "variance of the data noised to the last level"});
    }
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {
        {prediction::evaluations,
         static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)),
         "count of the method's formula"}};
    const bool fixed =
        s_.start == diffusion::StartKind::noise || s_.start == diffusion::StartKind::gaussian;
    if (fixed && s_.model.denoiser->dimension() == 1 && !gaussian_ && !s_.score.chains) {
      if (const auto fractions =
              class_fractions(s_.model, s_.sampler, s_.grid, start_->mean(), start_->variance())) {
        all.push_back({prediction::sampler_occupation,
                       {fractions->begin(), fractions->end()},
                       "quadrature of the sampler's own law"});
      }
    }
    const double variance = gaussian_ ? sampler_variance() : 0;
    if (variance > 0) {
      all.push_back({prediction::sampler_divergence,
                     theory::gaussian_divergence(variance / law_variance()),
                     "exact linear recursion of the sampler's variance"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const auto* points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    const double size = points ? static_cast<double>(points->count()) : 4;
    const double walkers = static_cast<double>(s_.walkers * s_.blocks),
                 d = static_cast<double>(s_.model.denoiser->dimension());
    const double chains = s_.score.chains ? 4e-9 * static_cast<double>(s_.score.sweeps) : 0;
    return walkers * static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)) *
           (d * (size * 0.4e-9 + 5e-9 + chains) + 50e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(s_.model.denoiser->dimension());
    const bool pndm = s_.sampler.method == diffusion::Method::pndm;
    const bool moments = s_.start == diffusion::StartKind::gaussian ||
                         s_.start == diffusion::StartKind::gaussian_estimated;
    std::size_t numbers = (pndm ? 14 : 8) * d * static_cast<std::size_t>(s_.walkers);
    if (moments) numbers += 3 * d * d;
    if (s_.start == diffusion::StartKind::gaussian_estimated) {
      numbers += 2 * d * static_cast<std::size_t>(s_.start_samples);
    }
    return s_.model.denoiser->memory() + sizeof(double) * numbers;
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(s_, address);
  }

 private:
  double law_variance() const { return gaussian_->value + s_.grid.noise.back(); }
  /// Of Gaussian data at the end: every step is linear. 0: the sampler's is not known.
  double sampler_variance() const {
    using diffusion::Method;
    using diffusion::StartKind;
    if (s_.start == StartKind::gaussian_estimated) return 0;
    const double c2 = gaussian_->value;
    const double v = s_.start == StartKind::noise ? start_->variance() : c2 + s_.grid.noise.front();
    switch (s_.sampler.method) {
      case Method::ddim:
        return theory::gaussian_variance(s_.grid.noise, c2, v, s_.sampler.eta);
      case Method::bridge:
      case Method::ddpm:
        return theory::gaussian_variance(s_.grid.noise, c2, v, 1);
      case Method::euler_maruyama:
        return theory::gaussian_variance_euler_maruyama(s_.grid.noise, c2, v);
      default:
        return 0;
    }
  }

  Setting s_;
  std::optional<diffusion::Start> start_;
  std::int64_t replicas_ = 1;
  std::optional<target::KnownValue> gaussian_;  ///< variance of isotropic Gaussian data
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "fast_samplers";
  kind.text =
      "samplers with few steps, time grids and late starts at equal score evaluations: occupation "
      "of the classes, distances to the target (Raya & Ambrogioni 2023; Karras et al. 2022)";
  kind.needs = {target::Part::clean_data};
  kind.keys = reverse_keys();
  for (const deck::Key& key : score_keys()) kind.keys.push_back(key);
  for (const deck::Key& key : batch_keys("4096", "16", "4")) kind.keys.push_back(key);
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<FastSamplersExperiment>(parameters);
  };
  return kind;
}

}  // namespace symbreak::experiment::fast_samplers
