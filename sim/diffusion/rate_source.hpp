// Which entropy rate a deck's entropic grids use. May depend on: sim/deck, sim/target.
#pragma once
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/diffusion/entropy_rate.hpp"

namespace symbreak::diffusion {

/// experiment.rate: `target` (one dimension: quadrature; beyond: the mmse of forward samples at 48
/// levels of noise, for targets whose posterior is summed), `gaussian` (the covariance alone, in
/// closed form) or `file` (two columns: noise s, rate dH/dln s; what entropy_clock measures).
/// `spectral` weights the modes of the covariance and is Gaussian. Asked for from noise `low` to
/// `high`. Throws deck::KeyError.
Rate deck_rate(const deck::Parameters& parameters, const target::Model& model, bool spectral,
               double low, double high);

std::vector<deck::Key> rate_keys();

}  // namespace symbreak::diffusion
