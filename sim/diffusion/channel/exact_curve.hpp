// The exact curve H(y|x) of a target in a discrete channel, where it is within reach.
// May depend on: this folder, sim/target, analysis/theory.
#pragma once
#include <memory>
#include <optional>

#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

/// nullptr where none of these is known. erase: chains and rings of up to 2048 spins,
/// exchangeable spins up to 4096, any other up to 16. flip: exchangeable spins up to 512, any other
/// up to 18. Costs up to a second.
std::unique_ptr<theory::ChannelCurve> exact_curve(const target::Target& target,
                                                  const SpinChannel& channel);

/// P(y) of all 2^d states (spin i up: bit i); nullopt beyond `largest` spins.
std::optional<VectorXd> state_law(const target::Target& target, Index largest);

/// log P(y) of states of +-1 spins (columns), from the posterior of a state that is kept whole.
VectorXd log_probabilities(const target::Target& target, const target::States& y);

/// Shannon entropy of the data, nats, from the target's own posterior without field.
double data_entropy(const target::Target& target);

}  // namespace symbreak::diffusion
