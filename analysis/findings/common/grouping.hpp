// Small helpers that analyses of several experiments share. May depend on: analysis, sim/diffusion.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// A value with one standard error.
struct Value {
  double value = 0, error = 0;
};

/// Swept keys of a point (without those named in `except`) and their values.
std::map<std::string, std::string> swept_keys(const verdict::Result& result,
                                              const verdict::Point& point,
                                              const std::vector<std::string>& except = {});
/// "T = 3, L = 8" of such keys.
std::string key_label(const std::map<std::string, std::string>& keys);

/// Complete points that differ in the keys `except` only.
struct PointGroup {
  std::map<std::string, std::string> keys;
  std::vector<const verdict::Point*> points;
};
std::vector<PointGroup> group_points(const verdict::Result& result,
                                     const std::vector<std::string>& except);

Value value_of(const verdict::Point& point, const std::string& observable,
               Eigen::Index element = 0);

/// Independent blocks of scalar observables (rows x names): at most 32 per unit, so that blocks are
/// much longer than tau_int.
Eigen::MatrixXd jackknife_rows(const verdict::Point& point, const std::vector<std::string>& names);
/// Function of their means, by jackknife.
Value derived(const verdict::Point& point, const std::vector<std::string>& names,
              const std::function<double(const Eigen::VectorXd&)>& function);

}  // namespace symbreak::experiment
