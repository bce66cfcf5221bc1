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

std::map<std::string, std::string> swept_values(const verdict::Result& result,
                                                const verdict::Point& point) {
  std::map<std::string, std::string> values;
  for (const std::string& key : result.swept) {
    const auto found = point.parameters.find(key);
    if (found != point.parameters.end()) values[key] = found->second;
  }
  return values;
}

namespace {

/// The verdicts that disagree, one by one where they are few, else counted by quantity.
std::string told_apart(const verdict::Findings& findings, const std::vector<std::string>& names) {
  constexpr std::size_t kMostNames = 8;
  if (names.size() <= kMostNames) return fmt::format("{}", fmt::join(names, ", "));
  std::map<std::string, std::size_t> counts;
  for (const verdict::Verdict& row : findings.verdicts) counts[row.quantity] += row.disagrees();
  std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
  std::vector<std::string> parts;
  std::size_t left = names.size();
  for (const auto& [quantity, count] : counts) {
    if (parts.size() == kMostNames) break;
    parts.push_back(count == 1 ? quantity : fmt::format("{} ({} times)", quantity, count));
    left -= count;
  }
  if (left > 0) parts.push_back(fmt::format("and {} more", left));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string count_sentence(const verdict::Findings& findings) {
  if (findings.verdicts.empty()) return "No verdicts: nothing was compared with a prediction.";
  std::vector<std::string> disagreeing;
  std::size_t judged = 0;
  for (const verdict::Verdict& row : findings.verdicts) {
    judged += row.outcome() != verdict::Verdict::Outcome::none;
    if (!row.disagrees()) continue;
    std::vector<std::string> keys, where;
    for (const auto& [key, value] : row.point) keys.push_back(key);
    const auto names = short_names(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      where.push_back(names[i] + " = " + row.point.at(keys[i]));
    }
    disagreeing.push_back(row.quantity +
                          (where.empty() ? "" : fmt::format(" ({})", fmt::join(where, ", "))));
  }
  constexpr double false_alarm = 0.0027;  // P(|z| > 3)
  std::string sentence =
      fmt::format("{} of {} prediction{} agree{} (|z| <= 3, {:.1g} false alarms expected)",
                  judged - disagreeing.size(), judged, judged == 1 ? "" : "s",
                  judged == 1 ? "s" : "", false_alarm * static_cast<double>(judged));
  if (!disagreeing.empty()) sentence += fmt::format("; not: {}", told_apart(findings, disagreeing));
  if (const std::size_t without = findings.verdicts.size() - judged; without > 0) {
    sentence += fmt::format("; {} without a verdict", without);
  }
  return sentence + ".";
}

std::string few_samples(double error, double dof) {
  if (!(error > 0 && std::isfinite(error) && dof < 8)) return "";
  return fmt::format(" from {:.0f} samples", dof + 1);
}

std::string remark(const verdict::Verdict& verdict) {
  const std::string why = verdict.compared() ? verdict.why_none() : "";
  if (why.empty()) return verdict.note;
  return verdict.note + (verdict.note.empty() ? "" : "; ") + "no verdict: " + why;
}

std::string deviation(const verdict::Verdict& verdict) {
  const double z = verdict.z();
  if (!std::isfinite(z)) return std::isnan(z) ? "-" : z > 0 ? "inf" : "-inf";
  if (std::abs(z) < 0.05) return "0.0";
  return std::abs(z) < 1000 ? fmt::format("{:.1f}", z) : fmt::format("{:.1e}", z);
}

const char* severity_word(verdict::Severity severity) {
  constexpr const char* kWords[] = {"note", "warning", "failure"};
  return kWords[static_cast<int>(severity)];
}

}  // namespace symbreak::report
