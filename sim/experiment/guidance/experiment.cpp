// Guidance: when does a push count?
//
// u = P(c|x) is a martingale of the exact reverse process (a committor: the probability to end in
// class c), so that a push at noise s changes the outcome by E[u(x + dx) - u(x)] exactly. Pushes of
// equal duration D = Delta ln s, in two forms:
//   field   the field x/s of the class axis is raised by g q D, q = |a|^2/s (a constant external
//           field in the drift): dx = g D a. Two deltas: dP = g D q mmse(q)/2 + O(g^2), largest at
//           q = 1.508, per unit ln s; per unit q there is no best time
//   cfg     classifier-free guidance of weight g: dx = g D s grad ln P(c|x), along the class axis
// at a swept time (`t`), or at a random one, ln s uniform over the run (`t = 0`). Two estimators:
// the committor right after the push (little noise), and trajectories that run on to the end with
// and without the push on the same random numbers.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/quadrature.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/guidance/findings.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

struct Setting {
  std::shared_ptr<const target::Target> target;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;
  VectorXd axis;    ///< a, half the distance of two classes or the first order axis
  Index label = 0;  ///< class that is pushed to
  bool cfg = false;
  double push = 0;         ///< g D
  std::ptrdiff_t at = -1;  ///< level of the push; -1: random
  Index walkers = 0;
  std::int64_t blocks = 0;
};

class Guidance final : public Simulation {
 public:
  Guidance(const Setting& setting, const UnitAddress& address)
      : s_(setting),
        planted_(address.stream(random::Purpose::planted)),
        forward_(address.stream(random::Purpose::noise)),
        times_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    const target::Target& target = *s_.target;
    const Index d = target.dimension(), walkers = s_.walkers;
    const std::size_t levels = s_.grid.steps();
    const double s_top = s_.grid.noise.front(), weight = 1 / static_cast<double>(walkers);
    std::vector<std::size_t> when(static_cast<std::size_t>(walkers),
                                  static_cast<std::size_t>(std::max<std::ptrdiff_t>(s_.at, 0)));
    if (s_.at < 0) {
      for (std::size_t& level : when) {
        level = std::min(static_cast<std::size_t>(times_.uniform() * static_cast<double>(levels)),
                         levels - 1);
      }
    }
    MatrixXd x(d, walkers);
    target.sample(planted_, x);
    MatrixXd z(d, walkers);
    forward_.normals({z.data(), static_cast<std::size_t>(z.size())});
    x += std::sqrt(s_top) * z;
    MatrixXd pushed = x;
    double response = 0;
    diffusion::Integrator free_run(s_.sampler, s_.grid), pushed_run(s_.sampler, s_.grid);
    for (std::size_t i = 0; i < levels; ++i) {
      std::vector<Index> here;
      for (Index k = 0; k < walkers; ++k) {
        if (when[static_cast<std::size_t>(k)] == i) here.push_back(k);
      }
      if (!here.empty()) {
        const MatrixXd before = pushed(Eigen::all, here);
        const VectorXd betas = VectorXd::Constant(before.cols(), 1 / s_.grid.noise[i]);
        const MatrixXd kick = push(before, betas);
        // Pushes to both sides: the response to second order in the strength.
        response += (committor(before + kick, betas) - committor(before - kick, betas)).sum() / 2;
        pushed(Eigen::all, here) = before + kick;
      }
      const std::uint64_t position = noise_.position();
      free_run.step(i, target, noise_, x);
      const std::uint64_t after = noise_.position();
      noise_.seek(position);
      pushed_run.step(i, target, noise_, pushed);
      noise_.seek(after);
    }
    const std::vector<Index> plain = target.classify(x), end = target.classify(pushed);
    double gained = 0;
    for (std::size_t k = 0; k < plain.size(); ++k) {
      gained += ((end[k] == s_.label ? 1 : 0) - (plain[k] == s_.label ? 1 : 0)) * weight;
    }
    recorder.measure("committor_response", response * weight / s_.push);
    recorder.measure("class_response", gained / s_.push);
  }

  void save(State& state) const override {
    state.integers["streams"] = {planted_.position(), forward_.position(), times_.position(),
                                 noise_.position()};
  }
  void load(const State& state) override {
    random::Stream* all[] = {&planted_, &forward_, &times_, &noise_};
    for (std::size_t i = 0; i < 4; ++i) all[i]->seek(state.integers.at("streams")[i]);
  }

 private:
  VectorXd committor(const MatrixXd& x, const VectorXd& betas) const {
    return s_.target->class_probabilities(x, betas).row(s_.label).transpose();
  }
  MatrixXd push(const MatrixXd& x, const VectorXd& betas) const {
    if (!s_.cfg) return s_.push * s_.axis.replicate(1, x.cols());
    // grad ln P along the axis by central differences of the log committor.
    const double norm = s_.axis.squaredNorm(), s = 1 / betas[0];
    const double step = 1e-4 * std::min(1.0, s / norm);
    const MatrixXd shift = step * s_.axis.replicate(1, x.cols());
    const VectorXd slope =
        (committor(x + shift, betas).array().log() - committor(x - shift, betas).array().log()) /
        (2 * step);
    return s_.push * s / norm * s_.axis * slope.transpose();
  }

  const Setting& s_;
  random::Stream planted_, forward_, times_, noise_;
};

