// All deviations of an analysis in one picture. May depend on: analysis/verdict.
#pragma once
#include <optional>

#include "analysis/verdict/findings.hpp"

namespace symbreak::findings {

/// z of every verdict in order of size against the normal quantile of its rank, (i - 1/2)/n: on the
/// diagonal where errors are neither too small nor too large. Nullopt for fewer than kLeastPulls.
std::optional<verdict::Figure> pulls(const verdict::Findings& findings);
inline constexpr std::size_t kLeastPulls = 10;

}  // namespace symbreak::findings
