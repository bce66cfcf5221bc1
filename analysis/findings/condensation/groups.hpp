// The points of a condensation run that differ in t alone, and curves along them. May depend on:
// analysis/verdict.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

struct CondensationGroup {
  std::map<std::string, std::string> keys;    ///< the other swept keys, without the state
  std::string state;                          ///< planted, unplanted, trajectory
  std::vector<const verdict::Point*> points;  ///< in order of t
  bool planted() const { return state == "planted"; }
  std::string label() const;                         ///< "n = 1000"
  std::string label(const std::string& what) const;  ///< "what, n = 1000"
  const verdict::Point& first() const { return *points.front(); }
};
using CondensationGroups = std::vector<CondensationGroup>;

/// Complete points only.
CondensationGroups condensation_groups(const verdict::Result& result);
/// The group of another state at the same other keys, nullptr when there is none.
const CondensationGroup* partner(const CondensationGroups& all, const CondensationGroup& of,
                                 const std::string& state);

double time_of(const verdict::Point& point);
/// Mean of an observable against t.
verdict::Curve mean_curve(const CondensationGroup& group, const std::string& observable,
                          const std::string& label);
/// Quantile of single samples (retained one by one as bins of size one), with the order-statistic
/// error: half the distance of the ranks n q +- sqrt(n q (1-q)). NaN for fewer than 8 samples.
std::pair<double, double> sample_quantile(const verdict::Point& point,
                                          const std::string& observable, double q);
verdict::Curve quantile_curve(const CondensationGroup& group, const std::string& observable,
                              double q, const std::string& label);
/// Means of the units of a point, in plan order.
std::vector<double> unit_means(const verdict::Point& point, const std::string& observable);

}  // namespace symbreak::experiment
