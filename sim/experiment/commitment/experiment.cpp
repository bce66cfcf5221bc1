// Class commitment and the stability of typical trajectories.
//
// A typical noisy state at noise s = 1/beta is x = y + sqrt(s) z, y a clean datum: forward and
// reverse trajectories have the same law. Measured on it, with <.> the posterior at x and u the
// first order axis as a unit vector:
//   clone probability   phi = E sum_c P(c|x)^2, the probability that two trajectories that split at
//   x
//                       end in the same class (Biroli, Bonnaire, de Bortoli & Mezard 2024); for an
//                       exact score equal to E P(class of y|x), that a U-turn returns to its class.
//                       Two classes at overlap +-m*: phi = (1 + q(G))/2 with q(G) = E tanh(G +
//                       sqrt(G) z), G = d m*^2/(s + lambda_in).
//   stiffness           kappa = 1 - beta Var(u.y|x): minus the score's Jacobian along u, in units
//   of
//                       beta. kappa < 0: the state is unstable along the order parameter. At x = 0
//                       (the noiseless line) kappa = 1 - s_c/s. On typical states it obeys
//                       E kappa = s E (u.score)^2 >= 0 for any exact score (from E grad grad log p
//                       = -E grad log p grad log p'), so on average nothing destabilises.
//
// Exact posteriors: class probabilities and Jacobian products. Sampled ones: two groups of K chains
// per state, both planted at y and then decorrelated by `burn_in` sweeps; with S_a, S_b their
// summed u.y, Var(u.y|x) = E (S_a - S_b)^2/2K without bias, u.<y> squared = S_a S_b/K^2, and clones
// are the classes of two states. Cost: walkers x rounds x sweeps x K sites.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/curie_weiss.hpp"
#include "analysis/theory/information.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/common/chain_groups.hpp"
#include "analysis/findings/commitment/findings.hpp"
#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

struct Setting {
  std::shared_ptr<const target::Target> target;
  double noise = 1;
  ChainGroups groups;
  Index walkers = 0;
  std::int64_t blocks = 0;
  VectorXd axis;  ///< unit vector
};

class Commitment final : public Simulation {
 public:
  Commitment(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        planted_(address.stream(random::Purpose::planted)),
        noise_(address.stream(random::Purpose::noise)),
        chain_address_(address.address(random::Purpose::posterior)) {
    chains_ = s_.groups.make(*s_.target, s_.walkers, chain_address_);
  }

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const Index d = s_.target->dimension();
    MatrixXd y(d, s_.walkers), x(d, s_.walkers);
    s_.target->sample(planted_, y);
    noise_.normals(std::span<double>(x.data(), static_cast<std::size_t>(x.size())));
    x = y + std::sqrt(s_.noise) * x;
    if (chains_) {
      sampled(y, x, recorder);
    } else {
      exact(y, x, recorder);
    }
  }

  void save(State& state) const override {
    state.integers["streams"] = {planted_.position(), noise_.position()};
    if (chains_) state.integers["chains"] = chains_->save();
  }
  void load(const State& state) override {
    planted_.seek(state.integers.at("streams")[0]);
    noise_.seek(state.integers.at("streams")[1]);
    if (chains_) chains_->load(state.integers.at("chains"));
  }

 private:
  /// One typical state.
  void record(double clones, double kept, double variance, double score_square, double overlap,
              Recorder& recorder) const {
    const double stiffness = 1 - variance / s_.noise;
    recorder.measure("clone_probability", clones);
    recorder.measure("class_kept", kept);
    recorder.measure("class_identity", kept - clones);
    recorder.measure("stiffness", stiffness);
    recorder.measure("stiffness_identity", stiffness - score_square / s_.noise);
    recorder.measure("unstable_fraction", stiffness < 0 ? 1 : 0);
    recorder.measure("overlap", overlap);
  }

