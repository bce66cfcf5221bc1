// U-turns: data are noised to time t and run back. With the exact score the way back is a posterior
// draw, so that the curve of U-turns is the curve of the clean mean:
//   E y.y' = E|<y>|^2 = E|y|^2 - mmse,  P(same datum) = E sum_j w_j^2,
//   P(same class) = E sum_c P_c^2
// For an inexact score the gaps between both sides are a diagnosis (physics of Sclocchi, Favero &
// Wyart 2024 for hierarchical data).
#include "sim/experiment/registry.hpp"
#include "sim/experiment/u_turn/simulation.hpp"

namespace symbreak::experiment::u_turn {

namespace {

class UTurnExperiment final : public measure::Experiment {
 public:
  explicit UTurnExperiment(const deck::Parameters& parameters)
      : s_(make_branching(parameters, 1)) {}
  std::vector<measure::ObservableInfo> observables() const override {
    return branching_observables(s_);
  }
  std::vector<verdict::Fact> facts() const override { return branching_facts(s_); }
  std::vector<verdict::Prediction> predictions() const override {
    return branching_predictions(s_);
  }
  std::int64_t replicas() const override { return s_.replicas; }
  double seconds_per_unit() const override { return branching_seconds(s_); }
  std::size_t memory_per_unit() const override { return branching_memory(s_); }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(s_, address);
  }

 private:
  Branching s_;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "u_turn";
  kind.text =
      "data noised to t and run back: return and class probability, overlap against the mmse curve";
  kind.keys = branching_keys("200");
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<UTurnExperiment>(parameters);
  };
  kind.critical = branching_critical_time;
  return kind;
}

}  // namespace symbreak::experiment::u_turn