class GuidanceExperiment final : public Experiment {
 public:
  explicit GuidanceExperiment(const deck::Parameters& parameters) : forward_(parameters) {
    s_.target = target::build(parameters, {});
    if (s_.target->classes() < 2 || !s_.target->exact()) {
      throw deck::KeyError("target.kind", "guidance needs a target with two classes or more");
    }
    s_.sampler = diffusion::sampler_setting(parameters);
    const auto range = diffusion::noise_range(parameters, forward_, *s_.target);
    s_.grid = diffusion::make_grid(parameters, forward_, *s_.target, range.from, range.to);
    s_.label = parameters.integer("experiment.class") - 1;
    if (s_.label >= s_.target->classes()) {
      throw deck::KeyError("experiment.class",
                           fmt::format("the target has {} classes", s_.target->classes()));
    }
    const auto classes = s_.target->two_classes();
    s_.axis = classes ? classes->axis : VectorXd(s_.target->order_axes().col(0));
    if (classes && s_.label == 1) s_.axis = -s_.axis;
    s_.cfg = parameters.word("experiment.form") == "cfg";
    s_.push = parameters.real("experiment.strength") * parameters.real("experiment.duration");
    s_.walkers = parameters.integer("sampling.walkers");
    s_.blocks = parameters.integer("sampling.blocks");
    replicas_ = parameters.integer("sampling.replicas");
    const double t = parameters.real("experiment.t");
    if (t == 0) return;
    // The level next to the time asked for.
    const double s = forward_.at(t).noise();
    if (s > range.from || s < range.to) {
      throw deck::KeyError("experiment.t", "the push must lie between t_end and t_start");
    }
    s_.at = 0;
    for (std::size_t i = 0; i < s_.grid.steps(); ++i) {
      const auto distance = [&](std::size_t k) { return std::abs(std::log(s_.grid.noise[k] / s)); };
      if (distance(i) < distance(static_cast<std::size_t>(s_.at))) s_.at = static_cast<Index>(i);
    }
  }

