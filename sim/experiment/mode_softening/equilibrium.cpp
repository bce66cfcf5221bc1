// mode_softening in Langevin equilibrium at fixed noise: an infinitely slow sweep. Chains of half
// of the units start ordered, those of the others in noise. The score is not a gradient: this is
// the stationary state of the dynamics, not a Gibbs measure.
#include <cmath>

#include "sim/experiment/mode_softening/ensembles.hpp"
#include "sim/experiment/mode_softening/simulation.hpp"

namespace symbreak::experiment::mode_softening {

namespace {

class Equilibrium final : public BatchExperiment<EquilibriumSetting> {
 public:
  explicit Equilibrium(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.score = lattice_score(parameters);
    s_.noise = forward_.at(parameters.real("experiment.t")).noise();
    s_.step = parameters.real("experiment.langevin_step");
    s_.time_per_block = parameters.real("sampling.time_per_block");
    s_.burn_in = parameters.real("sampling.burn_in");
    s_.burn_in_blocks = static_cast<std::int64_t>(std::ceil(s_.burn_in / s_.time_per_block));
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto info = [](verdict::ObservableName name, std::vector<Index> shape,
                         const std::string& text) {
      return measure::ObservableInfo{
          .name = name, .shape = std::move(shape), .text = text, .max_bins = 128};
    };
    std::vector<measure::ObservableInfo> all = {
        info(observable::m_abs, {}, "|M| of the clean mean, per site"),
        info(observable::m2, {}, "M^2 of the clean mean"),
        info(observable::m4, {}, "M^4 of the clean mean")};
    if (s_.score.patches != nullptr) {
      all.push_back(info(observable::local_variance, {}, "mean over pixels of Var_i(phi_0)"));
    }
    all.push_back(
        info(observable::structure, {2}, "S(0) and S(2 pi/L) of the clean mean, per site"));
    return all;
  }
  std::vector<verdict::Fact> facts() const override {
    auto all = s_.score.facts(1 / s_.noise, "P^2");
    all.push_back({fact::signal_to_noise, s_.score.unit(1 / s_.noise) / s_.noise, "q = P^2/s"});
    return all;
  }
  double seconds_per_unit() const override {
    return static_cast<double>(s_.walkers * s_.score.denoiser->dimension()) * 12e-9 / s_.step *
           (s_.burn_in + s_.time_per_block * static_cast<double>(s_.blocks));
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.score.denoiser, 8 * s_.score.denoiser->dimension() * s_.walkers);
  }
};

}  // namespace

std::unique_ptr<measure::Experiment> equilibrium(const deck::Parameters& parameters) {
  return std::make_unique<Equilibrium>(parameters);
}

}  // namespace symbreak::experiment::mode_softening
