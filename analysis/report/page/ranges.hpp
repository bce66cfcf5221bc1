// What a run swept, in a line. May depend on: analysis/verdict.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// The different values that points have of a key, rising where they are numbers.
std::vector<std::string> values_of(const verdict::Result& result, const std::string& key);
/// "0.5, 0.6, 0.7" or "0.5 … 1.5 (61 values)".
std::string range_of(const std::vector<std::string>& values);
/// "n = 10 … 9000 (4 values)" for each swept key, short names.
std::vector<std::string> ranges(const verdict::Result& result);

}  // namespace symbreak::report
