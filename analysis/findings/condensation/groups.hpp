// The points of a condensation run that differ in t alone, and curves along them. May depend on:
// analysis/verdict, analysis/findings/common.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::condensation {

/// In order of t; its keys are the other swept ones without the state.
struct Group : PointGroup {
  std::string state;  ///< planted, unplanted, trajectory
  bool planted() const { return state == "planted"; }
  using PointGroup::label;
  std::string label(const std::string& what) const;  ///< "what, n = 1000"
};
using Groups = std::vector<Group>;

/// Complete points only.
Groups groups(const Result& result);
/// The group of another state at the same other keys, nullptr when there is none.
const Group* partner(const Groups& all, const Group& of, const std::string& state);

double time_of(const Point& point);
/// Mean of an observable against t.
Curve mean_curve(const Group& group, ObservableName observable, const std::string& label);
/// Quantile of single samples (retained one by one as bins of size one), with the order-statistic
/// error: half the distance of the ranks n q +- sqrt(n q (1-q)). NaN for fewer than 8 samples.
std::pair<double, double> sample_quantile(const Point& point, ObservableName observable, double q);
Curve quantile_curve(const Group& group, ObservableName observable, double q,
                     const std::string& label);

}  // namespace symbreak::findings::condensation
