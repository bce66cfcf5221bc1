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

class UTurnExperiment final : public BranchingExperiment {
 public:
  explicit UTurnExperiment(const deck::Parameters& parameters)
      : BranchingExperiment(parameters, 1) {}
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(s_, address);
  }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "u_turn";
  kind.text =
      "data noised to t and run back: return and class probability, overlap against the mmse curve";
  kind.keys = branching_keys("200");
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = make<UTurnExperiment>;
  kind.critical = branching_critical_time;
  return kind;
}

}  // namespace symbreak::experiment::u_turn
