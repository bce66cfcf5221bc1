#include "analysis/findings/mode_softening/findings.hpp"

namespace symbreak::findings::mode_softening {

verdict::Findings analyse(const verdict::Result& result) {
  if (result.points.empty()) return {};
  const std::string& states = result.points.front().parameters.at("experiment.states");
  if (states == "noiseless") return branch(result);
  return states == "trajectories" ? trajectories(result) : equilibrium(result);
}

}  // namespace symbreak::findings::mode_softening
