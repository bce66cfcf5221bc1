#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/target/levels/level_ensemble.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

// The families, one file each. Adding one: its file, a line here, its name in `kinds`.
TargetKind deltas();                   ///< any finite weighted set of points
TargetKind sphere();                   ///< uniform on a hypersphere
TargetKind gaussian_mixture();         ///< classes with isotropic Gaussian spread
TargetKind random_classes();           ///< exponentially many Gaussian classes
TargetKind curie_weiss();              ///< fully connected Ising model
TargetKind dataset();                  ///< points from a file
TargetKind random_hierarchy();         ///< tree of symbols with synonyms, belief propagation
TargetKind synthetic_dataset();        ///< random points: quenched disorder
TargetKind two_level_dataset();        ///< random centres, random members around each
TargetKind uniform_patches();          ///< patch score of two uniform patches, closed form
TargetKind ising_patches();            ///< patch score of windows of Ising configurations
TargetKind image_patches();            ///< patch score of images from a file
TargetKind ising_lattice();            ///< square and cubic Ising model
TargetKind ising_chain();              ///< Ising chain, Markov source of bits
TargetKind sherrington_kirkpatrick();  ///< mean-field spin glass
TargetKind hopfield();                 ///< Hebbian couplings of random patterns
TargetKind diluted();                  ///< Ising model on a diluted lattice or random graph
TargetKind couplings();                ///< Ising model with couplings from a file
TargetKind ising_mixture();            ///< Ising classes of different field or coupling
TargetKind random_energy();            ///< energy levels without coordinates
TargetKind random_features();          ///< trained scores: features under gradient flow
TargetKind networks();                 ///< a score from a program of the user's

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

/// Experiments are refused by their needs before they ask (sim/experiment/registry.cpp).
[[noreturn]] void refuse(const deck::Parameters& parameters, Part lack) {
  throw deck::KeyError("target.kind", "'{}' has not {}, which is asked for here",
                       parameters.word("target.kind"), name(lack));
}

/// Instances in use, by cache_key.
std::map<std::string, std::weak_ptr<const Denoiser>> live;

}  // namespace

const std::vector<TargetKind>& kinds() {
  static const std::vector<TargetKind> all = {deltas(),
                                              sphere(),
                                              gaussian_mixture(),
                                              random_classes(),
                                              curie_weiss(),
                                              dataset(),
                                              random_hierarchy(),
                                              synthetic_dataset(),
                                              two_level_dataset(),
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
                                              random_features(),
                                              networks()};
  return all;
}

const TargetKind& kind(const std::string& name) {
  std::string known;
  for (const TargetKind& family : kinds()) {
    if (family.name == name) return family;
    known += (known.empty() ? "" : ", ") + family.name;
  }
  throw deck::KeyError("target.kind", "unknown target '{}'; known: {}", name, known);
}

void lend(const deck::Parameters& parameters, const random::Address& address,
          const std::shared_ptr<const Denoiser>& denoiser) {
  live[cache_key(kind(parameters.word("target.kind")), parameters, address)] = denoiser;
}

std::shared_ptr<const Denoiser> build_denoiser(const deck::Parameters& parameters,
                                               const random::Address& address) {
  const TargetKind& family = kind(parameters.word("target.kind"));
  if (!family.make) refuse(parameters, Part::denoiser);
  const std::string key = cache_key(family, parameters, address);
  if (const auto found = live.find(key); found != live.end()) {
    if (auto target = found->second.lock()) return target;
  }
  std::erase_if(live, [](const auto& entry) { return entry.second.expired(); });
  auto target = family.make(parameters, address);
  live[key] = target;
  return target;
}

bool provides(const TargetKind& family, Part wanted) {
  return std::ranges::find(family.provides, wanted) != family.provides.end();
}

Model build_model(const deck::Parameters& parameters, const random::Address& address) {
  const Model model = build_denoiser(parameters, address);
  if (model.data != nullptr) return model;
  refuse(parameters, Part::clean_data);
}

std::shared_ptr<const Target> build(const deck::Parameters& parameters,
                                    const random::Address& address) {
  auto target = std::dynamic_pointer_cast<const Target>(build_denoiser(parameters, address));
  if (target) return target;
  refuse(parameters, Part::posterior);
}

std::shared_ptr<const LevelEnsemble> build_levels(const deck::Parameters& parameters) {
  const TargetKind& family = kind(parameters.word("target.kind"));
  if (!family.make_levels) refuse(parameters, Part::levels);
  return family.make_levels(parameters);
}

std::string describe(const deck::Parameters& parameters) {
  return kind(parameters.word("target.kind")).make_levels ? build_levels(parameters)->describe()
                                                          : build_denoiser(parameters)->describe();
}

}  // namespace symbreak::target
