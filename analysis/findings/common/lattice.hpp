// What the analyses of lattice experiments share. May depend on: analysis.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::lattice {

/// Bins of all units of several observables side by side, one row per bin: the blocks of a
/// jackknife. At most `per_unit` rows per unit.
MatrixXd blocks(const Point& point, const std::vector<ObservableName>& names, Index per_unit = 32);

/// Column `element` of an observable of shape {x.size(), stride} as a curve.
Curve curve(const Observable& values, const std::vector<double>& x, const std::string& text,
            Index stride = 1, Index element = 0);
/// The first of its Fourier modes k = 2 pi (j, 0)/L, from `first` on: at most four curves.
std::vector<Curve> mode_curves(const Observable& values, const std::vector<double>& x,
                               Index first = 0);

/// Images of the first unit in rows, as one figure; grey levels from `scale`, by default their own.
/// All but the last two extents count images; `columns` of them in a row, by default nearly a square.
Figure gallery(const Point& point, ObservableName pictures, const Keys& keys,
               const std::string& name, const std::string& title,
               std::optional<std::pair<double, double>> scale = {}, Index columns = 0);

}  // namespace symbreak::findings::lattice
