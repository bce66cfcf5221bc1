#include "analysis/verdict/findings.hpp"

#include <fmt/format.h>

#include <map>

#include "analysis/verdict/result.hpp"

#include <cmath>

namespace symbreak::verdict {

double Verdict::z() const {
  const double deviation = measured - predicted;
  if (deviation == 0) return 0;
  return deviation / std::hypot(error, predicted_error);
}

bool Verdict::agrees() const { return std::abs(z()) <= 3; }  // NaN does not agree

void warn_of_non_numbers(const Result& result, Findings& findings) {
  std::map<std::string, int> broken;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
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

}  // namespace symbreak::verdict
