#include "sim/experiment/u_turn/simulation.hpp"

namespace symbreak::experiment::u_turn {

namespace {

class UTurns final : public measure::Simulation {
 public:
  UTurns(const Branching& setting, const measure::UnitAddress& address)
      : blocks_(setting.blocks), returns_(setting, address) {}

  std::int64_t blocks() const override { return blocks_; }
  void advance(measure::Recorder& recorder) override { returns_.turn(recorder); }
  void save(measure::State& state) const override { returns_.save(state); }
  void load(const measure::State& state) override { returns_.load(state); }

 private:
  std::int64_t blocks_;
  Returns returns_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Branching& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<UTurns>(setting, address);
}

}  // namespace symbreak::experiment::u_turn
