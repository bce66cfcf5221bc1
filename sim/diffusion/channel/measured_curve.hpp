// The entropy production of erasures where it is not known exactly, for the choice of a grid.
// May depend on: this folder.
#pragma once
#include <memory>

#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

/// h(e) = dH(y|x)/de at e = 1/16, .., 1 from 256 clean states each masked in one random order, made
/// to grow (pooled where it falls) and joined by lines; at e = 0 extrapolated. Some per cent: enough
/// to place steps, since the excess of leaps is flat around the best grid. Draws the same numbers
/// each time; 4096 posteriors.
std::unique_ptr<theory::ChannelCurve> measured_erasure(const target::Target& target);

}  // namespace symbreak::diffusion
