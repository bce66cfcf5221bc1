// The levels that a reverse process of a discrete channel visits. May depend on: this folder.
#pragma once
#include <vector>

#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

/// Signals from the start (erase: 0; flip: e^{-t_start}) to 1, rising, `steps` + 1 of them:
///   even, cosine, entropic, sqrt_rate, optimum   shares e of masked spins
///     (analysis/theory/channels/unmasking.hpp)
///   time   even in t of forward.clock, from t_start on: masks start at e = 1 all the same
///   even, log, entropic   of flips: even in t = -ln(1 - 2p); even in ln t from t_start to t_end, with
///     a last step to 0; equal shares of H(y|x)
/// The curve of the data is the exact one where it is within reach; else that of erasures is measured
/// (measured_curve.hpp). Throws a deck::KeyError for a schedule of the other channel, and for
/// entropic flips without an exact curve.
std::vector<double> spin_grid(const deck::Parameters& parameters, const SpinChannel& channel,
                              const target::Target& target);
std::vector<deck::Key> spin_grid_keys();

}  // namespace symbreak::diffusion
