// Late starts: how late can generation begin from a Gaussian?
//
// Above the critical time the noised data are close to the Gaussian of their moments, and nothing
// is lost by starting there (Raya & Ambrogioni 2023). Per start time t:
//   divergence  KL(p_s || N(mu, Sigma + s)) = E_{p_s}[log p_s - log N], forward noised data with
//   the
//               exact log p_s = log Z - |x|^2/2s - (d/2) log 2 pi s. An upper bound of what any
//               sampler can lose (data processing). Unbiased.
//   generation  reverse trajectories from the Gaussian: class occupation, W_2. A class probability
//               P(c|x) is a martingale of the exact reverse process, so that its occupation at the
//               end is its mean at the start: E_N P(c|x), known before a single step.
#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/late_start/findings.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

struct Setting {
  std::shared_ptr<const target::Target> target;
  std::shared_ptr<const diffusion::Forward> forward;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;
  Eigen::LLT<MatrixXd> gaussian;  ///< of Sigma + s
  double log_determinant = 0;
  Index walkers = 0;
  std::int64_t blocks = 0;
};

class LateStart final : public Simulation {
 public:
  LateStart(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        begin_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        exact_(address.stream(random::Purpose::planted)),
        forward_(address.stream(random::Purpose::noise)),
        directions_(address.stream(random::Purpose::projection)),
        start_(diffusion::StartKind::gaussian, *s_.target, *s_.forward, s_.grid.noise.front(), 0,
               random::Stream({.purpose = random::Purpose::test})) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const target::Target& target = *s_.target;
    const Index d = target.dimension(), walkers = s_.walkers;
    const double s = s_.grid.noise.front();
    const VectorXd betas = VectorXd::Constant(walkers, 1 / s);
    recorder.measure("divergence", divergence(betas, s));

    MatrixXd x(d, walkers);
    start_.draw(begin_, x);
    const VectorXd ideal = target.class_probabilities(x, betas).rowwise().mean();
    diffusion::Integrator(s_.sampler, s_.grid).run(target, noise_, x);
    VectorXd occupied = VectorXd::Zero(target.classes());
    for (Index label : target.classify(x)) {
      if (label >= 0) occupied[label] += 1 / static_cast<double>(walkers);
    }
    recorder.measure("branch_occupation", span(occupied));
    recorder.measure("ideal_occupation", span(ideal));
    // Paired: the same starts.
    const VectorXd gap = occupied - ideal;
    recorder.measure("occupation_gap", span(gap));

    const MatrixXd y = x.leftCols(std::min(walkers, kDistanceSamples));
    MatrixXd a(d, y.cols()), b(d, y.cols());
    target.sample(exact_, a);
    target.sample(exact_, b);
    recorder.measure("wasserstein_2_excess", wasserstein_excess(y, a, b, directions_));
  }

  void save(State& state) const override {
    state.integers["streams"] = {begin_.position(), noise_.position(), exact_.position(),
                                 forward_.position(), directions_.position()};
  }
  void load(const State& state) override {
    random::Stream* all[] = {&begin_, &noise_, &exact_, &forward_, &directions_};
    for (std::size_t i = 0; i < 5; ++i) all[i]->seek(state.integers.at("streams")[i]);
  }

 private:
  static std::span<const double> span(const VectorXd& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
  }
  double divergence(const VectorXd& betas, double s) {
    const target::Target& target = *s_.target;
    const Index d = target.dimension();
    MatrixXd x(d, betas.size()), z(d, betas.size());
    target.sample(exact_, x);
    forward_.normals({z.data(), static_cast<std::size_t>(z.size())});
    x += std::sqrt(s) * z;
    const VectorXd log_partition = target.posterior(x, betas).log_partition;
    const VectorXd norms = x.colwise().squaredNorm();
    MatrixXd centred = x.colwise() - target.mean_of_target();
    s_.gaussian.matrixL().solveInPlace(centred);
    const VectorXd mahalanobis = centred.colwise().squaredNorm();
    // The (d/2) log 2 pi of both densities cancels.
    return (log_partition - norms / (2 * s) + mahalanobis / 2).mean() +
           (s_.log_determinant - static_cast<double>(d) * std::log(s)) / 2;
  }

  const Setting& s_;
  random::Stream begin_, noise_, exact_, forward_, directions_;
  diffusion::Start start_;
};

