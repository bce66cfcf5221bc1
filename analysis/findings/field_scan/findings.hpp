// What the files of this folder share. May depend on: analysis, analysis/findings/common.
#pragma once
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::field_scan {

/// M(H) of one point.
struct Scan {
  std::vector<double> H, m, error, dof;
  double s(std::size_t i) const { return m[i] / H[i]; }
  double s_error(std::size_t i) const { return error[i] / H[i]; }
};
Scan scan_of(const Point& point);

/// Whether the target is the square lattice at its own critical temperature.
bool at_square_criticality(const Point& point);

/// The branches, the isotherms, local exponents against s.
void draw(const Result& result, Findings& findings);

}  // namespace symbreak::findings::field_scan
