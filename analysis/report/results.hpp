// The one list of numbers of an analysis as rows that are shown: names, values and where they
// belong as texts. May depend on: analysis/verdict.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// Results of one name, unit, role: they stand together in a table.
struct ResultGroup {
  std::string name;  ///< "critical_time, score criterion"
  std::string unit;
  verdict::Role role = verdict::Role::quantity;
  std::vector<const verdict::Verdict*> rows;
};
/// Headlines first, then other quantities, then checks; within these in order of appearance.
std::vector<ResultGroup> grouped(const verdict::Findings& findings);

/// Keys of points and axes of all results, in the order of the sweep, then any other.
std::vector<std::string> coordinates(const verdict::Result& result,
                                     const verdict::Findings& findings);
/// "score criterion", with "chi2/n" before it where that is what the number is.
std::string criterion(const verdict::Verdict& row);
const char* role_word(verdict::Role role);  ///< "headline", "quantity", "check"
/// Where a result is, by these names: swept keys as their canonical text, axes as numbers.
std::map<std::string, std::string> where(const verdict::Verdict& row);
/// One column of coordinates with six digits, more where six do not tell them apart.
std::vector<std::string> six_digits(const std::vector<std::string>& column);

/// "4 of 15 points have no finished unit: n = 64, t = 2; ..." and how many are partial; "" where
/// all are complete.
std::string unfinished(const verdict::Result& result);

}  // namespace symbreak::report
