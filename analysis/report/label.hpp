// How points of a sweep are named in tables. May depend on: analysis/verdict.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// "t" for "experiment.t", or the whole path where two of `keys` end alike.
std::vector<std::string> short_names(const std::vector<std::string>& keys);
/// The swept part of a point's parameters.
std::map<std::string, std::string> swept_values(const verdict::Result& result,
                                                const verdict::Point& point);
/// "8 of 8 predictions agree (|z| <= 3, 0.02 false alarms expected)." or which do not, and how many
/// rows have no verdict.
std::string count_sentence(const verdict::Findings& findings);
/// "0.3", "−1.2e+07"; z with one decimal; "-" without a verdict.
std::string deviation(const verdict::Verdict& verdict);
/// " from 2 samples" beside an error of fewer than 8 degrees of freedom; else "".
std::string few_samples(double error, double dof);
/// Note, then why there is no verdict.
std::string remark(const verdict::Verdict& verdict);
const char* severity_word(verdict::Severity severity);

}  // namespace symbreak::report
