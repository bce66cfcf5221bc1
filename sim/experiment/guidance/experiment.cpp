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
// and without the push on the same random numbers. A mere denoiser knows no committor: only its
// trajectories are run, pushed by a field, or, where it has scores of classes, by cfg: s grad ln
// P(c|x) is then <y>_c - <y> in all directions.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/quadrature.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/guidance/simulation.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment::guidance {

namespace {

using namespace findings::guidance;
using target::VectorXd;

class GuidanceExperiment final : public BatchExperiment<Setting> {
 public:
  explicit GuidanceExperiment(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    const auto range = s_.read(parameters);
    const target::CleanData& data = *s_.model.data;
    require_evaluated(parameters, s_.model);
    refuse_if(data.classes() < 2, "target.kind",
              "guidance needs a target with two classes or more");
    s_.cfg = parameters.word("experiment.form") == "cfg";
    s_.label = parameters.integer("experiment.class") - 1;
    refuse_if(s_.label >= data.classes(), "experiment.class",
              fmt::format("the target has {} classes", data.classes()));
    if (s_.cfg && s_.model.posterior == nullptr) {
      s_.classes = target::part<target::ClassScore>(*s_.model.denoiser);
      refuse_if(s_.classes == nullptr, "experiment.form",
                "classifier-free guidance needs P(class|x) or the scores of classes, which this "
                "denoiser does not know: use form = field");
      s_.classes->will_ask_for_classes();
    }
    const auto classes = target::two_classes(*s_.model.denoiser);
    s_.axis = classes ? classes->axis : VectorXd(data.order_axes().col(0));
    if (classes && s_.label == 1) s_.axis = -s_.axis;
    if (!classes && s_.model.posterior == nullptr) {
      // An axis has a sign of its own: towards the class, where this can be told.
      const target::MatrixXd behind = data.mean_of_target() - s_.axis;
      if (data.classify(behind).front() == s_.label) s_.axis = -s_.axis;
    }
    s_.push = parameters.real("experiment.strength") * parameters.real("experiment.duration");
    const double t = parameters.real("experiment.t");
    if (t == 0) return;
    // The level next to the time asked for.
    const double s = forward_.at(t).noise();
    refuse_if(s > range.from || s < range.to, "experiment.t",
              "the push must lie between t_end and t_start");
    s_.at = 0;
    for (std::size_t i = 0; i < s_.grid.steps(); ++i) {
      const auto distance = [&](std::size_t k) { return std::abs(std::log(s_.grid.noise[k] / s)); };
      if (distance(i) < distance(static_cast<std::size_t>(s_.at))) s_.at = static_cast<Index>(i);
    }
  }

  std::vector<measure::ObservableInfo> observables() const override {
    std::vector<measure::ObservableInfo> infos;
    if (s_.model.posterior != nullptr) {
      infos.push_back({.name = observable::committor_response,
                       .text = "[u(x + dx) - u(x - dx)]/2 right after the push, over g D"});
    }
    infos.push_back({.name = observable::class_response,
                     .text = "change of the class occupation at the end by the push, over g D; the "
                             "same random numbers with and without"});
    return measure::independent(std::move(infos));
  }

  std::vector<verdict::Fact> facts() const override {
    if (s_.at < 0) return {};
    const double s = s_.grid.noise[static_cast<std::size_t>(s_.at)];
    return {{fact::time, forward_.time(s), "deck's clock, time of the push"},
            {fact::noise, s, "s = sigma^2 t of the push"}};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (s_.at >= 0) {
      if (const auto value = response(s_.grid.noise[static_cast<std::size_t>(s_.at)])) {
        all.push_back({prediction::response, *value, "linear response, quadrature over p_s"});
      }
      return all;
    }
    double sum = 0;
    for (std::size_t i = 0; i < s_.grid.steps(); ++i) {
      const auto value = response(s_.grid.noise[i]);
      if (!value) return all;
      sum += *value;
    }
    all.push_back({prediction::response, sum / static_cast<double>(s_.grid.steps()),
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
      all.push_back({prediction::pulse_ratio, q * theory::binary_mmse(q) / mean,
                     "max of q mmse(q) over its mean in ln q"});
    }
    return all;
  }

  double seconds_per_unit() const override { return 2 * s_.seconds(); }
  std::size_t memory_per_unit() const override {
    return memory_with(*s_.model.denoiser, 20 * s_.model.denoiser->dimension() * s_.walkers);
  }

 private:
  bool even_pair() const {
    const auto classes = target::two_classes(*s_.model.denoiser);
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
};

}  // namespace

ExperimentKind kind() {
  const std::string section = "experiment";
  ExperimentKind kind;
  kind.name = "guidance";
  kind.text =
      "pushes of equal Delta ln s at swept or random times, as a field or as classifier-free "
      "guidance: response of the committor and of the class at the end";
  kind.needs = {target::Part::clean_data};
  kind.keys = deck::joined(
      {started_keys({{"steps", "200"}, {"sampler", "bridge_heun"}}),
       {deck::real_key(section, "t", deck::required,
                       "time of the push, deck's clock (the nearest level); 0: random, "
                       "uniform over the levels",
                       0),
        deck::word_key(section, "form", "field",
                       "field: constant external field along the class axis; cfg: weight "
                       "times the gradient of ln P(class|x) along it, of a network <y>_c - <y>",
                       {"field", "cfg"}),
        deck::positive_key(section, "strength", "1",
                           "g: field in units of the class axis, or guidance weight"),
        deck::positive_key(section, "duration", "0.1",
                           "D = Delta ln s of the push, equal at all times"),
        deck::count_key(section, "class", "1", "class that is pushed to, from 1", 1, 1e6)},
       batch_keys("4096", "8", "8")});
  kind.make = make<GuidanceExperiment>;
  return kind;
}

}  // namespace symbreak::experiment::guidance
