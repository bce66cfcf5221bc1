// One unit of `generation`: batches of reverse trajectories next to forward noised data.
// May depend on: sim/measure, sim/experiment/common, sim/diffusion.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "analysis/findings/generation/observables.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/clean_mean.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/target/pictures.hpp"

namespace symbreak::experiment::generation {

namespace observable = findings::generation::observable;

inline constexpr Index kOrderBins = 41;  ///< bins of the histogram of the order parameter
inline constexpr Index kPaths = 10;      ///< at most so many trajectories are kept for a picture
inline constexpr Index kPictures = 8;  ///< at most so many times of one, of data that are pictures

/// Everything that is fixed for all units of a point.
struct Setting : Sampling {
  target::Model model;  ///< with clean data
  diffusion::Method sampler = diffusion::Method::bridge;
  bool draws = false;  ///< bridges to one posterior sample instead of the clean mean
  ScoreSource score;
  Space space;                  ///< of W_2
  bool planted_chains = false;  ///< reverse chains start at the datum behind the first state
  bool gaussian_start = false;
  std::vector<double> grid;      ///< noise levels, descending
  std::vector<Index> recorded;   ///< indices into grid
  double coupling_unit = 1;      ///< temperature: energies in units of J
  double histogram_edge = 1;     ///< the histogram of m covers [-edge, edge]
  target::MatrixXd axes;         ///< d x k, divided by |u|^2: m = axes^T y
  bool entropy = false;          ///< of the posterior weights of explicit data points
  bool moments = false;          ///< Frechet distance is measured
  target::PictureShape picture;  ///< of a datum; none: no pictures are kept
  std::vector<Index> pictured;   ///< the recorded times at which they are
  Index paths() const { return std::min(kPaths, walkers); }
  target::MatrixXd start_root;  ///< C^{1/2} of the target, for a Gaussian start
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::generation
