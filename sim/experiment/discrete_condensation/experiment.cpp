// Memorization of +-1 data by flips and masks: when does a noisy state know its datum?
//
// The weights of N data given x = a datum through the channel. As through Gaussian noise
// (experiment condensation) the transition is a Shannon threshold, where the channel carries log N:
// e_c = 1 - alpha, 1 - h2(p_c)/ln 2 = alpha, alpha = log2(N)/d. Of independent fair spins E[w_1] is
// known exactly at every N and d (analysis/theory/channels/memorization.hpp). In every channel
// E[w_1] = E[Y] = P(two clones are the same datum) = P(a U-turn returns), and P(the heaviest datum is
// the true one) = E[max_j w_j]; of masks the last are the same number too, as all data that survive
// weigh the same.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/discrete_condensation/observables.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/discrete_condensation/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::discrete_condensation {

using namespace findings::discrete_condensation;

namespace {

constexpr double kBit = 0.693147180559945309417;

class DiscreteCondensationExperiment final : public PointExperiment<Setting> {
 public:
  explicit DiscreteCondensationExperiment(const deck::Parameters& parameters)
      : PointExperiment(parameters), target_(parameters), clock_(parameters) {
    s_.channel = diffusion::make_channel(parameters);
    noise_ = diffusion::levels_of(parameters, *s_.channel).front();
    s_.signal = s_.channel->signal(noise_);
    const auto target = target_.sample();
    diffusion::require_spins(*target);
    const auto& points = *target::part<target::FiniteSupport>(*target);
    refuse_if(points.log_weights().size() > 0, "target.kind",
              fmt::format("discrete_condensation needs data points of equal weight (dataset, "
                          "synthetic_dataset), not '{}'",
                          parameters.word("target.kind")));
    count_ = points.count();
    dimension_ = target->dimension();
    memory_ = target->memory();
    fair_ = target->data_model().has_value();  // independent fair spins: require_spins
  }

  std::vector<measure::ObservableInfo> observables() const override {
    return measure::independent(
        {{.name = observable::true_weight, .text = "weight w_1 of the datum that x was made from"},
         {.name = observable::participation, .text = "Y = sum_j w_j^2"},
         {.name = observable::largest_weight, .text = "max_j w_j"},
         {.name = observable::conditional_entropy,
          .unit = "nats",
          .text = "-sum_j w_j log w_j, the entropy of the datum given x"},
         {.name = observable::clone_probability,
          .text = "1 when two posterior draws are the same datum"},
         {.name = observable::return_probability,
          .text = "1 when a U-turn (datum, noise, back) returns to its datum"},
         {.name = observable::map_correct,
          .text = "1 when the heaviest datum is the true one, one of equal ones by chance"},
         {.name = observable::true_weight_identity, .text = "w_1 - Y, of mean zero"},
         {.name = observable::clone_identity, .text = "(clones agree) - Y, of mean zero"},
         {.name = observable::return_identity, .text = "(U-turn returns) - Y, of mean zero"},
         {.name = observable::map_identity, .text = "(MAP correct) - max_j w_j, of mean zero"}});
  }

  std::vector<verdict::Fact> facts() const override {
    const double log_count = std::log(static_cast<double>(count_));
    return {{fact::log_count, log_count, "log N"},
            {fact::dimension, static_cast<double>(dimension_), "number of spins"},
            {fact::alpha, log_count / kBit / static_cast<double>(dimension_), "log2(N)/d"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    const double log_count = std::log(static_cast<double>(count_));
    const double alpha = log_count / kBit / static_cast<double>(dimension_);
    if (!fair_ || !(alpha > 0 && alpha < 1)) return all;
    const auto law = s_.channel->law();
    const auto d = static_cast<int>(dimension_);
    const double critical = theory::memorization_noise(law, alpha);
    all.push_back(
        {prediction::critical_noise, critical,
         law == theory::SpinNoise::erase ? "e_c = 1 - log2(N)/d" : "1 - h2(p_c)/ln 2 = log2(N)/d"});
    if (clock_.named()) {
      all.push_back({prediction::critical_time, clock_.time(s_.channel->signal(critical)),
                     "the same, t of the deck's clock"});
    }
    all.push_back({prediction::true_weight, theory::true_weight(law, noise_, d, log_count),
                   "exact at every N and d"});
    all.push_back({prediction::true_weight_law, theory::true_weight_law(law, noise_, d, log_count),
                   "large d, first corrections"});
    all.push_back({prediction::threshold_weight, theory::true_weight(law, critical, d, log_count),
                   "E[w_1] at the threshold, exact"});
    return all;
  }

  double seconds_per_unit() const override {
    return s_.walkers_per_unit() * 4 * static_cast<double>(count_) *
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
  diffusion::SpinClock clock_;
  double noise_ = 0;
  Index count_ = 0, dimension_ = 0;
  std::size_t memory_ = 0;
  bool fair_ = false;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "discrete_condensation";
  kind.text =
      "memorization of +-1 data by flips and masks: the weight of the true datum against its exact "
      "value, thresholds e_c = 1 - alpha and h2(p_c), identities of clones, U-turns and MAP";
  kind.keys = deck::joined(
      {diffusion::channel_keys(),
       diffusion::level_keys(deck::positive_key(
           "experiment", "noise", "",
           "share e of masked spins (erase, below 1) or probability p of a flip (flip, below 1/2)",
           1)),
       {deck::sampling_key("walkers", "64", "noisy states evaluated together (one batch)", 1, 1e6),
        deck::sampling_key("blocks", "4", "batches per work unit"),
        deck::sampling_key("disorder_samples", "1",
                           "independent datasets (synthetic data); errors come from them"),
        deck::sampling_key("replicas", "1", "independent sets of noisy states per dataset")}});
  kind.needs = {target::Part::finite_support, target::Part::clean_data, target::Part::posterior};
  kind.make = make<DiscreteCondensationExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::discrete_condensation
