// Recovery of classes and features of the random hierarchy model.
//
// Leaves of a datum are blurred, and belief propagation, which is exact on the tree, asks for every
// hidden symbol how much of it is left (Sclocchi, Favero & Wyart 2024):
//   epsilon   each leaf's likelihood is (1 - eps + eps/v) for the true symbol and eps/v for all
//   others:
//             the mean belief of the layers follows p -> F(p) (analysis/theory/hierarchy.hpp), with
//             a threshold p*: above it the class is recovered, below it only low features are
//   gaussian  x = y + sqrt(s) z on the one-hot leaves, s = value
// Per layer, from the root: belief in the true symbol, and whether the most believed symbol is it.
// Each disorder sample is a new set of rules; errors come from them.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/hierarchy.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/hierarchy_recovery/findings.hpp"
#include "sim/target/hierarchy/random_hierarchy.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::RandomHierarchy;
using target::VectorXd;

class HierarchyRun final : public Simulation {
 public:
  HierarchyRun(std::shared_ptr<const target::Target> owner, bool gaussian, double strength,
               Index walkers, std::int64_t blocks, const UnitAddress& address)
      : owner_(std::move(owner)),
        target_(dynamic_cast<const RandomHierarchy&>(*owner_)),
        gaussian_(gaussian),
        strength_(strength),
        walkers_(walkers),
        blocks_(blocks),
        planted_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::noise)) {}

  std::int64_t blocks() const override { return blocks_; }

  void advance(Recorder& recorder) override {
    const auto layers = static_cast<std::size_t>(target_.layers()) + 1;
    std::vector<double> belief(layers), correct(layers);
    for (Index w = 0; w < walkers_; ++w) {
      const RandomHierarchy::Reading datum = target_.draw(planted_);
      const std::vector<MatrixXd> found = target_.beliefs(blurred(datum.symbols.back()));
      for (std::size_t l = 0; l < layers; ++l) {
        double sum = 0, right = 0;
        for (Index node = 0; node < found[l].cols(); ++node) {
          const Index symbol = datum.symbols[l][static_cast<std::size_t>(node)];
          Index most = 0;
          found[l].col(node).maxCoeff(&most);
          sum += found[l](symbol, node);
          right += most == symbol ? 1 : 0;
        }
        const double share =
            1 / static_cast<double>(found[l].cols()) / static_cast<double>(walkers_);
        belief[l] += sum * share;
        correct[l] += right * share;
      }
    }
    recorder.measure("belief", belief);
    recorder.measure("recovered", correct);
  }

  void save(State& state) const override {
    state.integers["streams"] = {planted_.position(), noise_.position()};
  }
  void load(const State& state) override {
    planted_.seek(state.integers.at("streams")[0]);
    noise_.seek(state.integers.at("streams")[1]);
  }

 private:
  MatrixXd blurred(const std::vector<Index>& leaves) {
    const Index v = target_.classes(), count = static_cast<Index>(leaves.size());
    if (gaussian_) {
      VectorXd x(target_.dimension());
      noise_.normals({x.data(), static_cast<std::size_t>(x.size())});
      x = target_.one_hot(leaves) + std::sqrt(strength_) * x;
      return target_.likelihood(x, 1 / strength_);
    }
    const double wrong = strength_ / static_cast<double>(v);
    MatrixXd result = MatrixXd::Constant(v, count, wrong);
    for (Index i = 0; i < count; ++i) {
      result(leaves[static_cast<std::size_t>(i)], i) = 1 - strength_ + wrong;
    }
    return result;
  }

  std::shared_ptr<const target::Target> owner_;
  const RandomHierarchy& target_;
  bool gaussian_;
  double strength_;
  Index walkers_;
  std::int64_t blocks_;
  random::Stream planted_, noise_;
};

