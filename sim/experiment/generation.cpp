// Generation: an ensemble of reverse trajectories from noise to data, measured along the way and
// compared with the law it should produce.
//
// Trajectories run in the Brownian gauge on a grid of noise levels (sim/diffusion/reverse.hpp).
// Along the way: the order parameter of the clean mean m = u.<y>/|u|^2, the overlap
// q = |<y>|^2/d (E q = E <y>.y/d for any target), the score norm, the posterior entropy. The same
// overlap is measured on forward noised data: for an exact score the two agree at every time, which
// checks sampler and time grid without knowing the law of the overlap. At the end: branch
// occupation and distances to exact samples, each with the same distance between two exact samples
// subtracted.
#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "analysis/statistics/distances.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/experiment/families.hpp"
#include "sim/experiment/generation_analysis.hpp"

namespace symbreak::experiment {

namespace {

using diffusion::Sampler;
using target::MatrixXd;
using target::VectorXd;

constexpr Index kHistogramBins = 41;
constexpr Index kLargestMomentDimension = 512;  ///< Frechet distance: d^2 numbers per unit
constexpr Index kDirections = 32;               ///< of the sliced Wasserstein distance

/// Everything that is fixed for all units of a point.
struct Setting {
  std::shared_ptr<const target::Target> target;
  Sampler sampler = Sampler::bridge;
  bool gaussian_start = false;
  std::vector<double> grid;     ///< noise levels, descending
  std::vector<Index> recorded;  ///< indices into grid
  Index walkers = 0;
  std::int64_t blocks = 0;
  double histogram_edge = 1;  ///< the histogram of m covers [-edge, edge]
  MatrixXd axes;              ///< d x k, divided by |u|^2: m = axes^T y
  bool moments = false;       ///< Frechet distance is measured
  MatrixXd start_root;        ///< C^{1/2} of the target, for a Gaussian start
};

/// Running first and second moments of generated and of exact samples.
struct Moments {
  double count = 0;
  VectorXd sum;
  MatrixXd products;
  explicit Moments(Index d) : sum(VectorXd::Zero(d)), products(MatrixXd::Zero(d, d)) {}
  void add(const MatrixXd& y) {
    count += static_cast<double>(y.cols());
    sum += y.rowwise().sum();
    products.noalias() += y * y.transpose();
  }
  VectorXd mean() const { return sum / count; }
  MatrixXd covariance() const { return (products - sum * sum.transpose() / count) / (count - 1); }
};

class Generation final : public Simulation {
 public:
  Generation(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        start_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        exact_(address.stream(random::Purpose::planted)),
        forward_(address.stream(random::Purpose::noise)),
        directions_(address.stream(random::Purpose::projection)),
        generated_moments_(s_.moments ? s_.target->dimension() : 0),
        exact_moments_(generated_moments_) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const target::Target& target = *s_.target;
    const Index d = target.dimension(), walkers = s_.walkers;
    MatrixXd x = start();
    const MatrixXd clean = draw_exact();  // forward trajectories start here
    MatrixXd mean;
    Trace reverse(*this), forward(*this);
    std::size_t next = 0;
    for (std::size_t i = 0; i < s_.grid.size(); ++i) {
      const target::Posterior posterior = target.posterior(x, betas(s_.grid[i]));
      if (next < s_.recorded.size() && s_.recorded[next] == static_cast<Index>(i)) {
        reverse.add(next, x, posterior);
        const MatrixXd noisy = clean + std::sqrt(s_.grid[i]) * normals(forward_, d, walkers);
        forward.add(next, noisy, target.posterior(noisy, betas(s_.grid[i])));
        ++next;
      }
      mean = posterior.mean;
      if (i + 1 < s_.grid.size()) {
        diffusion::reverse_step(s_.sampler, target, s_.grid[i], s_.grid[i + 1], mean, noise_, x);
      }
    }
    reverse.record(recorder, "");
    forward.record(recorder, "_forward");
    recorder.measure("order_parameter_distribution", reverse.histogram());
    judge(recorder, mean);
    ++done_;
  }

