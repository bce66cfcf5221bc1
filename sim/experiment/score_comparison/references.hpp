// The scores that a network is held against. May depend on: sim/target.
#pragma once
#include <array>
#include <memory>
#include <string>

#include "analysis/findings/score_comparison/observables.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::score_comparison {

using Eigen::Index;

/// Which there are, and how the last is made.
struct ReferenceKeys {
  std::string machine = "els_valid";  ///< of sim/target/patch
  Index patch = 0;                    ///< side; 0: no patch machine
  Index images = 200;                 ///< most images that it is made of
};

/// Those that there are; nullptr elsewhere. By findings::score_comparison::ReferenceIndex.
using References =
    std::array<std::shared_ptr<const target::Denoiser>, findings::score_comparison::kReferences>;

/// What will be in `references`, without making it.
std::array<bool, findings::score_comparison::kReferences> which(
    const std::shared_ptr<const target::Target>& data, const target::Denoiser& denoiser,
    const ReferenceKeys& keys);

/// The exact score of `data` (of a dataset: it memorizes), of its held-out points, of the Gaussian of
/// its covariance, and a patch machine of its points on the lattice of `denoiser`. Throws
/// deck::KeyError where a machine cannot be made.
References references(const std::shared_ptr<const target::Target>& data,
                      const target::Denoiser& denoiser, const ReferenceKeys& keys);

}  // namespace symbreak::experiment::score_comparison
