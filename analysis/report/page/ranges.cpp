#include "analysis/report/page/ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "analysis/report/label.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

namespace {

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && end == text.c_str() + text.size();
}

}  // namespace

std::vector<std::string> values_of(const verdict::Result& result, const std::string& key) {
  std::vector<std::string> values;
  std::set<std::string> seen;
  for (const verdict::Point& point : result.points) {
    const auto found = point.parameters.find(key);
    if (found == point.parameters.end()) continue;
    if (seen.insert(found->second).second) values.push_back(found->second);
  }
  if (std::ranges::all_of(values, is_number)) {
    std::ranges::stable_sort(
        values, {}, [](const std::string& text) { return std::strtod(text.c_str(), nullptr); });
  }
  return values;
}

std::string range_of(const std::vector<std::string>& values) {
  const std::vector<std::string> shown = six_digits(values);
  if (values.size() <= 5) return fmt::format("{}", fmt::join(shown, ", "));
  return fmt::format("{} … {} ({} values)", shown.front(), shown.back(), shown.size());
}

std::vector<std::string> ranges(const verdict::Result& result) {
  std::vector<std::string> all;
  const std::vector<std::string> names = short_names(result.swept);
  for (std::size_t i = 0; i < result.swept.size(); ++i) {
    const auto values = values_of(result, result.swept[i]);
    if (!values.empty()) all.push_back(names[i] + " = " + range_of(values));
  }
  return all;
}

}  // namespace symbreak::report