  void save(State& state) const override {
    state.integers["streams"] = {start_.position(),      noise_.position(),
                                 exact_.position(),      forward_.position(),
                                 directions_.position(), static_cast<std::uint64_t>(done_)};
    if (!s_.moments) return;
    const auto put = [&state](const std::string& name, const Moments& moments) {
      state.reals[name + ".sum"].assign(moments.sum.begin(), moments.sum.end());
      state.reals[name + ".products"].assign(moments.products.data(),
                                             moments.products.data() + moments.products.size());
    };
    put("generated", generated_moments_);
    put("exact", exact_moments_);
  }
  void load(const State& state) override {
    const auto& streams = state.integers.at("streams");
    random::Stream* all[] = {&start_, &noise_, &exact_, &forward_, &directions_};
    for (std::size_t i = 0; i < 5; ++i) all[i]->seek(streams[i]);
    done_ = static_cast<std::int64_t>(streams[5]);
    if (!s_.moments) return;
    const auto get = [&](const std::string& name, Moments& moments) {
      const auto& sum = state.reals.at(name + ".sum");
      const auto& products = state.reals.at(name + ".products");
      moments.count = static_cast<double>(done_ * s_.walkers);
      std::copy(sum.begin(), sum.end(), moments.sum.data());
      std::copy(products.begin(), products.end(), moments.products.data());
    };
    get("generated", generated_moments_);
    get("exact", exact_moments_);
  }

 private:
  /// What is measured on one batch at the recorded times.
  class Trace {
   public:
    explicit Trace(const Generation& owner)
        : s_(owner.s_),
          overlap_(s_.recorded.size(), s_.walkers),
          score_(overlap_.rows(), s_.walkers),
          entropy_(overlap_.rows(), s_.walkers),
          order_(overlap_.rows() * s_.axes.cols(), s_.walkers),
          histogram_(s_.recorded.size() * kHistogramBins, 0.0) {}

    void add(std::size_t time, const MatrixXd& x, const target::Posterior& posterior) {
      const auto row = static_cast<Index>(time);
      const double d = static_cast<double>(x.rows()),
                   s = s_.grid[static_cast<std::size_t>(s_.recorded[time])];
      const MatrixXd m = s_.axes.transpose() * posterior.mean;
      overlap_.row(row) = posterior.mean.colwise().squaredNorm() / d;
      score_.row(row) = (posterior.mean - x).colwise().squaredNorm() / (s * d);
      entropy_.row(row) = posterior.entropy;
      order_.middleRows(row * m.rows(), m.rows()) = m.array().square();
      for (Index k = 0; k < m.cols(); ++k) {
        const double u = (m(0, k) / s_.histogram_edge + 1) / 2;
        const auto bin =
            std::clamp<Index>(static_cast<Index>(u * kHistogramBins), 0, kHistogramBins - 1);
        histogram_[time * kHistogramBins + static_cast<std::size_t>(bin)] +=
            1 / static_cast<double>(s_.walkers);
      }
    }
    /// Walkers are independent: each is one sample.
    void record(Recorder& recorder, const std::string& suffix) const {
      const auto column = [](const MatrixXd& matrix, Index k) {
        return std::span<const double>(matrix.col(k).data(),
                                       static_cast<std::size_t>(matrix.rows()));
      };
      for (Index k = 0; k < s_.walkers; ++k) {
        recorder.measure("overlap" + suffix, column(overlap_, k));
        recorder.measure("mean_overlap" + suffix, overlap_.col(k).mean());
        if (!suffix.empty()) continue;
        recorder.measure("score_norm", column(score_, k));
        recorder.measure("order_parameter_squared", column(order_, k));
        if (s_.target->points()) recorder.measure("posterior_entropy", column(entropy_, k));
      }
    }
    std::span<const double> histogram() const { return histogram_; }

   private:
    const Setting& s_;
    MatrixXd overlap_, score_, entropy_, order_;
    std::vector<double> histogram_;
  };

  static MatrixXd normals(random::Stream& stream, Index rows, Index columns) {
    MatrixXd z(rows, columns);
    stream.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
    return z;
  }
  VectorXd betas(double s) const { return VectorXd::Constant(s_.walkers, 1 / s); }
  MatrixXd draw_exact() {
    MatrixXd y(s_.target->dimension(), s_.walkers);
    s_.target->sample(exact_, y);
    return y;
  }

  /// x at the first noise level: exactly from p_t, or from the Gaussian with its mean and
  /// covariance.
  MatrixXd start() {
    const Index d = s_.target->dimension();
    MatrixXd x(d, s_.walkers);
    if (s_.gaussian_start) {
      x = s_.start_root * normals(start_, d, s_.walkers);
      x.colwise() += s_.target->mean_of_target();
    } else {
      s_.target->sample(start_, x);
    }
    return x + std::sqrt(s_.grid.front()) * normals(start_, d, s_.walkers);
  }

