// What the analyses of lattice experiments share. May depend on: analysis.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::experiment::lattice {

using Eigen::Index;

/// Swept keys for file names: "_patch_3_side_24".
std::string stem(const std::map<std::string, std::string>& keys);

/// Bins of all units of several observables side by side, one row per bin: the blocks of a
/// jackknife. At most `per_unit` rows per unit.
Eigen::MatrixXd blocks(const verdict::Point& point, const std::vector<std::string>& names,
                       Index per_unit = 32);

/// Predictions name_0000, name_0001, ...
std::vector<double> numbered(const verdict::Point& point, const std::string& name);

/// Column `element` of an observable of shape {x.size(), stride} as a curve.
verdict::Curve curve(const verdict::Observable& observable, const std::vector<double>& x,
                     const std::string& text, Index stride = 1, Index element = 0);

/// Images of the first unit side by side, as one figure; grey levels as they are.
verdict::Figure gallery(const verdict::Point& point, const std::string& observable,
                        const std::string& name, const std::string& title);

}  // namespace symbreak::experiment::lattice
