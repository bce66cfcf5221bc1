// Curves known at some points, made smooth. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

/// A line through at least kSmooth points, with those of `curve` among them: the monotone piecewise
/// cubic of Fritsch & Butland (SIAM J. Sci. Stat. Comput. 5, 300 (1984)) in the coordinates of the
/// axes, which never leaves the interval of two neighbouring points. As it is where its
/// abscissae do not all rise or all fall, where it has errors, less than 3 points, or enough.
verdict::Curve smooth(const verdict::Curve& curve, bool log_x, bool log_y);
inline constexpr std::size_t kSmooth = 200;

}  // namespace symbreak::report
