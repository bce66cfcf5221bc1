#include "sim/experiment/speciation/simulation.hpp"

#include "analysis/findings/speciation/observables.hpp"

namespace symbreak::experiment::speciation {

namespace observable = findings::speciation::observable;

namespace {

class Clones final : public Returns {
 public:
  using Returns::Returns;

  void advance(measure::Recorder& recorder) override {
    Batch batch = turn(recorder);
    const MatrixXd second = run(batch.noisy);
    const double equal = batch.ends.cwiseProduct(second).sum() / static_cast<double>(s_.walkers);
    recorder.measure(observable::clone_probability, equal);
    if (batch.agreed && s_.posterior_draws()) {
      recorder.measure(observable::clone_identity, equal - *batch.agreed);
    }
  }
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Branching& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Clones>(setting, address);
}

}  // namespace symbreak::experiment::speciation
