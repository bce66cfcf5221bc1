// The values of a figure as one tidy table. May depend on: analysis/verdict.
#pragma once
#include <string>

#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

/// CSV (RFC 4180), one row a point: curve, x, y, error under a header with the labels of the axes;
/// a surface adds its height, in rows whose curve is "surface". 17 digits.
std::string figure_csv(const verdict::Figure& figure);

}  // namespace symbreak::report
