// The modern Hopfield network: a datum retrieved by x <- sum_j y_j softmax_j(b y_j.x), b =
// 1/(sigma^2 t) (Ramsauer et al. 2021; Lucibello & Mezard 2024; Ambrogioni 2024, section 7).
//
// The update is gradient descent on a potential, with unit step in x - <y>:
//   associative   E(x) = |x|^2/2 - (1/b) log sum_j e^{b x.y_j}, the dense associative memory
//   free_energy   F~(x) = |x|^2/2 - (1/b) log (1/N) sum_j e^{b (x.y_j - |y_j|^2/2)}, the diffusion
//                 model; for points of norm R the two differ by R^2/2 + log(N)/b only
// Both fall along the update (the concave-convex procedure). A datum is retrieved when, started at
// an overlap with it, the update ends where its weight exceeds 1/2. Capacity: the largest alpha =
// log(N)/d at which the data themselves are (nearly) fixed points. Cost O(N d walkers) per update.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/information.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/retrieval/findings.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

struct RetrievalSetting {
  std::shared_ptr<const target::Target> target;
  double b = 1;
  theory::Energy energy = theory::Energy::associative;
  double overlap = 1;
  Index iterations = 1, walkers = 1;
  std::int64_t blocks = 1;
  bool equal_norms = false;
};

class Retrieval final : public Simulation {
 public:
  Retrieval(RetrievalSetting setting, const UnitAddress& address)
      : s_(std::move(setting)),
        points_(*s_.target->points()),
        betas_(VectorXd::Constant(s_.walkers, s_.b)),
        pick_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::start)) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const Index d = s_.target->dimension();
    MatrixXd y(d, s_.walkers), x(d, s_.walkers);
    std::vector<Index> datum;
    for (Index k = 0; k < s_.walkers; ++k) {
      const double u = pick_.uniform() * static_cast<double>(points_.count);
      datum.push_back(std::min(static_cast<Index>(u), points_.count - 1));
      y.col(k) = points_.point(datum.back());
    }
    // Overlap with the datum, and the rest of its norm in a random direction.
    noise_.normals(std::span<double>(x.data(), static_cast<std::size_t>(x.size())));
    for (Index k = 0; k < s_.walkers; ++k) {
      const double norm = y.col(k).norm();
      VectorXd across = x.col(k);
      if (norm > 0) across -= y.col(k) * (y.col(k).dot(across) / (norm * norm));
      const double length = across.norm();
      x.col(k) = s_.overlap * y.col(k);
      if (length > 0) {
        x.col(k) += across * (norm * std::sqrt(1 - s_.overlap * s_.overlap) / length);
      }
    }

    target::Posterior now = evaluate(x);
    const VectorXd first = weights_of(x, y, datum, now);
    if (s_.equal_norms) measure_energies(recorder, x, y);
    VectorXd energy = potential(x, now), rise = VectorXd::Constant(s_.walkers, -INFINITY);
    VectorXd moved = VectorXd::Zero(s_.walkers);
    Index updates = 0;
    for (; updates < s_.iterations; ++updates) {
      moved = (now.mean - x).colwise().norm();
      if ((moved.array() <= 1e-6 * (1 + x.colwise().norm().transpose().array())).all()) break;
      x = now.mean;
      now = evaluate(x);
      const VectorXd next = potential(x, now);
      rise = rise.cwiseMax((next - energy) / static_cast<double>(d));
      energy = next;
    }
    const VectorXd last = weights_of(x, y, datum, now);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double square = y.col(k).squaredNorm();
      recorder.measure("true_weight", first[k]);
      recorder.measure("crosstalk", (1 / first[k] - 1) /
                                        static_cast<double>(std::max<Index>(1, points_.count - 1)));
      recorder.measure("retrieved", last[k] > 0.5 ? 1 : 0);
      recorder.measure("final_overlap", square > 0 ? x.col(k).dot(y.col(k)) / square : 1);
      recorder.measure("fixed_point_distance",
                       square > 0 ? (x.col(k) - y.col(k)).norm() / std::sqrt(square) : 0);
      recorder.measure("residual", moved[k] / std::max(1e-300, std::sqrt(square)));
      recorder.measure("updates", static_cast<double>(updates));
      if (s_.iterations > 0) recorder.measure("energy_rise", updates > 0 ? rise[k] : 0);
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
  target::Posterior evaluate(const MatrixXd& x) const {
    return s_.energy == theory::Energy::free_energy ? s_.target->posterior(x, betas_)
                                                    : points_.associate(x, betas_);
  }
  /// |x|^2/2 - log(Z)/b; for the associative memory Z carries a factor 1/N, a constant.
  VectorXd potential(const MatrixXd& x, const target::Posterior& at) const {
    return x.colwise().squaredNorm().transpose() / 2 - at.log_partition / s_.b;
  }
  VectorXd weights_of(const MatrixXd& x, const MatrixXd& y, const std::vector<Index>& datum,
                      const target::Posterior& at) const {
    VectorXd weights(s_.walkers);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double norm = s_.energy == theory::Energy::free_energy ? y.col(k).squaredNorm() / 2 : 0;
      weights[k] = std::exp(points_.log_weight(datum[static_cast<std::size_t>(k)]) +
                            s_.b * (x.col(k).dot(y.col(k)) - norm) - at.log_partition[k]);
    }
    return weights.cwiseMin(1);
  }
  /// The two potentials at the same x: their difference is R^2/2 + log(N)/b for points of norm R.
  void measure_energies(Recorder& recorder, const MatrixXd& x, const MatrixXd& y) const {
    const VectorXd free = potential(x, s_.target->posterior(x, betas_));
    // sum_j instead of (1/N) sum_j
    const double log_count = std::log(static_cast<double>(points_.count));
    const VectorXd associative =
        potential(x, points_.associate(x, betas_)).array() - log_count / s_.b;
    for (Index k = 0; k < s_.walkers; ++k) {
      const double constant = y.col(k).squaredNorm() / 2 + log_count / s_.b;
      recorder.measure("energy_difference",
                       (free[k] - associative[k] - constant) / static_cast<double>(x.rows()));
    }
  }

  RetrievalSetting s_;
  target::Points points_;
  VectorXd betas_;
  random::Stream pick_, noise_;
};

