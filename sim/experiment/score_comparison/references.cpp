#include "sim/experiment/score_comparison/references.hpp"

#include "sim/experiment/common/lattice_images.hpp"
#include "sim/target/closed/gaussian_score.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/patch/machine.hpp"
#include "sim/target/points/empirical.hpp"

namespace symbreak::experiment::score_comparison {

using namespace findings::score_comparison;

namespace {

const target::FiniteSupport* points_of(const target::Denoiser& data) {
  return target::part<target::FiniteSupport>(data);
}

std::shared_ptr<const target::Denoiser> patch_machine(const target::FiniteSupport& points,
                                                      const target::Denoiser& denoiser,
                                                      const ReferenceKeys& keys) {
  return target::build_machine({.machine = keys.machine, .scales = {{keys.patch}, {}}},
                               images_of(points, denoiser.lattice(), keys.images));
}

}  // namespace

std::array<bool, kReferences> which(const std::shared_ptr<const target::Target>& data,
                                    const target::Denoiser& denoiser, const ReferenceKeys& keys) {
  std::array<bool, kReferences> there{};
  const auto* points = points_of(*data);
  there[kData] = data->exact();
  there[kHeldOut] = points != nullptr && points->held_out().cols() > 0;
  there[kGaussian] = data->covariance().has_value();
  there[kPatches] = keys.patch > 0 && points != nullptr && denoiser.lattice().size() == 2;
  return there;
}

References references(const std::shared_ptr<const target::Target>& data,
                      const target::Denoiser& denoiser, const ReferenceKeys& keys) {
  const auto there = which(data, denoiser, keys);
  const auto* points = points_of(*data);
  References made;
  if (there[kData]) made[kData] = data;
  if (there[kHeldOut]) made[kHeldOut] = target::empirical(points->held_out(), "held-out points");
  if (there[kGaussian]) {
    made[kGaussian] = target::gaussian_score(data->mean_of_target(), *data->covariance());
  }
  if (there[kPatches]) made[kPatches] = patch_machine(*points, denoiser, keys);
  return made;
}

}  // namespace symbreak::experiment::score_comparison
