// Points that are at hand as a target, each with the same weight: the empirical law of any sample.
// May depend on: finite.hpp.
#pragma once
#include <memory>
#include <string>

#include "sim/target/points/finite.hpp"

namespace symbreak::target {

/// Columns are points, kept in single precision relative to their mean.
std::shared_ptr<const FiniteTarget> empirical(const MatrixXd& points, const std::string& text);

}  // namespace symbreak::target
