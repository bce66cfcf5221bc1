// Names of what clones measure beside what all branching trajectories do. May depend on:
// analysis/verdict.
#pragma once
#include "analysis/findings/common/branching_observables.hpp"

namespace symbreak::findings::speciation {

namespace observable {
inline constexpr verdict::ObservableName clone_probability{"clone_probability"};
/// clone_probability - sum_c P(c|x)^2, of mean zero for an exact score.
inline constexpr verdict::ObservableName clone_identity{"clone_identity"};
}  // namespace observable

/// A published curve: times, clone probabilities, pairs of clones behind each.
namespace fact {
inline constexpr verdict::FactName published_time{"published_time"};
inline constexpr verdict::FactName published_clone{"published_clone"};
inline constexpr verdict::FactName published_pairs{"published_pairs"};
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName published_theory{"published_theory"};  ///< phi(G) there
}  // namespace prediction

}  // namespace symbreak::findings::speciation
