#include <fmt/format.h>

#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

const std::vector<ExperimentKind>& kinds() {
  // clang-format off
  static const std::vector<ExperimentKind> all = {
      equation_of_state(),
      copies(),
      generation(),
      condensation(),
      fast_samplers(),
      fluctuations(),
      commitment(),
      field_scan(),
      mode_softening(),
      pattern_formation(),
      creativity(),
      three_way(),
      entropy_clock(),
      late_start(),
      speciation(),
      u_turn(),
      guidance(),
      rem(),
      retrieval(),
      hierarchy_recovery(),
      toy(),
  };
  // clang-format on
  return all;
}

const ExperimentKind& kind(const std::string& name) {
  for (const ExperimentKind& candidate : kinds()) {
    if (candidate.name == name) return candidate;
  }
  throw deck::KeyError("experiment.kind", fmt::format("no experiment '{}'", name));
}

}  // namespace symbreak::experiment
