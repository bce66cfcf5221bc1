// Finite-size scaling on request: any number of a run against any swept key, curves by any other.
// May depend on: analysis, analysis/findings/numbers.hpp.
#pragma once
#include <limits>
#include <optional>
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

struct ScalingRequest {
  enum class Kind { crossing, collapse };
  Kind kind = Kind::crossing;
  std::string number{};   ///< as in numbers.hpp
  std::string against{};  ///< a swept key; "": the one besides the size
  std::string size{};     ///< a swept key; "": that of the system size
  double low = -std::numeric_limits<double>::infinity(), high = -low;  ///< values of `against`
  int degree = 0;                                                      ///< 0: chosen
  double correction = 0;                                               ///< of crossings; 0: none
  std::optional<double> critical{}, nu{}, exponent{};                  ///< fixed, of a collapse
};

/// Adds rows and a figure for each group of points that differ in these two keys alone.
/// Crossing: `critical_<key>` and the number at the crossing, of each pair of neighbouring sizes and
/// pooled over pairs (fit::crossings). Collapse: `critical_<key>`, `inverse_nu` and, unless it is
/// fixed or known to be 0 (Binder's cumulant, xi/L), `exponent` of the number, y L^-exponent =
/// f((x - x_c) L^(1/nu)) (fit::scaling_collapse), chi2/dof with them. Warns where a group says
/// nothing. Throws UnknownName.
void finite_size(const verdict::Result& result, const verdict::Findings& analysis,
                 const ScalingRequest& request, verdict::Findings& findings);

}  // namespace symbreak::findings
