// Condensation (memorization) of the posterior of an explicit dataset onto single data.
//
// The posterior weights w_j(x) of the data points are a random-energy system: above the
// condensation time they are spread over exponentially many data, below it a few dominate
// (Ambrogioni 2024, section 8; Biroli, Bonnaire, de Bortoli & Mezard 2024; Lucibello & Mezard
// 2024). The noisy states are of one of two kinds, never mixed:
//   planted    x = y_1 + noise, y_1 a datum: what forward and reverse trajectories look like. The
//              transition is a Shannon threshold, I(Y; X_t) = log N.
//   unplanted  x = y' + noise, y' drawn from the data's law and independent of the dataset: the
//              published random-energy law.
// All weights are handled through their logarithms.
#include <fmt/format.h>

#include <cmath>

#include "sim/diffusion/forward.hpp"
#include "sim/experiment/condensation_analysis.hpp"
#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

/// One unit: independent noisy states of one dataset at one time, in batches of `walkers`.
class Condensation final : public Simulation {
 public:
  Condensation(std::shared_ptr<const target::Target> target, diffusion::Channel channel,
               bool planted, Index walkers, std::int64_t blocks, const UnitAddress& address)
      : target_(std::move(target)),
        points_(*target_->points()),
        channel_(channel),
        planted_(planted),
        walkers_(walkers),
        blocks_(blocks),
        pick_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::noise)) {}

  std::int64_t blocks() const override { return blocks_; }

  void advance(Recorder& recorder) override {
    const Index d = target_->dimension();
    const double beta = channel_.beta();
    const VectorXd betas = VectorXd::Constant(walkers_, beta);

    MatrixXd clean(d, walkers_);
    std::vector<Index> datum(static_cast<std::size_t>(walkers_), -1);
    if (planted_) {
      for (Index k = 0; k < walkers_; ++k) {
        datum[static_cast<std::size_t>(k)] = pick();
        clean.col(k) = points_.point(datum[static_cast<std::size_t>(k)]);
      }
    } else {
      target_->sample_law(pick_, clean);
    }
    MatrixXd x(d, walkers_);
    noise_.normals(std::span<double>(x.data(), static_cast<std::size_t>(x.size())));
    x = clean + x * std::sqrt(channel_.noise());

    const target::Posterior posterior = target_->posterior(x, betas);
    for (Index k = 0; k < walkers_; ++k) {
      recorder.measure("participation", posterior.participation[k]);
      recorder.measure("effective_patterns", 1 / posterior.participation[k]);
      recorder.measure("entropy", posterior.entropy[k]);
      recorder.measure("largest_weight", posterior.largest_weight[k]);
      if (!planted_) continue;
      const Index j = datum[static_cast<std::size_t>(k)];
      const double log_weight =
          (*points_.log_weights)[j] +
          beta * (x.col(k).dot(clean.col(k)) - clean.col(k).squaredNorm() / 2) -
          posterior.log_partition[k];
      const double weight = std::exp(log_weight);
      // The maximum a posteriori datum is the planted one exactly when no weight exceeds its own.
      const double correct = weight >= posterior.largest_weight[k] * (1 - 1e-7) ? 1 : 0;
      recorder.measure("true_weight", weight);
      recorder.measure("excess_entropy", -log_weight / static_cast<double>(d));
      recorder.measure("map_correct", correct);
      recorder.measure("true_weight_identity", weight - posterior.participation[k]);
      recorder.measure("map_identity", correct - posterior.largest_weight[k]);
    }
  }

  void save(State& state) const override {
    state.integers["streams"] = {pick_.position(), noise_.position()};
  }
  void load(const State& state) override {
    pick_.seek(state.integers.at("streams")[0]);
    noise_.seek(state.integers.at("streams")[1]);
  }

 private:
  /// A datum with its prior weight. Equal weights (the usual case) need no search.
  Index pick() {
    const double u = pick_.uniform();
    const auto uniform_pick = static_cast<Index>(u * static_cast<double>(points_.count));
    const VectorXd& log_weights = *points_.log_weights;
    if (log_weights.minCoeff() == log_weights.maxCoeff()) return uniform_pick;
    double below = 0;
    for (Index j = 0; j < points_.count; ++j) {
      below += std::exp(log_weights[j]);
      if (u < below) return j;
    }
    return points_.count - 1;
  }

  std::shared_ptr<const target::Target> target_;
  target::Points points_;
  diffusion::Channel channel_;
  bool planted_;
  Index walkers_;
  std::int64_t blocks_;
  random::Stream pick_, noise_;
};

class CondensationExperiment final : public Experiment {
 public:
  explicit CondensationExperiment(const deck::Parameters& parameters)
      : parameters_(parameters),
        forward_(parameters),
        t_(parameters.real("experiment.t")),
        planted_(parameters.word("experiment.state") == "planted"),
        walkers_(parameters.integer("sampling.walkers")),
        blocks_(parameters.integer("sampling.blocks")),
        disorder_(parameters.integer("sampling.disorder_samples")),
        replicas_(parameters.integer("sampling.replicas")) {
    const target::TargetKind& kind = target::kind(parameters.word("target.kind"));
    disordered_ = kind.disordered;
    // A disordered target is a new dataset per disorder sample; for its size any sample will do.
    const auto target = target::build(parameters, {});
    if (!target->points()) {
      throw deck::KeyError("target.kind",
                           fmt::format("condensation needs a target with explicit data points "
                                       "(dataset, synthetic_dataset, deltas), not '{}'",
                                       kind.name));
    }
    if (!disordered_ && disorder_ > 1) {
      throw deck::KeyError("sampling.disorder_samples",
                           fmt::format("target '{}' is one fixed dataset and has no disorder to "
                                       "average over; use sampling.replicas for more noisy states",
                                       kind.name));
    }
    if (!planted_ && !target->has_law()) {
      throw deck::KeyError("experiment.state",
                           "unplanted states need data independent of the dataset: a "
                           "synthetic_dataset, or a dataset with held_out > 0");
    }
    dimension_ = target->dimension();
    count_ = target->points()->count;
    memory_ = target->memory();
    critical_noise_ = target->collapse_noise();
    fixed_ = disordered_ ? nullptr : target;
  }

