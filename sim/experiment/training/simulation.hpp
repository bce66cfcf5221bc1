// One disorder sample of `training`: features and a training set, solved, sampled and generated
// from. May depend on: sim/measure, sim/experiment/common, sim/target, sim/diffusion.
#pragma once
#include <memory>
#include <vector>

#include "analysis/findings/training/observables.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/random_features/trained_score.hpp"

namespace symbreak::experiment::training {

namespace observable = findings::training::observable;

struct Setting : Sampling {
  deck::Parameters parameters;
  double noise = 1;                        ///< of the losses
  std::vector<double> tau;                 ///< ascending, log
  std::vector<double> sampled, generated;  ///< training times
  Index states = 0;                        ///< noisy states of each kind, per disorder sample
  Index test_points = 0;                   ///< of laws without exact averages
  Index steps = 0;                         ///< of a reverse run
  diffusion::Method sampler = diffusion::Method::bridge_heun;
  bool exact_law = false, linear = false;
  double least_fall = 0;  ///< of the test loss, relative, that counts as one
};

/// d1/d2 of a copy: the distance to the nearest datum over that to the second nearest (Yoon et al.
/// 2023; Bonnaire et al. 2025).
inline constexpr double kCopy = 1.0 / 3;
/// Generated data further out than so many times the data's radius have diverged.
inline constexpr double kDiverged = 10;
/// States whose whole Jacobian is looked at.
inline constexpr Index kJacobians = 4;

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

/// The clean mean of the training set itself, its columns equally weighted, at noise s.
target::MatrixXd empirical_mean(const target::MatrixXd& data, const target::States& x,
                                double noise);
/// Share of the columns of y with d1/d2 < kCopy against the columns of data.
double copies(const target::MatrixXd& data, const target::States& y);

}  // namespace symbreak::experiment::training
