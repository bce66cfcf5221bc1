// A process whose every answer is known in closed form: it tests the engine, the statistics and the
// result files without statistical doubt.
//
// Autoregressive chain of order 1: x' - mu = a (x - mu) + sqrt(1 - a^2) z, stationary from its
// first sample, so x ~ N(mu, 1) with autocorrelation a^k and tau_int = (1 + a)/(2 (1 - a)) (Sokal
// 1997, section 2). The mean of disorder sample k is mu = mean + disorder * z_k.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <thread>

#include "sim/experiment/experiment.hpp"

namespace symbreak::experiment {

namespace {

struct Settings {
  double mean, correlation, disorder, delay;
  std::int64_t blocks, block_length, replicas, disorder_samples;
  explicit Settings(const deck::Parameters& parameters)
      : mean(parameters.real("experiment.mean")),
        correlation(parameters.real("experiment.correlation")),
        disorder(parameters.real("experiment.disorder")),
        delay(parameters.real("experiment.delay")),
        blocks(parameters.integer("sampling.blocks")),
        block_length(parameters.integer("sampling.block_length")),
        replicas(parameters.integer("sampling.replicas")),
        disorder_samples(parameters.integer("sampling.disorder_samples")) {}
  double tau() const { return (1 + correlation) / (2 * (1 - correlation)); }
};

class Chain final : public Simulation {
 public:
  Chain(const Settings& settings, const UnitAddress& address)
      : settings_(settings), stream_(address.stream(random::Purpose::toy)) {
    random::Stream disorder = address.stream(random::Purpose::data);
    center_ = settings_.mean + settings_.disorder * disorder.normal();
    deviation_ = stream_.normal();
  }
  std::int64_t blocks() const override { return settings_.blocks; }

  void advance(Recorder& recorder) override {
    if (done_++ == 0) recorder.solved("tau_exact", settings_.tau(), 0);
    const double a = settings_.correlation, step = std::sqrt(1 - a * a);
    for (std::int64_t i = 0; i < settings_.block_length; ++i) {
      const double x = center_ + deviation_, from_mean = x - settings_.mean;
      const double square = from_mean * from_mean;
      recorder.measure("x", x);
      recorder.measure("moments",
                       std::array{from_mean, square, square * from_mean, square * square});
      deviation_ = a * deviation_ + step * stream_.normal();
    }
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(settings_.delay));
  }

  void save(State& state) const override {
    state.reals["deviation"] = {deviation_};
    state.integers["position"] = {stream_.position(), done_};
  }
  void load(const State& state) override {
    deviation_ = state.reals.at("deviation").at(0);
    stream_.seek(state.integers.at("position").at(0));
    done_ = state.integers.at("position").at(1);
  }

 private:
  Settings settings_;
  random::Stream stream_;
  double center_ = 0, deviation_ = 0;
  std::uint64_t done_ = 0;  // blocks
};

class Toy final : public Experiment {
 public:
  explicit Toy(const deck::Parameters& parameters) : settings_(parameters) {}

  std::vector<ObservableInfo> observables() const override {
    return {{.name = "x", .text = "the chain itself"},
            {.name = "moments",
             .shape = {2, 2},
             .text = "(x - mean)^k, k = 1..4",
             .max_bins = 64},
            {.name = "tau_exact",
             .text = "(1 + a)/(2 (1 - a)) in samples",
             .origin = verdict::Origin::deterministic}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    return {{"mean", settings_.mean, "deck"},
            {"variance", 1 + settings_.disorder * settings_.disorder, "stationary AR(1) chain"},
            {"tau_int", settings_.tau(), "(1 + a)/(2 (1 - a))"}};
  }
  std::int64_t disorder_samples() const override { return settings_.disorder_samples; }
  std::int64_t replicas() const override { return settings_.replicas; }
  double seconds_per_unit() const override {
    const auto blocks = static_cast<double>(settings_.blocks);
    return blocks * (settings_.delay * 1e-3 + 1e-7 * static_cast<double>(settings_.block_length));
  }
  std::size_t memory_per_unit() const override { return std::size_t{1} << 16; }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<Chain>(settings_, address);
  }

 private:
  Settings settings_;
};

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const verdict::Point& point : result.points) {
    if (!point.complete) continue;
    std::map<std::string, std::string> keys;
    for (const std::string& key : result.swept) keys[key] = point.parameters.at(key);
    const auto compare = [&](const std::string& quantity, double measured, double error,
                             const std::string& from) {
      if (std::isnan(error)) return;  // one short unit: nothing to estimate an error from
      verdict::Verdict verdict;
      verdict.quantity = quantity;
      verdict.point = keys;
      verdict.measured = measured;
      verdict.error = error;
      verdict.predicted = *point.prediction(quantity);
      verdict.source = "closed form";
      verdict.from = from;
      findings.verdicts.push_back(std::move(verdict));
    };
    const verdict::Observable &x = point.observables.at("x"),
                              &moments = point.observables.at("moments");
    compare("mean", x.value(), x.error(), "mean of x");
    compare("variance", moments.estimate.mean[1], moments.estimate.error[1], "second moment");
    if (point.number("experiment.disorder") == 0) {
      compare("tau_int", x.estimate.tau_int[0], x.estimate.tau_error[0], "autocorrelation of x");
    }
  }
  return findings;
}

}  // namespace

ExperimentKind toy() {
  using deck::Kind;
  using deck::Role;
  ExperimentKind kind;
  kind.name = "toy";
  kind.text = "an autoregressive chain with closed-form answers, to try out a cluster or a job "
              "script; the target plays no part";
  const auto count = [](const char* name, const char* fallback, const char* text) {
    return deck::Key{.section = "sampling",
                     .name = name,
                     .kind = Kind::integer,
                     .fallback = fallback,
                     .text = text,
                     .minimum = 1,
                     .maximum = 1e9,
                     .role = Role::statistics};
  };
  kind.keys = {
      deck::Key{.section = "experiment", .name = "mean", .fallback = "0", .text = "mean of x"},
      deck::Key{.section = "experiment",
                .name = "correlation",
                .fallback = "0.5",
                .text = "autocorrelation a of neighbouring samples",
                .minimum = 0,
                .maximum = 0.999},
      deck::Key{.section = "experiment",
                .name = "disorder",
                .fallback = "0",
                .text = "standard deviation of the mean between disorder samples",
                .minimum = 0},
      deck::Key{.section = "experiment",
                .name = "delay",
                .fallback = "0",
                .unit = "ms",
                .text = "sleep per block, to make a run long; does not change the numbers",
                .minimum = 0,
                .role = Role::control},
      count("blocks", "16", "blocks per work unit"),
      count("block_length", "64", "samples per block"),
      count("replicas", "4", "independent chains per disorder sample"),
      count("disorder_samples", "1", "independent means"),
  };
  kind.make = [](const deck::Parameters& parameters) { return std::make_unique<Toy>(parameters); };
  kind.analyse = analyse;
  return kind;
}

}  // namespace symbreak::experiment
