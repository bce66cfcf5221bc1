// One unit of `creativity`: a batch of images, generated and compared with the training images.
// May depend on: sim/experiment/common, sim/target, sim/diffusion.
#pragma once
#include <memory>
#include <vector>

#include "analysis/findings/creativity/observables.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/patch/patch_data.hpp"

namespace symbreak::experiment::creativity {

namespace observable = findings::creativity::observable;

struct Setting : Sampling {
  std::shared_ptr<const target::Denoiser> denoiser;
  target::Images images;  ///< training images
  diffusion::Method sampler = diffusion::Method::ddim;
  std::vector<double> grid;
  Index patch = 1;
  bool same_location = false;  ///< ls: sources can be told
  double pixel_variance = 1, data_distance = 1;

  Index shown() const { return std::min<Index>(8, walkers); }  ///< images kept
};

/// (index, squared distance) of the nearest column of `points`, leaving out column `skip`.
std::pair<Index, double> nearest(const Eigen::MatrixXd& points,
                                 const Eigen::Ref<const Eigen::VectorXd>& x, Index skip = -1);

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::creativity
