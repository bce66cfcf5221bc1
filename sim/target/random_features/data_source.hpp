// Clean data of another kind of target inside this one: `data = gaussian_mixture` and the keys that
// kind has. May depend on: sim/target, sim/deck.
#pragma once
#include <memory>
#include <vector>

#include "sim/target/target.hpp"

namespace symbreak::target::feature_flow {

/// Key `data` and the keys of all kinds that it may name, each used with those that have it. Where
/// several kinds have a key of one name it takes what any of them takes, and its default is that of
/// the kind. Keys named in `own` are left out: they are the caller's, passed on by name.
std::vector<deck::Key> data_keys(const std::vector<TargetKind>& kinds,
                                 const std::vector<std::string>& own);

/// The target that `data` names, with the values that the point has for its keys.
std::shared_ptr<const Denoiser> build_data(const deck::Parameters& parameters,
                                           const random::Address& address);

}  // namespace symbreak::target::feature_flow