class HierarchyExperiment final : public Experiment {
 public:
  explicit HierarchyExperiment(const deck::Parameters& parameters)
      : parameters_(parameters),
        gaussian_(parameters.word("experiment.noise") == "gaussian"),
        strength_(parameters.real("experiment.strength")),
        walkers_(parameters.integer("sampling.walkers")),
        blocks_(parameters.integer("sampling.blocks")),
        disorder_(parameters.integer("sampling.disorder_samples")) {
    if (parameters.word("target.kind") != "random_hierarchy") {
      throw deck::KeyError("target.kind", "this experiment needs target random_hierarchy");
    }
    if (!gaussian_ && strength_ >= 1) {
      throw deck::KeyError("experiment.strength", "epsilon noise lies between 0 and 1");
    }
    v_ = static_cast<double>(parameters.integer("target.vocabulary"));
    m_ = static_cast<double>(parameters.integer("target.synonyms"));
    s_ = static_cast<int>(parameters.integer("target.branching"));
    layers_ = static_cast<int>(parameters.integer("target.layers"));
    memory_ = target::build(parameters, {})->memory();
  }

  std::vector<ObservableInfo> observables() const override {
    return {{.name = "belief",
             .shape = {layers_ + 1},
             .text = "belief in the true symbol, mean over the nodes of a layer, root first"},
            {.name = "recovered",
             .shape = {layers_ + 1},
             .text = "the most believed symbol is the true one, mean over nodes, root first"}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (gaussian_) return all;
    const double p = 1 - strength_ + strength_ / v_;
    all.push_back({"leaf_belief", p, "1 - eps + eps/v"});
    all.push_back({"class_belief", theory::hierarchy_belief(p, v_, m_, s_, layers_),
                   "F iterated from the leaves to the root"});
    if (const double threshold = theory::hierarchy_threshold(v_, m_, s_); threshold == threshold) {
      all.push_back({"threshold", threshold, "F(p*) = p*; s = 2: (m-1)/(v-m)"});
    }
    return all;
  }
  std::int64_t disorder_samples() const override { return disorder_; }
  double seconds_per_unit() const override {
    const double leaves = std::pow(s_, layers_);
    return static_cast<double>(walkers_ * blocks_) * leaves * v_ * m_ * s_ * 8e-9;
  }
  std::size_t memory_per_unit() const override { return memory_; }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<HierarchyRun>(
        target::build(parameters_, address.address(random::Purpose::data)), gaussian_, strength_,
        walkers_, blocks_, address);
  }

 private:
  deck::Parameters parameters_;
  bool gaussian_;
  double strength_;
  Index walkers_;
  std::int64_t blocks_, disorder_;
  double v_ = 0, m_ = 0;
  int s_ = 0, layers_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace

ExperimentKind hierarchy_recovery() {
  using deck::Key;
  using deck::Kind;
  ExperimentKind kind;
  kind.name = "random_hierarchy";
  kind.text =
      "recovery of the class and the features of the random hierarchy model from blurred leaves, "
      "by "
      "exact belief propagation (Sclocchi, Favero & Wyart 2024)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "noise",
          .kind = Kind::word,
          .fallback = "epsilon",
          .text = "epsilon: likelihood 1 - eps + eps/v of the true symbol of a leaf, eps/v "
                  "of the others; gaussian: x = y + sqrt(s) z on one-hot leaves",
          .choices = {"epsilon", "gaussian"}},
      Key{.section = "experiment",
          .name = "strength",
          .text = "eps, or s",
          .minimum = 0,
          .open_minimum = true},
      deck::sampling_key("walkers", "16", "data per block", 1, 1e6),
      deck::sampling_key("blocks", "4", "blocks per set of rules"),
      deck::sampling_key("disorder_samples", "50",
                         "independent sets of rules; errors come from them")};
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<HierarchyExperiment>(parameters);
  };
  kind.analyse = analyse_random_hierarchy;
  return kind;
}

}  // namespace symbreak::experiment
