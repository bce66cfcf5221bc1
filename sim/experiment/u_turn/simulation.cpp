#include "sim/experiment/u_turn/simulation.hpp"

namespace symbreak::experiment::u_turn {

namespace {

class UTurns final : public Returns {
 public:
  using Returns::Returns;
  void advance(measure::Recorder& recorder) override { turn(recorder); }
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Branching& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<UTurns>(setting, address);
}

}  // namespace symbreak::experiment::u_turn
