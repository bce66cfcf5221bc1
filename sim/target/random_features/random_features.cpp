// Trained scores without a network: random features under exact gradient flow (George, Veiga &
// Macris 2025; Bonnaire, Urfin, Biroli & Mezard 2025).
#include <fmt/format.h>
#include <unistd.h>

#include "sim/deck/key_forms.hpp"
#include "sim/target/random_features/data_source.hpp"
#include "sim/target/random_features/trained_score.hpp"

namespace symbreak::target {

TargetKind deltas();
TargetKind sphere();
TargetKind gaussian_mixture();
TargetKind curie_weiss();
TargetKind dataset();
TargetKind synthetic_dataset();
TargetKind ising_lattice();
TargetKind ising_chain();

namespace {

namespace rf = feature_flow;

std::shared_ptr<const Denoiser> make_random_features(const deck::Parameters& parameters,
                                                     const random::Address& address) {
  const auto levels = rf::solved_levels(parameters, address);
  auto score =
      std::make_shared<const rf::TrainedScore>(levels, parameters.real("target.training_time"));
  const double machine =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (const auto bytes = static_cast<double>(score->memory()); bytes > machine) {
    throw deck::KeyError("target.features",
                         "{} features at {} noise levels keep {:.3g} GB; this machine has {:.3g} "
                         "GB: take fewer features or levels",
                         levels->machine().features().count(), levels->levels().size(), bytes / 1e9,
                         machine / 1e9);
  }
  return score;
}

std::vector<deck::Key> own_keys() {
  deck::Key time = deck::real_key(
      "target", "training_time", "1e3",
      "tau of the gradient flow, dA/dtau = V - A U: a mode of U learns at the rate of its "
      "eigenvalue, all of them sum to 1; inf: trained to the end",
      0);
  time.choices = {"inf"};
  return {
      deck::count_key("target", "n", "0",
                      "training data N: of a dataset its first n points (0: all), else so many "
                      "drawn from the law",
                      0, 1e7),
      time,
      deck::word_key("target", "activation", "cos",
                     "g of the features R g(k F.x + c); averages over the noise are exact, in "
                     "closed form (cos, linear) or by Mehler's sum; linear: the state itself",
                     {"cos", "tanh", "erf", "linear"}),
      deck::used_with("activation=cos|tanh|erf",
                      deck::count_key("target", "features", "256", "number of features p", 1, 1e6)),
      deck::used_with(
          "activation=cos|tanh|erf",
          deck::word_key("target", "phase", "random",
                         "c: uniform on the circle (cos) or normal (tanh, erf); odd: sines (cos) "
                         "or 0, for data with the symmetry y -> -y",
                         {"random", "odd"})),
      deck::used_with("activation=cos|tanh|erf",
                      deck::positive_key("target", "omega", "1",
                                         "deviation of the argument of g at every noise level: "
                                         "larger is more nonlinear and memorizes earlier")),
      deck::used_with(
          "activation=cos|tanh|erf",
          deck::word_key("target", "parametrisation", "edm",
                         "the network adds to: edm, the denoiser of a Gaussian of variance v; "
                         "noise, the noisy state (it estimates the noise); none, nothing",
                         {"edm", "noise", "none"})),
      deck::real_key("target", "ridge", "0", "r, lambda -> lambda + r in the flow", 0),
      deck::used_with("activation=cos|tanh|erf",
                      deck::count_key("target", "noise_samples", "0",
                                      "noisy copies of every datum in the training set; 0: the "
                                      "exact average over the noise",
                                      0, 1e6)),
      deck::plain_key(deck::Kind::boolean, "target", "centred", "yes",
                      "the mean of the training data is subtracted before the network and added "
                      "after it"),
      deck::real_key("target", "variance", "0",
                     "v per coordinate in the scales of features and parametrisation; 0: that of "
                     "the training set",
                     0),
      deck::count_key("target", "draw", "0",
                      "which of the independent draws of features and training data", 0, 1e6),
      deck::count_key("target", "levels", "40",
                      "noise levels that are solved, even in ln s; between them the read-out is "
                      "linear in ln s (neighbours 1.35 apart: .7 % of the network part)",
                      2, 1000),
      deck::real_key("target", "noise_low", "0",
                     "lowest solved s = sigma^2 t in the Brownian gauge; 0: 1e-3 v", 0),
      deck::real_key("target", "noise_high", "0", "highest solved s; 0: 1e3 v", 0),
  };
}

}  // namespace

TargetKind random_features() {
  std::vector<deck::Key> keys = own_keys();
  std::vector<std::string> names;
  for (const deck::Key& key : keys) names.push_back(key.name);
  const auto of_data = rf::data_keys({synthetic_dataset(), gaussian_mixture(), dataset(), deltas(),
                                      sphere(), curie_weiss(), ising_lattice(), ising_chain()},
                                     names);
  keys.insert(keys.begin(), of_data.begin(), of_data.end());
  return {.name = "random_features",
          .text =
              "a trained score without a network: random-feature denoiser under exact gradient "
              "flow, at any training time (Bonnaire et al. 2025; George, Veiga & Macris 2025)",
          .keys = std::move(keys),
          .make = make_random_features,
          .provides = {Part::denoiser, Part::clean_data, Part::lattice, Part::trained}};
}

}  // namespace symbreak::target
