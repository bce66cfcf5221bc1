// Fluctuations of the clean data: the critical time without a trajectory.
//
// For spins |y| is fixed, so the symmetric state of the diffusion model becomes unstable exactly at
//     sigma^2 t_c = lambda_max(C),   C the covariance of the target
// (Ambrogioni 2024, section 5), on a translation-invariant ferromagnet <M^2>/N = S(k = 0). The
// transition of the diffusion is mean-field, but its time carries the target's own criticality:
// |T - T_c|^{-gamma}, L^{gamma/nu} at T_c.
//
// Estimators. Ferromagnets: one Swendsen-Wang chain per unit, <M^2> from cluster sizes. Others: 64
// heat bath chains side by side (sampler = chains, for paramagnets), or independent samples of the
// target, each the end of its own replica exchange (sampler = independent). Their covariance is
// accumulated as conditional expectations, symmetrised, and its eigenvalue taken from two halves
// (covariance.hpp). Cost: O(sites) per sweep; O(N^2) per sample with a covariance.
#include <fmt/format.h>

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/fluctuations/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/spin_system.hpp"
#include "sim/target/spins/magnetization_law.hpp"

namespace symbreak::experiment::fluctuations {

using namespace findings::fluctuations;

namespace {

constexpr Index kLargestCovariance = 2048;  ///< sites: N^2 numbers twice per unit

bool is_ferromagnet(const target::Target& target) {
  for (double K : target::part<target::SpinSystem>(target)->spin_graph().coupling) {
    if (K < 0) return false;
  }
  return true;
}

class FluctuationsExperiment final : public PointExperiment<Setting> {
 public:
  explicit FluctuationsExperiment(const deck::Parameters& parameters)
      : PointExperiment(parameters), parameters_(parameters), target_(parameters) {
    refuse_field(parameters, sample_);
    refuse_if(!has_spins(sample_) || !sample_.even(), "target.kind",
              fmt::format("fluctuations needs a spin system without field; '{}' is none",
                          parameters.word("target.kind")));
    s_.ferromagnet = is_ferromagnet(sample_);
    s_.uniform = !target_.disordered() && s_.ferromagnet && target::magnetization_orders(sample_);
    s_.covariance = !s_.uniform;
    s_.lanes = !s_.ferromagnet && parameters.word("experiment.sampler") == "chains";
    s_.gap = parameters.integer("experiment.gap");
    s_.unit = coupling_unit(parameters);
    s_.burn_in = parameters.integer("sampling.burn_in");
    s_.samples = parameters.integer("sampling.samples_per_block");
    refuse_if(s_.covariance && sample_.dimension() > kLargestCovariance, "target.kind",
              fmt::format("the covariance of {} sites is too large to accumulate; the limit is {}",
                          sample_.dimension(), kLargestCovariance));
    refuse_if(s_.covariance && s_.blocks % 2 != 0, "sampling.blocks",
              "an eigenvalue is measured from two halves: give an even number");
    s_.exact = s_.covariance && sample_.covariance().has_value();
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos = {
        {.name = observable::energy,
         .text = "E/N = -(1/N) sum_{i<j} J_ij s_i s_j of clean samples"},
        {.name = observable::magnetization_abs, .text = "|M|/N of clean samples"},
        {.name = observable::magnetization_second,
         .text = s_.ferromagnet ? "M^2/N of clean samples, improved: sum over clusters of size^2/N"
                                : "M^2/N of clean samples"},
        {.name = observable::magnetization_square, .text = "M^2/N of clean samples, not improved"},
        {.name = observable::magnetization_fourth, .text = "M^4/N^2; U4 = 1 - <M^4>/(3 <M^2>^2)"}};
    if (has_modes(sample_)) {
      infos.push_back(shaped(observable::structure_factor, {sample_.lattice().front() / 2 + 1},
                             "S(k) = |sum_i s_i e^{ik.r}|^2/N at k = 2 pi j/L along the axes", 64));
    }
    if (s_.covariance) {
      infos.push_back(
          {.name = observable::covariance_eigenvalue,
           .text = "lambda_max(C) = sigma^2 t_c of one disorder sample, bias O(1/n^2)"});
    }
    if (s_.lanes) {
      infos.push_back({.name = observable::chains_r_hat,
                       .text = "split R-hat of the chains of one disorder sample, the larger of "
                               "those of E and M^2"});
    }
    if (s_.exact) {
      infos.push_back({.name = observable::covariance_eigenvalue_excess,
                       .text = "the same minus the exact sum over states of the same sample"});
    }
    // Each sample is the end of its own replica exchange; cluster and heat bath chains go on.
    return s_.ferromagnet || s_.lanes ? infos : measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    if (!target_.disordered()) return spin_facts(sample_);
    return {{fact::sites, static_cast<double>(sample_.dimension()), "number of spins N"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (!target_.disordered()) {
      all = spin_predictions(sample_, parameters_);
      if (const auto noise = sample_.critical_noise()) {
        all.push_back({prediction::critical_time, forward_.time(*noise),
                       "lambda_max(C)/sigma^2 by exact sums, score criterion"});
      }
    }
    if (const auto limit = sample_.known(target::Known::eigenvalue_limit)) {
      all.push_back({prediction::eigenvalue_limit, limit->value, limit->source});
    }
    return all;
  }

  double seconds_per_unit() const override {
    const double n = static_cast<double>(sample_.dimension());
    const double samples = static_cast<double>(s_.samples * s_.blocks);
    const auto& graph = target::part<target::SpinSystem>(sample_)->spin_graph();
    const double bonds = static_cast<double>(graph.neighbour.size());
    const double sweep = s_.ferromagnet ? n * 25e-9 : (n + bonds) * 0.5e-9;
    const double sweeps = s_.ferromagnet ? 1 : s_.lanes ? static_cast<double>(s_.gap) : 1000;
    return samples * (sweeps * sweep + (s_.covariance ? n * n * 0.2e-9 : 0));
  }
  std::size_t memory_per_unit() const override {
    const Index d = sample_.dimension();
    return memory_with(sample_, d * s_.samples + (s_.covariance ? 3 * d * d : 0));
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return simulation(target_.of(address), s_, address);
  }

 private:
  deck::Parameters parameters_;
  UnitTarget target_;
  std::shared_ptr<const target::Target> kept_ = target_.sample();
  const target::Target& sample_ = *kept_;
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "fluctuations";
  kind.text =
      "fluctuations of clean spins: the critical time lambda_max(C)/sigma^2 by Monte Carlo, how it "
      "inherits the target's own critical exponents, structure factor and correlation length "
      "(Ambrogioni 2024, section 5)";
  kind.keys = {
      deck::word_key(
          "experiment", "sampler", "independent",
          "targets with negative couplings (ferromagnets: one cluster chain): independent samples, "
          "each the end of its own replica exchange, or 64 chains of heat bath, for paramagnets",
          {"independent", "chains"}),
      deck::used_with("sampler=chains",
                      deck::count_key("experiment", "gap", "8", "sweeps between samples", 1, 1e7)),
      deck::sampling_key(
          "samples_per_block", "256",
          "clean samples per block: cluster updates of a ferromagnet, independent otherwise", 1,
          1e7),
      deck::sampling_key("blocks", "16", "blocks per work unit"),
      deck::sampling_key(
          "burn_in", "200",
          "cluster updates discarded per unit; split R-hat tells whether it was enough", 0),
      deck::sampling_key("disorder_samples", "1",
                         "realisations of the couplings; errors come from them"),
      deck::sampling_key("replicas", "2", "independent chains per point"),
  };
  kind.needs = {target::Part::clean_data, target::Part::posterior, target::Part::spins};
  kind.make = make<FluctuationsExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::fluctuations
