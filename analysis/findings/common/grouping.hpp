// Small helpers that analyses of several experiments share. May depend on: analysis.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"
#include "analysis/statistics/tail.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

using statistics::Value;

/// Swept keys of a point (without those named in `except`) and their values.
std::map<std::string, std::string> swept_keys(const verdict::Result& result,
                                              const verdict::Point& point,
                                              const std::vector<std::string>& except = {});
/// "T = 3, L = 8" of such keys.
std::string key_label(const std::map<std::string, std::string>& keys);

/// The same for file names: "_T_3_L_8".
std::string key_stem(const std::map<std::string, std::string>& keys);

/// Complete points that differ in the keys `except` only.
struct PointGroup {
  std::map<std::string, std::string> keys;  ///< the other swept keys and their values
  std::vector<const verdict::Point*> points;
  std::string label() const { return key_label(keys); }  ///< "T = 3, L = 8"
  std::string stem() const { return key_stem(keys); }    ///< "_T_3_L_8", for file names
  const verdict::Point& first() const { return *points.front(); }
};
std::vector<PointGroup> group_points(const verdict::Result& result,
                                     const std::vector<std::string>& except);
/// Curves: groups of points that differ in this key alone, ascending in it.
std::vector<PointGroup> points_along(const verdict::Result& result, const std::string& key);

Value value_of(const verdict::Point& point, verdict::ObservableName observable,
               Eigen::Index element = 0);

/// Adds a verdict: measured against predicted, both with their errors and degrees of freedom.
void judge(verdict::Findings& findings, const std::string& quantity,
           const std::map<std::string, std::string>& keys, Value measured, Value predicted,
           const std::string& source, const std::string& from, const std::string& note = "");
/// Squares of independent deviations of expectation zero, each as the normal deviate of its own law.
struct Squares {
  double sum = 0, n = 0;
  void add(Value deviation);
};
/// Adds a verdict on chi^2/n, by the law of chi^2 (predicted: 1 +- sqrt(2/n)); none for n = 0.
void judge_squares(verdict::Findings& findings, const std::string& quantity,
                   const std::map<std::string, std::string>& keys, const Squares& squares,
                   const std::string& source, const std::string& from,
                   const std::string& note = "");
/// Adds a diagnostic.
void note(verdict::Findings& findings, const std::string& subject, const std::string& text,
          const std::string& advice = "");
void warn(verdict::Findings& findings, const std::string& subject, const std::string& text,
          const std::string& advice);

Eigen::VectorXd vector_of(const std::vector<double>& values);

/// Independent blocks of scalar observables (rows x names): at most 32 per unit, so that blocks are
/// much longer than tau_int.
Eigen::MatrixXd jackknife_rows(const verdict::Point& point,
                               const std::vector<verdict::ObservableName>& names);
/// Function of their means, by jackknife.
Value derived(const verdict::Point& point, const std::vector<verdict::ObservableName>& names,
              const std::function<double(const Eigen::VectorXd&)>& function);

}  // namespace symbreak::findings
