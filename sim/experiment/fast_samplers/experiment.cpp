// Fast samplers and late starts: what few steps do to the data, most of all to its minorities.
//
// One point is one sampler on one grid from one start. Its samples are compared with the target:
// occupation of the classes, sliced Wasserstein distance, moments along the order axes; and, where
// the sampler's own law is known without sampling (one dimension), with that. Costs are counted in
// score evaluations per sample: compare samplers at equal evaluations (Raya & Ambrogioni 2023,
// table 1; Liu et al. 2022 for pndm's start-up). Along the way nothing is measured.
#include "analysis/theory/sampling.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/deck/optional_keys.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/fast_samplers/simulation.hpp"
#include "sim/experiment/fast_samplers/theory.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/random/draws.hpp"

namespace symbreak::experiment::fast_samplers {

namespace {

using namespace findings::fast_samplers;

class FastSamplersExperiment final : public BatchExperiment<Setting> {
 public:
  explicit FastSamplersExperiment(const deck::Parameters& parameters)
      : BatchExperiment(parameters) {
    s_.read(parameters);
    s_.start = diffusion::start_kind(parameters);
    s_.start_samples = parameters.integer("experiment.start_samples");
    s_.axes = order_projection(*s_.model.data);
    s_.coupling_unit = coupling_unit(parameters);
    s_.score = score_source(parameters, s_.model);
    s_.space = Space(parameters, *s_.model.denoiser);
    // Impossible combinations must fail here, before anything runs.
    if (s_.start != diffusion::StartKind::planted) {
      start_.emplace(s_.start, s_.model, forward_, s_.grid.noise.front(),
                     std::min<Index>(s_.start_samples, s_.model.denoiser->dimension() + 2),
                     random::probe());
    }
    gaussian_ = s_.model.denoiser->known(target::Known::gaussian_variance);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index k = s_.axes.cols();
    std::vector<measure::ObservableInfo> infos = {
        occupation_info(*s_.model.data),
        shaped(observable::generated_mean, {k},
               "mean of m_a = u_a.x/|u_a|^2 of generated data, per order axis"),
        shaped(observable::generated_square, {k},
               "mean of m_a^2 of generated data, per order axis"),
        wasserstein_info(s_.space),
        {.name = observable::evaluations,
         .text = "score evaluations per sample",
         .origin = verdict::Origin::deterministic}};
    append(infos, spin_observables(*s_.model.denoiser));
    // Batches of a unit share an estimated start, and its error.
    return s_.start == diffusion::StartKind::gaussian_estimated
               ? infos
               : measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {
        {fact::dimension, static_cast<double>(s_.model.denoiser->dimension()), "of the data"},
        {fact::class_weight, weights_of_classes(*s_.model.data), "weight of the class"},
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

  double seconds_per_unit() const override {
    // A sampled mean costs as much as one over some ten points per sweep.
    return s_.seconds() * (s_.score.chains ? 1 + static_cast<double>(s_.score.sweeps) / 2 : 1);
  }
  std::size_t memory_per_unit() const override {
    const Index d = s_.model.denoiser->dimension();
    const bool pndm = s_.sampler.method == diffusion::Method::pndm;
    const bool moments = s_.start == diffusion::StartKind::gaussian ||
                         s_.start == diffusion::StartKind::gaussian_estimated;
    Index numbers = (pndm ? 14 : 8) * d * s_.walkers;
    if (moments) numbers += 3 * d * d;
    if (s_.start == diffusion::StartKind::gaussian_estimated) numbers += 2 * d * s_.start_samples;
    return memory_with(*s_.model.denoiser, numbers);
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

  std::optional<diffusion::Start> start_;
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
  kind.keys = deck::joined({reverse_keys(),
                            {deck::optional_key(space_key())},
                            score_keys(),
                            batch_keys("4096", "16", "4")});
  for (deck::Key& key : kind.keys) {  // the discrete chain has levels of its own
    if (key.name == "t_start" || key.name == "t_end") {
      key = deck::used_with("schedule!=linear_beta", key);
    }
  }
  kind.make = make<FastSamplersExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::fast_samplers
