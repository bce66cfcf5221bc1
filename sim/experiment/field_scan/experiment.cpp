// The equation of state of a sampled spin target, without root finding.
//
// In a uniform state x = (m + h) u, u = (1,..,1), the posterior is the target in the uniform field
// H = (m + h)/s, s = sigma^2 t. With M(H) = <y_i>_H measured on a list of fields, the
// self-consistent branch m = <y>_{x = m u} is the curve
//     m = M(H),  s = M(H)/H,
// the critical isotherm is h = s_c H - M(H), s_c = M'(0) = <M^2>/N, and chi = dm/dh follows from
// the slope of M (Ambrogioni 2024, section 5). One Monte Carlo run at fixed couplings gives it at
// all times.
//
// Estimators. m by the sampler's estimate of the mean (both states of a global flip are averaged:
// s tanh(sum_i H s_i), whose relative error stays finite as H -> 0), <M^2> from states. Chains of
// all fields run side by side. Cost per unit: fields x chains x sweeps x sites.
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/field_scan/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/spins/exact_draws.hpp"
#include "sim/target/spins/magnetization_law.hpp"

namespace symbreak::experiment::field_scan {

using namespace findings::field_scan;

namespace {

class FieldScanExperiment final : public BatchExperiment<Setting> {
 public:
  explicit FieldScanExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.target = target::build(parameters, {});
    refuse_field(parameters, *s_.target);
    refuse_if(!target::magnetization_orders(*s_.target), "target.kind",
              "field_scan needs an even spin target that orders uniformly, so that its branch lies "
              "along the uniform field");
    if (!target::chains(*s_.target, 1, {}, 1)) {
      throw deck::KeyError("target.kind", "this target has no posterior sampler");
    }
    const auto& fields = parameters.reals("experiment.fields");
    s_.fields =
        Eigen::Map<const target::VectorXd>(fields.data(), static_cast<Index>(fields.size()));
    s_.chains = parameters.integer("experiment.chains");
    s_.sweeps = parameters.integer("experiment.sweeps");
    s_.per_block = parameters.integer("sampling.measurements_per_block");
    s_.burn_in_blocks = parameters.integer("sampling.burn_in_blocks");
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const Index count = s_.fields.size();
    return {shaped(observable::magnetization, {count},
                   "m = <y_i> per site in each of the fields H, mirror estimator"),
            shaped(observable::magnetization_square, {count}, "<M^2>/N in the fields H")};
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {{fact::field,
                                       std::vector<double>(s_.fields.begin(), s_.fields.end()),
                                       "uniform field H = (m + h)/s"}};
    append(all, spin_facts(*s_.target));
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    const auto noise = s_.target->critical_noise();
    if (!noise) return {};
    return {{prediction::critical_time, forward_.time(*noise),
             "lambda_max(C)/sigma^2 by exact sums, score criterion"}};
  }

  double seconds_per_unit() const override {
    const double measurements = static_cast<double>((s_.blocks + s_.burn_in_blocks) * s_.per_block);
    return measurements * static_cast<double>(s_.fields.size() * s_.target->dimension()) *
           (static_cast<double>(s_.sweeps * s_.chains) * 0.25e-9 + 60e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto columns = static_cast<std::size_t>(s_.fields.size() * s_.target->dimension());
    return s_.target->memory() +
           columns * (8 * sizeof(double) + 16 * static_cast<std::size_t>(s_.chains));
  }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "field_scan";
  kind.text =
      "equation of state of a sampled spin target, parametric in the uniform field: branch, "
      "critical time, isotherm, and where mean-field exponents end (Ambrogioni 2024, section 5)";
  kind.keys = {
      deck::list_of(
          deck::positive_key("experiment", "fields", deck::required,
                             "uniform fields H = (m + h)/(sigma^2 t) on the clean spins")),
      deck::count_key("experiment", "chains", "16", "chains per field", 1, 1e5),
      deck::count_key("experiment", "sweeps", "16", "sweeps per measurement", 1, 1e7),
      deck::sampling_key("measurements_per_block", "32", "measurements of every field per block", 1,
                         1e7),
      deck::sampling_key("blocks", "32", "measured blocks per work unit"),
      deck::sampling_key("burn_in_blocks", "2",
                         "discarded blocks per work unit; split R-hat tells whether it was enough",
                         0),
      deck::sampling_key(
          "replicas", "4",
          "independent sets of chains: even ones start ordered, odd ones at clean data"),
  };
  kind.needs = {target::Part::clean_data, target::Part::posterior, target::Part::spin_law};
  kind.make = make<FieldScanExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::field_scan
