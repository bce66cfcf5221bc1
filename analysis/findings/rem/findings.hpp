// What the analysis of random-energy ensembles works on. May depend on: analysis.
#pragma once
#include <functional>
#include <memory>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/rem/observables.hpp"
#include "analysis/theory/levels/random_energy.hpp"
#include "analysis/theory/levels/two_levels.hpp"

namespace symbreak::findings::rem {

/// A point of a run with what the analysis needs of it.
struct RemPoint {
  const Point* point = nullptr;
  std::shared_ptr<const theory::LevelLaw> law;
  double L = 0, bits = 0, critical = 0;  ///< log N, log2 N, b_c
  double energy_unit = 1;
  bool planted = false;
  double samples = 0;                           ///< disorder samples
  std::vector<double> a, b, beta;               ///< temperatures: b/b_c, of the law, of the deck
  std::string label;                            ///< "M = 20"
  std::vector<theory::RandomEnergy> exact;      ///< one per temperature, of one level
  std::vector<theory::TwoLevelEnergy> grouped;  ///< the same of levels in classes
  theory::TwoLevelCritical alone{};             ///< a_1 and a_2 of these
  const Observable& at(ObservableName name) const { return point->at(name); }
  Value value(ObservableName name, std::size_t temperature) const {
    return value_of(*point, name, static_cast<Index>(temperature));
  }
};
std::vector<RemPoint> rem_points(const Result& result);

/// A measured row against its exact values, reported at the temperature that deviates most. That it
/// is the worst of n is allowed for: errors are widened by t_n/3, where |t| > t_n happens for one
/// of n temperatures with probability 0.27 % (Sidak; t from Student's law with units - 1 degrees of
/// freedom), so that the row as a whole has the false alarm of any other.
struct Comparison {
  std::string quantity;
  ObservableName observable;
  std::string source;
  std::function<double(std::size_t)> exact;
  std::function<bool(std::size_t)> fit_to_compare;
};
void judge_worst(const RemPoint& point, const Comparison& comparison, const Keys& keys,
                 Findings& findings);

/// Levels in classes: verdicts per point against exact quadrature (class_participation_ratio,
/// class_weight, ... beside those of one level), and figures.
void two_level_findings(const RemPoint& point, const Keys& keys, Findings& findings);
std::vector<Figure> two_level_figures(const std::vector<RemPoint>& points);

std::vector<Figure> rem_figures(const std::vector<RemPoint>& points);

/// Verdicts, Gaussian levels only (their beta_c does not depend on M), each where the deck has the
/// data for it:
///   critical_beta          collapse over at least 4 M, error by jackknife over disorder samples
///   participation_ratio_limit   E[Y] at M -> infinity against 1 - beta_c/beta, per a >= 1.2
///   critical_amplitude     E[Y] sqrt(pi L) at a = 1, M -> infinity, against 1
void rem_scaling(const std::vector<RemPoint>& points, Findings& findings);
std::vector<Figure> rem_scaling_figures(const std::vector<RemPoint>& points,
                                        const Findings& findings);

}  // namespace symbreak::findings::rem
