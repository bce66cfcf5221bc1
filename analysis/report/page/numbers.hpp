// Results as tables of HTML. May depend on: analysis/{verdict,report}.
#pragma once
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// "1.234(5)e-7" as 1.234(5)·10⁻⁷ with the digits that a reader can use: seven where the error is
/// below a millionth of the value. What was left out is in the element: `value` has 17 digits,
/// `title` the value with its error.
std::string readable(double value, double error);
/// The numbers that a run is made for: its headlines, else what is compared with a prediction, else
/// the first there are; a few rows of each, a link to the others.
std::string key_numbers(const verdict::Result& result, const verdict::Findings& findings);
/// Every number, one table for each quantity; identities that agree, and long tables, are folded.
std::string all_numbers(const verdict::Result& result, const verdict::Findings& findings);

}  // namespace symbreak::report
