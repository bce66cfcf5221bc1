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
TargetKind uniform_patches();    ///< patch score of two uniform patches, closed form
TargetKind ising_patches();      ///< patch score of windows of Ising configurations
TargetKind image_patches();      ///< patch score of images from a file
TargetKind ising_lattice();      ///< square and cubic Ising model
TargetKind ising_chain();        ///< Ising chain, Markov source of bits
TargetKind sherrington_kirkpatrick();  ///< mean-field spin glass
TargetKind hopfield();                 ///< Hebbian couplings of random patterns
TargetKind diluted();                  ///< Ising model on a diluted lattice or random graph
TargetKind couplings();                ///< Ising model with couplings from a file
TargetKind ising_mixture();            ///< Ising classes of different field or coupling
TargetKind random_energy();      ///< energy levels without coordinates

}  // namespace symbreak::target
