#include <fmt/format.h>

#include <map>

#include "sim/target/families.hpp"
#include "sim/target/levels/level_ensemble.hpp"

namespace symbreak::target {

namespace {

/// Everything that makes two targets the same: the [target] values and, for quenched disorder, the
/// address it is drawn at.
std::string cache_key(const TargetKind& family, const deck::Parameters& parameters,
                      const random::Address& address) {
  std::string text;
  for (const auto& [path, value] : parameters.all()) {
    if (!path.starts_with("target.")) continue;
    text += path + "=" + value.canonical();
    if (value.kind == deck::Kind::file) {
      for (const std::string& file : parameters.words(path)) text += "|" + file;
    }
    text += "\n";
  }
  if (family.disordered) {
    text +=
        fmt::format("{} {} {} {}", address.seed, address.point, address.disorder, address.replica);
  }
  return text;
}

}  // namespace

const std::vector<TargetKind>& kinds() {
  // clang-format off
  static const std::vector<TargetKind> all = {
      deltas(),
      sphere(),
      gaussian_mixture(),
      curie_weiss(),
      dataset(),
      random_hierarchy(),
      synthetic_dataset(),
      uniform_patches(),
      ising_patches(),
      image_patches(),
      ising_lattice(),
      ising_chain(),
      sherrington_kirkpatrick(),
      hopfield(),
      diluted(),
      couplings(),
      ising_mixture(),
      random_energy(),
  };
  // clang-format on
  return all;
}

const TargetKind& kind(const std::string& name) {
  std::string known;
  for (const TargetKind& family : kinds()) {
    if (family.name == name) return family;
    known += (known.empty() ? "" : ", ") + family.name;
  }
  throw deck::KeyError("target.kind", fmt::format("unknown target '{}'; known: {}", name, known));
}

std::shared_ptr<const Denoiser> build_denoiser(const deck::Parameters& parameters,
                                               const random::Address& address) {
  static std::map<std::string, std::weak_ptr<const Denoiser>> live;
  const TargetKind& family = kind(parameters.word("target.kind"));
  if (!family.make) {
    throw deck::KeyError("target.kind",
                         fmt::format("'{}' is a set of energy levels without coordinates: it has "
                                     "no noisy state, which this experiment needs; use "
                                     "experiment.kind = rem, or a dataset",
                                     family.name));
  }
  const std::string key = cache_key(family, parameters, address);
  if (const auto found = live.find(key); found != live.end()) {
    if (auto target = found->second.lock()) return target;
  }
  std::erase_if(live, [](const auto& entry) { return entry.second.expired(); });
  auto target = family.make(parameters, address);
  live[key] = target;
  return target;
}

std::shared_ptr<const Target> build(const deck::Parameters& parameters,
                                    const random::Address& address) {
  auto target = std::dynamic_pointer_cast<const Target>(build_denoiser(parameters, address));
  if (target) return target;
  throw deck::KeyError(
      "target.kind",
      fmt::format("{} is a score without a law of clean data: it has no posterior weights, free "
                  "energy or exact samples, which experiment '{}' needs; use mode_softening, "
                  "pattern_formation, three_way or creativity",
                  parameters.word("target.kind"),
                  parameters.has("experiment.kind") ? parameters.word("experiment.kind") : "this"));
}

std::shared_ptr<const LevelEnsemble> build_levels(const deck::Parameters& parameters) {
  const TargetKind& family = kind(parameters.word("target.kind"));
  if (!family.make_levels) {
    throw deck::KeyError("target.kind",
                         fmt::format("this experiment needs an ensemble of energy levels "
                                     "(random_energy), not '{}'; for the weights of data points "
                                     "use experiment.kind = condensation",
                                     family.name));
  }
  return family.make_levels(parameters);
}

std::string describe(const deck::Parameters& parameters) {
  return kind(parameters.word("target.kind")).make_levels
             ? build_levels(parameters)->describe()
             : build_denoiser(parameters)->describe();
}

}  // namespace symbreak::target
