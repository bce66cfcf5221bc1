// Generation: an ensemble of reverse trajectories from noise to data, measured along the way and
// compared with the law it should produce.
//
// Trajectories run in the Brownian gauge on a grid of noise levels (sim/diffusion/reverse.hpp).
// Along the way: the order parameter of the clean mean m = u.<y>/|u|^2, the overlap
// q = |<y>|^2/d (E q = E <y>.y/d for any target), the score norm, the posterior entropy. The same
// overlap is measured on forward noised data: for an exact score the two agree at every time, which
// checks sampler and time grid without knowing the law of the overlap. Where the posterior has no
// closed form, the clean mean is sampled by chains (clean_mean.hpp) and its error recorded: decks
// run two values of `sweeps` and the analysis shows what halving the error does. At the end: branch
// occupation and distances to exact samples, each with the same distance between two exact samples
// subtracted.
#include <fmt/format.h>

#include <cmath>

#include "analysis/statistics/matrix.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/deck/optional_keys.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/diffusion/state_average.hpp"
#include "sim/diffusion/step_error.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/generation/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::generation {

namespace {

using namespace findings::generation;
using target::MatrixXd;
using target::VectorXd;

constexpr Index kLargestMomentDimension = 512;  ///< Frechet distance: d^2 numbers per unit

class GenerationExperiment final : public BatchExperiment<Setting> {
 public:
  explicit GenerationExperiment(const deck::Parameters& parameters)
      : BatchExperiment(parameters), parameters_(parameters) {
    s_.model = target::build_model(parameters);
    const target::CleanData& data = *s_.model.data;
    const std::string& sampler = parameters.word("experiment.sampler");
    s_.sampler = diffusion::method_named(sampler);
    s_.draws = sampler == "bridge_sample";
    s_.gaussian_start = parameters.word("experiment.start") == "gaussian";
    const Index d = s_.model.denoiser->dimension(), steps = parameters.integer("experiment.steps");

    s_.score = score_source(parameters, s_.model, s_.draws);
    s_.space = Space(parameters, *s_.model.denoiser);
    s_.planted_chains = parameters.word("experiment.chain_start") == "planted";
    refuse_if(s_.score.chains && s_.planted_chains && s_.gaussian_start, "experiment.chain_start",
              "a Gaussian start has no datum behind it to plant: use start = exact, or chain_start "
              "= independent");
    // Spins need no sample to know their extent.
    const auto covariance = data.covariance();
    MatrixXd sample = MatrixXd::Ones(d, 1);
    if (!has_spins(*s_.model.denoiser)) {
      random::Stream stream = random::probe();
      sample.resize(d, 256);
      data.sample(stream, sample);
    }
    const double spread = covariance ? covariance->trace()
                                     : sample.squaredNorm() / static_cast<double>(sample.cols());

    const auto [from, to] = diffusion::noise_range(parameters, forward_, s_.model);
    refuse_if(!(from > to), "experiment.t_start",
              fmt::format("generation runs backwards: t_start = {:.4g} must exceed t_end = {:.4g}",
                          forward_.time(from), forward_.time(to)));
    s_.grid = diffusion::spaced_grid(parameters.word("experiment.spacing"), from, to, steps).noise;
    s_.recorded = recorded_levels(steps + 1, parameters.integer("experiment.records"));

    s_.axes = order_projection(data);
    s_.histogram_edge = 1.05 * (s_.axes.transpose() * sample).cwiseAbs().maxCoeff();
    s_.entropy = s_.model.posterior != nullptr &&
                 target::part<target::FiniteSupport>(*s_.model.denoiser) != nullptr;
    s_.moments =
        covariance.has_value() && d <= kLargestMomentDimension && s_.walkers * s_.blocks > 2 * d;
    if (s_.gaussian_start) {
      refuse_if(!covariance, "experiment.start",
                "a Gaussian start needs the target's covariance, which is too large to store at "
                "this dimension");
      // The symmetric root: a Cholesky factor does not exist for data on a subspace.
      s_.start_root = statistics::symmetric_root(*covariance);
    }
    const auto* pictures = target::part<target::Pictures>(*s_.model.denoiser);
    if (s_.entropy && pictures != nullptr && pictures->picture().known()) {
      s_.picture = pictures->picture();
      s_.pictured = recorded_levels(static_cast<Index>(s_.recorded.size()), kPictures);
    }
    s_.coupling_unit = coupling_unit(parameters);
    norm_ = covariance ? (covariance->trace() + data.mean_of_target().squaredNorm()) : spread;
    variance_ = std::max(0.0, covariance ? covariance->trace()
                                         : spread - data.mean_of_target().squaredNorm()) /
                static_cast<double>(d);
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto times = static_cast<Index>(s_.recorded.size());
    const Index k = s_.axes.cols();
    const auto at_times = [&](verdict::ObservableName name, const std::string& text) {
      return shaped(name, {times}, text, 128);
    };
    std::vector<measure::ObservableInfo> infos = {
        at_times(observable::overlap, "|<y>|^2/d on reverse trajectories at the recorded times"),
        at_times(observable::overlap_forward,
                 "|<y>|^2/d on forward noised data at the recorded times"),
        {.name = observable::mean_overlap, .text = "overlap averaged over the recorded times"},
        {.name = observable::mean_overlap_forward,
         .text = "overlap_forward averaged over recorded times"},
        at_times(observable::score_norm, "s |score|^2/d, s = 1/beta: 1 for pure noise"),
        shaped(observable::order_parameter_squared, {times, k},
               "m_a^2 of the clean mean, m_a = u_a.<y>/|u_a|^2, per order axis", 128),
        shaped(observable::order_parameter_distribution, {times, kOrderBins},
               "fraction of walkers per bin of m_1 (clean mean)", 16),
        shaped(observable::order_parameter_paths, {s_.paths(), times},
               "m_1 of the clean mean along the first reverse trajectories of a unit; unit 0 is a "
               "picture",
               2),
        occupation_info(*s_.model.data),
        wasserstein_info(s_.space),
        {.name = observable::energy_distance,
         .text = "unbiased energy distance of generated and exact samples"}};
    if (s_.entropy) {
      infos.push_back(
          at_times(observable::posterior_entropy, "-sum_j w_j log w_j on reverse trajectories"));
      infos.back().unit = "nats";
    }
    if (s_.score.chains) {
      infos.push_back(at_times(observable::clean_mean_variance,
                               "sum_i Var(<y_i>)/d of the sampled clean mean on reverse "
                               "trajectories; the score's is this/s^2"));
      infos.push_back({.name = observable::chains_unconverged,
                       .text = "fraction of reverse trajectories whose chains exceed split R-hat "
                               "1.5 at a recorded time"});
    }
    if (!s_.pictured.empty()) {
      infos.push_back(
          shaped(observable::path_pictures,
                 {3, static_cast<Index>(s_.pictured.size()), s_.picture.height, s_.picture.width},
                 "first channel of x, <y> and the datum nearest to <y> along the first "
                 "reverse trajectory of a unit; unit 0 is a picture",
                 2));
    }
    append(infos, spin_observables(*s_.model.denoiser));
    if (s_.moments) {
      infos.push_back({.name = observable::frechet_distance,
                       .text = "Frechet distance of all generated data of a unit to the exact mean "
                               "and covariance"});
      infos.push_back({.name = observable::frechet_excess,
                       .text = "frechet_distance minus that of as many exact samples"});
    }
    return measure::independent(std::move(infos));  // chains are planted anew in every block
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {
        {fact::time, times_of(forward_, recorded_noise()), "recorded time, deck's clock"},
        {fact::noise, recorded_noise(), "sigma^2 t in the Brownian gauge"},
        {fact::histogram_edge, s_.histogram_edge, "range of the order-parameter histogram"},
        {fact::mean_square_norm, norm_ / static_cast<double>(s_.model.denoiser->dimension()),
         "E|y|^2/d of the target"},
        {fact::variance, variance_, "E|y - E y|^2/d of the target"},
        {fact::step_error, step_error(),
         "bound on what the steps add to a probability, for a Gaussian of the largest variance"},
    };
    if (!s_.pictured.empty()) {
      std::vector<double> times;
      for (const Index i : s_.pictured) {
        times.push_back(times_of(forward_, recorded_noise())[static_cast<std::size_t>(i)]);
      }
      all.push_back({fact::picture_time, std::move(times), "of path_pictures, deck's clock"});
    }
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {
        {prediction::class_weight, weights_of_classes(*s_.model.data), "weight of the class"}};
    if (const auto critical = s_.model.data->critical_noise()) {
      all.push_back({prediction::critical_time, forward_.time(*critical),
                     "lambda_max(C)/sigma^2, score criterion"});
    }
    append(all, spin_predictions(*s_.model.denoiser, parameters_));
    if (s_.model.denoiser->dimension() == 1 && s_.model.posterior != nullptr && s_.model.exact()) {
      std::vector<double> overlaps;
      double sum = 0;
      for (double s : recorded_noise()) {
        overlaps.push_back(diffusion::state_average(
            *s_.model.posterior, *s_.model.data, s,
            [](const auto&, const auto&, const auto& posterior) {
              return VectorXd(posterior.mean.row(0).transpose().cwiseAbs2());
            }));
        sum += overlaps.back();
      }
      const double mean = sum / static_cast<double>(overlaps.size());
      all.push_back({prediction::overlap, std::move(overlaps), "quadrature of <y>^2 over p_t"});
      all.push_back({prediction::mean_overlap, mean, "1 - mmse, quadrature over p_t"});
    }
    return all;
  }

