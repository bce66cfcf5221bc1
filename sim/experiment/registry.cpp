#include <fmt/format.h>

#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

const std::vector<ExperimentKind>& kinds() {
  static const std::vector<ExperimentKind> all = {equation_of_state(), copies(),       generation(),
                                                  condensation(),      fluctuations(), commitment(),
                                                  field_scan(),        toy()};
  return all;
}

const ExperimentKind& kind(const std::string& name) {
  for (const ExperimentKind& candidate : kinds()) {
    if (candidate.name == name) return candidate;
  }
  throw deck::KeyError("experiment.kind", fmt::format("no experiment '{}'", name));
}

}  // namespace symbreak::experiment