/// The divergence of a one-dimensional target by the trapezoid rule over x.
double divergence_by_quadrature(const target::Target& target, double s) {
  const double variance = (*target.covariance())(0, 0), mu = target.mean_of_target()[0];
  const double reach = std::abs(mu) + 6 * std::sqrt(variance) + 12 * std::sqrt(s);
  const Index nodes = 4001;
  const double step = 2 * reach / static_cast<double>(nodes - 1);
  MatrixXd x(1, nodes);
  for (Index i = 0; i < nodes; ++i) x(0, i) = -reach + step * static_cast<double>(i);
  const VectorXd log_partition =
      target.posterior(x, VectorXd::Constant(nodes, 1 / s)).log_partition;
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

class LateStartExperiment final : public Experiment {
 public:
  explicit LateStartExperiment(const deck::Parameters& parameters) {
    s_.target = target::build(parameters, {});
    s_.forward = std::make_shared<const diffusion::Forward>(parameters);
    s_.sampler = diffusion::sampler_setting(parameters);
    const auto range = diffusion::noise_range(parameters, *s_.forward, *s_.target);
    s_.grid = diffusion::make_grid(parameters, *s_.forward, *s_.target, range.from, range.to);
    const Index d = s_.target->dimension();
    const auto covariance = s_.target->covariance();
    if (!covariance || !s_.target->exact()) {
      throw deck::KeyError("target.kind",
                           "late_start needs the covariance of the target and its log Z");
    }
    s_.gaussian.compute(*covariance + range.from * MatrixXd::Identity(d, d));
    s_.log_determinant = 2 * s_.gaussian.matrixLLT().diagonal().array().log().sum();
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
  }

  std::vector<ObservableInfo> observables() const override {
    const Index classes = s_.target->classes();
    return {{.name = "divergence",
             .unit = "nats",
             .text = "KL(p_s || Gaussian of the same moments), forward noised data"},
            {.name = "branch_occupation",
             .shape = {classes},
             .text = "fraction of generated data in each class"},
            {.name = "ideal_occupation",
             .shape = {classes},
             .text = "E P(class | x) at the start: the occupation of an exact sampler"},
            {.name = "occupation_gap",
             .shape = {classes},
             .text = "branch_occupation - ideal_occupation, the same starts"},
            {.name = "wasserstein_2_excess",
             .text = "(sliced) W_2^2 of generated to exact samples minus that of exact to exact "
                     "samples"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    const double s = s_.grid.noise.front();
    std::vector<verdict::Prediction> all = {{"noise", s, "s = sigma^2 t of the start"},
                                            {"time", s_.forward->time(s), "deck's clock"}};
    const VectorXd weights = s_.target->class_weights();
    for (Index c = 0; c < weights.size(); ++c) {
      all.push_back({fmt::format("class_weight_{:03}", c), weights[c], "weight of the class"});
    }
    if (const auto critical = s_.target->critical_noise()) {
      all.push_back({"critical_noise", *critical, "lambda_max(C), score criterion"});
    }
    if (s_.target->dimension() > 1) return all;
    all.push_back({"divergence", divergence_by_quadrature(*s_.target, s), "quadrature over p_s"});
    // Largest curvature of the divergence in ln s, between 1/50 and 10 times the variance.
    const double variance = (*s_.target->covariance())(0, 0);
    const auto curvature = [&](double log_s) {
      constexpr double kStep = 0.02;
      const auto at = [&](double v) { return divergence_by_quadrature(*s_.target, std::exp(v)); };
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
    all.push_back({"critical_start_noise", std::exp(best + shift),
                   "largest curvature of the divergence in ln s, quadrature"});
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const auto points = s_.target->points();
    const double size = points ? static_cast<double>(points->count) : 4;
    return static_cast<double>(s_.walkers * s_.blocks) *
           static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)) *
           (static_cast<double>(s_.target->dimension()) * (size * 0.4e-9 + 8e-9) + 50e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(s_.target->dimension());
    return s_.target->memory() +
           sizeof(double) * (10 * d * static_cast<std::size_t>(s_.walkers) + 4 * d * d);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<LateStart>(s_, address);
  }

 private:
  Setting s_;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind late_start() {
  ExperimentKind kind;
  kind.name = "late_start";
  kind.text =
      "quality against start time of a Gaussian late start: divergence at the start, occupation "
      "and "
      "distances at the end, the critical start (Raya & Ambrogioni 2023)";
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
  kind.analyse = analyse_late_start;
  return kind;
}

}  // namespace symbreak::experiment
