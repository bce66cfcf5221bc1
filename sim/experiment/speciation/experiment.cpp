// Speciation: when do two clones of one trajectory part ways?
//
// A noised datum at time t is run back twice with independent noise. With the exact score both ends
// are independent posterior draws, so P(same class) = E sum_c P(c|x)^2, which for two equal
// Gaussian classes is phi(G) = (1 + E tanh(G + sqrt(G) z))/2, G = |m|^2/(variance + s) (Biroli,
// Bonnaire, de Bortoli & Mezard 2024, figure 2, with the exact phi). Both sides are measured: by
// clones, and by the class probabilities at the split.
#include <fmt/format.h>

#include "analysis/findings/speciation/observables.hpp"
#include "analysis/theory/information.hpp"
#include "sim/data/array.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/speciation/simulation.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment::speciation {

using namespace findings::speciation;

namespace {

class SpeciationExperiment final : public BranchingExperiment {
 public:
  explicit SpeciationExperiment(const deck::Parameters& parameters)
      : BranchingExperiment(parameters, 2) {
    refuse_if(s_.model.data->classes() < 2, "target.kind",
              "speciation needs a target with two classes or more");
    refuse_if(diffusion::deterministic(s_.sampler), "experiment.sampler",
              "two clones of a run without noise are one: take a sampler with noise (bridge_heun)");
    if (parameters.word("experiment.published").empty()) return;
    const data::Source source{parameters.word("experiment.published"), "experiment.published"};
    const auto array = data::read<double>(source);
    if (array.columns() != 2) {
      data::fail(source, fmt::format("{} columns; expected two, time and clone probability",
                                     array.columns()));
    }
    for (std::size_t i = 0; i < array.rows(); ++i) {
      published_time_.push_back(array.values[2 * i]);
      published_clone_.push_back(array.values[2 * i + 1]);
    }
    pairs_ = parameters.real("experiment.published_pairs");
  }

  std::vector<measure::ObservableInfo> observables() const override {
    auto all = BranchingExperiment::observables();
    all.push_back(
        {.name = observable::clone_probability, .text = "two clones end in the same class"});
    if (s_.model.posterior != nullptr && s_.posterior_draws()) {
      all.push_back({.name = observable::clone_identity,
                     .text = "clone_probability - sum_c P(c|x)^2, of mean zero"});
    }
    return measure::independent(std::move(all));
  }
  std::vector<verdict::Fact> facts() const override {
    auto all = BranchingExperiment::facts();
    if (published_time_.empty()) return all;
    all.push_back({fact::published_pairs, pairs_, "clone pairs behind a published point"});
    all.push_back({fact::published_time, published_time_, "data file"});
    all.push_back({fact::published_clone, published_clone_, "data file"});
    return all;
  }
  std::vector<verdict::Prediction> predictions() const override {
    auto all = BranchingExperiment::predictions();
    const auto classes = target::two_classes(*s_.model.denoiser);
    if (!classes || published_time_.empty()) return all;
    std::vector<double> exact;
    for (const double t : published_time_) {
      const double G = classes->axis.squaredNorm() / (classes->variance + forward_.at(t).noise());
      exact.push_back(theory::clone_probability(G, classes->log_odds));
    }
    all.push_back({prediction::published_theory, exact, "phi(G)"});
    return all;
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(s_, address);
  }

 private:
  std::vector<double> published_time_, published_clone_;
  double pairs_ = 1;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "speciation";
  kind.text =
      "clones of a noised datum that run back independently: probability of the same class against "
      "phi(G), speciation time by its criteria (Biroli et al. 2024)";
  kind.keys = branching_keys("100");
  append(kind.keys,
         {deck::plain_key(deck::Kind::file, "experiment", "published", "",
                          "published curve to be judged and drawn beside: columns time (in the "
                          "deck's clock) and clone probability"),
          deck::used_with(
              "published",
              deck::real_key("experiment", "published_pairs", "10000",
                             "clone pairs behind each published point (binomial errors)", 1))});
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = make<SpeciationExperiment>;
  kind.critical = branching_critical_time;
  return kind;
}

}  // namespace symbreak::experiment::speciation
