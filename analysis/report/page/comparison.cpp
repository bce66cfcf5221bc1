#include "analysis/report/page/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "analysis/report/csv.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/page/overlay.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

namespace {

using verdict::Verdict;

/// Where a result is, with the keys that other runs sweep and its own does not.
std::map<std::string, std::string> placed(const Verdict& row, const verdict::Result& result,
                                          const std::set<std::string>& swept) {
  std::map<std::string, std::string> place = row.point;
  for (const std::string& key : swept) {
    const bool own = std::ranges::count(result.swept, key) > 0;
    const auto found = result.settings.find(key);
    if (!own && found != result.settings.end()) place.try_emplace(key, found->second);
  }
  return place;
}

using Identity = std::tuple<std::string, std::string, std::map<std::string, std::string>,
                            std::vector<std::pair<std::string, double>>>;

Identity identity(const Verdict& row) { return {row.name(), row.unit, row.point, row.axis}; }

/// The results of every run, at places that can be compared.
std::vector<std::vector<Verdict>> all_results(const std::vector<Analysed>& runs) {
  std::set<std::string> swept;
  for (const Analysed& run : runs) swept.insert(run.result->swept.begin(), run.result->swept.end());
  std::vector<std::vector<Verdict>> all(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const Verdict* row : runs[i].findings->results()) {
      all[i].push_back(*row);
      all[i].back().point = placed(*row, *runs[i].result, swept);
    }
  }
  return all;
}

Verdict difference(const Verdict& first, const Verdict& other, const std::string& name) {
  Verdict row = other;
  row.predicted = first.measured;
  row.predicted_error = first.error;
  row.predicted_dof = first.dof;
  row.squares = 0;  // a deviation of two numbers, whatever they are themselves
  if (first.squares > 0) row.criterion = criterion(first);
  row.source = "the same in " + name;
  row.note.clear();
  return row;
}

std::vector<KeyDifference> key_differences(const std::vector<Analysed>& runs) {
  std::set<std::string> keys;
  for (const Analysed& run : runs) {
    for (const auto& [key, value] : run.result->settings) keys.insert(key);
  }
  std::vector<KeyDifference> all;
  for (const std::string& key : keys) {
    if (key == "run.name") continue;
    KeyDifference difference{key, {}};
    for (const Analysed& run : runs) {
      const auto found = run.result->settings.find(key);
      difference.values.push_back(found == run.result->settings.end() ? "" : found->second);
    }
    const auto& values = difference.values;
    if (std::ranges::any_of(values, [&](const auto& value) { return value != values[0]; })) {
      all.push_back(std::move(difference));
    }
  }
  return all;
}

}  // namespace

Comparison compare(const std::vector<Analysed>& runs) {
  Comparison comparison;
  comparison.keys = key_differences(runs);
  const std::vector<std::vector<Verdict>> results = all_results(runs);
  std::map<Identity, const Verdict*> first;
  for (const Verdict& row : results[0]) first.try_emplace(identity(row), &row);
  for (std::size_t i = 1; i < runs.size(); ++i) {
    for (const Verdict& row : results[i]) {
      const auto found = first.find(identity(row));
      if (found == first.end()) continue;
      comparison.numbers.push_back({i, difference(*found->second, row, runs[0].name)});
    }
  }
  overlay_figures(runs, comparison);
  for (verdict::Figure& figure : overlaid_results(runs, results)) {
    comparison.figures.push_back(std::move(figure));
  }
  return comparison;
}

std::string difference_sentence(const std::vector<Analysed>& runs, const Comparison& comparison) {
  const auto& numbers = comparison.numbers;
  if (numbers.empty()) return "No number is in both runs at the same place.";
  const Verdict* worst = nullptr;
  std::size_t apart = 0;
  for (const NumberDifference& number : numbers) {
    const double z = std::abs(number.difference.z());
    apart += number.difference.disagrees();
    if (!std::isnan(z) && (worst == nullptr || z > std::abs(worst->z())))
      worst = &number.difference;
  }
  std::string text = fmt::format(
      "{} number{} of {} {}", numbers.size(), numbers.size() == 1 ? "" : "s", runs[0].name,
      runs.size() == 2 ? "in " + runs[1].name + " as well" : "in the others as well");
  if (worst != nullptr) {
    text += fmt::format(", largest |z| {} ({})", deviation(*worst).substr(worst->z() <= -.05),
                        worst->name());
  }
  return text + (apart == 0 ? ": all within 3 combined errors."
                            : fmt::format(": {} beyond 3 combined errors.", apart));
}

std::string differences_csv(const std::vector<Analysed>& runs, const Comparison& comparison) {
  std::set<std::string> keys;
  for (const NumberDifference& number : comparison.numbers) {
    for (const auto& [key, value] : where(number.difference)) keys.insert(key);
  }
  std::vector<std::string> head = {"quantity", "criterion"};
  head.insert(head.end(), keys.begin(), keys.end());
  head.insert(head.end(), {"first_run", "first_value", "first_error", "run", "value", "error",
                           "difference", "z", "unit"});
  std::string text = csv_row(head);
  for (const NumberDifference& number : comparison.numbers) {
    const Verdict& row = number.difference;
    const auto place = where(row);
    std::vector<std::string> fields = {row.quantity, row.criterion};
    for (const std::string& key : keys) {
      const auto found = place.find(key);
      fields.push_back(found == place.end() ? "" : found->second);
    }
    fields.insert(fields.end(),
                  {runs[0].name, csv_number(row.predicted), csv_number(row.predicted_error),
                   runs[number.run].name, csv_number(row.measured), csv_number(row.error),
                   csv_number(row.measured - row.predicted), csv_number(row.z()), row.unit});
    text += csv_row(fields);
  }
  return text;
}

}  // namespace symbreak::report
