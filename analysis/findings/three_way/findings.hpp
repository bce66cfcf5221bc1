// May depend on: analysis.
#pragma once
#include <Eigen/Core>
#include <array>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

inline constexpr std::array<const char*, 3> kScores = {"model", "memorizing", "real"};
inline constexpr Eigen::Index kPrototypes = 6, kThreeWayShown = 6;

verdict::Findings analyse_three_way(const verdict::Result& result);

}  // namespace symbreak::experiment
