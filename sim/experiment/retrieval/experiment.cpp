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

#include "analysis/findings/retrieval/observables.hpp"
#include "analysis/theory/information.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/retrieval/simulation.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::retrieval {

using namespace findings::retrieval;

namespace {

class RetrievalExperiment final : public PointExperiment<Setting> {
 public:
  explicit RetrievalExperiment(const deck::Parameters& parameters)
      : PointExperiment(parameters), target_(parameters) {
    const auto target = target_.sample();
    const auto& points = *target::part<target::FiniteSupport>(*target);
    refuse_if(
        points.log_weights().size() > 0, "target.kind",
        fmt::format(
            "retrieval needs data points of equal weight (dataset, synthetic_dataset), not '{}'",
            parameters.word("target.kind")));
    s_.b = forward_.beta(parameters.real("experiment.t"));
    s_.energy = parameters.word("experiment.energy") == "associative" ? theory::Energy::associative
                                                                      : theory::Energy::free_energy;
    s_.overlap = parameters.real("experiment.overlap");
    s_.iterations = parameters.integer("experiment.iterations");
    model_ = target->data_model();
    count_ = points.count();
    dimension_ = target->dimension();
    memory_ = target->memory();
    s_.equal_norms = model_ && model_->law != theory::DataLaw::gaussian;
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::true_weight, .text = "weight of the datum at the start"},
        {.name = observable::crosstalk,
         .text =
             "(1/w_1 - 1)/(N - 1) at the start: weight of another point relative to the datum; w_1 "
             "below 1e-150 counts as that"},
        {.name = observable::square, .unit = "squared data unit", .text = "|y_1|^2/d of the datum"},
        {.name = observable::retrieved, .text = "1 when the update ends where w_1 > 1/2"},
        {.name = observable::final_overlap, .text = "x.y_1/|y_1|^2 after the updates"},
        {.name = observable::fixed_point_distance, .text = "|x - y_1|/|y_1| after the updates"},
        {.name = observable::residual,
         .text = "|<y> - x|/|y_1| at the last update: 0 at a fixed point"},
        {.name = observable::updates,
         .text = "updates until |<y> - x| < 1e-6 |x| in the whole batch"},
    };
    if (s_.iterations > 0) {
      infos.push_back({.name = observable::energy_rise,
                       .unit = "squared data unit",
                       .text = "largest change of the potential per dimension in one update; never "
                               "positive beyond rounding"});
    }
    if (s_.equal_norms) {
      infos.push_back({.name = observable::energy_difference,
                       .unit = "squared data unit",
                       .text = "(F~ - E - |y|^2/2 - log(N)/b)/d, 0 for points of equal norm"});
    }
    infos = measure::independent(std::move(infos));
    for (measure::ObservableInfo& info : infos) {  // one number for a whole batch
      if (info.name == observable::updates) info.independent = false;
    }
    return infos;
  }

  std::vector<verdict::Fact> facts() const override {
    return {{fact::log_count, std::log(static_cast<double>(count_)), "log N of the dataset"},
            {fact::dimension, static_cast<double>(dimension_), "dimension of the data"},
            {fact::beta, s_.b, "b of the potential -(1/b) log sum"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    const double log_count = std::log(static_cast<double>(count_));
    const double d = static_cast<double>(dimension_);
    std::vector<verdict::Prediction> all;
    const bool plain = model_ && model_->class_signal == 0 && model_->dimension == d && count_ > 1;
    if (!plain || s_.overlap != 1) return all;
    // In units of the standard deviation of a coordinate.
    const double b = s_.b * model_->variance;
    all.push_back({prediction::capacity, theory::retrieval_capacity(model_->law, s_.energy, b),
                   "alpha at which a datum stops being a fixed point, d -> infinity (Lucibello & "
                   "Mezard 2024)"});
    all.push_back({prediction::retrieval_weight,
                   theory::retrieval_weight(model_->law, s_.energy, b, d, log_count),
                   "E[w_1] at x = y_1, finite N and d"});
    if (s_.equal_norms) {
      all.push_back({prediction::log_crosstalk, theory::log_crosstalk(model_->law, b, d),
                     "log E[(1/w_1 - 1)/(N - 1)], exact"});
    }
    return all;
  }

  double seconds_per_unit() const override {
    const double updates = static_cast<double>(std::min<Index>(s_.iterations, 10) + 2);
    return updates * s_.walkers_per_unit() * static_cast<double>(count_) *
           (0.02e-9 * static_cast<double>(dimension_) + 0.3e-9);
  }
  std::size_t memory_per_unit() const override {
    return memory_ + sizeof(double) * static_cast<std::size_t>(8 * dimension_ * s_.walkers);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    Setting setting = s_;
    setting.target = target_.of(address);
    return simulation(std::move(setting), address);
  }

 private:
  UnitTarget target_;
  std::optional<theory::DataModel> model_;
  Index count_ = 0, dimension_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "retrieval";
  kind.text =
      "modern Hopfield network: retrieval of data by softmax updates, fixed points, basins, "
      "capacity, equality with the dense associative memory (Lucibello & Mezard 2024)";
  kind.keys = {
      deck::positive_key("experiment", "t", deck::required,
                         "diffusion time in the deck's clock; b = 1/(sigma^2 t) is the inverse "
                         "temperature of the update"),
      deck::word_key(
          "experiment", "energy", "associative",
          "associative: scores b x.y; free_energy: b (x.y - |y|^2/2), the diffusion model",
          {"associative", "free_energy"}),
      deck::real_key(
          "experiment", "overlap", "1",
          "overlap of the start with the datum; the rest of its norm in a random direction", 0, 1),
      deck::count_key("experiment", "iterations", "50", "largest number of updates", 0, 1e6),
      deck::sampling_key("walkers", "64", "data tested together (one batch)", 1, 1e6),
      deck::sampling_key("blocks", "1", "batches per dataset"),
      deck::sampling_key("disorder_samples", "1",
                         "independent datasets (synthetic data); errors come from them"),
  };
  kind.needs = {target::Part::finite_support, target::Part::clean_data, target::Part::posterior};
  kind.make = make<RetrievalExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::retrieval