class RetrievalExperiment final : public Experiment {
 public:
  explicit RetrievalExperiment(const deck::Parameters& parameters)
      : parameters_(parameters), disorder_(parameters.integer("sampling.disorder_samples")) {
    const target::TargetKind& kind = target::kind(parameters.word("target.kind"));
    const auto target = target::build(parameters, {});
    if (!target->points() || target->points()->log_weights != nullptr) {
      throw deck::KeyError("target.kind",
                           fmt::format("retrieval needs data points of equal weight (dataset, "
                                       "synthetic_dataset), not '{}'",
                                       kind.name));
    }
    if (!kind.disordered && disorder_ > 1) {
      throw deck::KeyError("sampling.disorder_samples",
                           fmt::format("target '{}' is one fixed dataset", kind.name));
    }
    s_.b = diffusion::Forward(parameters).beta(parameters.real("experiment.t"));
    s_.energy = parameters.word("experiment.energy") == "associative" ? theory::Energy::associative
                                                                      : theory::Energy::free_energy;
    s_.overlap = parameters.real("experiment.overlap");
    s_.iterations = parameters.integer("experiment.iterations");
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    model_ = target->data_model();
    s_.equal_norms = model_ && model_->law != theory::DataLaw::gaussian;
    count_ = target->points()->count;
    dimension_ = target->dimension();
    memory_ = target->memory();
    if (!kind.disordered) s_.target = target;
  }

