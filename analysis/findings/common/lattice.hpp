// What the analyses of lattice experiments share. May depend on: analysis.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/statistics/estimate.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings::lattice {

using Eigen::Index;

/// Bins of all units of several observables side by side, one row per bin: the blocks of a
/// jackknife. At most `per_unit` rows per unit.
Eigen::MatrixXd blocks(const verdict::Point& point,
                       const std::vector<verdict::ObservableName>& names, Index per_unit = 32);

/// Column `element` of an observable of shape {x.size(), stride} as a curve.
verdict::Curve curve(const verdict::Observable& values, const std::vector<double>& x,
                     const std::string& text, Index stride = 1, Index element = 0);
/// The first of its Fourier modes k = 2 pi (j, 0)/L, from `first` on: at most four curves.
std::vector<verdict::Curve> mode_curves(const verdict::Observable& values,
                                        const std::vector<double>& x, Index first = 0);

/// Images of the first unit side by side, as one figure; grey levels as they are.
verdict::Figure gallery(const verdict::Point& point, verdict::ObservableName pictures,
                        const std::string& name, const std::string& title);

/// "title, T = 3" of a point of a sweep.
std::string titled(const std::string& title, const std::map<std::string, std::string>& keys);

}  // namespace symbreak::findings::lattice
