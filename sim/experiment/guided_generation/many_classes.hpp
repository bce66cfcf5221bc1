// What guided_generation knows of e^{alpha d} classes. May depend on: simulation.hpp,
// analysis/theory, sim/target.
#pragma once
#include <functional>
#include <vector>

#include "analysis/verdict/result.hpp"
#include "sim/experiment/guided_generation/simulation.hpp"
#include "sim/target/many_classes.hpp"

namespace symbreak::experiment::guided_generation {

std::vector<verdict::Fact> facts_of(const target::ManyClasses& classes);

/// The limit d -> infinity of runs of this setting, for weights that are nowhere negative; empty
/// else.
std::vector<verdict::Prediction> limits(const target::ManyClasses& classes, const Setting& setting,
                                        const std::function<double(double noise)>& weight);
/// The same at the dimension of the setting: where runs condense, of others that are averaged over
/// their means and steps that resolve how log odds move by one.
std::vector<verdict::Prediction> finite_laws(const target::ManyClasses& classes,
                                             const Setting& setting,
                                             const std::function<double(double noise)>& weight);

}  // namespace symbreak::experiment::guided_generation
