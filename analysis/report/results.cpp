#include "analysis/report/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include "analysis/report/label.hpp"

namespace symbreak::report {

std::vector<ResultGroup> grouped(const verdict::Findings& findings) {
  std::vector<ResultGroup> all;
  std::map<std::tuple<std::string, std::string, verdict::Role>, std::size_t> places;
  for (const verdict::Verdict* row : findings.results()) {
    const std::string name = row->name();
    const auto [place, fresh] = places.try_emplace({name, row->unit, row->role}, all.size());
    if (fresh) all.push_back({name, row->unit, row->role, {}});
    all[place->second].rows.push_back(row);
  }
  // A quantity stands beside its namesakes of other criteria, predicted or not.
  const auto first = [&](const ResultGroup& group) {
    const auto alike = [&](const ResultGroup& other) {
      return other.role == group.role && other.rows[0]->quantity == group.rows[0]->quantity;
    };
    return std::find_if(all.begin(), all.end(), alike) - all.begin();
  };
  std::vector<std::pair<std::pair<int, std::ptrdiff_t>, std::size_t>> order;
  for (std::size_t i = 0; i < all.size(); ++i) {
    order.push_back({{static_cast<int>(all[i].role), first(all[i])}, i});
  }
  std::sort(order.begin(), order.end());
  std::vector<ResultGroup> sorted;
  for (const auto& [key, index] : order) sorted.push_back(all[index]);
  return sorted;
}

std::string criterion(const verdict::Verdict& row) {
  if (!(row.squares > 0)) return row.criterion;
  return row.criterion.empty() ? "chi2/n" : "chi2/n, " + row.criterion;
}

const char* role_word(verdict::Role role) {
  constexpr const char* kWords[] = {"headline", "quantity", "check"};
  return kWords[static_cast<int>(role)];
}

std::map<std::string, std::string> where(const verdict::Verdict& row) {
  std::map<std::string, std::string> place = row.point;
  for (const auto& [name, value] : row.axis) place[name] = fmt::format("{}", value);
  return place;
}

std::vector<std::string> coordinates(const verdict::Result& result,
                                     const verdict::Findings& findings) {
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const verdict::Verdict* row : findings.results()) {
    for (const auto& [name, value] : where(*row)) known.insert(name);
  }
  for (const std::string& key : result.swept) {
    if (known.erase(key) > 0) names.push_back(key);
  }
  for (const verdict::Verdict* row : findings.results()) {
    for (const auto& [name, value] : row->point) {
      if (known.erase(name) > 0) names.push_back(name);
    }
    for (const auto& [name, value] : row->axis) {
      if (known.erase(name) > 0) names.push_back(name);
    }
  }
  return names;
}

namespace {

/// "0.269185" of "0.26918531421302475"; words and lists as they are.
std::string rounded(const std::string& text, int digits) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return text;
  return fmt::format("{:.{}g}", value, digits);
}

}  // namespace

std::vector<std::string> six_digits(const std::vector<std::string>& column) {
  const std::size_t different = std::set(column.begin(), column.end()).size();
  for (int digits = 6;; digits += 2) {
    std::vector<std::string> texts;
    for (const std::string& text : column) texts.push_back(rounded(text, digits));
    if (digits >= 16 || std::set(texts.begin(), texts.end()).size() == different) return texts;
  }
}

std::string unfinished(const verdict::Result& result) {
  constexpr std::size_t kMost = 3;
  std::size_t partial = 0, empty = 0;
  std::string first;
  const std::vector<std::string> names = short_names(result.swept);
  for (const verdict::Point& point : result.points) {
    if (point.complete) continue;
    if (point.measured()) {
      ++partial;
      continue;
    }
    if (++empty > kMost) continue;
    const auto values = swept_values(result, point);
    std::string label;
    for (std::size_t i = 0; i < result.swept.size(); ++i) {
      const auto found = values.find(result.swept[i]);
      if (found == values.end()) continue;
      label += (label.empty() ? "" : ", ") + names[i] + " = " + rounded(found->second, 6);
    }
    if (!label.empty()) first += (first.empty() ? "" : "; ") + label;
  }
  std::string text;
  if (partial > 0) {
    text = fmt::format("{} of {} points have some of their units: their numbers are of those.",
                       partial, result.points.size());
  }
  if (empty == 0) return text;
  if (!first.empty()) first = " (" + first + (empty > kMost ? "; …" : "") + ")";
  return text + fmt::format("{}{} of {} points {} no finished unit{}.", text.empty() ? "" : " ",
                            empty, result.points.size(), empty == 1 ? "has" : "have", first);
}

}  // namespace symbreak::report
