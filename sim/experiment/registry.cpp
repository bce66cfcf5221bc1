#include <fmt/format.h>

#include <stdexcept>

#include "sim/experiment/experiment.hpp"

namespace symbreak::experiment {

// One line per experiment, each defined in the file of its name.
ExperimentKind equation_of_state();
ExperimentKind copies();
ExperimentKind generation();
ExperimentKind condensation();
ExperimentKind toy();

const std::vector<ExperimentKind>& kinds() {
  static const std::vector<ExperimentKind> all = {equation_of_state(), copies(), generation(),
                                                  condensation(), toy()};
  return all;
}

const ExperimentKind& kind(const std::string& name) {
  std::string known;
  for (const ExperimentKind& candidate : kinds()) {
    if (candidate.name == name) return candidate;
    known += (known.empty() ? "" : ", ") + candidate.name;
  }
  throw deck::KeyError("experiment.kind",
                       fmt::format("unknown experiment '{}'; known: {}", name, known));
}

}  // namespace symbreak::experiment
