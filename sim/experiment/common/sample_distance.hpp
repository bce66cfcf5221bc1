// How far generated data are from exact samples. May depend on: analysis/statistics, sim/deck,
// sim/random, sim/measure, sim/target.
#pragma once
#include <Eigen/Core>

#include "sim/deck/parameters.hpp"
#include "sim/measure/observable.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/clean_data.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::target {
class Network;
}

namespace symbreak::experiment {

/// Samples per block that distances are taken of: their cost is N log N.
inline constexpr Eigen::Index kDistanceSamples = 8192;

/// Where laws are compared: in the coordinates of data, or in the features that a worker sees in them
/// (key experiment.space).
class Space {
 public:
  /// The features of the worker are asked for from here on. Throws deck::KeyError.
  Space(const deck::Parameters& parameters, const target::Denoiser& denoiser);
  Space() = default;
  Eigen::MatrixXd operator()(const Eigen::MatrixXd& y) const;
  bool features() const { return network_ != nullptr; }
  std::string name() const { return features() ? "features" : "coordinates"; }

 private:
  const target::Network* network_ = nullptr;
};
deck::Key space_key();

/// W_2^2 of `y` to the exact samples `a` in excess of that of the exact samples `b` to `a`: zero on
/// average for a perfect generator. Sliced along 32 random directions beyond one dimension.
double wasserstein_excess(const Space& space, const Eigen::MatrixXd& y, const Eigen::MatrixXd& a,
                          const Eigen::MatrixXd& b, random::Stream& directions);

/// Fractions of the states in each class; those between classes are in all alike.
Eigen::VectorXd occupation(const target::CleanData& data, const Eigen::MatrixXd& x);

/// branch_occupation and wasserstein_2_excess, as all generated data are judged by.
measure::ObservableInfo occupation_info(const target::CleanData& data);
measure::ObservableInfo wasserstein_info(const Space& space);

}  // namespace symbreak::experiment