  void exact(const MatrixXd& y, const MatrixXd& x, Recorder& recorder) {
    const target::Target& target = *s_.target;
    const VectorXd betas = VectorXd::Constant(s_.walkers, 1 / s_.noise);
    const MatrixXd classes = target.class_probabilities(x, betas), mean = target.mean(x, betas);
    const MatrixXd jacobian = target.jacobian_product(x, betas, s_.axis.replicate(1, s_.walkers));
    const auto labels = target.classify(y);
    for (Index k = 0; k < s_.walkers; ++k) {
      const Index label = labels[static_cast<std::size_t>(k)];
      const double clones = classes.col(k).squaredNorm();
      // A datum between the classes belongs to each with its weight.
      const double kept = label >= 0 ? classes(label, k) : classes.col(k).mean();
      record(clones, kept, s_.noise * s_.axis.dot(jacobian.col(k)),
             std::pow(s_.axis.dot(mean.col(k) - x.col(k)), 2),
             mean.col(k).squaredNorm() / static_cast<double>(x.rows()), recorder);
    }
  }

  void sampled(const MatrixXd& y, const MatrixXd& x, Recorder& recorder) {
    const Index n = s_.walkers;
    const VectorXd betas = VectorXd::Constant(2 * n, 1 / s_.noise);
    const double K = static_cast<double>(chains_->chains()), d = static_cast<double>(x.rows());
    const MatrixXd fields = s_.groups.begin(*chains_, y, x, betas);
    const auto labels = s_.target->classify(y);
    VectorXd clones = VectorXd::Zero(n), kept = clones, variance = clones, square = clones,
             overlap = clones;
    const VectorXd origin = x.transpose() * s_.axis;
    for (Index round = 0; round < s_.groups.rounds; ++round) {
      const auto ends = s_.target->classify(chains_->draw(fields, betas, s_.groups.sweeps));
      const MatrixXd sums = chains_->draw_sums(fields, betas, s_.groups.sweeps);
      const VectorXd along = sums.transpose() * s_.axis;
      for (Index k = 0; k < n; ++k) {
        const auto a = static_cast<std::size_t>(k), b = static_cast<std::size_t>(n + k);
        clones[k] += agreement(ends[a], ends[b]);
        kept[k] += (agreement(labels[a], ends[a]) + agreement(labels[a], ends[b])) / 2;
        variance[k] += (along[k] - along[n + k]) * (along[k] - along[n + k]) / (2 * K);
        square[k] += (along[k] / K - origin[k]) * (along[n + k] / K - origin[k]);
        overlap[k] += sums.col(k).dot(sums.col(n + k)) / (K * K * d);
      }
    }
    const double rounds = static_cast<double>(s_.groups.rounds);
    for (Index k = 0; k < n; ++k) {
      record(clones[k] / rounds, kept[k] / rounds, variance[k] / rounds, square[k] / rounds,
             overlap[k] / rounds, recorder);
    }
  }

  const Setting& s_;
  random::Stream planted_, noise_;
  random::Address chain_address_;
  std::unique_ptr<target::MonteCarloPosterior> chains_;
};

class CommitmentExperiment final : public Experiment {
 public:
  explicit CommitmentExperiment(const deck::Parameters& parameters)
      : parameters_(parameters),
        forward_(parameters),
        replicas_(parameters.integer("sampling.replicas")) {
    s_.target = target::build(parameters, {});
    s_.noise = forward_.at(parameters.real("experiment.t")).noise();
    s_.groups = chain_groups(parameters, *s_.target);
    if (s_.target->classes() < 2) {
      throw deck::KeyError("target.kind", "this target has a single class: nothing to commit to");
    }
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    s_.axis = s_.target->order_axes().col(0).normalized();
  }