  /// Generated data (the clean mean at the last noise level) against the law.
  void judge(Recorder& recorder, const MatrixXd& y) {
    const target::Target& target = *s_.target;
    const Index d = target.dimension();
    const Index classes = target.classes();
    std::vector<double> occupied(static_cast<std::size_t>(classes));
    for (Index label : target.classify(y)) {
      std::fill(occupied.begin(), occupied.end(), 0.0);
      if (label >= 0) occupied[static_cast<std::size_t>(label)] = 1;
      recorder.measure("branch_occupation", occupied);
    }
    const MatrixXd a = draw_exact(), b = draw_exact();
    MatrixXd directions = MatrixXd::Ones(1, 1);
    if (d > 1) {
      directions = normals(directions_, d, kDirections);
      directions.colwise().normalize();
    }
    recorder.measure("wasserstein_2_excess",
                     statistics::sliced_wasserstein_squared(y, a, directions) -
                         statistics::sliced_wasserstein_squared(b, a, directions));
    recorder.measure("energy_distance", statistics::energy_distance(y, a));
    if (!s_.moments) return;
    generated_moments_.add(y);
    exact_moments_.add(b);
    if (done_ + 1 < s_.blocks) return;
    const VectorXd mean = target.mean_of_target();
    const MatrixXd covariance = *target.covariance();
    const double generated = statistics::frechet_distance(
        generated_moments_.mean(), generated_moments_.covariance(), mean, covariance);
    const double floor = statistics::frechet_distance(
        exact_moments_.mean(), exact_moments_.covariance(), mean, covariance);
    recorder.measure("frechet_distance", generated);
    recorder.measure("frechet_excess", generated - floor);
  }

  const Setting& s_;
  random::Stream start_, noise_, exact_, forward_, directions_;
  Moments generated_moments_, exact_moments_;
  std::int64_t done_ = 0;
};

/// E|<y>|^2/d over p_t of a one-dimensional target by the trapezoid rule over x (exponentially
/// convergent): p_t(x) = Z(x, beta) exp(-beta x^2/2) sqrt(beta/2 pi).
double overlap_by_quadrature(const target::Target& target, double s, double edge) {
  const Index nodes = 4001;
  const double reach = edge + 12 * std::sqrt(s), step = 2 * reach / static_cast<double>(nodes - 1);
  MatrixXd x(1, nodes);
  for (Index i = 0; i < nodes; ++i) x(0, i) = -reach + step * static_cast<double>(i);
  const target::Posterior posterior = target.posterior(x, VectorXd::Constant(nodes, 1 / s));
  double sum = 0;
  for (Index i = 0; i < nodes; ++i) {
    const double log_density =
        posterior.log_partition[i] - x(0, i) * x(0, i) / (2 * s) - std::log(2 * M_PI * s) / 2;
    sum += std::exp(log_density) * posterior.mean(0, i) * posterior.mean(0, i);
  }
  return sum * step;
}

class GenerationExperiment final : public Experiment {
 public:
  explicit GenerationExperiment(const deck::Parameters& parameters) : forward_(parameters) {
    s_.target = target::build(parameters, {});
    const std::string& sampler = parameters.word("experiment.sampler");
    s_.sampler = sampler == "bridge"           ? Sampler::bridge
                 : sampler == "bridge_heun"    ? Sampler::bridge_heun
                 : sampler == "euler_maruyama" ? Sampler::euler_maruyama
                                               : Sampler::ode;
    s_.gaussian_start = parameters.word("experiment.start") == "gaussian";
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
    const Index d = s_.target->dimension(), steps = parameters.integer("experiment.steps");

    random::Stream probe({.purpose = random::Purpose::test});
    MatrixXd sample(d, 256);
    s_.target->sample(probe, sample);
    const auto covariance = s_.target->covariance();
    const double spread = covariance ? covariance->trace() : sample.squaredNorm() / 256;

    double from = 200 * spread, to = 1e-4 * spread / static_cast<double>(d);
    if (parameters.real("experiment.t_start") > 0) {
      from = forward_.at(parameters.real("experiment.t_start")).noise();
    }
    if (parameters.real("experiment.t_end") > 0) {
      to = forward_.at(parameters.real("experiment.t_end")).noise();
    }
    if (!(from > to)) {
      throw deck::KeyError("experiment.t_start",
                           fmt::format("generation runs backwards: t_start = {:.4g} must exceed "
                                       "t_end = {:.4g}",
                                       forward_.time(from), forward_.time(to)));
    }
    s_.grid = diffusion::noise_grid(from, to, steps, parameters.word("experiment.spacing"));
    const Index records = std::min<Index>(parameters.integer("experiment.records"), steps + 1);
    for (Index r = 0; r < records; ++r)
      s_.recorded.push_back(r * steps / std::max<Index>(1, records - 1));

    s_.axes = s_.target->order_axes();
    for (Index a = 0; a < s_.axes.cols(); ++a) s_.axes.col(a) /= s_.axes.col(a).squaredNorm();
    s_.histogram_edge = 1.05 * (s_.axes.transpose() * sample).cwiseAbs().maxCoeff();
    edge_ = 1.5 * sample.cwiseAbs().maxCoeff();
    s_.moments =
        covariance.has_value() && d <= kLargestMomentDimension && s_.walkers * s_.blocks > 2 * d;
    if (s_.gaussian_start) {
      if (!covariance) {
        throw deck::KeyError("experiment.start",
                             "a Gaussian start needs the target's covariance, "
                             "which is too large to store at this dimension");
      }
      // The symmetric root: a Cholesky factor does not exist for data on a subspace.
      s_.start_root = Eigen::SelfAdjointEigenSolver<MatrixXd>(*covariance).operatorSqrt();
    }
    norm_ = covariance ? (covariance->trace() + s_.target->mean_of_target().squaredNorm())
                       : sample.squaredNorm() / 256;
  }

