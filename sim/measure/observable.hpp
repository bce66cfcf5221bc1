// What an experiment declares of each observable. May depend on: Eigen,
// analysis/{layout,verdict}.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "analysis/layout/layout.hpp"
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
  /// Successive samples of a unit are independent draws by construction, as batches of trajectories
  /// are and what a Markov chain passes through is not: their error is sd/sqrt(n). What is measured
  /// once per unit is independent too.
  bool independent = false;
};

/// Name; "[unit] text, 61 x 2 numbers": for lists of what a point records.
inline layout::Definition described(const ObservableInfo& info) {
  std::string meaning = info.unit.empty() ? "" : "[" + info.unit + "] ";
  meaning += info.text;
  for (std::size_t k = 0; k < info.shape.size(); ++k) {
    meaning += (k == 0 ? "; " : " x ") + std::to_string(info.shape[k]);
  }
  return {info.name.string(), info.shape.empty() ? meaning : meaning + " numbers"};
}

/// All of them, drawn afresh each time.
inline std::vector<ObservableInfo> independent(std::vector<ObservableInfo> infos) {
  for (ObservableInfo& info : infos) info.independent = true;
  return infos;
}

}  // namespace symbreak::measure