  std::vector<ObservableInfo> observables() const override {
    std::vector<ObservableInfo> infos = {
        {.name = "true_weight", .text = "weight of the datum at the start"},
        {.name = "crosstalk",
         .text = "(1/w_1 - 1)/(N - 1) at the start: weight of another point relative to the datum"},
        {.name = "retrieved", .text = "1 when the update ends where w_1 > 1/2"},
        {.name = "final_overlap", .text = "x.y_1/|y_1|^2 after the updates"},
        {.name = "fixed_point_distance", .text = "|x - y_1|/|y_1| after the updates"},
        {.name = "residual", .text = "|<y> - x|/|y_1| at the last update: 0 at a fixed point"},
        {.name = "updates", .text = "updates until |<y> - x| < 1e-6 |x| in the whole batch"},
    };
    if (s_.iterations > 0) {
      infos.push_back({.name = "energy_rise",
                       .unit = "squared data unit",
                       .text = "largest change of the potential per dimension in one update; never "
                               "positive beyond rounding"});
    }
    if (s_.equal_norms) {
      infos.push_back({.name = "energy_difference",
                       .unit = "squared data unit",
                       .text = "(F~ - E - |y|^2/2 - log(N)/b)/d, 0 for points of equal norm"});
    }
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    const double log_count = std::log(static_cast<double>(count_));
    const double d = static_cast<double>(dimension_);
    std::vector<verdict::Prediction> all = {{"log_count", log_count, "log N of the dataset"},
                                            {"dimension", d, "dimension of the data"}};
    const bool plain = model_ && model_->class_signal == 0 && model_->dimension == d && count_ > 1;
    if (!plain || s_.overlap != 1) return all;
    // In units of the standard deviation of a coordinate.
    const double b = s_.b * model_->variance;
    all.push_back({"capacity", theory::retrieval_capacity(model_->law, s_.energy, b),
                   "alpha at which a datum stops being a fixed point, d -> infinity (Lucibello & "
                   "Mezard 2024)"});
    all.push_back({"retrieval_weight",
                   theory::retrieval_weight(model_->law, s_.energy, b, d, log_count),
                   "E[w_1] at x = y_1, finite N and d"});
    if (s_.equal_norms) {
      all.push_back({"log_crosstalk", theory::log_crosstalk(model_->law, b, d),
                     "log E[(1/w_1 - 1)/(N - 1)], exact"});
    }
    return all;
  }

  std::int64_t disorder_samples() const override { return disorder_; }
  double seconds_per_unit() const override {
    const double updates = static_cast<double>(std::min<Index>(s_.iterations, 10) + 2);
    return updates * static_cast<double>(count_ * s_.walkers * s_.blocks) *
           (0.02e-9 * static_cast<double>(dimension_) + 0.3e-9);
  }
  std::size_t memory_per_unit() const override {
    return memory_ + 8 * sizeof(double) * static_cast<std::size_t>(dimension_ * s_.walkers);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    RetrievalSetting setting = s_;
    if (!setting.target) {
      setting.target = target::build(parameters_, address.address(random::Purpose::data));
    }
    return std::make_unique<Retrieval>(std::move(setting), address);
  }

 private:
  deck::Parameters parameters_;
  std::int64_t disorder_;
  RetrievalSetting s_;
  std::optional<theory::DataModel> model_;
  Index count_ = 0, dimension_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace

ExperimentKind retrieval() {
  using deck::Key;
  using deck::Kind;
  ExperimentKind kind;
  kind.name = "retrieval";
  kind.text =
      "modern Hopfield network: retrieval of data by softmax updates, fixed points, basins, "
      "capacity, equality with the dense associative memory (Lucibello & Mezard 2024)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "t",
          .kind = Kind::real,
          .text =
              "diffusion time in the deck's clock; b = 1/(sigma^2 t) is the inverse temperature "
              "of the update",
          .minimum = 0,
          .open_minimum = true},
      Key{.section = "experiment",
          .name = "energy",
          .kind = Kind::word,
          .fallback = "associative",
          .text = "associative: scores b x.y; free_energy: b (x.y - |y|^2/2), the diffusion model",
          .choices = {"associative", "free_energy"}},
      Key{.section = "experiment",
          .name = "overlap",
          .kind = Kind::real,
          .fallback = "1",
          .text = "overlap of the start with the datum; the rest of its norm in a random direction",
          .minimum = 0,
          .maximum = 1},
      deck::count_key("experiment", "iterations", "50", "largest number of updates", 0, 1e6),
      deck::sampling_key("walkers", "64", "data tested together (one batch)", 1, 1e6),
      deck::sampling_key("blocks", "1", "batches per dataset"),
      deck::sampling_key("disorder_samples", "1",
                         "independent datasets (synthetic data); errors come from them"),
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<RetrievalExperiment>(parameters);
  };
  kind.analyse = analyse_retrieval;
  return kind;
}

}  // namespace symbreak::experiment