  double seconds_per_unit() const override {
    const double evaluations =
        static_cast<double>(s_.grid.size() + s_.recorded.size()) * diffusion::stages(s_.sampler);
    const double d = static_cast<double>(s_.model.denoiser->dimension());
    constexpr double kSpin = 0.25e-9, kField = 12e-9;  // an update; a threshold and a conversion
    constexpr double kChains = 16;
    const double each = s_.score.chains
                            ? d * (static_cast<double>(s_.score.sweeps) * kChains * kSpin + kField)
                            : mean_seconds(*s_.model.denoiser);
    return s_.walkers_per_unit() *
           (evaluations * each + 3e-9 * d * static_cast<double>(s_.walkers));
  }
  std::size_t memory_per_unit() const override {
    const Index d = s_.model.denoiser->dimension();
    return memory_with(*s_.model.denoiser, 10 * d * s_.walkers + (s_.moments ? 2 * d * d : 0));
  }

 private:
  double step_error() const {
    if (s_.draws) return 0;
    diffusion::Grid grid;
    grid.noise = s_.grid;
    return diffusion::leading_step_error({.method = s_.sampler}, grid, s_.model);
  }
  std::vector<double> recorded_noise() const { return at_levels(s_.grid, s_.recorded); }

  deck::Parameters parameters_;
  double norm_ = 1, variance_ = 1;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "generation";
  kind.text =
      "reverse trajectories from noise to data: order parameter, overlap, score and entropy along "
      "the way, branch occupation and distances to the target at the end";
  kind.needs = {target::Part::clean_data};
  kind.keys = {
      deck::word_key("experiment", "sampler", "bridge_heun",
                     "reverse SDE by Brownian bridges (first order, or second with Heun's "
                     "correction; bridge_sample: to one posterior sample, exact at any step size) "
                     "or Euler-Maruyama, or the probability-flow ODE (Heun)",
                     {"bridge", "bridge_heun", "bridge_sample", "euler_maruyama", "ode"}),
      deck::used_with(
          "score=auto|chains",
          deck::word_key(
              "experiment", "chain_start", "independent",
              "chains start at a datum independent of the trajectory (and burn in), or at "
              "the one behind its first state, which is an exact posterior draw",
              {"independent", "planted"})),
      deck::count_key("experiment", "steps", "400", "steps of the time grid", 1, 1e7),
      deck::with_alias("schedule",
                       deck::word_key("experiment", "spacing", "log",
                                      "time grid even in log(sigma^2 t) or in sqrt(sigma^2 t)",
                                      {"log", "sqrt"})),
      deck::real_key("experiment", "t_start", "0",
                     "first time; 0: where sigma^2 t is 200 times the variance of the data", 0),
      deck::real_key("experiment", "t_end", "0",
                     "last time, where the clean mean is the generated datum; 0: sigma^2 t is 1e-4 "
                     "of the variance per dimension",
                     0),
      deck::word_key("experiment", "start", "exact",
                     "initial law: exact p_t, or the Gaussian with its mean and covariance",
                     {"exact", "gaussian"}),
      deck::optional_key(space_key()),
      deck::count_key("experiment", "records", "25", "times at which trajectories are measured", 2,
                      1000),
      deck::sampling_key("walkers", "256", "trajectories run together (one batch)", 2, 1e5),
      deck::sampling_key("blocks", "16", "batches per work unit"),
      deck::sampling_key("replicas", "8", "independent work units"),
  };
  append(kind.keys, score_keys());
  kind.make = make<GenerationExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::generation
