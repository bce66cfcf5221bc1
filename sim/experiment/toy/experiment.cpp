// A closed-form Markov chain that exercises the whole program without statistical doubt:
//     a_{k+1} = mean + rho (a_k - mean) + sqrt(1 - rho^2) z_k,  a_0 from the stationary law,
// is Gaussian of the given mean and unit variance, with autocorrelation rho^k and therefore
// tau_int = 1/2 + rho/(1 - rho) exactly. Verdicts: mean, mean square, tau_int. One observable is a
// matrix and one is solved, so that every kind of observable goes through the engine.
#include <array>
#include <chrono>
#include <cmath>
#include <thread>

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

namespace {

struct Setting {
  double mean = 0, correlation = 0, delay = 0;
  std::int64_t samples = 1, blocks = 1;
};

double tau_int(double correlation) { return 0.5 + correlation / (1 - correlation); }

class Chain final : public Simulation {
 public:
  Chain(const Setting& setting, const UnitAddress& address)
      : s_(setting), stream_(address.stream(random::Purpose::toy)) {
    // Disorder samples shift the chain by a unit normal: their spread is known as well.
    state_ = stream_.normal();
    shift_ = address.disorder == 0 ? 0 : stream_.normal();
  }
  std::int64_t blocks() const override { return s_.blocks; }
  void advance(Recorder& recorder) override {
    if (!solved_) recorder.solved("tau_exact", tau_int(s_.correlation), 0);
    solved_ = true;
    for (std::int64_t i = 0; i < s_.samples; ++i) {
      const double value = s_.mean + state_ + shift_;
      recorder.measure("value", value);
      const double deviation = value - s_.mean, square = deviation * deviation;
      recorder.measure("square", square);
      recorder.measure("moments", std::array{1.0, deviation, square, square * deviation});
      state_ = s_.correlation * state_ +
               std::sqrt(1 - s_.correlation * s_.correlation) * stream_.normal();
    }
    if (s_.delay > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(s_.delay));
    }
  }
  void save(State& state) const override {
    state.reals["state"] = {state_};
    state.integers["stream"] = {stream_.position(), solved_};
  }
  void load(const State& state) override {
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

class Toy final : public Experiment {
 public:
  explicit Toy(const deck::Parameters& parameters)
      : disorder_(parameters.integer("sampling.disorder_samples")),
        replicas_(parameters.integer("sampling.replicas")) {
    s_.mean = parameters.real("experiment.mean");
    s_.correlation = parameters.real("experiment.correlation");
    s_.delay = parameters.real("experiment.delay");
    s_.samples = parameters.integer("sampling.samples");
    s_.blocks = parameters.integer("sampling.blocks");
  }
  std::vector<ObservableInfo> observables() const override {
    return {
        {.name = "value", .text = "state of the chain"},
        {.name = "square", .text = "squared deviation from the mean"},
        {.name = "moments", .shape = {2, 2}, .text = "(value - mean)^k, k = 0..3", .max_bins = 32},
        {.name = "tau_exact",
         .text = "1/2 + rho/(1 - rho), in samples",
         .origin = verdict::Origin::deterministic}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {{"mean", s_.mean, "stationary law"}};
    if (disorder_ > 1) return all;
    all.push_back({"variance", 1, "stationary law"});
    all.push_back({"tau_int", tau_int(s_.correlation), "1/2 + sum rho^k"});
    return all;
  }
  std::int64_t disorder_samples() const override { return disorder_; }
  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    return static_cast<double>(s_.blocks) *
           (2e-8 * static_cast<double>(s_.samples) + 1e-3 * s_.delay);
  }
  std::size_t memory_per_unit() const override { return 20'000; }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<Chain>(s_, address);
  }

 private:
  Setting s_;
  std::int64_t disorder_, replicas_;
};

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const verdict::Point& point : result.points) {
    if (!point.complete) continue;
    std::map<std::string, std::string> keys;
    for (const std::string& key : result.swept) keys[key] = point.parameters.at(key);
    for (const verdict::Prediction& prediction : point.predictions) {
      const statistics::Estimate& estimate =
          point.observables.at(prediction.quantity == "variance" ? "square" : "value").estimate;
      const bool tau = prediction.quantity == "tau_int";
      findings.verdicts.push_back({.quantity = prediction.quantity,
                                   .point = keys,
                                   .measured = tau ? estimate.tau_int[0] : estimate.mean[0],
                                   .error = tau ? estimate.tau_error[0] : estimate.error[0],
                                   .predicted = prediction.value,
                                   .source = prediction.source,
                                   .from = "all samples"});
    }
  }
  return findings;
}

}  // namespace

ExperimentKind toy() {
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  ExperimentKind kind;
  kind.name = "toy";
  kind.text =
      "a Gaussian chain of known mean, variance and autocorrelation time: tests the program, "
      "not physics (the target is not used)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "mean",
          .kind = Kind::real,
          .fallback = "0",
          .text = "mean of the chain"},
      Key{.section = "experiment",
          .name = "correlation",
          .kind = Kind::real,
          .fallback = "0.5",
          .text = "correlation rho of successive samples",
          .minimum = 0,
          .maximum = 0.9999},
      Key{.section = "experiment",
          .name = "delay",
          .kind = Kind::real,
          .fallback = "0",
          .unit = "ms",
          .text = "pause after each block; changes no result",
          .minimum = 0,
          .role = Role::control},
      deck::sampling_key("samples", "1000", "samples per block"),
      deck::sampling_key("blocks", "16", "blocks per work unit"),
      deck::sampling_key("disorder_samples", "1", "chains shifted by a unit normal each"),
      deck::sampling_key("replicas", "4", "independent chains"),
  };
  kind.make = [](const deck::Parameters& parameters) { return std::make_unique<Toy>(parameters); };
  kind.analyse = analyse;
  return kind;
}

}  // namespace symbreak::experiment
