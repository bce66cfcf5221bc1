// Numbers of a point by name, as a user says them. May depend on: analysis, analysis/findings.
#pragma once
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

/// A word that names nothing here, and what there is.
struct UnknownName : std::invalid_argument {
  UnknownName(std::string what, std::string said, std::vector<std::string> known)
      : std::invalid_argument(what), word(std::move(said)), candidates(std::move(known)) {}
  std::string word;
  std::vector<std::string> candidates;
};

struct NamedNumber {
  std::string name{}, unit{}, text{};
  bool scale_free = false;  ///< its curves cross: Binder's cumulant, xi/L
  std::function<std::optional<Value>(const Point&)> of{};
};

/// What has one number with an error at points of this result:
/// - a scalar observable "energy", an element "structure_factor[1]" of an array;
/// - "binder_cumulant" 1 - <m^4>/(3 <m^2>^2), where both moments were recorded, and
///   "correlation_length_ratio" xi/L, of lattices: jackknife of the stored bins;
/// - a number of the analysis, one at each point: "collapse_time", or with its criterion.
std::vector<std::string> number_names(const Result& result, const Findings& findings);
/// Throws UnknownName.
NamedNumber named_number(const Result& result, const Findings& findings, const std::string& name);

/// The swept key of this path or last word of a path; throws UnknownName.
std::string swept_key(const Result& result, const std::string& word);

}  // namespace symbreak::findings
