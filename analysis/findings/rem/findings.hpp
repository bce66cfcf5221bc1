// From recorded averages of random-energy ensembles to verdicts: exact quadrature at every M and
// beta, finite-size scaling, limits. May depend on: analysis.
#pragma once
#include <memory>

#include "analysis/findings/rem/observables.hpp"
#include "analysis/theory/levels/random_energy.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings::rem {

/// Verdicts per point, each the worst of its temperatures: participation_ratio (Y_2), ..._3, ..._4,
/// participation_variance, log_partition and its variance (unplanted); participation_ratio,
/// true_weight, map_probability and the two exact identities (planted). Per run, where the deck has
/// several M: critical_beta, see scaling.hpp. Figures.
verdict::Findings analyse(const verdict::Result& result);

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
  const verdict::Observable& at(verdict::ObservableName name) const { return point->at(name); }
};
std::vector<RemPoint> rem_points(const verdict::Result& result);

std::vector<verdict::Figure> rem_figures(const std::vector<RemPoint>& points);

}  // namespace symbreak::findings::rem
