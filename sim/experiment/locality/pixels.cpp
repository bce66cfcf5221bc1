#include "sim/experiment/locality/pixels.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>

#include "analysis/findings/locality/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"

namespace symbreak::experiment::locality {

using namespace findings::locality;

double gaussian_noise(const deck::Parameters& parameters, const diffusion::Forward& forward) {
  refuse_if(parameters.word("forward.channel") != "gaussian", "forward.channel",
            "flips and masks are of spins with couplings; images have channel = gaussian");
  const double t = parameters.real("experiment.t");
  refuse_if(t == 0, "experiment.t", "channel = gaussian needs a time");
  return forward.at(t).noise();
}

Index middle_of(const std::vector<Index>& sides) {
  Index site = 0;
  for (const Index side : sides) site = site * side + side / 2;
  return site;
}

PixelWindows windows_of(const deck::Parameters& parameters, const target::Denoiser& denoiser) {
  const std::vector<Index> sides = grid_of(parameters, denoiser);
  const Index sites = std::accumulate(sides.begin(), sides.end(), Index{1}, std::multiplies<>());
  const Index asked = parameters.integer("experiment.site");
  refuse_if(asked > sites, "experiment.site", fmt::format("the target has {} sites", sites));
  return {sides, denoiser.dimension() / sites, asked > 0 ? asked - 1 : middle_of(sides),
          parameters.integer("experiment.radius")};
}

std::vector<verdict::Fact> window_facts(const PixelWindows& windows, double noise) {
  std::vector<double> radii, sites;
  for (Index r = 0; r <= windows.radius(); ++r) {
    radii.push_back(static_cast<double>(r));
    sites.push_back(static_cast<double>(windows.sites(r)));
  }
  return {{fact::noise, noise, "s = sigma^2 t"},
          {fact::radius, radii, "pixels from the centre, the largest of the distances"},
          {fact::window_sites, sites, "pixels of the window"}};
}

void refuse_chains(const deck::Parameters& parameters) {
  for (const std::string name : {"chains", "sweeps", "burn_in"}) {
    refuse_if(parameters.has("experiment." + name), "experiment." + name,
              "chains are of spins with couplings; nothing is sampled here");
  }
}

}  // namespace symbreak::experiment::locality