  std::vector<ObservableInfo> observables() const override {
    const std::string noise = s_.groups.used
                                  ? fmt::format(", estimated from {} rounds of 2 x {} chains",
                                                s_.groups.rounds, s_.groups.per_group)
                                  : "";
    return {
        {.name = "clone_probability",
         .text = "sum_c P(c|x)^2: two trajectories split at x end in the same class" + noise},
        {.name = "class_kept", .text = "P(class of y|x): a U-turn returns to its class" + noise},
        {.name = "class_identity", .text = "class_kept - clone_probability, of mean zero"},
        {.name = "stiffness",
         .text =
             "1 - beta Var(u.y|x) on typical states, u the order axis as a unit vector" + noise},
        {.name = "stiffness_identity",
         .text = "stiffness - s (u.score)^2, of mean zero for an exact score"},
        {.name = "unstable_fraction",
         .text = "fraction of typical states with stiffness < 0" + noise},
        {.name = "overlap", .text = "|<y>|^2/d on typical states" + noise}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {{"noise", s_.noise, "sigma^2 t in the Brownian gauge"}};
    const auto add_signal = [&](double G, const std::string& source) {
      all.push_back({"class_signal", G, source});
      all.push_back({"clone_probability", theory::clone_probability(G), "(1 + q(G))/2, " + source});
    };
    if (const auto critical = s_.target->critical_noise()) {
      all.push_back({"critical_time", forward_.time(*critical), "lambda_max(C)/sigma^2"});
      all.push_back({"noiseless_stiffness", 1 - *critical / s_.noise, "1 - s_c/s at x = 0"});
    }
    const auto law = s_.target->magnetization_law();
    if (parameters_.word("target.kind") == "curie_weiss" &&
        parameters_.real("target.coupling") > 1) {
      add_signal(theory::curie_weiss_class_signal(static_cast<int>(s_.target->dimension()),
                                                  parameters_.real("target.coupling"), s_.noise),
                 "G = d m*^2/(s + lambda_in), d -> infinity");
    } else if (law && s_.target->even()) {
      // The same with the moments of the law of M itself.
      const double d = static_cast<double>(s_.target->dimension());
      double absolute = 0, second = 0;
      for (Index up = 0; up < law->size(); ++up) {
        const double m = 2 * static_cast<double>(up) / d - 1;
        absolute += (*law)[up] * std::abs(m);
        second += (*law)[up] * m * m;
      }
      all.push_back({"class_signal_finite",
                     d * absolute * absolute / (s_.noise + d * (second - absolute * absolute)),
                     "G with <|m|> and d Var|m| of the exact law"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const double d = static_cast<double>(s_.target->dimension());
    const double states = static_cast<double>(s_.walkers * s_.blocks);
    if (!s_.groups.used) return states * d * (d + 100) * 2e-9;
    return states * d *
           (2 * static_cast<double>(s_.groups.rounds) *
                (2 * static_cast<double>(s_.groups.sweeps * s_.groups.per_group) * 0.25e-9 +
                 30e-9) +
            static_cast<double>(s_.groups.burn_in * s_.groups.per_group) * 0.5e-9);
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(s_.target->dimension());
    return s_.target->memory() + sizeof(double) * 12 * d * static_cast<std::size_t>(s_.walkers);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<Commitment>(s_, address);
  }

 private:
  deck::Parameters parameters_;
  diffusion::Forward forward_;
  Setting s_;
  std::int64_t replicas_;
};

std::vector<deck::Key> keys() {
  using deck::Key;
  std::vector<Key> all = {
      Key{.section = "experiment",
          .name = "t",
          .text = "diffusion time in the deck's clock",
          .minimum = 0,
          .open_minimum = true,
          .critical = true},
      deck::sampling_key("walkers", "64", "typical states evaluated together", 1, 1e7),
      deck::sampling_key("blocks", "16", "batches per work unit", 1, 1e7),
      deck::sampling_key("replicas", "4", "independent work units", 1, 1e7),
  };
  for (const Key& key : chain_group_keys()) all.push_back(key);
  return all;
}

}  // namespace

ExperimentKind commitment() {
  ExperimentKind kind;
  kind.name = "commitment";
  kind.text =
      "class commitment and stability of typical states: clone probability, U-turns, stiffness "
      "along "
      "the order parameter against the noiseless line (Biroli et al. 2024; Ambrogioni 2024)";
  kind.keys = keys();
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<CommitmentExperiment>(parameters);
  };
  kind.analyse = analyse_commitment;
  kind.critical = [](const deck::Parameters& parameters) {
    const auto noise = target::build(parameters, {})->critical_noise();
    if (!noise) {
      throw deck::KeyError("experiment.t",
                           "no critical time is known for this target; give numbers");
    }
    return diffusion::Forward(parameters).time(*noise);
  };
  return kind;
}

}  // namespace symbreak::experiment
