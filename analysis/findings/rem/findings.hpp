// From recorded averages of random-energy ensembles to verdicts: exact quadrature at every M and
// beta, finite-size scaling, limits. May depend on: analysis.
#pragma once
#include <array>
#include <cstddef>
#include <memory>

#include "analysis/theory/random_energy.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

inline constexpr std::size_t kHistogramBins = 20;  ///< of the distribution of Y
inline constexpr std::array kQuantiles = {0.1, 0.25, 0.5, 0.75, 0.9};
inline constexpr std::size_t kMedian = 2;

/// Verdicts per point, each the worst of its temperatures: participation_ratio (Y_2), ..._3, ..._4,
/// participation_variance, log_partition and its variance (unplanted); participation_ratio,
/// true_weight, map_probability and the two exact identities (planted). Per run, where the deck has
/// several M: critical_beta, see rem_scaling.hpp. Figures.
verdict::Findings analyse_rem(const verdict::Result& result);

/// A point of a run with what the analysis needs of it.
struct RemPoint {
  const verdict::Point* point = nullptr;
  std::shared_ptr<const theory::LevelLaw> law;
  double L = 0, bits = 0, critical = 0;  ///< log N, log2 N, b_c
  double energy_unit = 1;
  bool planted = false;
  double samples = 0;                       ///< disorder samples
  std::vector<double> a, b, beta;           ///< temperatures: b/b_c, of the law, of the deck
  std::string label;                        ///< "M = 20"
  std::vector<theory::RandomEnergy> exact;  ///< one per temperature
  const verdict::Observable& at(const std::string& name) const {
    return point->observables.at(name);
  }
};
std::vector<RemPoint> rem_points(const verdict::Result& result);

/// rem_figures.cpp
std::vector<verdict::Figure> rem_figures(const std::vector<RemPoint>& points);

}  // namespace symbreak::experiment
