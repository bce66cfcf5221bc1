// Recovery of classes and features of the random hierarchy model.
//
// Leaves of a datum are blurred, and belief propagation, which is exact on the tree, asks for every
// hidden symbol how much of it is left (Sclocchi, Favero & Wyart 2024):
//   epsilon   each leaf's likelihood is (1 - eps + eps/v) for the true symbol and eps/v for all
//             others: the mean belief of the layers follows p -> F(p)
//             (analysis/theory/hierarchy.hpp), with a threshold p*: above it the class is
//             recovered, below it only low features are
//   gaussian  x = y + sqrt(s) z on the one-hot leaves, s = value
// Per layer, from the root: belief in the true symbol, and whether the most believed symbol is it.
// Each disorder sample is a new set of rules; errors come from them.
#include <cmath>

#include "analysis/findings/random_hierarchy/observables.hpp"
#include "analysis/theory/hierarchy.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/random_hierarchy/simulation.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::random_hierarchy {

using namespace findings::random_hierarchy;

namespace {

class HierarchyExperiment final : public PointExperiment<Setting> {
 public:
  explicit HierarchyExperiment(const deck::Parameters& parameters)
      : PointExperiment(parameters), parameters_(parameters) {
    s_.gaussian = parameters.word("experiment.noise") == "gaussian";
    s_.strength = parameters.real("experiment.strength");
    refuse_if(!s_.gaussian && s_.strength >= 1, "experiment.strength",
              "epsilon noise lies between 0 and 1");
    v_ = static_cast<double>(parameters.integer("target.vocabulary"));
    m_ = static_cast<double>(parameters.integer("target.synonyms"));
    branching_ = static_cast<int>(parameters.integer("target.branching"));
    layers_ = static_cast<int>(parameters.integer("target.layers"));
    memory_ = target::build_denoiser(parameters, {})->memory();
  }

  std::vector<measure::ObservableInfo> observables() const override {
    return measure::independent(
        {shaped(observable::belief, {layers_ + 1},
                "belief in the true symbol, mean over the nodes of a layer, root first"),
         shaped(observable::recovered, {layers_ + 1},
                "the most believed symbol is the true one, mean over nodes, root first")});
  }
  std::vector<verdict::Fact> facts() const override {
    if (s_.gaussian) return {};
    return {{fact::leaf_belief, leaf_belief(), "1 - eps + eps/v"}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (s_.gaussian) return all;
    all.push_back({prediction::class_belief,
                   theory::hierarchy_belief(leaf_belief(), v_, m_, branching_, layers_),
                   "F iterated from the leaves to the root"});
    if (const double threshold = theory::hierarchy_threshold(v_, m_, branching_);
        threshold == threshold) {
      all.push_back({prediction::threshold, threshold, "F(p*) = p*; s = 2: (m-1)/(v-m)"});
    }
    return all;
  }
  double seconds_per_unit() const override {
    const double leaves = std::pow(branching_, layers_);
    return s_.walkers_per_unit() * leaves * v_ * m_ * branching_ * 8e-9;
  }
  std::size_t memory_per_unit() const override { return memory_; }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(
        s_, target::build_denoiser(parameters_, address.address(random::Purpose::data)), address);
  }

 private:
  double leaf_belief() const { return 1 - s_.strength + s_.strength / v_; }

  deck::Parameters parameters_;
  double v_ = 0, m_ = 0;
  int branching_ = 0, layers_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "random_hierarchy";
  kind.text =
      "recovery of the class and the features of the random hierarchy model from blurred leaves, "
      "by exact belief propagation (Sclocchi, Favero & Wyart 2024)";
  kind.keys = {deck::word_key("experiment", "noise", "epsilon",
                              "epsilon: likelihood 1 - eps + eps/v of the true symbol of a leaf, "
                              "eps/v of the others; gaussian: x = y + sqrt(s) z on one-hot leaves",
                              {"epsilon", "gaussian"}),
               deck::positive_key("experiment", "strength", deck::required, "eps, or s"),
               deck::sampling_key("walkers", "16", "data per block", 1, 1e6),
               deck::sampling_key("blocks", "4", "blocks per set of rules"),
               deck::sampling_key("disorder_samples", "50",
                                  "independent sets of rules; errors come from them")};
  kind.needs = {target::Part::hierarchy};
  kind.make = make<HierarchyExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::random_hierarchy
