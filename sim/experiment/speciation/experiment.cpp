// Speciation: when do two clones of one trajectory part ways?
//
// A noised datum at time t is run back twice with independent noise. With the exact score both ends
// are independent posterior draws, so P(same class) = E sum_c P(c|x)^2, which for two equal
// Gaussian classes is phi(G) = (1 + E tanh(G + sqrt(G) z))/2, G = |m|^2/(variance + s) (Biroli,
// Bonnaire, de Bortoli & Mezard 2024, figure 2, with the exact phi). Both sides are measured: by
// clones, and by the class probabilities at the split.
#include <fmt/format.h>

#include "analysis/theory/information.hpp"
#include "sim/experiment/common/branching.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/speciation/findings.hpp"
#include "sim/data/array.hpp"

namespace symbreak::experiment {

namespace {

class SpeciationExperiment final : public Experiment {
 public:
  explicit SpeciationExperiment(const deck::Parameters& parameters)
      : s_(make_branching(parameters, 2)) {
    if (s_.target->classes() < 2) {
      throw deck::KeyError("target.kind", "speciation needs a target with two classes or more");
    }
    if (parameters.word("experiment.published").empty()) return;
    const target::data::Source source{parameters.word("experiment.published"),
                                      "experiment.published"};
    const auto array = target::data::read<double>(source);
    if (array.columns() != 2) {
      target::data::fail(source, fmt::format("{} columns; expected two, time and clone probability",
                                             array.columns()));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(array.rows(), 999); ++i) {
      published_.emplace_back(array.values[2 * i], array.values[2 * i + 1]);
    }
    pairs_ = parameters.real("experiment.published_pairs");
  }

  std::vector<ObservableInfo> observables() const override { return branching_observables(s_); }
  std::vector<verdict::Prediction> predictions() const override {
    auto all = branching_predictions(s_);
    const auto classes = s_.target->two_classes();
    if (!classes || published_.empty()) return all;
    all.push_back({"published_pairs", pairs_, "clone pairs behind a published point"});
    for (std::size_t i = 0; i < published_.size(); ++i) {
      const auto& [t, value] = published_[i];
      const double G =
          classes->axis.squaredNorm() / (classes->variance + s_.forward->at(t).noise());
      all.push_back({fmt::format("published_time_{:03}", i), t, "data file"});
      all.push_back({fmt::format("published_clone_{:03}", i), value, "data file"});
      all.push_back({fmt::format("published_theory_{:03}", i),
                     theory::clone_probability(G, classes->log_odds), "phi(G)"});
    }
    return all;
  }
  std::int64_t replicas() const override { return s_.replicas; }
  double seconds_per_unit() const override { return branching_seconds(s_); }
  std::size_t memory_per_unit() const override { return branching_memory(s_); }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return start_branching(s_, address);
  }

 private:
  Branching s_;
  std::vector<std::pair<double, double>> published_;
  double pairs_ = 1;
};

}  // namespace

ExperimentKind speciation() {
  using deck::Key;
  using deck::Kind;
  ExperimentKind kind;
  kind.name = "speciation";
  kind.text =
      "clones of a noised datum that run back independently: probability of the same class against "
      "phi(G), speciation time by its criteria (Biroli et al. 2024)";
  kind.keys = branching_keys("100");
  kind.keys.push_back(Key{.section = "experiment",
                          .name = "published",
                          .kind = Kind::file,
                          .fallback = "",
                          .text = "published curve to be judged and drawn beside: columns time (in "
                                  "the deck's clock) and clone probability"});
  kind.keys.push_back(Key{.section = "experiment",
                          .name = "published_pairs",
                          .fallback = "10000",
                          .text = "clone pairs behind each published point (binomial errors)",
                          .minimum = 1});
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<SpeciationExperiment>(parameters);
  };
  kind.analyse = analyse_speciation;
  kind.critical = [](const deck::Parameters& parameters) {
    const auto noise = target::build(parameters, {})->critical_noise();
    if (!noise) throw deck::KeyError("experiment.t", "no critical time is known; give numbers");
    return diffusion::Forward(parameters).time(*noise);
  };
  return kind;
}

}  // namespace symbreak::experiment
