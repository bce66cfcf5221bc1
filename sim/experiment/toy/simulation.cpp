#include "sim/experiment/toy/simulation.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <thread>

#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::toy {

namespace {

class Chain final : public Unit<const Setting&> {
 public:
  Chain(const Setting& setting, const measure::UnitAddress& address) : Unit(setting, address) {
    keep_integers("stream", noise_, solved_);
    // Disorder samples shift the chain by a unit normal: their spread is known as well.
    state_ = noise_.normal();
    shift_ = address.disorder == 0 ? 0 : noise_.normal();
  }
  void advance(measure::Recorder& recorder) override {
    if (!solved_) recorder.solved(observable::tau_exact, tau_int(s_.correlation), 0);
    solved_ = true;
    for (std::int64_t i = 0; i < s_.samples; ++i) {
      const double value = s_.mean + state_ + shift_;
      recorder.measure(observable::value, value);
      const double deviation = value - s_.mean, square = deviation * deviation;
      recorder.measure(observable::square, square);
      recorder.measure(observable::moments, std::array{1.0, deviation, square, square * deviation});
      state_ = s_.correlation * state_ +
               std::sqrt(1 - s_.correlation * s_.correlation) * noise_.normal();
    }
    if (s_.delay > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(s_.delay));
    }
  }
  void save(measure::State& state) const override {
    Unit::save(state);
    state.reals["state"] = {state_};
  }
  void load(const measure::State& state) override {
    Unit::load(state);
    state_ = state.reals.at("state")[0];
  }

 private:
  random::Stream noise_ = address_.stream(Purpose::toy);
  double state_, shift_;
  bool solved_ = false;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Chain>(setting, address);
}

}  // namespace symbreak::experiment::toy
