// Small helpers that analyses of several experiments share. May depend on: analysis.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/least_squares.hpp"
#include "analysis/statistics/estimate.hpp"
#include "analysis/statistics/tail.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

// What every kind of finding speaks of.
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using statistics::Value;
using verdict::Curve;
using verdict::FactName;
using verdict::Figure;
using verdict::Findings;
using verdict::Observable;
using verdict::ObservableName;
using verdict::Point;
using verdict::PredictionName;
using verdict::Result;
using verdict::Role;
using verdict::Verdict;
using Keys = std::map<std::string, std::string>;  ///< swept keys and their values
inline constexpr const char* kTime = "experiment.t";

/// Swept keys of a point, without those named in `except`.
Keys swept_keys(const Result& result, const Point& point,
                const std::vector<std::string>& except = {});
/// "T = 3, L = 8" of such keys.
std::string key_label(const Keys& keys);
/// The same for file names: "_T_3_L_8".
std::string key_stem(const Keys& keys);
/// Such a label with what separates it from the text around it; nothing where there is no label.
inline std::string joined(const std::string& before, const std::string& label,
                          const std::string& after = "") {
  return label.empty() ? "" : before + label + after;
}

/// Points with a finished unit that have measured `needed`, with their swept keys.
struct KeyedPoint {
  const Point& point;
  Keys keys;
};
std::vector<KeyedPoint> measured_points(const Result& result,
                                        std::optional<ObservableName> needed = {});

/// Points with a finished unit that differ in the keys `except` only.
struct PointGroup {
  Keys keys;  ///< the other swept ones
  std::vector<const Point*> points;
  std::string label() const { return key_label(keys); }  ///< "T = 3, L = 8"
  std::string stem() const { return key_stem(keys); }    ///< "_T_3_L_8", for file names
  const Point& first() const { return *points.front(); }
};
std::vector<PointGroup> group_points(const Result& result, const std::vector<std::string>& except);
/// Curves: groups of points that differ in this key alone, ascending in it.
std::vector<PointGroup> points_along(const Result& result, const std::string& key);
/// The same in the order of their other keys, and points by rising noise (a fact; those without
/// first).
std::vector<PointGroup> points_by_noise(const Result& result, const std::string& key);

Value value_of(const Point& point, ObservableName observable, Index element = 0);

// Adding a number to the findings. Each returns its row, to say more of it at once: the reference
// holds until the next is added. `from`: how it was measured, without numbers of this very row,
// which belong to `detail`, `chi2_per_dof`, `p_value`, or are results of their own.

/// A verdict: measured against predicted, both with their errors and degrees of freedom. Where 0 is
/// predicted, without error, it is a check.
Verdict& judge(Findings& findings, const std::string& quantity, const Keys& keys, Value measured,
               Value predicted, const std::string& source, const std::string& from,
               const std::string& note = "");
/// The same against what the point predicts by this name, known to `relative`; nullptr, and no
/// verdict, where it predicts nothing.
Verdict* judge_known(Findings& findings, const std::string& quantity, const Keys& keys,
                     Value measured, const Point& point, PredictionName predicted,
                     const std::string& from, const std::string& note = "", double relative = 0);
/// A number that nothing predicts.
Verdict& tell(Findings& findings, const std::string& quantity, const Keys& keys, Value measured,
              const std::string& from);
/// A verdict where the point predicts it, else only the measurement.
Verdict& judge_or_tell(Findings& findings, const std::string& quantity, const Keys& keys,
                       Value measured, const Point& point, PredictionName predicted,
                       const std::string& from, double relative = 0);
/// How well a fit describes its points, and its window.
Verdict& of_fit(Verdict& row, const fit::Fit& fit);
/// Squares of independent deviations of expectation zero, each as the normal deviate of its own
/// law.
struct Squares {
  double sum = 0, n = 0;
  void add(Value deviation);
};
/// Adds a verdict on chi^2/n, by the law of chi^2 (predicted: 1 +- sqrt(2/n)); none, and nullptr,
/// for n = 0. `from`: what deviates from what.
Verdict* judge_squares(Findings& findings, const std::string& quantity, const Keys& keys,
                       const Squares& squares, const std::string& source, const std::string& from,
                       const std::string& note = "");
/// Adds a diagnostic: what is the case and what to do. Numbers are results, not notes.
void note(Findings& findings, const std::string& subject, const std::string& text,
          const std::string& advice = "");
void warn(Findings& findings, const std::string& subject, const std::string& text,
          const std::string& advice);

/// Independent measurements of numbers that are known: their mean, and how far off the worst is.
struct Pool {
  double sum = 0, variance = 0, worst = 0;
  double noise = 0;  ///< sum of error^4/dof (Welch-Satterthwaite)
  Index count = 0;
  void add(Value measured, double known = 0);
  /// Adds a verdict on the mean, if anything was measured, and the deviation of the worst `what`
  /// in standard errors; nullptr where nothing was.
  Verdict* judge(Findings& findings, const std::string& quantity, const Keys& keys, Value predicted,
                 const std::string& source, const std::string& what,
                 const std::string& note = "") const;
};

VectorXd vector_of(const std::vector<double>& values);

/// Independent blocks of observables, arrays element by element (rows x numbers): at most 32 per unit,
/// so that blocks are much longer than tau_int.
MatrixXd jackknife_rows(const Point& point, const std::vector<ObservableName>& names);
/// Function of their means, by jackknife.
Value derived(const Point& point, const std::vector<ObservableName>& names,
              const std::function<double(const VectorXd&)>& function);

}  // namespace symbreak::findings
