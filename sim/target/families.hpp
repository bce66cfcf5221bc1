// The families of targets, one file each. Adding one: its file, a line here, a line in
// registry.cpp.
#pragma once
#include "sim/target/target.hpp"

namespace symbreak::target {

TargetKind deltas();             ///< any finite weighted set of points
TargetKind sphere();             ///< uniform on a hypersphere
TargetKind gaussian_mixture();   ///< classes with isotropic Gaussian spread
TargetKind curie_weiss();        ///< fully connected Ising model
TargetKind dataset();            ///< points from a file
TargetKind random_hierarchy();   ///< tree of symbols with synonyms, belief propagation
TargetKind synthetic_dataset();  ///< random points: quenched disorder

}  // namespace symbreak::target
