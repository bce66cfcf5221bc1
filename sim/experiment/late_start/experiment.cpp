// Late starts: how late can generation begin from a Gaussian?
//
// Above the critical time the noised data are close to the Gaussian of their moments, and nothing
// is lost by starting there (Raya & Ambrogioni 2023). Per start time t:
//   divergence  KL(p_s || N(mu, Sigma + s)) = E_{p_s}[log p_s - log N], forward noised data with
//               the exact log p_s = log Z - |x|^2/2s - (d/2) log 2 pi s. An upper bound of what any
//               sampler can lose (data processing). Unbiased.
//   generation  reverse trajectories from the Gaussian: class occupation, W_2. A class probability
//               P(c|x) is a martingale of the exact reverse process, so that its occupation at the
//               end is its mean at the start: E_N P(c|x), known before a single step.
// A mere denoiser knows neither log Z nor P(c|x): its generation is measured alone.
#include <fmt/format.h>

#include <cmath>

#include "sim/experiment/common/trajectory_keys.hpp"
#include "sim/experiment/late_start/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::late_start {

namespace {

namespace fact = findings::late_start::fact;
namespace prediction = findings::late_start::prediction;
using target::MatrixXd;
using target::VectorXd;

/// The divergence of a one-dimensional target by the trapezoid rule over x.
double divergence_by_quadrature(const target::Model& model, double s) {
  const double variance = (*model.data->covariance())(0, 0), mu = model.data->mean_of_target()[0];
  const double reach = std::abs(mu) + 6 * std::sqrt(variance) + 12 * std::sqrt(s);
  const Index nodes = 4001;
  const double step = 2 * reach / static_cast<double>(nodes - 1);
  MatrixXd x(1, nodes);
  for (Index i = 0; i < nodes; ++i) x(0, i) = -reach + step * static_cast<double>(i);
  const VectorXd log_partition =
      model.posterior->averages(x, VectorXd::Constant(nodes, 1 / s)).log_partition;
  double sum = 0;
  for (Index i = 0; i < nodes; ++i) {
    const double log_p =
        log_partition[i] - x(0, i) * x(0, i) / (2 * s) - std::log(2 * M_PI * s) / 2;
    const double log_n =
        -std::pow(x(0, i) - mu, 2) / (2 * (variance + s)) - std::log(2 * M_PI * (variance + s)) / 2;
    sum += std::exp(log_p) * (log_p - log_n);
  }
  return sum * step;
}

class LateStartExperiment final : public measure::Experiment {
 public:
  explicit LateStartExperiment(const deck::Parameters& parameters) {
    s_.model = target::build_model(parameters);
    s_.forward = std::make_shared<const diffusion::Forward>(parameters);
    s_.sampler = diffusion::sampler_setting(parameters);
    const auto range = diffusion::noise_range(parameters, *s_.forward, s_.model);
    s_.grid = diffusion::make_grid(parameters, *s_.forward, s_.model, range.from, range.to);
    const Index d = s_.model.denoiser->dimension();
    const auto covariance = s_.model.data->covariance();
    if (!covariance || !s_.model.exact()) {
      throw deck::KeyError("target.kind",
                           "late_start needs the covariance of the target and its log Z");
    }
    s_.gaussian.compute(*covariance + range.from * MatrixXd::Identity(d, d));
    s_.log_determinant = 2 * s_.gaussian.matrixLLT().diagonal().array().log().sum();
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index classes = s_.model.data->classes();
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::divergence,
         .unit = "nats",
         .text = "KL(p_s || Gaussian of the same moments), forward noised data"},
        {.name = observable::branch_occupation,
         .shape = {classes},
         .text = "fraction of generated data in each class"},
        {.name = observable::ideal_occupation,
         .shape = {classes},
         .text = "E P(class | x) at the start: the occupation of an exact sampler"},
        {.name = observable::occupation_gap,
         .shape = {classes},
         .text = "branch_occupation - ideal_occupation, the same starts"},
        {.name = observable::wasserstein_2_excess,
         .text = "(sliced) W_2^2 of generated to exact samples minus that of exact to exact "
                 "samples"}};
    if (s_.model.posterior == nullptr) {
      std::erase_if(infos, [](const measure::ObservableInfo& info) {
        return info.name == observable::divergence || info.name == observable::ideal_occupation ||
               info.name == observable::occupation_gap;
      });
    }
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    const double s = s_.grid.noise.front();
    const VectorXd weights = s_.model.data->class_weights();
    return {{fact::noise, s, "s = sigma^2 t of the start"},
            {fact::time, s_.forward->time(s), "deck's clock"},
            {fact::class_weight, {weights.begin(), weights.end()}, "weight of the class"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (const auto critical = s_.model.data->critical_noise()) {
      all.push_back({prediction::critical_noise, *critical, "lambda_max(C), score criterion"});
    }
    if (s_.model.denoiser->dimension() > 1 || s_.model.posterior == nullptr) return all;
    all.push_back({prediction::divergence,
                   divergence_by_quadrature(s_.model, s_.grid.noise.front()),
                   "quadrature over p_s"});
    // Largest curvature of the divergence in ln s, between 1/50 and 10 times the variance.
    const double variance = (*s_.model.data->covariance())(0, 0);
    const auto curvature = [&](double log_s) {
      constexpr double kStep = 0.02;
      const auto at = [&](double v) { return divergence_by_quadrature(s_.model, std::exp(v)); };
      return (at(log_s + kStep) - 2 * at(log_s) + at(log_s - kStep)) / (kStep * kStep);
    };
    double best = 0, best_value = 0;
    for (double v = std::log(variance / 50); v < std::log(10 * variance); v += 0.1) {
      if (const double value = curvature(v); value > best_value) {
        best_value = value;
        best = v;
      }
    }
    const double left = curvature(best - 0.1), right = curvature(best + 0.1);
    const double shift = 0.05 * (left - right) / (left - 2 * best_value + right);
    all.push_back({prediction::critical_start_noise, std::exp(best + shift),
                   "largest curvature of the divergence in ln s, quadrature"});
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const auto* points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    const double size = points ? static_cast<double>(points->count()) : 4;
    return static_cast<double>(s_.walkers * s_.blocks) *
           static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)) *
           (static_cast<double>(s_.model.denoiser->dimension()) * (size * 0.4e-9 + 8e-9) + 50e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(s_.model.denoiser->dimension());
    return s_.model.denoiser->memory() +
           sizeof(double) * (10 * d * static_cast<std::size_t>(s_.walkers) + 4 * d * d);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(s_, address);
  }

 private:
  Setting s_;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "late_start";
  kind.text =
      "quality against start time of a Gaussian late start: divergence at the start, occupation "
      "and distances at the end, the critical start (Raya & Ambrogioni 2023)";
  kind.needs = {target::Part::clean_data};
  kind.keys = reverse_keys(
      {{"steps", "100"}, {"sampler", "bridge_heun"}},
      {"start", "start_samples", "start_index", "chain_first", "chain_last", "chain_length"});
  for (deck::Key& key : kind.keys) {
    // The discrete chain has a start of its own.
    if (key.name == "schedule") std::erase(key.choices, "linear_beta");
  }
  for (const deck::Key& key : batch_keys("4096", "16", "4")) kind.keys.push_back(key);
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<LateStartExperiment>(parameters);
  };
  return kind;
}

}  // namespace symbreak::experiment::late_start