  std::vector<ObservableInfo> observables() const override {
    return {{.name = "committor_response",
             .text = "[u(x + dx) - u(x - dx)]/2 right after the push, over g D"},
            {.name = "class_response",
             .text = "change of the class occupation at the end by the push, over g D; the same "
                     "random numbers with and without"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    const auto law = [&](double s) { return response(s); };
    if (s_.at >= 0) {
      const double s = s_.grid.noise[static_cast<std::size_t>(s_.at)];
      all.push_back({"time", forward_.time(s), "deck's clock, time of the push"});
      all.push_back({"noise", s, "s = sigma^2 t of the push"});
      if (const auto value = law(s)) {
        all.push_back({"response", *value, "linear response, quadrature over p_s"});
      }
      return all;
    }
    double sum = 0;
    for (std::size_t i = 0; i < s_.grid.steps(); ++i) {
      const auto value = law(s_.grid.noise[i]);
      if (!value) return all;
      sum += *value;
    }
    all.push_back({"response", sum / static_cast<double>(s_.grid.steps()),
                   "linear response, mean over the levels"});
    // The continuum: ln q uniform, the best time at the peak of q mmse.
    const double q_low = s_.axis.squaredNorm() / s_.grid.noise.front(),
                 q_high = s_.axis.squaredNorm() / s_.grid.noise[s_.grid.steps() - 1];
    if (!s_.cfg && even_pair()) {
      // int q mmse dln q = 2 int (mmse/2) dq = 2 [I(q_high) - I(q_low)]
      const double mean = 2 *
                          (theory::binary_information(q_high) - theory::binary_information(q_low)) /
                          std::log(q_high / q_low);
      const double q = theory::entropy_rate_peak(0);
      all.push_back({"pulse_ratio", q * theory::binary_mmse(q) / mean,
                     "max of q mmse(q) over its mean in ln q"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    return static_cast<double>(s_.walkers * s_.blocks) * 2 *
           static_cast<double>(diffusion::evaluation_count(s_.sampler, s_.grid)) *
           (static_cast<double>(s_.target->dimension()) * 10e-9 + 60e-9);
  }
  std::size_t memory_per_unit() const override {
    return s_.target->memory() + sizeof(double) * 20 *
                                     static_cast<std::size_t>(s_.target->dimension()) *
                                     static_cast<std::size_t>(s_.walkers);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<Guidance>(s_, address);
  }

 private:
  bool even_pair() const {
    const auto classes = s_.target->two_classes();
    return classes && classes->variance == 0 && classes->log_odds == 0;
  }
  /// dP/(g D) of two equal deltas at +-a, q = |a|^2/s.
  std::optional<double> response(double s) const {
    if (!even_pair()) return std::nullopt;
    const double q = s_.axis.squaredNorm() / s;
    if (!s_.cfg) return q * theory::binary_mmse(q) / 2;
    // dx = g D s (du/dx)/u, du/dx along a = 2 u (1 - u) a/s: dP = g D 4 q E[u (1 - u)^2].
    const auto half = [q](double sign) {
      return theory::gaussian_average([&](double z) {
        const double u = 1 / (1 + std::exp(-2 * (sign * q + std::sqrt(q) * z)));
        return u * (1 - u) * (1 - u);
      });
    };
    return 2 * q * (half(1) + half(-1));
  }

  diffusion::Forward forward_;
  Setting s_;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind guidance() {
  using deck::Key;
  using deck::Kind;
  const std::string section = "experiment";
  ExperimentKind kind;
  kind.name = "guidance";
  kind.text =
      "pushes of equal Delta ln s at swept or random times, as a field or as classifier-free "
      "guidance: response of the committor and of the class at the end";
  kind.keys = reverse_keys(
      {{"steps", "200"}, {"sampler", "bridge_heun"}},
      {"start", "start_samples", "start_index", "chain_first", "chain_last", "chain_length"});
  for (Key& key : kind.keys) {
    if (key.name == "schedule") std::erase(key.choices, "linear_beta");
  }
  kind.keys.push_back(Key{.section = section,
                          .name = "t",
                          .text = "time of the push, deck's clock (the nearest level); 0: random, "
                                  "uniform over the levels",
                          .minimum = 0});
  kind.keys.push_back(Key{.section = section,
                          .name = "form",
                          .kind = Kind::word,
                          .fallback = "field",
                          .text = "field: constant external field along the class axis; cfg: "
                                  "weight times the gradient of ln P(class|x) along it",
                          .choices = {"field", "cfg"}});
  kind.keys.push_back(deck::positive_key(
      section, "strength", "1", "g: field in units of the class axis, or guidance weight"));
  kind.keys.push_back(deck::positive_key(section, "duration", "0.1",
                                         "D = Delta ln s of the push, equal at all times"));
  kind.keys.push_back(
      deck::count_key(section, "class", "1", "class that is pushed to, from 1", 1, 1e6));
  for (const Key& key : batch_keys("4096", "8", "8")) kind.keys.push_back(key);
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<GuidanceExperiment>(parameters);
  };
  kind.analyse = analyse_guidance;
  return kind;
}

}  // namespace symbreak::experiment
