#include "sim/experiment/common/branching.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/information.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

class BranchingRun final : public Simulation {
 public:
  BranchingRun(const Branching& setting, const UnitAddress& address)
      : s_(setting),
        planted_(address.stream(random::Purpose::planted)),
        forward_(address.stream(random::Purpose::noise)),
        noise_(address.stream(random::Purpose::dynamics)) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const target::Target& target = *s_.target;
    const Index d = target.dimension(), walkers = s_.walkers;
    const double s = s_.grid.noise.front(), weight = 1 / static_cast<double>(walkers);
    MatrixXd y(d, walkers), x(d, walkers);
    target.sample(planted_, y);
    forward_.normals({x.data(), static_cast<std::size_t>(x.size())});
    x = y + std::sqrt(s) * x;
    const VectorXd betas = VectorXd::Constant(walkers, 1 / s);
    const target::Posterior posterior = target.posterior(x, betas);
    const VectorXd same = target.class_probabilities(x, betas).colwise().squaredNorm().transpose();

    const std::vector<Index> before = target.classify(y);
    MatrixXd back = x;
    run(back);
    const std::vector<Index> first = target.classify(back);
    double kept = 0, returned = 0;
    for (Index k = 0; k < walkers; ++k) {
      const auto at = static_cast<std::size_t>(k);
      kept += (first[at] == before[at] ? 1 : 0) * weight;
      const double distance = (back.col(k) - y.col(k)).squaredNorm();
      returned += (distance < 1e-6 * (1 + y.col(k).squaredNorm()) ? 1 : 0) * weight;
    }
    const double overlap = back.cwiseProduct(y).sum() * weight / static_cast<double>(d);
    const double mean_overlap = posterior.mean.squaredNorm() * weight / static_cast<double>(d);
    recorder.measure("class_kept", kept);
    recorder.measure("class_identity", kept - same.mean());
    recorder.measure("overlap_return", overlap);
    recorder.measure("overlap", mean_overlap);
    recorder.measure("overlap_identity", overlap - mean_overlap);
    recorder.measure("clone_probability_exact", same.mean());
    if (target.points()) {
      recorder.measure("returned", returned);
      recorder.measure("return_identity", returned - posterior.participation.mean());
    }
    if (s_.clones < 2) return;
    run(x);
    const std::vector<Index> second = target.classify(x);
    double equal = 0;
    for (std::size_t k = 0; k < second.size(); ++k)
      equal += (first[k] == second[k] ? 1 : 0) * weight;
    recorder.measure("clone_probability", equal);
    recorder.measure("clone_identity", equal - same.mean());
  }

  void save(State& state) const override {
    state.integers["streams"] = {planted_.position(), forward_.position(), noise_.position()};
  }
  void load(const State& state) override {
    const auto& streams = state.integers.at("streams");
    planted_.seek(streams[0]);
    forward_.seek(streams[1]);
    noise_.seek(streams[2]);
  }

 private:
  void run(MatrixXd& x) {
    if (s_.mixture) {
      s_.mixture->run(noise_, x);
    } else {
      diffusion::Integrator(s_.sampler, s_.grid).run(*s_.target, noise_, x);
    }
  }
  const Branching& s_;
  random::Stream planted_, forward_, noise_;
};

}  // namespace

Branching make_branching(const deck::Parameters& parameters, Index clones) {
  Branching setting;
  setting.target = target::build(parameters, {});
  if (!setting.target->exact()) {
    throw deck::KeyError("target.kind", "this experiment needs a posterior that can be summed");
  }
  setting.forward = std::make_shared<const diffusion::Forward>(parameters);
  setting.sampler = diffusion::sampler_setting(parameters);
  setting.clones = clones;
  setting.walkers = parameters.integer("sampling.walkers");
  setting.blocks = parameters.integer("sampling.blocks");
  setting.replicas = parameters.integer("sampling.replicas");
  const double from = setting.forward->at(parameters.real("experiment.t")).noise();
  const double end = parameters.real("experiment.t_end");
  const double to = end > 0 ? setting.forward->at(end).noise() : 1e-4 * from;
  setting.grid = diffusion::make_grid(parameters, *setting.forward, *setting.target, from, to);
  const auto classes = setting.target->two_classes();
  const auto method = setting.sampler.method;
  const bool transition = parameters.word("experiment.sampler") == "transition";
  if (transition && !classes) {
    throw deck::KeyError("experiment.sampler",
                         "transition needs two Gaussian classes of one variance, or two deltas");
  }
  if (classes && (method == diffusion::Method::bridge || method == diffusion::Method::ddpm)) {
    setting.mixture.emplace(*classes, setting.grid.noise, transition);
  }
  return setting;
}