  std::vector<ObservableInfo> observables() const override {
    const std::string kind = planted_ ? "planted" : "unplanted";
    // Independent samples: keep them all as bins (for medians) up to a bound.
    const Index bins = std::min<Index>(4096, walkers_ * blocks_);
    std::vector<ObservableInfo> infos = {
        {.name = "participation",
         .text = "participation ratio Y = sum_j w_j^2 of the posterior weights, " + kind + " x",
         .max_bins = bins},
        {.name = "effective_patterns",
         .text = "1/Y, the number of data points that share the posterior, " + kind + " x"},
        {.name = "entropy",
         .unit = "nats",
         .text = "posterior entropy -sum_j w_j log w_j, " + kind + " x"},
        {.name = "largest_weight", .text = "max_j w_j, " + kind + " x"},
    };
    if (!planted_) return infos;
    infos.insert(infos.end(),
                 {{.name = "true_weight", .text = "weight w_1 of the datum that x was made from"},
                  {.name = "excess_entropy",
                   .unit = "nats per dimension",
                   .text = "f^e = -log(w_1)/d (Biroli et al. 2024, eq. 9)"},
                  {.name = "map_correct",
                   .text = "1 when the datum of largest weight is the one x was made from"},
                  {.name = "true_weight_identity",
                   .text = "w_1 - Y, of mean zero at every N, d, t (exact identity)"},
                  {.name = "map_identity",
                   .text = "(MAP correct) - max_j w_j, of mean zero (exact identity)"}});
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {
        {"log_count", std::log(static_cast<double>(count_)), "log N of the dataset"},
        {"dimension", static_cast<double>(dimension_), "dimension of the data"}};
    if (critical_noise_) {
      all.push_back({"collapse_time", forward_.time(critical_noise_->noise),
                     "I(Y;X_t) = log N, " + critical_noise_->law});
      all.push_back({"collapse_is_bound", critical_noise_->is_bound ? 1.0 : 0.0,
                     "1: the information is an upper bound, and so is the time"});
    }
    return all;
  }

  std::int64_t disorder_samples() const override { return disorder_; }
  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    // Two multiply-adds per (datum, coordinate, walker) at some 10 Gflop/s, and one exponential.
    const double pairs = static_cast<double>(count_) * static_cast<double>(walkers_ * blocks_);
    return pairs * (0.4e-9 * static_cast<double>(dimension_) + 1e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto columns = static_cast<std::size_t>(dimension_ * walkers_);
    return memory_ + 8 * sizeof(double) * columns;
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    const auto target =
        fixed_ ? fixed_ : target::build(parameters_, address.address(random::Purpose::data));
    return std::make_unique<Condensation>(target, forward_.at(t_), planted_, walkers_, blocks_,
                                          address);
  }

 private:
  deck::Parameters parameters_;
  diffusion::Forward forward_;
  double t_;
  bool planted_, disordered_ = false;
  Index walkers_;
  std::int64_t blocks_, disorder_, replicas_;
  Index dimension_ = 0, count_ = 0;
  std::size_t memory_ = 0;
  std::optional<target::CollapseNoise> critical_noise_;
  std::shared_ptr<const target::Target> fixed_;
};

}  // namespace

ExperimentKind condensation() {
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  ExperimentKind kind;
  kind.name = "condensation";
  kind.text =
      "condensation of the posterior onto single data points (memorization): participation ratio, "
      "weights, excess entropy, collapse time (Ambrogioni 2024, section 8; Biroli et al. 2024)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "t",
          .kind = Kind::real,
          .text = "diffusion time in the deck's clock",
          .minimum = 0,
          .open_minimum = true,
          .critical = true},
      Key{.section = "experiment",
          .name = "state",
          .kind = Kind::word,
          .fallback = "planted",
          .text = "planted: x = datum + noise; unplanted: x independent of the dataset",
          .choices = {"planted", "unplanted"}},
      Key{.section = "sampling",
          .name = "walkers",
          .kind = Kind::integer,
          .fallback = "64",
          .text = "noisy states evaluated together (one batch)",
          .minimum = 1,
          .maximum = 1e6,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "blocks",
          .kind = Kind::integer,
          .fallback = "4",
          .text = "batches per work unit",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "disorder_samples",
          .kind = Kind::integer,
          .fallback = "1",
          .text = "independent datasets (synthetic data); errors come from them",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "replicas",
          .kind = Kind::integer,
          .fallback = "1",
          .text = "independent sets of noisy states per dataset",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<CondensationExperiment>(parameters);
  };
  kind.critical = [](const deck::Parameters& parameters) {
    const auto target = target::build(parameters, {});
    const auto noise = target->collapse_noise();
    if (!noise) {
      throw deck::KeyError("experiment.t",
                           "no prediction of the collapse time for this target; give numbers");
    }
    return diffusion::Forward(parameters).time(noise->noise);
  };
  kind.analyse = analyse_condensation;
  return kind;
}

}  // namespace symbreak::experiment
