// The data file of a figure. May depend on: analysis/verdict, fmt.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

/// A number of the data file, which keeps 10 digits; "NaN" for what is not finite.
std::string cell(double value);
/// All curves, one row a point: the number of its curve from 0 on, x, y, and the standard error (0
/// without one). Comments say which curve is which and what x and y are; two empty lines part the
/// curves, for gnuplot's `index`. numpy.loadtxt reads it as one array.
std::string table(const verdict::Figure& figure, const std::vector<verdict::Curve>& curves);

}  // namespace symbreak::report
