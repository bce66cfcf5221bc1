// A closed-form Markov chain that exercises the whole program without statistical doubt:
//     a_{k+1} = mean + rho (a_k - mean) + sqrt(1 - rho^2) z_k,  a_0 from the stationary law,
// is Gaussian of the given mean and unit variance, with autocorrelation rho^k and therefore
// tau_int = 1/2 + rho/(1 - rho) exactly. Verdicts: mean, mean square, tau_int. One observable is a
// matrix and one is solved, so that every kind of observable goes through the engine.
#include "sim/experiment/toy/simulation.hpp"

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::toy {

using namespace findings::toy;

namespace {

class Toy final : public BatchExperiment<Setting> {
 public:
  explicit Toy(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.mean = parameters.real("experiment.mean");
    s_.correlation = parameters.real("experiment.correlation");
    s_.delay = parameters.real("experiment.delay");
    s_.samples = parameters.integer("sampling.samples");
  }
  std::vector<measure::ObservableInfo> observables() const override {
    return {{.name = observable::value, .text = "state of the chain"},
            {.name = observable::square, .text = "squared deviation from the mean"},
            shaped(observable::moments, {2, 2}, "(value - mean)^k, k = 0..3", 32),
            {.name = observable::tau_exact,
             .text = "1/2 + rho/(1 - rho), in samples",
             .origin = verdict::Origin::deterministic}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {{prediction::mean, s_.mean, "stationary law"}};
    if (s_.disorder_samples > 1) return all;
    all.push_back({prediction::variance, 1, "stationary law"});
    all.push_back({prediction::tau_int, tau_int(s_.correlation), "1/2 + sum rho^k"});
    return all;
  }
  double seconds_per_unit() const override {
    return static_cast<double>(s_.blocks) *
           (2e-8 * static_cast<double>(s_.samples) + 1e-3 * s_.delay);
  }
  std::size_t memory_per_unit() const override { return 20'000; }
  std::int64_t samples_per_unit() const override { return s_.blocks * s_.samples; }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "toy";
  kind.text =
      "a Gaussian chain of known mean, variance and autocorrelation time: tests the program, not "
      "physics (the target is not used)";
  kind.keys = {
      deck::real_key("experiment", "mean", "0", "mean of the chain"),
      deck::real_key("experiment", "correlation", "0.5", "correlation rho of successive samples", 0,
                     0.9999),
      {.section = "experiment",
       .name = "delay",
       .kind = deck::Kind::real,
       .fallback = "0",
       .unit = "ms",
       .text = "pause after each block; changes no result",
       .minimum = 0,
       .role = deck::Role::control},
      deck::sampling_key("samples", "1000", "samples per block"),
      deck::sampling_key("blocks", "16", "blocks per work unit"),
      deck::sampling_key("disorder_samples", "1", "chains shifted by a unit normal each"),
      deck::sampling_key("replicas", "4", "independent chains"),
  };
  kind.make = make<Toy>;
  return kind;
}

}  // namespace symbreak::experiment::toy
