#include "analysis/verdict/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/statistics/tail.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::verdict {

double Verdict::combined_dof() const {
  return statistics::combined_dof(error, dof, predicted_error, predicted_dof);
}

double Verdict::z() const {
  if (!why_none().empty()) return std::numeric_limits<double>::quiet_NaN();
  if (squares > 0) return statistics::chi_squared_deviate(measured * squares, squares);
  const double deviation = measured - predicted;
  if (deviation == 0) return 0;
  return statistics::normal_deviate(deviation / std::hypot(error, predicted_error), combined_dof());
}

Verdict::Outcome Verdict::outcome() const {
  const double deviate = z();
  if (std::isnan(deviate)) return Outcome::none;
  // Squares that are too small speak against the errors, not the theory: `validate --seeds` asks.
  const double far = squares > 0 ? deviate : std::abs(deviate);
  return far <= 3 ? Outcome::agrees : Outcome::disagrees;
}

std::string Verdict::why_none() const {
  if (std::isnan(measured)) return "what was measured is not a number";
  if (std::isnan(predicted)) return "what is predicted is not a number";
  if (std::isinf(measured) && measured == predicted) return "both are infinite";
  if (squares > 0) return measured < 0 ? "a negative sum of squares" : "";
  if (!std::isfinite(error) || !std::isfinite(predicted_error)) return "no error is known";
  if (!(combined_dof() >= 1)) return "a single sample makes the error";
  if (error == 0 && std::isfinite(dof) && predicted_error == 0 && measured != predicted) {
    return "all samples are equal: their error is not known";
  }
  return "";
}

std::string Verdict::name() const {
  std::string text = quantity;
  if (squares > 0) text += ", chi2/n";
  return criterion.empty() ? text : text + ", " + criterion;
}

std::vector<const Verdict*> Findings::results() const {
  std::vector<const Verdict*> all;
  for (const auto* list : {&verdicts, &measured}) {
    for (const Verdict& row : *list) all.push_back(&row);
  }
  return all;
}

void count_units(const Result& result, Findings& findings) {
  // Units by the values of some keys, made once for each set of keys that rows have.
  using Keys = std::map<std::string, std::string>;
  std::map<std::vector<std::string>, std::map<Keys, std::int64_t>> all;
  const auto counted = [&](const std::vector<std::string>& names) -> auto& {
    auto [entry, fresh] = all.try_emplace(names);
    if (!fresh) return entry->second;
    for (const Point& point : result.points) {
      Keys here;
      for (const std::string& name : names) {
        const auto found = point.parameters.find(name);
        if (found != point.parameters.end()) here.insert(*found);
      }
      entry->second[here] += static_cast<std::int64_t>(point.units());
    }
    return entry->second;
  };
  const auto fill = [&](Verdict& row) {
    if (row.units > 0) return;
    Keys keys;
    std::vector<std::string> names;
    for (const auto& [name, value] : row.point) {
      // What is not a key of the points says more about the row than about where it comes from.
      if (std::find(result.swept.begin(), result.swept.end(), name) == result.swept.end()) continue;
      keys[name] = value;
      names.push_back(name);
    }
    const auto& units = counted(names);
    const auto found = units.find(keys);
    if (found != units.end()) row.units = found->second;
  };
  for (Verdict& row : findings.verdicts) fill(row);
  for (Verdict& row : findings.measured) fill(row);
}

void warn_of_non_numbers(const Result& result, Findings& findings) {
  std::map<std::string, int> broken;
  for (const Point& point : result.points) {
    for (const auto& [name, observable] : point.observables) {
      if (observable.origin == Origin::deterministic) continue;
      if (observable.estimate.mean.hasNaN()) ++broken[name];
    }
  }
  for (const auto& [name, count] : broken) {
    findings.diagnostics.push_back(
        {Severity::warning, name,
         fmt::format("not a number at {} of {} points", count, result.points.size()),
         "the simulation met a state it cannot evaluate; please report the deck"});
  }
}

void warn_of_what_is_missing(const Result& result, Findings& findings) {
  const auto unfinished = std::ranges::count(result.points, false, &Point::complete);
  if (unfinished > 0) {
    findings.diagnostics.push_back(
        {Severity::warning, "unfinished",
         fmt::format("{} of {} points lack work units; what is said rests on those there are",
                     unfinished, result.points.size()),
         "run the same command again to continue"});
    return;
  }
  std::set<std::string> predicted;
  for (const Point& point : result.points) {
    for (const Prediction& prediction : point.predictions) predicted.insert(prediction.quantity);
  }
  const bool judged = std::ranges::any_of(findings.verdicts, [](const Verdict& row) {
    return row.outcome() != Verdict::Outcome::none;
  });
  if (predicted.empty() || judged) return;
  findings.diagnostics.push_back(
      {Severity::warning, "no verdict",
       fmt::format("of what is predicted ({}) nothing could be judged", fmt::join(predicted, ", ")),
       findings.verdicts.empty() ? "the notes above and `symbreak explain` say what a verdict needs"
                                 : "more units (replicas, disorder samples) give an error"});
}

}  // namespace symbreak::verdict
