// U-turns: data are noised to time t and run back. With the exact score the way back is a posterior
// draw, so that the curve of U-turns is the curve of the clean mean:
//   E y.y' = E|<y>|^2 = E|y|^2 - mmse,  P(same datum) = E sum_j w_j^2,  P(same class) = E sum_c
//   P_c^2
// For an inexact score the gaps between both sides are a diagnosis (physics of Sclocchi, Favero &
// Wyart 2024 for hierarchical data).
#include "sim/experiment/common/branching.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/speciation/findings.hpp"

namespace symbreak::experiment {

namespace {

class UTurnExperiment final : public Experiment {
 public:
  explicit UTurnExperiment(const deck::Parameters& parameters)
      : s_(make_branching(parameters, 1)) {}
  std::vector<ObservableInfo> observables() const override { return branching_observables(s_); }
  std::vector<verdict::Prediction> predictions() const override {
    return branching_predictions(s_);
  }
  std::int64_t replicas() const override { return s_.replicas; }
  double seconds_per_unit() const override { return branching_seconds(s_); }
  std::size_t memory_per_unit() const override { return branching_memory(s_); }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return start_branching(s_, address);
  }

 private:
  Branching s_;
};

}  // namespace

ExperimentKind u_turn() {
  ExperimentKind kind;
  kind.name = "u_turn";
  kind.text =
      "data noised to t and run back: return and class probability, overlap against the mmse curve";
  kind.keys = branching_keys("200");
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<UTurnExperiment>(parameters);
  };
  kind.analyse = analyse_u_turn;
  kind.critical = [](const deck::Parameters& parameters) {
    const auto noise = target::build(parameters, {})->critical_noise();
    if (!noise) throw deck::KeyError("experiment.t", "no critical time is known; give numbers");
    return diffusion::Forward(parameters).time(*noise);
  };
  return kind;
}

}  // namespace symbreak::experiment