std::vector<deck::Key> branching_keys(const std::string& steps) {
  using deck::Key;
  std::vector<Key> keys =
      reverse_keys({{"steps", steps}}, {"start", "start_samples", "start_index", "chain_first",
                                        "chain_last", "chain_length", "t_start", "t_end"});
  for (Key& key : keys) {
    if (key.name == "schedule") std::erase(key.choices, "linear_beta");
    if (key.name == "sampler") {
      key.choices.push_back("transition");
      key.text +=
          "; transition: the reverse process's own, exact for steps of any size (two classes)";
    }
  }
  keys.push_back(Key{.section = "experiment",
                     .name = "t",
                     .text = "time to which data are noised before they return, deck's clock",
                     .minimum = 0,
                     .open_minimum = true,
                     .critical = true});
  keys.push_back(Key{.section = "experiment",
                     .name = "t_end",
                     .fallback = "0",
                     .text = "last time of positive noise; 0: sigma^2 t is 1e-4 of its value at t",
                     .minimum = 0});
  for (const Key& key : batch_keys("256", "8", "8")) keys.push_back(key);
  return keys;
}

std::vector<ObservableInfo> branching_observables(const Branching& setting) {
  std::vector<ObservableInfo> infos = {
      {.name = "class_kept", .text = "the class after a U-turn is that of the datum before"},
      {.name = "class_identity",
       .text = "class_kept - sum_c P(c|x)^2 at the turn, of mean zero for an exact score"},
      {.name = "overlap_return", .text = "y.y'/d of the datum before and after the U-turn"},
      {.name = "overlap", .text = "|<y>|^2/d at the turn"},
      {.name = "overlap_identity",
       .text = "overlap_return - overlap, of mean zero for an exact score"},
      {.name = "clone_probability_exact", .text = "sum_c P(c|x)^2 at the split"}};
  if (setting.target->points()) {
    infos.push_back({.name = "returned", .text = "the U-turn ends at the datum it began from"});
    infos.push_back({.name = "return_identity",
                     .text = "returned - participation ratio sum_j w_j^2, of mean zero"});
  }
  if (setting.clones > 1) {
    infos.push_back({.name = "clone_probability", .text = "two clones end in the same class"});
    infos.push_back(
        {.name = "clone_identity", .text = "clone_probability - sum_c P(c|x)^2, of mean zero"});
  }
  return infos;
}

std::vector<verdict::Prediction> branching_predictions(const Branching& setting) {
  const double s = setting.grid.noise.front();
  std::vector<verdict::Prediction> all = {
      {"time", setting.forward->time(s), "deck's clock"},
      {"noise", s, "s = sigma^2 t"},
      {"samples", static_cast<double>(setting.walkers * setting.blocks * setting.replicas),
       "trajectories"}};
  if (const auto classes = setting.target->two_classes()) {
    const double lambda = classes->axis.squaredNorm(), G = lambda / (classes->variance + s);
    all.push_back({"signal", G, "G = |m|^2/(variance + s), in the rest frame of the classes"});
    all.push_back({"clone_probability", theory::clone_probability(G, classes->log_odds),
                   "phi(G) = E sum_c P(c|x)^2, quadrature"});
    if (lambda > classes->variance) {
      all.push_back({"speciation_time_clone", setting.forward->time(lambda - classes->variance),
                     "G = 1: clone probability phi(1) = .7752"});
    }
  }
  return all;
}

double branching_seconds(const Branching& setting) {
  const double d = static_cast<double>(setting.target->dimension());
  const auto points = setting.target->points();
  const double size = points ? static_cast<double>(points->count) : 8;
  const double step = setting.mixture ? 1e-9 * d : d * (size * 0.4e-9 + 5e-9) + 50e-9;
  return static_cast<double>(setting.walkers * setting.blocks * setting.clones) * step *
         static_cast<double>(diffusion::evaluation_count(setting.sampler, setting.grid));
}

std::size_t branching_memory(const Branching& setting) {
  return setting.target->memory() + sizeof(double) * 10 *
                                        static_cast<std::size_t>(setting.target->dimension()) *
                                        static_cast<std::size_t>(setting.walkers);
}

std::unique_ptr<Simulation> start_branching(const Branching& setting, const UnitAddress& address) {
  return std::make_unique<BranchingRun>(setting, address);
}

}  // namespace symbreak::experiment
