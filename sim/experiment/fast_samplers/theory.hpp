// What a sampler does in one dimension, without sampling. May depend on: sim/diffusion, sim/target.
#pragma once
#include <optional>
#include <vector>

#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::fast_samplers {

/// Fractions of samples per class from a Gaussian start N(mean, variance) at the first level.
/// Deterministic samplers: the boundaries between classes of the map from start to end, by
/// bisection. Samplers with one Gaussian step per level (bridge, ddpm, ddim, euler_maruyama): class
/// probabilities backwards through the steps, linear between nodes, 1500 even ones
/// and more that crowd at the boundaries (spacing 2.5 % of the distance): error below 1e-4, checked
/// against an independent quadrature. nullopt: more than one dimension, one class, other samplers,
/// or more than 40 steps. `model` has clean data.
std::optional<Eigen::VectorXd> class_fractions(const target::Model& model,
                                               const diffusion::SamplerSetting& setting,
                                               const diffusion::Grid& grid, double mean,
                                               double variance);

}  // namespace symbreak::experiment::fast_samplers
