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
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/deck/optional_keys.hpp"
#include "sim/diffusion/state_average.hpp"
#include "sim/diffusion/step_error.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/late_start/simulation.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::late_start {

namespace {

using namespace findings::late_start;
using target::MatrixXd;
using target::VectorXd;

/// The divergence of a one-dimensional target, E log p_s - log N over its noisy states.
double divergence_by_quadrature(const target::Model& model, double s) {
  const double variance = (*model.data->covariance())(0, 0) + s,
               mu = model.data->mean_of_target()[0];
  return diffusion::state_average(
      *model.posterior, *model.data, s,
      [&](const auto& x, const auto&, const target::Averages& posterior) {
        const Eigen::ArrayXd at = x.row(0).transpose().array();
        return VectorXd(posterior.log_partition.array() - at.square() / (2 * s) +
                        (at - mu).square() / (2 * variance) + std::log(variance / s) / 2);
      });
}

class LateStartExperiment final : public BatchExperiment<Setting> {
 public:
  explicit LateStartExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    const auto range = s_.read(parameters);
    const Index d = s_.model.denoiser->dimension();
    const auto covariance = s_.model.data->covariance();
    require_evaluated(parameters, s_.model);
    refuse_if(!covariance, "target.kind", "late_start needs the covariance of the target");
    s_.space = Space(parameters, *s_.model.denoiser);
    s_.gaussian = statistics::Cholesky(*covariance + range.from * MatrixXd::Identity(d, d));
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index classes = s_.model.data->classes();
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::divergence,
         .unit = "nats",
         .text = "KL(p_s || Gaussian of the same moments), forward noised data"},
        occupation_info(*s_.model.data),
        shaped(observable::ideal_occupation, {classes},
               "E P(class | x) at the start: the occupation of an exact sampler"),
        shaped(observable::occupation_gap, {classes},
               "branch_occupation - ideal_occupation, the same starts"),
        wasserstein_info(s_.space)};
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
    return {
        {fact::noise, s, "s = sigma^2 t of the start"},
        {fact::time, forward_.time(s), "deck's clock"},
        {fact::step_error, diffusion::leading_step_error(s_.sampler, s_.grid, s_.model),
         "bound on what the steps add to a probability, for a Gaussian of the largest variance"},
        {fact::class_weight, weights_of_classes(*s_.model.data), "weight of the class"}};
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

  double seconds_per_unit() const override { return s_.seconds(); }
  std::size_t memory_per_unit() const override {
    const Index d = s_.model.denoiser->dimension();
    return memory_with(*s_.model.denoiser, 10 * d * s_.walkers + 4 * d * d);
  }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "late_start";
  kind.text =
      "quality against start time of a Gaussian late start: divergence at the start, occupation "
      "and distances at the end, the critical start (Raya & Ambrogioni 2023)";
  kind.needs = {target::Part::clean_data};
  kind.keys = deck::joined({started_keys({{"steps", "100"}, {"sampler", "bridge_heun"}}),
                            {deck::optional_key(space_key())},
                            batch_keys("4096", "16", "4")});
  kind.make = make<LateStartExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::late_start
