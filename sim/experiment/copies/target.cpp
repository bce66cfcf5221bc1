#include "sim/experiment/copies/target.hpp"

#include <map>
#include <mutex>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::experiment::copies {

namespace {

struct Reduced {
  std::shared_ptr<const Law> law;
  std::shared_ptr<const target::Target> target;
};

Reduced reduce(const target::Target& target, const deck::Parameters& parameters,
               std::uint64_t identity) {
  Law law;
  const random::Address address{.seed = parameters.seed(), .point = identity};
  const auto samples = parameters.integer("experiment.law_samples");
  const std::string& wanted = parameters.word("experiment.law");
  const auto exact = target::magnetization_law(target);
  refuse_if(wanted == "exact" && !exact, "experiment.law",
            "the law of M of this target is not known exactly");
  const bool measured = wanted == "measured" || !exact;
  refuse_if(measured && !target.monte_carlo(1, address, 1), "experiment.law",
            "this target has no chains to measure the law of M with");
  static_cast<target::MagnetizationLaw&>(law) =
      measured ? target::measure_magnetization_law(target, address, samples)
               : target::magnetization_law(target, address, samples);
  law.spins = target.dimension();
  if (const auto noise = measured ? target.critical_noise() : std::nullopt) {
    law.exact_second = *noise;
    law.exact_source = "exact sum over states";
  }
  return {std::make_shared<Law>(law), target::magnetization_target(law)};
}

Reduced reduced(const target::Target& target, const deck::Parameters& parameters) {
  deck::Parameters relevant;
  for (const auto& [key, value] : parameters.all()) {
    if (key.starts_with("target.") || key.starts_with("experiment.law")) relevant.set(key, value);
  }
  static std::mutex mutex;
  static std::map<std::pair<std::uint64_t, std::uint64_t>, Reduced> cache;
  const std::lock_guard lock(mutex);
  const std::pair key{relevant.identity(), parameters.seed()};
  const auto found = cache.find(key);
  if (found != cache.end()) return found->second;
  return cache[key] = reduce(target, parameters, key.first);
}

}  // namespace

EffectiveTarget effective_target(const deck::Parameters& parameters) {
  const auto target = target::build(parameters, {});
  const std::string& copies = parameters.word("experiment.copies");
  const bool plane = parameters.word("experiment.coupling") == "order_plane";
  const bool by_law =
      copies == "magnetization" ||
      (copies == "auto" && plane && target::part<target::SpinSystem>(*target) != nullptr &&
       target::magnetization_orders(*target));
  if (by_law) {
    refuse_if(!plane, "experiment.copies",
              "copies = magnetization couples magnetizations: use coupling = order_plane");
    refuse_field(parameters, *target);
    refuse_if(!target::magnetization_orders(*target), "experiment.copies",
              "copies = magnetization needs an even spin target that orders uniformly");
    const Reduced part = reduced(*target, parameters);
    return {part.target, part.law, false};
  }
  const bool chains = copies == "chains" || (copies == "auto" && !target->exact());
  refuse_if(copies == "exact" && !target->exact(), "experiment.copies",
            "the posterior of this target is sampled, not summed: use copies = chains (or auto)");
  if (chains && !target->monte_carlo(1, {}, 1) && !target->exact()) {
    throw deck::KeyError("experiment.copies", "this target has no posterior sampler");
  }
  return {target, nullptr, chains};
}

}  // namespace symbreak::experiment::copies
