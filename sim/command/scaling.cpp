#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/numbers.hpp"
#include "sim/command/results.hpp"
#include "sim/deck/spelling.hpp"

namespace symbreak::command {

const std::vector<std::string> kScalingOptions = {"crossing", "collapse", "against",  "size",
                                                  "window",   "degree",   "critical", "correction",
                                                  "nu",       "exponent"};

std::vector<findings::ScalingRequest> scaling_requests(const Arguments& arguments) {
  using findings::ScalingRequest;
  ScalingRequest common;
  if (arguments.has("against")) common.against = arguments.last("against");
  if (arguments.has("size")) common.size = arguments.last("size");
  if (arguments.has("window")) {
    const std::string text = arguments.last("window");
    const auto colon = text.find(':');
    if (colon == std::string::npos) {
      throw UsageError(fmt::format("--window {}: expected two numbers, LOW:HIGH", text));
    }
    common.low = number_of("window", text.substr(0, colon));
    common.high = number_of("window", text.substr(colon + 1));
  }
  const auto optional = [&](const char* name) -> std::optional<double> {
    if (!arguments.has(name)) return std::nullopt;
    return number_of(name, arguments.last(name));
  };
  const auto positive = [&](const char* name) {
    const auto value = optional(name);
    if (value && !(*value > 0))
      throw UsageError(fmt::format("--{}: a number > 0 is expected", name));
    return value;
  };
  common.critical = optional("critical");
  common.exponent = optional("exponent");
  common.nu = positive("nu");
  common.correction = positive("correction").value_or(0);
  if (const auto degree = positive("degree")) {
    if (*degree != std::floor(*degree) || *degree > 12) {
      throw UsageError("--degree: a whole number from 1 to 12 is expected");
    }
    common.degree = static_cast<int>(*degree);
  }
  std::vector<ScalingRequest> all;
  for (const auto& [name, kind] : {std::pair{"crossing", ScalingRequest::Kind::crossing},
                                   std::pair{"collapse", ScalingRequest::Kind::collapse}}) {
    for (const std::string& number : arguments.all(name)) {
      all.push_back(common);
      all.back().kind = kind;
      all.back().number = number;
    }
  }
  for (const std::string& option : kScalingOptions) {
    if (all.empty() && arguments.has(option)) {
      throw UsageError(fmt::format("--{} belongs to --crossing NAME or --collapse NAME", option));
    }
  }
  return all;
}

void scale(const verdict::Result& result, const verdict::Findings& analysis,
           const std::vector<findings::ScalingRequest>& requests, verdict::Findings& findings) {
  try {
    for (const auto& request : requests) findings::finite_size(result, analysis, request, findings);
  } catch (const findings::UnknownName& error) {
    const std::string near = deck::did_you_mean(error.word, error.candidates);
    throw UsageError(
        fmt::format("{}{}", error.what(),
                    !near.empty() ? "; did you mean '" + near + "'?"
                    : error.candidates.empty()
                        ? "; no key was swept"
                        : fmt::format("; there are {}", fmt::join(error.candidates, ", "))));
  }
}

}  // namespace symbreak::command
