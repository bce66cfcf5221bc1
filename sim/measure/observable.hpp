// What an experiment declares of each observable. May depend on: Eigen, analysis/verdict.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"

namespace symbreak::measure {

using Eigen::Index;

/// Declaration of an observable of one point.
struct ObservableInfo {
  verdict::ObservableName name;  ///< declared in the observables.hpp of the findings
  std::vector<Index> shape{};    ///< {} scalar
  std::string unit{};            ///< "" dimensionless, "nats", ...
  std::string text{};            ///< formula, normalisation, source
  verdict::Origin origin = verdict::Origin::sampled;
  Index max_bins = 256;  ///< retained bins per unit
};

}  // namespace symbreak::measure
