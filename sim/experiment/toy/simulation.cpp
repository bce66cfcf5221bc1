#include "sim/experiment/toy/simulation.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <thread>

namespace symbreak::experiment::toy {

namespace {

class Chain final : public measure::Simulation {
 public:
  Chain(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting), stream_(address.stream(random::Purpose::toy)) {
    // Disorder samples shift the chain by a unit normal: their spread is known as well.
    state_ = stream_.normal();
    shift_ = address.disorder == 0 ? 0 : stream_.normal();
  }
  std::int64_t blocks() const override { return s_.blocks; }
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
               std::sqrt(1 - s_.correlation * s_.correlation) * stream_.normal();
    }
    if (s_.delay > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(s_.delay));
    }
  }
  void save(measure::State& state) const override {
    state.reals["state"] = {state_};
    state.integers["stream"] = {stream_.position(), solved_};
  }
  void load(const measure::State& state) override {
    state_ = state.reals.at("state")[0];
    stream_.seek(state.integers.at("stream")[0]);
    solved_ = state.integers.at("stream")[1] != 0;
  }

 private:
  Setting s_;
  random::Stream stream_;
  double state_, shift_;
  bool solved_ = false;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Chain>(setting, address);
}

}  // namespace symbreak::experiment::toy
