#include "analysis/report/label.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace symbreak::report {

namespace {
std::string tail(const std::string& key) { return key.substr(key.rfind('.') + 1); }
}  // namespace

std::vector<std::string> short_names(const std::vector<std::string>& keys) {
  std::vector<std::string> names;
  for (const std::string& key : keys) {
    const auto alike = std::count_if(keys.begin(), keys.end(), [&](const std::string& other) {
      return tail(other) == tail(key);
    });
    names.push_back(alike > 1 ? key : tail(key));
  }
  return names;
}

std::vector<std::string> verdict_keys(const verdict::Result& result,
                                      const verdict::Findings& findings) {
  std::vector<std::string> keys;
  const auto named = [&](const std::string& key) {
    return std::any_of(findings.verdicts.begin(), findings.verdicts.end(),
                       [&](const verdict::Verdict& row) { return row.point.count(key) > 0; });
  };
  std::copy_if(result.swept.begin(), result.swept.end(), std::back_inserter(keys), named);
  for (const verdict::Verdict& row : findings.verdicts) {
    for (const auto& [key, value] : row.point) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

std::map<std::string, std::string> swept_values(const verdict::Result& result,
                                                const verdict::Point& point) {
  std::map<std::string, std::string> values;
  for (const std::string& key : result.swept) {
    const auto found = point.parameters.find(key);
    if (found != point.parameters.end()) values[key] = found->second;
  }
  return values;
}

std::string count_sentence(const verdict::Findings& findings) {
  if (findings.verdicts.empty()) return "No verdicts: nothing was compared with a prediction.";
  std::vector<std::string> disagreeing;
  for (const verdict::Verdict& row : findings.verdicts) {
    if (row.agrees()) continue;
    std::vector<std::string> keys, where;
    for (const auto& [key, value] : row.point) keys.push_back(key);
    const auto names = short_names(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      where.push_back(names[i] + " = " + row.point.at(keys[i]));
    }
    disagreeing.push_back(row.quantity +
                          (where.empty() ? "" : fmt::format(" ({})", fmt::join(where, ", "))));
  }
  const std::size_t total = findings.verdicts.size(), agree = total - disagreeing.size();
  std::string sentence = fmt::format("{} of {} verdict{} agree{}", agree, total,
                                     total == 1 ? "" : "s", total == 1 ? "s" : "");
  if (!disagreeing.empty()) {
    sentence += fmt::format("; not: {}", fmt::join(disagreeing, ", "));
  }
  return sentence + ".";
}

std::string deviation(const verdict::Verdict& verdict) {
  const double z = verdict.z();
  if (!std::isfinite(z)) return std::isnan(z) ? "nan" : z > 0 ? "inf" : "-inf";
  if (std::abs(z) < 0.05) return "0.0";
  return std::abs(z) < 1000 ? fmt::format("{:.1f}", z) : fmt::format("{:.1e}", z);
}

const char* severity_word(verdict::Severity severity) {
  constexpr const char* kWords[] = {"note", "warning", "failure"};
  return kWords[static_cast<int>(severity)];
}

}  // namespace symbreak::report
