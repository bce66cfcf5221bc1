// What the analysis of an equation of state works on: series of points in time, and smooth sampled
// functions with their zeros. May depend on: analysis.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

inline constexpr const char* kTime = "experiment.t";
/// Relative error of numbers that went through text and back.
inline constexpr double kRounding = 1e-13;

/// The points of a run that differ in t alone, ascending in t.
struct TimeSeries {
  std::map<std::string, std::string> keys;  ///< the other swept keys and their values
  std::vector<const verdict::Point*> points;
  std::string label() const;  ///< "w0 = 0.2"
  std::string stem() const;   ///< the same for file names: "_w0_0.2"
};
std::vector<TimeSeries> time_series(const verdict::Result& result);

/// Element i of an observable (NaN where the point does not have it) and its error.
double at(const verdict::Point& point, const std::string& name, Eigen::Index i = 0);
double error_at(const verdict::Point& point, const std::string& name, Eigen::Index i = 0);

struct Sample {
  double x = 0, y = 0, sigma = 0;
};
using Samples = std::vector<Sample>;
Eigen::VectorXd column(const Samples& samples, double Sample::*member);

struct Measured {
  double value = 0, error = 0;
  std::string from{};  ///< how it was measured, in words
};
/// Value at x of the polynomial through the kNodes nearest samples (Neville), with the change that
/// the farthest of them makes as its error.
inline constexpr std::size_t kNodes = 14;
Measured interpolate(Samples samples, double x);
/// Zeros, ascending: one per sign change, each from at most eight samples on either side and none
/// beyond the neighbouring sign changes. Samples that are not finite are left out. `what` names the
/// function in `from`.
std::vector<Measured> zeros(Samples samples, const std::string& what);

}  // namespace symbreak::experiment
