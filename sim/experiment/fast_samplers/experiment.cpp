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
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/clean_mean.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/fast_samplers/findings.hpp"
#include "sim/experiment/fast_samplers/theory.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

struct Setting {
  std::shared_ptr<const target::Target> target;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;
  diffusion::StartKind start = diffusion::StartKind::noise;
  std::shared_ptr<const diffusion::Forward> forward;
  Index start_samples = 0, walkers = 0;
  std::int64_t blocks = 0;
  MatrixXd axes;             ///< d x k, divided by |u|^2
  double coupling_unit = 1;  ///< of spins: J = unit K
  ScoreSource score;
};

class FastSamplers final : public Simulation {
 public:
  FastSamplers(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        begin_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        exact_(address.stream(random::Purpose::planted)),
        directions_(address.stream(random::Purpose::projection)),
        clean_(s_.score.make(*s_.target, s_.walkers, address.address(random::Purpose::posterior))),
        start_(s_.start, *s_.target, *s_.forward, s_.grid.noise.front(), s_.start_samples,
               address.stream(random::Purpose::noise)) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const target::Target& target = *s_.target;
    const Index d = target.dimension();
    MatrixXd x(d, s_.walkers);
    start_.draw(begin_, x);
    if (clean_.sampled()) {
      MatrixXd y(d, s_.walkers);
      target.sample(begin_, y);
      clean_.plant(y);
      clean_.equilibrate(x, s_.grid.noise.front(), s_.score.burn_in);
    }
    diffusion::Integrator integrator(s_.sampler, s_.grid);
    integrator.run(clean_, noise_, x);

    // Walkers are independent: a block's mean is one sample.
    const double weight = 1 / static_cast<double>(s_.walkers);
    std::vector<double> occupied(static_cast<std::size_t>(target.classes()));
    for (Index label : target.classify(x)) {
      if (label >= 0) occupied[static_cast<std::size_t>(label)] += weight;
    }
    recorder.measure("branch_occupation", occupied);
    const MatrixXd along = s_.axes.transpose() * x;
    const VectorXd mean = along.rowwise().mean(), square = along.rowwise().squaredNorm() * weight;
    recorder.measure("generated_mean", span(mean));
    recorder.measure("generated_square", span(square));
    distances(recorder, x.leftCols(std::min(s_.walkers, kDistanceSamples)));
    if (done_++ == 0) {
      recorder.solved("evaluations", static_cast<double>(integrator.evaluations()), 0);
    }
  }

  void save(State& state) const override {
    state.integers["streams"] = {begin_.position(), noise_.position(), exact_.position(),
                                 directions_.position(), done_};
    if (clean_.sampled()) state.integers["chains"] = clean_.save();
  }
  void load(const State& state) override {
    const auto& streams = state.integers.at("streams");
    begin_.seek(streams[0]);
    noise_.seek(streams[1]);
    exact_.seek(streams[2]);
    directions_.seek(streams[3]);
    done_ = streams[4];
    if (clean_.sampled()) clean_.load(state.integers.at("chains"));
  }

 private:
  static std::span<const double> span(const VectorXd& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
  }
  void distances(Recorder& recorder, const MatrixXd& y) {
    const Index d = y.rows();
    MatrixXd a(d, y.cols()), b(d, y.cols());
    s_.target->sample(exact_, a);
    s_.target->sample(exact_, b);
    recorder.measure("wasserstein_2_excess", wasserstein_excess(y, a, b, directions_));
    measure_spins(*s_.target, y, a, b, s_.coupling_unit, recorder);
  }

  const Setting& s_;
  random::Stream begin_, noise_, exact_, directions_;
  CleanMean clean_;
  diffusion::Start start_;
  std::uint64_t done_ = 0;
};

class FastSamplersExperiment final : public Experiment {
 public:
  explicit FastSamplersExperiment(const deck::Parameters& parameters) {
    s_.target = target::build(parameters, {});
    s_.forward = std::make_shared<const diffusion::Forward>(parameters);
    s_.sampler = diffusion::sampler_setting(parameters);
    const bool chain = parameters.word("experiment.schedule") == "linear_beta";
    const auto range = diffusion::noise_range(parameters, *s_.forward, *s_.target);
    if (chain && s_.forward->clock() != diffusion::Clock::ddpm) {
      throw deck::KeyError("experiment.schedule",
                           "linear_beta is a grid of the variance-preserving process: set "
                           "forward.clock = ddpm");
    }
    s_.grid = diffusion::make_grid(parameters, *s_.forward, *s_.target, range.from, range.to);
    s_.start = diffusion::start_kind(parameters);
    s_.start_samples = parameters.integer("experiment.start_samples");
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
    s_.axes = s_.target->order_axes();
    for (Index a = 0; a < s_.axes.cols(); ++a) s_.axes.col(a) /= s_.axes.col(a).squaredNorm();
    s_.coupling_unit = coupling_unit(parameters);
    s_.score = score_source(parameters, *s_.target);
    // Impossible combinations must fail here, before anything runs.
    if (s_.start != diffusion::StartKind::planted) {
      start_.emplace(s_.start, *s_.target, *s_.forward, s_.grid.noise.front(),
                     std::min<Index>(s_.start_samples, s_.target->dimension() + 2),
                     random::Stream({.purpose = random::Purpose::test}));
    }
    gaussian_ = parameters.word("target.kind") == "gaussian_mixture" &&
                parameters.word("target.means") == "symmetric" &&
                parameters.real("target.m") == 0 && parameters.reals("target.class_std").empty();
  }

