// What reverse trajectories on a lattice are planned as, and what they declare.
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/lattice_observables.hpp"
#include "sim/experiment/common/lattice_generation.hpp"

namespace symbreak::experiment {

namespace {

namespace names = findings::lattice::observable;

class LatticeExperiment final : public measure::Experiment {
 public:
  LatticeExperiment(LatticeRun run, Index records) : run_(std::move(run)) {
    const auto levels = static_cast<Index>(run_.grid.size());
    run_.recorded = recorded_levels(levels, records);
    constexpr double block_seconds = 0.4;
    const double per_level = evaluation_seconds(*run_.score.denoiser, run_.walkers) *
                             static_cast<double>(run_.evaluations()) / static_cast<double>(levels);
    // Local covariances of many stored patches cost three evaluations; few walkers tell enough.
    constexpr std::size_t small_memory = 1 << 16;
    constexpr Index few = 4;
    run_.covariances =
        run_.score.denoiser->memory() < small_memory ? run_.walkers : std::min(run_.walkers, few);
    run_.steps_per_block =
        run_.pulses.empty()
            ? std::clamp<Index>(static_cast<Index>(block_seconds / per_level), 1, levels)
            : levels;
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto records = static_cast<Index>(run_.recorded.size());
    const Index all = LatticeModes(run_.score.height, run_.score.width).axis_size(),
                axis = std::min(kAxisModes, all);
    const auto info = [](verdict::ObservableName name, std::vector<Index> shape,
                         const std::string& text) {
      return measure::ObservableInfo{
          .name = name, .shape = std::move(shape), .text = text, .max_bins = 64};
    };
    std::vector<measure::ObservableInfo> infos = {
        info(names::softening, {records, axis},
             "-s v_k* J v_k = 1 - beta c_k, J the score Jacobian, modes k = 2 pi (j, 0)/L"),
        info(names::state_structure, {records, axis},
             "S_x(k)/s, S_x = |sum_i x_i e^{ik.i}|^2/N: 1 for noise"),
        info(names::pattern_structure, {records, axis}, "S(k) of the clean mean <phi_0>, per site"),
        info(names::magnetization_squared, {records}, "M^2 of the clean mean, M per site"),
        info(names::magnetization_fourth, {records}, "M^4 of the clean mean"),
        info(names::local_variance, {records}, "mean over pixels of Var_i(phi_0)"),
        info(names::gradient_term, {records}, "beta sum_r c(r) dx^2/2: xi_J^2 = this/softening"),
        info(names::score_norm, {records},
             "s |score|^2/d: 1 for pure noise; for an exact score 1 - local_variance/s"),
        info(names::antisymmetric_share, {records},
             "|A|^2/|J|^2, A the antisymmetric part of d<phi_0>/dx")};
    if (!run_.pulses.empty()) {
      infos.push_back(info(names::pulse_response, {static_cast<Index>(run_.pulses.size())},
                           "q dM/dh: change of the final magnetization per field pulse of strength "
                           "1 per unit ln s, at the signal-to-noise ratios of experiment.pulses"));
    }
    for (const measure::ObservableInfo& final :
         {info(names::mosaic_order, {}, "(L/P)^2 M^2 of a final image, M per site"),
          info(names::final_magnetization_squared, {}, "M^2 of a final image"),
          info(names::final_magnetization_fourth, {}, "M^4 of a final image"),
          info(names::final_structure_axis, {all},
               "S(k) of final images, k = 2 pi (j, 0)/L and (0, j)"),
          info(names::final_structure_radial, {all},
               "S(k) of final images, shells |k| L/2 pi = j +- 1/2"),
          info(names::wall_density, {}, "fraction of bonds between pixels of unlike sign"),
          info(names::largest_domain, {}, "fraction of pixels in the largest domain"),
          info(names::mean_domain_size, {},
               "pixels of the domain of a pixel, averaged over pixels"),
          info(names::domain_size_law, {kDomainClasses},
               "fraction of pixels in domains of 2^n .. 2^{n+1}-1"),
          shaped(names::snapshots, {run_.shown(), run_.score.height, run_.score.width},
                 "final images (first channel) of the first walkers; unit 0 is a picture", 2)}) {
      infos.push_back(final);
    }
    std::erase_if(infos, [&](const auto& each) { return !run_.measures(each.name); });
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    namespace fact = findings::lattice::fact;
    auto all = run_.score.facts(1 / run_.grid.front(), "P^2 at the first noise level");
    all.push_back({fact::last_noise, run_.grid.back(), "s of the last level"});
    all.push_back(
        {fact::noise, at_levels(run_.grid, run_.recorded), "sigma^2 t in the Brownian gauge"});
    return all;
  }

  std::int64_t replicas() const override { return run_.replicas; }
  double seconds_per_unit() const override {
    return static_cast<double>(run_.blocks * run_.evaluations()) *
           evaluation_seconds(*run_.score.denoiser, run_.walkers);
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*run_.score.denoiser, (12 + 4 * static_cast<Index>(run_.pulses.size())) *
                                                 run_.score.denoiser->dimension() * run_.walkers);
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return start_lattice_generation(run_, address);
  }

 private:
  LatticeRun run_;
};

}  // namespace

Index LatticeRun::evaluations() const {
  double count = 0;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    count += diffusion::stages(sampler);
    if (correction.rate > 0) {
      count += std::ceil(correction.rate * std::log(grid[i - 1] / grid[i]) / correction.step);
    }
  }
  return static_cast<Index>(count * (1 + static_cast<double>(pulses.size())));
}

bool LatticeRun::measures(verdict::ObservableName name) const {
  return score.patches != nullptr ||
         !(name == names::local_variance || name == names::gradient_term ||
           name == names::antisymmetric_share || name == names::mosaic_order);
}

Index LatticeRun::shown() const {
  constexpr Index most_images = 6, most_numbers = 8192;
  return std::min(walkers, std::clamp<Index>(most_numbers / score.sites(), 1, most_images));
}

LatticeRun lattice_run(const deck::Parameters& parameters) {
  LatticeRun run;
  static_cast<Sampling&>(run) = sampling(parameters);
  run.score = lattice_score(parameters);
  run.sampler = diffusion::method_named(parameters.word("experiment.sampler"));
  run.correction = {parameters.real("experiment.corrector"),
                    parameters.real("experiment.langevin_step")};
  return run;
}

std::unique_ptr<measure::Experiment> lattice_generation(LatticeRun run, Index records) {
  return std::make_unique<LatticeExperiment>(std::move(run), records);
}

}  // namespace symbreak::experiment
