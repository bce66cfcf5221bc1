// What experiments on windows of pixels read of a deck and say. May depend on: sim/diffusion,
// sim/experiment/common.
#pragma once
#include <vector>

#include "sim/diffusion/forward.hpp"
#include "sim/experiment/locality/windows.hpp"
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment::locality {

/// s at experiment.t; other channels are refused.
double gaussian_noise(const deck::Parameters& parameters, const diffusion::Forward& forward);
/// Around experiment.site.
PixelWindows windows_of(const deck::Parameters& parameters, const target::Denoiser& denoiser);
std::vector<verdict::Fact> window_facts(const PixelWindows& windows, double noise);
/// Keys of chains, which are of spins.
void refuse_chains(const deck::Parameters& parameters);

/// In the middle of every side.
Index middle_of(const std::vector<Index>& sides);

}  // namespace symbreak::experiment::locality
