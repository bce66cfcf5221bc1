// What the analysis of an equation of state works on: series of points in time, and smooth sampled
// functions with their zeros. May depend on: analysis.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

/// Relative error of numbers that went through text and back.
inline constexpr double kRounding = 1e-13;

/// The points of a run that differ in t alone, ascending in t.
using TimeSeries = PointGroup;
std::vector<TimeSeries> time_series(const Result& result);

/// Element i of an observable (NaN where the point does not have it) and its error.
double at(const Point& point, ObservableName name, Index i = 0);
double error_at(const Point& point, ObservableName name, Index i = 0);

struct Sample {
  double x = 0, y = 0, sigma = 0;
  double dof = statistics::kKnown;  ///< of sigma
};
using Samples = std::vector<Sample>;
VectorXd column(const Samples& samples, double Sample::*member);
fit::Errors errors_of(const Samples& samples);

struct Measured : Value {
  std::string from{};    ///< how it was measured, in words
  std::string detail{};  ///< from what: "12 points in [0.9, 1.1]"
  Measured() = default;
  Measured(Value number, std::string how, std::string what = "")
      : Value(number), from(std::move(how)), detail(std::move(what)) {}
  Measured(double number, double its_error, std::string how, std::string what = "")
      : Measured(Value{number, its_error}, std::move(how), std::move(what)) {}
};
/// Value at x of the polynomial through the kNodes nearest samples (Neville), with the change that
/// the farthest of them makes as its error.
inline constexpr std::size_t kNodes = 14;
Measured interpolate(Samples samples, double x);
/// Zeros, ascending: one per sign change, each from at most eight samples on either side and none
/// beyond the neighbouring sign changes. Samples that are not finite are left out. `what` names the
/// function in `from`.
std::vector<Measured> zeros(Samples samples, const std::string& what);

}  // namespace symbreak::findings
