#include "analysis/verdict/findings.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

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
  return std::abs(deviate) <= 3 ? Outcome::agrees : Outcome::disagrees;
}

std::string Verdict::why_none() const {
  if (std::isnan(measured)) return "what was measured is not a number";
  if (std::isnan(predicted)) return "what is predicted is not a number";
  if (std::isinf(measured) && measured == predicted) return "both are infinite";
  if (squares > 0) return measured < 0 ? "a negative sum of squares" : "";
  if (!std::isfinite(error) || !std::isfinite(predicted_error)) return "no error is known";
  if (!(combined_dof() >= 1)) return "one sample has no error";
  if (error == 0 && std::isfinite(dof) && predicted_error == 0 && measured != predicted) {
    return "all samples are equal: their error is not known";
  }
  return "";
}

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
