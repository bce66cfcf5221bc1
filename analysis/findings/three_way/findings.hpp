// What the parts of the analysis of `three_way` share. May depend on: analysis/findings/common.
#pragma once
#include <string>
#include <vector>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/three_way/observables.hpp"

namespace symbreak::findings::three_way {

/// A score that a point has measured, and what it is called: of several of one sort with what sets
/// it apart, "memorizing score of 100 images".
struct Shown {
  const ScoreNames& names;
  std::string title;  ///< of its own figures
  std::string label;  ///< in legends of all of them: "memorizing, N = 100"
};
/// In the order of kScores.
std::vector<Shown> shown_scores(const Point& point);

/// A point, its recorded levels and its scores.
struct Drawn {
  const Point& point;
  const Keys& keys;
  std::vector<double> noise;  ///< of the recorded levels
  std::vector<Shown> scores;
};
/// All scores on the same axes; then each with its modes and images.
void draw_scores(const Drawn& drawn, Findings& findings);
/// Eigenvalues of a memorizing score at the mean image, down to what rounding leaves of them.
Figure prototypes_figure(const Drawn& drawn, const Shown& score, double rounding);

}  // namespace symbreak::findings::three_way
