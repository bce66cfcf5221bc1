#include "sim/experiment/common/trajectory_keys.hpp"

#include <algorithm>

#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"

namespace symbreak::experiment {

std::vector<deck::Key> batch_keys(const std::string& walkers, const std::string& blocks,
                                  const std::string& replicas) {
  return {deck::sampling_key("walkers", walkers, "trajectories run together (one batch)", 2, 1e6),
          deck::sampling_key("blocks", blocks, "batches per work unit"),
          deck::sampling_key("replicas", replicas, "independent work units")};
}

std::vector<deck::Key> reverse_keys(
    const std::vector<std::pair<std::string, std::string>>& defaults,
    const std::vector<std::string>& left_out) {
  std::vector<deck::Key> keys;
  for (const auto& part :
       {diffusion::sampler_keys(), diffusion::schedule_keys(), diffusion::start_keys()}) {
    for (deck::Key key : part) {
      if (std::find(left_out.begin(), left_out.end(), key.name) != left_out.end()) continue;
      for (const auto& [name, value] : defaults) {
        if (key.name == name) key.fallback = value;
      }
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

}  // namespace symbreak::experiment
