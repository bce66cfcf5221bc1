// The entropy production of erasures where it is not known exactly, for the choice of a grid.
// May depend on: this folder.
#pragma once
#include <memory>

#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

/// h(e) = dH(y|x)/de at e = 1/16, .., 1 from 1024 clean states each masked in one random order, made
/// to grow (pooled where it falls) and joined by lines; at e = 0 extrapolated. To some per cent, and
/// no finer than 1/16: where leaps cost much (a broken symmetry) its grids are within tens of per cent
/// of the best; where they cost little they are no better than even ones. Draws the same numbers each
/// time; 16384 posteriors. A posterior that is sampled: of 64 states, by two groups of chains.
std::unique_ptr<theory::ChannelCurve> measured_erasure(const target::Target& target);

}  // namespace symbreak::diffusion
