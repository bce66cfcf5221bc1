// Class commitment and the stability of typical trajectories.
//
// A typical noisy state at noise s = 1/beta is x = y + sqrt(s) z, y a clean datum: forward and
// reverse trajectories have the same law. Measured on it, with <.> the posterior at x and u the
// first order axis as a unit vector:
//   clone probability   phi = E sum_c P(c|x)^2, the probability that two trajectories that split
//                       at x end in the same class (Biroli, Bonnaire, de Bortoli & Mezard 2024);
//                       for an exact score equal to E P(class of y|x), that a U-turn returns to its
//                       class. Two classes at overlap +-m*: phi = (1 + q(G))/2 with
//                       q(G) = E tanh(G + sqrt(G) z), G = d m*^2/(s + lambda_in).
//   stiffness           kappa = 1 - beta Var(u.y|x): minus the score's Jacobian along u, in units
//                       of beta. kappa < 0: the state is unstable along the order parameter. At
//                       x = 0 (the noiseless line) kappa = 1 - s_c/s. On typical states it obeys
//                       E kappa = s E (u.score)^2 >= 0 for any exact score (from E grad grad log p
//                       = -E grad log p grad log p'), so on average nothing destabilises.
//
// Exact posteriors: class probabilities and Jacobian products. Sampled ones: two groups of K chains
// per state, both planted at y and then decorrelated by `burn_in` sweeps; with S_a, S_b their
// summed u.y, Var(u.y|x) = E (S_a - S_b)^2/2K without bias, u.<y> squared = S_a S_b/K^2, and clones
// are the classes of two states. Cost: walkers x rounds x sweeps x K sites.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/information.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/commitment/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::experiment::commitment {

using namespace findings::commitment;

namespace {

class CommitmentExperiment final : public BatchExperiment<Setting> {
 public:
  explicit CommitmentExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    s_.target = target::build(parameters, {});
    s_.noise = forward_.at(parameters.real("experiment.t")).noise();
    s_.groups = chain_groups(parameters, s_.target);
    refuse_if(s_.target->classes() < 2, "target.kind",
              "this target has a single class: nothing to commit to");
    s_.axis = s_.target->order_axes().col(0).normalized();
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const std::string noise = s_.groups.used
                                  ? fmt::format(", estimated from {} rounds of 2 x {} chains",
                                                s_.groups.rounds, s_.groups.per_group)
                                  : "";
    // Each state is drawn with chains of its own, planted at its datum.
    return measure::independent(
        {{.name = observable::clone_probability,
          .text = "sum_c P(c|x)^2: two trajectories split at x end in the same class" + noise},
         {.name = observable::class_kept,
          .text = "P(class of y|x): a U-turn returns to its class" + noise},
         {.name = observable::class_identity,
          .text = "class_kept - clone_probability, of mean zero"},
         {.name = observable::stiffness,
          .text =
              "1 - beta Var(u.y|x) on typical states, u the order axis as a unit vector" + noise},
         {.name = observable::stiffness_identity,
          .text = "stiffness - s (u.score)^2, of mean zero for an exact score"},
         {.name = observable::unstable_fraction,
          .text = "fraction of typical states with stiffness < 0" + noise},
         {.name = observable::overlap, .text = "|<y>|^2/d on typical states" + noise}});
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {{fact::noise, s_.noise, "sigma^2 t in the Brownian gauge"}};
    if (const auto critical = s_.target->critical_noise()) {
      all.push_back({fact::noiseless_stiffness, 1 - *critical / s_.noise, "1 - s_c/s at x = 0"});
    }
    if (const auto signal = class_signal()) {
      all.push_back({fact::class_signal, signal->value, signal->source});
    }
    if (const auto law = target::magnetization_law(*s_.target); law && s_.target->even()) {
      // The same with the moments of the law of M itself.
      const double d = static_cast<double>(s_.target->dimension());
      double absolute = 0, second = 0;
      for (Index up = 0; up < law->size(); ++up) {
        const double m = 2 * static_cast<double>(up) / d - 1;
        absolute += (*law)[up] * std::abs(m);
        second += (*law)[up] * m * m;
      }
      all.push_back({fact::class_signal_finite,
                     d * absolute * absolute / (s_.noise + d * (second - absolute * absolute)),
                     "G with <|m|> and d Var|m| of the exact law"});
    }
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (const auto critical = s_.target->critical_noise()) {
      all.push_back({prediction::critical_time, forward_.time(*critical), "lambda_max(C)/sigma^2"});
    }
    if (const auto signal = class_signal()) {
      all.push_back({prediction::clone_probability, theory::clone_probability(signal->value),
                     "(1 + q(G))/2, " + signal->source});
    }
    return all;
  }

  double seconds_per_unit() const override {
    const double d = static_cast<double>(s_.target->dimension());
    const double states = s_.walkers_per_unit();
    if (!s_.groups.used) return states * d * (d + 100) * 2e-9;
    return states * d *
           (2 * static_cast<double>(s_.groups.rounds) *
                (2 * static_cast<double>(s_.groups.sweeps * s_.groups.per_group) * 0.25e-9 +
                 30e-9) +
            static_cast<double>(s_.groups.burn_in * s_.groups.per_group) * 0.5e-9);
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.target, 12 * s_.target->dimension() * s_.walkers);
  }

 private:
  std::optional<target::KnownValue> class_signal() const {
    return s_.target->known(target::Known::class_signal, s_.noise);
  }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "commitment";
  kind.text =
      "class commitment and stability of typical states: clone probability, U-turns, stiffness "
      "along the order parameter against the noiseless line (Biroli et al. 2024; Ambrogioni 2024)";
  kind.keys = {
      deck::time_key(),
      deck::sampling_key("walkers", "64", "typical states evaluated together", 1, 1e7),
      deck::sampling_key("blocks", "16", "batches per work unit", 1, 1e7),
      deck::sampling_key("replicas", "4", "independent work units", 1, 1e7),
  };
  append(kind.keys, chain_group_keys());
  kind.needs = {target::Part::clean_data, target::Part::posterior};
  kind.make = make<CommitmentExperiment>;
  kind.critical = [](const deck::Parameters& parameters) {
    return critical_time(parameters, target::build(parameters, {})->critical_noise());
  };
  return kind;
}

}  // namespace symbreak::experiment::commitment
