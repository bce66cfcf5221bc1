// Which scores a deck of `three_way` puts on the same axes, and what they are made of. May depend
// on: sim/target, sim/experiment/common.
#pragma once
#include "sim/deck/key.hpp"
#include "sim/experiment/three_way/simulation.hpp"

namespace symbreak::experiment::three_way {

/// Mean and covariance of what the Gaussian score is made of: of images of a file those of the
/// target, beside a network all of its training data.
struct Moments {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// Fills `scores` and `images`, and `moments` where there is a Gaussian score. Throws
/// deck::KeyError for what cannot be made or compared.
void make_scores(const deck::Parameters& parameters, Setting& setting, Moments& moments);

/// The keys that say which. A deck that sets none has one score of each sort but the Gaussian.
std::vector<deck::Key> score_keys();

}  // namespace symbreak::experiment::three_way
