#include "sim/experiment/speciation/simulation.hpp"

#include "analysis/findings/speciation/observables.hpp"

namespace symbreak::experiment::speciation {

namespace observable = findings::speciation::observable;

namespace {

class Clones final : public measure::Simulation {
 public:
  Clones(const Branching& setting, const measure::UnitAddress& address)
      : s_(setting), returns_(setting, address) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    Returns::Batch batch = returns_.turn(recorder);
    const std::vector<Index> second = returns_.run(batch.noisy);
    const double weight = 1 / static_cast<double>(s_.walkers);
    double equal = 0;
    for (std::size_t k = 0; k < second.size(); ++k) {
      equal += (batch.ends[k] == second[k] ? 1 : 0) * weight;
    }
    recorder.measure(observable::clone_probability, equal);
    if (batch.agreed) recorder.measure(observable::clone_identity, equal - *batch.agreed);
  }

  void save(measure::State& state) const override { returns_.save(state); }
  void load(const measure::State& state) override { returns_.load(state); }

 private:
  const Branching& s_;
  Returns returns_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Branching& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Clones>(setting, address);
}

}  // namespace symbreak::experiment::speciation