  std::vector<ObservableInfo> observables() const override {
    const auto times = static_cast<Index>(s_.recorded.size());
    const Index k = s_.axes.cols();
    std::vector<ObservableInfo> infos = {
        {.name = "overlap",
         .shape = {times},
         .text = "|<y>|^2/d on reverse trajectories at the recorded times",
         .max_bins = 128},
        {.name = "overlap_forward",
         .shape = {times},
         .text = "|<y>|^2/d on forward noised data at the recorded times",
         .max_bins = 128},
        {.name = "mean_overlap", .text = "overlap averaged over the recorded times"},
        {.name = "mean_overlap_forward", .text = "overlap_forward averaged over recorded times"},
        {.name = "score_norm",
         .shape = {times},
         .text = "s |score|^2/d, s = 1/beta: 1 for pure noise",
         .max_bins = 128},
        {.name = "order_parameter_squared",
         .shape = {times, k},
         .text = "m_a^2 of the clean mean, m_a = u_a.<y>/|u_a|^2, per order axis",
         .max_bins = 128},
        {.name = "order_parameter_distribution",
         .shape = {times, kHistogramBins},
         .text = "fraction of walkers per bin of m_1 (clean mean)",
         .max_bins = 16},
        {.name = "branch_occupation",
         .shape = {s_.target->classes()},
         .text = "fraction of generated data in each class"},
        {.name = "wasserstein_2_excess",
         .text =
             "(sliced) W_2^2 of generated to exact samples minus that of exact to exact samples"},
        {.name = "energy_distance",
         .text = "unbiased energy distance of generated and exact samples"}};
    if (s_.target->points()) {
      infos.push_back({.name = "posterior_entropy",
                       .shape = {times},
                       .unit = "nats",
                       .text = "-sum_j w_j log w_j on reverse trajectories",
                       .max_bins = 128});
    }
    if (s_.moments) {
      infos.push_back({.name = "frechet_distance",
                       .text = "Frechet distance of all generated data of a unit to the exact mean "
                               "and covariance"});
      infos.push_back({.name = "frechet_excess",
                       .text = "frechet_distance minus that of as many exact samples"});
    }
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    for (std::size_t r = 0; r < s_.recorded.size(); ++r) {
      const double s = noise(r);
      all.push_back(
          {fmt::format("time_{:03}", r), forward_.time(s), "recorded time, deck's clock"});
      all.push_back({fmt::format("noise_{:03}", r), s, "sigma^2 t in the Brownian gauge"});
    }
    all.push_back({"histogram_edge", s_.histogram_edge, "range of the order-parameter histogram"});
    all.push_back({"mean_square_norm", norm_ / static_cast<double>(s_.target->dimension()),
                   "E|y|^2/d of the target"});
    const VectorXd weights = s_.target->class_weights();
    for (Index c = 0; c < weights.size(); ++c) {
      all.push_back({fmt::format("class_weight_{:03}", c), weights[c], "weight of the class"});
    }
    if (const auto critical = s_.target->critical_noise()) {
      all.push_back(
          {"critical_time", forward_.time(*critical), "lambda_max(C)/sigma^2, score criterion"});
    }
    if (s_.target->dimension() == 1) {
      double sum = 0;
      for (std::size_t r = 0; r < s_.recorded.size(); ++r) {
        const double overlap = overlap_by_quadrature(*s_.target, noise(r), edge_);
        all.push_back({fmt::format("overlap_{:03}", r), overlap, "quadrature of <y>^2 over p_t"});
        sum += overlap;
      }
      all.push_back({"mean_overlap", sum / static_cast<double>(s_.recorded.size()),
                     "1 - mmse, quadrature over p_t"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const auto points = s_.target->points();
    const double size = points ? static_cast<double>(points->count) : 4;
    const double evaluations =
        static_cast<double>(s_.grid.size() + s_.recorded.size()) *
        (s_.sampler == Sampler::ode || s_.sampler == Sampler::bridge_heun ? 2 : 1);
    const double walkers = static_cast<double>(s_.walkers * s_.blocks);
    const double d = static_cast<double>(s_.target->dimension());
    return walkers * (evaluations * (d * (size * 0.4e-9 + 5e-9) + 50e-9) +
                      3e-9 * d * static_cast<double>(s_.walkers));
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(s_.target->dimension());
    const std::size_t batch = d * static_cast<std::size_t>(s_.walkers);
    const std::size_t moments = s_.moments ? 2 * d * d : 0;
    return s_.target->memory() + sizeof(double) * (10 * batch + moments);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<Generation>(s_, address);
  }

 private:
  double noise(std::size_t record) const {
    return s_.grid[static_cast<std::size_t>(s_.recorded[record])];
  }

  diffusion::Forward forward_;
  Setting s_;
  std::int64_t replicas_ = 1;
  double edge_ = 1, norm_ = 1;
};

}  // namespace

ExperimentKind generation() {
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  ExperimentKind kind;
  kind.name = "generation";
  kind.text =
      "reverse trajectories from noise to data: order parameter, overlap, score and entropy along "
      "the way, branch occupation and distances to the target at the end";
  kind.keys = {
      Key{.section = "experiment",
          .name = "sampler",
          .kind = Kind::word,
          .fallback = "bridge_heun",
          .text = "reverse SDE by Brownian bridges (first order, or second with Heun's correction) "
                  "or Euler-Maruyama, or the probability-flow ODE (Heun)",
          .choices = {"bridge", "bridge_heun", "euler_maruyama", "ode"}},
      Key{.section = "experiment",
          .name = "steps",
          .kind = Kind::integer,
          .fallback = "400",
          .text = "steps of the time grid",
          .minimum = 1,
          .maximum = 1e7},
      Key{.section = "experiment",
          .name = "spacing",
          .kind = Kind::word,
          .fallback = "log",
          .text = "time grid even in log(sigma^2 t) or in sqrt(sigma^2 t)",
          .choices = {"log", "sqrt"}},
      Key{.section = "experiment",
          .name = "t_start",
          .kind = Kind::real,
          .fallback = "0",
          .text = "first time; 0: where sigma^2 t is 200 times the variance of the data",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "t_end",
          .kind = Kind::real,
          .fallback = "0",
          .text = "last time, where the clean mean is the generated datum; 0: sigma^2 t is 1e-4 of "
                  "the variance per dimension",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "start",
          .kind = Kind::word,
          .fallback = "exact",
          .text = "initial law: exact p_t, or the Gaussian with its mean and covariance",
          .choices = {"exact", "gaussian"}},
      Key{.section = "experiment",
          .name = "records",
          .kind = Kind::integer,
          .fallback = "25",
          .text = "times at which trajectories are measured",
          .minimum = 2,
          .maximum = 1000},
      Key{.section = "sampling",
          .name = "walkers",
          .kind = Kind::integer,
          .fallback = "256",
          .text = "trajectories run together (one batch)",
          .minimum = 2,
          .maximum = 1e5,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "blocks",
          .kind = Kind::integer,
          .fallback = "16",
          .text = "batches per work unit",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "replicas",
          .kind = Kind::integer,
          .fallback = "8",
          .text = "independent work units",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<GenerationExperiment>(parameters);
  };
  kind.analyse = analyse_generation;
  return kind;
}

}  // namespace symbreak::experiment