  std::vector<ObservableInfo> observables() const override {
    const Index k = s_.axes.cols();
    std::vector<ObservableInfo> infos = {
        {.name = "branch_occupation",
         .shape = {s_.target->classes()},
         .text = "fraction of generated data in each class"},
        {.name = "generated_mean",
         .shape = {k},
         .text = "mean of m_a = u_a.x/|u_a|^2 of generated data, per order axis"},
        {.name = "generated_square",
         .shape = {k},
         .text = "mean of m_a^2 of generated data, per order axis"},
        {.name = "wasserstein_2_excess",
         .text = "(sliced) W_2^2 of generated to exact samples minus that of exact to exact "
                 "samples"},
        {.name = "evaluations",
         .text = "score evaluations per sample",
         .origin = verdict::Origin::deterministic}};
    for (ObservableInfo& info : spin_observables(*s_.target)) infos.push_back(std::move(info));
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    const target::Target& target = *s_.target;
    all.push_back({"evaluations",
                   static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)),
                   "count of the method's formula"});
    all.push_back({"dimension", static_cast<double>(target.dimension()), "of the data"});
    const VectorXd weights = target.class_weights();
    for (Index c = 0; c < weights.size(); ++c) {
      all.push_back({fmt::format("class_weight_{:03}", c), weights[c], "weight of the class"});
    }
    for (std::size_t i = 0; i < s_.grid.noise.size(); ++i) {
      all.push_back({fmt::format("noise_{:03}", i), s_.grid.noise[i], "level s of the grid"});
      if (i >= 999) break;
    }
    const bool fixed =
        s_.start == diffusion::StartKind::noise || s_.start == diffusion::StartKind::gaussian;
    if (fixed && target.dimension() == 1 && !gaussian_ && !s_.score.chains) {
      if (const auto fractions =
              class_fractions(target, s_.sampler, s_.grid, start_->mean(), start_->variance())) {
        for (Index c = 0; c < fractions->size(); ++c) {
          all.push_back({fmt::format("sampler_occupation_{:03}", c), (*fractions)[c],
                         "quadrature of the sampler's own law"});
        }
      }
    }
    if (gaussian_ && s_.start != diffusion::StartKind::gaussian_estimated) gaussian_law(all);
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const auto points = s_.target->points();
    const double size = points ? static_cast<double>(points->count) : 4;
    const double walkers = static_cast<double>(s_.walkers * s_.blocks),
                 d = static_cast<double>(s_.target->dimension());
    const double chains = s_.score.chains ? 4e-9 * static_cast<double>(s_.score.sweeps) : 0;
    return walkers * static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)) *
           (d * (size * 0.4e-9 + 5e-9 + chains) + 50e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(s_.target->dimension());
    const bool pndm = s_.sampler.method == diffusion::Method::pndm;
    const bool moments = s_.start == diffusion::StartKind::gaussian ||
                         s_.start == diffusion::StartKind::gaussian_estimated;
    std::size_t numbers = (pndm ? 14 : 8) * d * static_cast<std::size_t>(s_.walkers);
    if (moments) numbers += 3 * d * d;
    if (s_.start == diffusion::StartKind::gaussian_estimated) {
      numbers += 2 * d * static_cast<std::size_t>(s_.start_samples);
    }
    return s_.target->memory() + sizeof(double) * numbers;
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<FastSamplers>(s_, address);
  }

 private:
  /// Gaussian data: every step is linear, and the law at the end is known.
  void gaussian_law(std::vector<verdict::Prediction>& all) const {
    using diffusion::Method;
    const double c2 = (*s_.target->covariance())(0, 0), from = s_.grid.noise.front(),
                 to = s_.grid.noise.back();
    const double v = s_.start == diffusion::StartKind::noise ? start_->variance() : c2 + from;
    double variance = 0;
    switch (s_.sampler.method) {
      case Method::ddim:
        variance = theory::gaussian_variance(s_.grid.noise, c2, v, s_.sampler.eta);
        break;
      case Method::bridge:
      case Method::ddpm:
        variance = theory::gaussian_variance(s_.grid.noise, c2, v, 1);
        break;
      case Method::euler_maruyama:
        variance = theory::gaussian_variance_euler_maruyama(s_.grid.noise, c2, v);
        break;
      default:
        break;
    }
    all.push_back({"law_variance", c2 + to, "variance of the data noised to the last level"});
    if (variance > 0) {
      all.push_back({"sampler_divergence", theory::gaussian_divergence(variance / (c2 + to)),
                     "exact linear recursion of the sampler's variance"});
    }
  }

  Setting s_;
  std::optional<diffusion::Start> start_;
  std::int64_t replicas_ = 1;
  bool gaussian_ = false;
};

}  // namespace

ExperimentKind fast_samplers() {
  ExperimentKind kind;
  kind.name = "fast_samplers";
  kind.text =
      "samplers with few steps, time grids and late starts at equal score evaluations: occupation "
      "of the classes, distances to the target (Raya & Ambrogioni 2023; Karras et al. 2022)";
  kind.keys = reverse_keys();
  for (const deck::Key& key : score_keys()) kind.keys.push_back(key);
  for (const deck::Key& key : batch_keys("4096", "16", "4")) kind.keys.push_back(key);
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<FastSamplersExperiment>(parameters);
  };
  kind.analyse = analyse_fast_samplers;
  return kind;
}

}  // namespace symbreak::experiment
