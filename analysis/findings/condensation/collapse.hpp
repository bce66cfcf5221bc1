// The collapse time of a dataset: a sigmoid fitted to E[w_1](t). May depend on: analysis/fit.
#pragma once
#include "analysis/findings/condensation/groups.hpp"

namespace symbreak::findings::condensation {

/// Adds `collapse_time` (only measured where no law predicts it, or only a bound), the line of
/// the prediction and the curve of the fit.
void judge_collapse(Findings& findings, const Group& group,
                    std::vector<std::pair<double, std::string>>& lines,
                    std::vector<Curve>& sigmoids);

/// Adds `class_collapse_time`, of data of two levels.
void judge_class_collapse(Findings& findings, const Group& group,
                          std::vector<std::pair<double, std::string>>& lines);

}  // namespace symbreak::findings::condensation
