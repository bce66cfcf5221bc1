// Targets: known laws of clean data with their exact posterior; and the registry of all kinds,
// mere denoisers and energy levels included. May depend on: sim/kernel, sim/random, sim/deck,
// sim/data, analysis/theory.
#pragma once
#include <functional>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/target/clean_data.hpp"
#include "sim/target/denoiser.hpp"
#include "sim/target/parts.hpp"
#include "sim/target/posterior.hpp"

namespace symbreak::target {

struct LevelEnsemble;

/// The exact posterior of a known law.
class Target : public Denoiser, public CleanData, public Posterior {
 public:
  MatrixXd mean(const States& x, const Betas& beta) const override {
    return averages(x, beta).mean;
  }
  std::string describe() const override = 0;
  std::size_t memory() const override = 0;
};

/// What an experiment runs on.
struct Model {
  std::shared_ptr<const Denoiser> denoiser;
  const CleanData* data = nullptr;
  const Posterior* posterior = nullptr;  ///< nullptr: a mere denoiser

  Model() = default;
  /// A denoiser with the data and the posterior that are its own.
  template <class D>
  Model(std::shared_ptr<D> source)  // NOLINT: a target is a model
      : denoiser(std::move(source)),
        data(part<CleanData>(*denoiser)),
        posterior(part<Posterior>(*denoiser)) {}

  /// Whether the clean mean can be evaluated: false where it can only be sampled.
  bool exact() const { return posterior == nullptr || posterior->exact(); }
};

/// One row of the registry. `make` may throw deck::KeyError. The stream address carries the
/// disorder sample: a target with quenched disorder draws it from Purpose::data at that address.
struct TargetKind {
  std::string name;
  std::string text;               ///< what it is, with its source
  std::vector<deck::Key> keys{};  ///< of section [target], without `kind`
  /// A Target, or a mere Denoiser where there is no law of clean data behind the score.
  std::function<std::shared_ptr<const Denoiser>(const deck::Parameters&, const random::Address&)>
      make{};
  bool disordered = false;  ///< a new disorder sample is a new target
  std::vector<Part> provides{Part::denoiser, Part::clean_data, Part::posterior};  ///< at most
  /// Of a kind whose members are energy levels and nothing else (level_ensemble.hpp): instead of
  /// `make`, which is then empty.
  std::function<std::shared_ptr<const LevelEnsemble>(const deck::Parameters&)> make_levels{};
};

/// Random numbers of a unit for one purpose.
inline random::Stream stream_of(random::Address unit, random::Purpose purpose) {
  unit.purpose = purpose;
  return random::Stream(unit);
}

/// The one place where targets are registered (sim/target/registry.cpp).
const std::vector<TargetKind>& kinds();
const TargetKind& kind(const std::string& name);
/// Whether members of this kind may have the part.
bool provides(const TargetKind& kind, Part part);

/// The target of a point: looks up `target.kind`, and returns the live instance when one with the
/// same [target] values (and, for disordered kinds, the same address) exists: a data file is read
/// once per process, however many points and units use it. Thread-free. `build_denoiser` is for
/// experiments that only ask for the clean mean, `build_model` for those that ask for data too;
/// `build` throws a KeyError for kinds that have no posterior.
std::shared_ptr<const Denoiser> build_denoiser(const deck::Parameters& parameters,
                                               const random::Address& address = {});
Model build_model(const deck::Parameters& parameters, const random::Address& address = {});
std::shared_ptr<const Target> build(const deck::Parameters& parameters,
                                    const random::Address& address = {});

/// Makes `denoiser` the instance of these [target] values for as long as the caller holds it: a
/// program of one's own runs any experiment on a denoiser that no deck can describe.
void lend(const deck::Parameters& parameters, const random::Address& address,
          const std::shared_ptr<const Denoiser>& denoiser);

/// The level ensemble of a point; each of these refuses kinds of the other sorts with a KeyError.
std::shared_ptr<const LevelEnsemble> build_levels(const deck::Parameters& parameters);

/// One line about the target of a point, of either sort.
std::string describe(const deck::Parameters& parameters);

}  // namespace symbreak::target
