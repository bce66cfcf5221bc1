// Spectra of a score: eigenvalues of J = d<y>/dx, per noise level and kind of state.
//
// J = Cov(y|x)/s of an exact score is symmetric, between 0 and, on typical states, 1: directions in
// which the data vary more than the noise have J near 1, all others near 0, and the gap between the
// two groups is read as the local dimension of the data. Two definitions of it: the number of
// eigenvalues above 1/2, and tr J = 2 dH/d ln s. States are
//   planted     data of the target and noise
//   test        data of the law behind a dataset and noise: not among its points
//   trajectory  states of reverse runs of this score
// Below the collapse of a dataset the mean over test states freezes while the median falls to 0
// (means are ruled by rare degenerate pairs of points): both are recorded. Scores that are no
// gradient (patch machines, networks) have singular values instead.
#include <cmath>

#include "analysis/findings/score_spectrum/observables.hpp"
#include "analysis/theory/jacobian_spectrum.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/experiment/score_spectrum/simulation.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::experiment::score_spectrum {

using namespace findings::score_spectrum;

namespace {

/// More axes of a law than this are not measured one by one.
constexpr Index kMostAxes = 64;

class ScoreSpectrum final : public BatchExperiment<Setting> {
 public:
  explicit ScoreSpectrum(const deck::Parameters& parameters) : BatchExperiment(parameters) {
    const std::string& word = parameters.word("experiment.state");
    s_.state = word == "planted" ? StateKind::planted
               : word == "test"  ? StateKind::test
                                 : StateKind::trajectory;
    s_.model = target::build_model(parameters);
    require_evaluated(parameters, s_.model);
    s_.target = unit_target(parameters);
    refuse_if(s_.target == nullptr && s_.disorder_samples > 1, "sampling.disorder_samples",
              "a score without a posterior is one score; use sampling.replicas");
    const Index d = s_.model.denoiser->dimension();
    s_.lanczos.wanted = std::min<Index>(parameters.integer("experiment.eigenvalues"), d);
    s_.lanczos.tolerance = parameters.real("experiment.tolerance");
    s_.lanczos.symmetric = s_.model.posterior != nullptr;
    const bool adjoint = target::part<target::AdjointJacobian>(*s_.model.denoiser) != nullptr;
    refuse_if(!s_.lanczos.symmetric && !adjoint && d > s_.lanczos.most_dense, "target.kind",
              fmt::format("this score is no gradient and has no products with the transposed "
                          "Jacobian: its singular values take all {} products of a state; at most "
                          "{} dimensions",
                          d, s_.lanczos.most_dense));
    const bool points = target::part<target::FiniteSupport>(*s_.model.denoiser) != nullptr;
    refuse_if(s_.state == StateKind::test && points && !s_.model.data->has_law(),
              "experiment.state", "there are no data beside its points");
    s_.noise = noise_levels(parameters);
    if (s_.state == StateKind::trajectory) {
      const double start = parameters.real("experiment.t_start");
      s_.start = start > 0 ? forward_.at(start).noise() : 10 * s_.noise.back();
      s_.steps = parameters.integer("experiment.steps");
      refuse_if(!(s_.start > s_.noise.back()), "experiment.t_start",
                "runs begin above the highest of the levels");
    }
    if (const auto axes = principal()) s_.axes = std::min(kMostAxes, axes->variances.size());
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto n = static_cast<Index>(s_.noise.size());
    const Index k = s_.lanczos.wanted;
    const std::string what = s_.lanczos.symmetric ? "eigenvalues" : "singular values";
    std::vector<measure::ObservableInfo> all = {
        shaped(observable::eigenvalues, {n, k},
               "largest " + what + " of J = d<y>/dx, mean over states", 64),
        shaped(observable::eigenvalue_median, {n, k}, "the same, median over the states of a unit",
               64),
        shaped(observable::trace, {n}, "tr J, the mean local dimension", 64),
        shaped(observable::trace_median, {n}, "median of tr J over the states of a unit", 64),
        shaped(observable::count, {n}, "number of " + what + " of J above 1/2", 64),
        shaped(observable::count_median, {n}, "the same, median over the states of a unit", 64),
        shaped(observable::gap, {n}, "widest gap between neighbouring " + what, 64),
        shaped(observable::gap_dimension, {n}, "number of " + what + " above the widest gap", 64),
        shaped(observable::participation, {n}, "(sum_k J_k)^2/sum_k J_k^2", 64),
        shaped(observable::residual, {n},
               "largest |J u - J_k u| of the " + what + ", mean over states: bounds their error",
               64)};
    if (s_.axes > 0) {
      all.push_back(shaped(observable::along_axes, {n, s_.axes},
                           "u.J u along the axes of the law of the points", 64));
      all.push_back(shaped(observable::along_axes_median, {n, s_.axes},
                           "the same, median over the states of a unit", 64));
    }
    if (s_.state == StateKind::planted && s_.model.posterior != nullptr) {
      all.push_back(shaped(observable::trace_identity, {n},
                           "tr J - |y - <y>|^2/s, of mean zero for an exact score", 64));
    }
    return measure::independent(std::move(all));
  }

  std::vector<verdict::Fact> facts() const override {
    std::vector<verdict::Fact> all = {
        {fact::time, times_of(forward_, s_.noise), "deck's clock"},
        {fact::noise, s_.noise, "s = sigma^2 t"},
        {fact::state, static_cast<double>(s_.state), "0 planted, 1 test, 2 trajectory"}};
    if (const auto axes = principal()) {
      all.push_back({fact::thermal, over_axes([](double s) { return s; }),
                     "v_k/(v_k + s) of the law, all points or none"});
    }
    if (const auto collapse = s_.model.data->collapse_noise()) {
      all.push_back({fact::collapse, collapse->noise, "I(Y;X) = log N, " + collapse->law});
    }
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (const auto trace = expected_trace(); !trace.empty()) {
      all.push_back({prediction::trace, trace, "E tr J = mmse/s, quadrature"});
    }
    const auto* points = target::part<target::FiniteSupport>(*s_.model.denoiser);
    const auto axes = principal();
    if (points != nullptr && s_.state == StateKind::planted) append(all, traces_of_law(*points));
    if (s_.state == StateKind::test && axes && points != nullptr) {
      const std::vector<double> v(axes->variances.begin(), axes->variances.end());
      const double log_count = std::log(static_cast<double>(points->count()));
      all.push_back({prediction::frozen,
                     over_axes([&](double s) { return theory::frozen_noise(v, s, log_count); }),
                     "v_k/(v_k + sigma) frozen at the collapse, leading order in log N"});
    }
    return all;
  }

  double seconds_per_unit() const override {
    const Index d = s_.model.denoiser->dimension(), block = std::min(d, s_.lanczos.wanted + 4);
    const double products = static_cast<double>(
        (dense() ? d : std::min(d, 3 * block) * (s_.lanczos.symmetric ? 1 : 2) + 8) + s_.axes +
        2 * s_.steps);
    return s_.walkers_per_unit() * static_cast<double>(s_.noise.size()) * products *
           (mean_seconds(*s_.model.denoiser) + 1e-9 * static_cast<double>(d * block));
  }
  std::size_t memory_per_unit() const override {
    const Index d = s_.model.denoiser->dimension();
    const auto width = static_cast<Index>(s_.noise.size()) * (s_.lanczos.wanted + s_.axes + 2);
    const Index basis = dense() ? 3 * d : 40 * (s_.lanczos.wanted + 4);
    return memory_with(*s_.model.denoiser,
                       d * (basis + 4 * s_.walkers) + width * s_.walkers * s_.blocks);
  }

 private:
  static std::shared_ptr<UnitTarget> unit_target(const deck::Parameters& parameters) {
    const auto made = target::build_denoiser(parameters);
    // Scores without a posterior are one for all units.
    if (target::part<target::Posterior>(*made) == nullptr) return nullptr;
    return std::make_shared<UnitTarget>(parameters);
  }

  /// Whether the whole Jacobian of a state is made.
  bool dense() const {
    return !s_.lanczos.symmetric && s_.model.denoiser->dimension() <= s_.lanczos.most_dense;
  }

  std::vector<double> noise_levels(const deck::Parameters& parameters) const {
    std::vector<double> noise;
    for (const double t : parameters.reals("experiment.t")) noise.push_back(forward_.at(t).noise());
    for (std::size_t i = 1; i < noise.size(); ++i) {
      refuse_if(!(noise[i] > noise[i - 1]), "experiment.t", "list the times in rising order");
    }
    refuse_if(noise.empty(), "experiment.t", "needs at least one time");
    return noise;
  }

  std::optional<target::PrincipalAxes> principal() const {
    const auto* law = target::part<target::JacobianLaw>(*s_.model.denoiser);
    return law == nullptr ? std::nullopt : law->principal_axes();
  }

  /// v_k/(v_k + f(s)), levels after one another.
  template <class Function>
  std::vector<double> over_axes(const Function& f) const {
    const auto axes = principal();
    std::vector<double> all;
    for (const double s : s_.noise) {
      const double noise = f(s);
      for (Index k = 0; k < s_.axes; ++k) {
        all.push_back(axes->variances[k] / (axes->variances[k] + noise));
      }
    }
    return all;
  }

  /// What infinitely many points would have; N are off by some e^I/N of it.
  std::vector<verdict::Prediction> traces_of_law(const target::FiniteSupport& points) const {
    constexpr double kOff = 2;
    const auto* law = target::part<target::JacobianLaw>(*s_.model.denoiser);
    std::vector<double> trace, error;
    for (const double s : s_.noise) {
      const auto known = law ? law->trace_of_law(s) : std::nullopt;
      if (!known) return {};
      trace.push_back(known->trace);
      error.push_back(kOff * known->trace * std::exp(known->information) /
                      static_cast<double>(points.count()));
    }
    return {{prediction::trace_of_law, trace, "E tr J of the law of the points"},
            {prediction::trace_of_law_error, error, "2 e^I/N of it: what N points are off"}};
  }

  /// At every level, over noised data of the target; empty where it is not known.
  std::vector<double> expected_trace() const {
    std::vector<double> all;
    const auto* law = target::part<target::JacobianLaw>(*s_.model.denoiser);
    const auto classes = target::two_classes(*s_.model.denoiser);
    const bool points = s_.state != StateKind::planted &&
                        target::part<target::FiniteSupport>(*s_.model.denoiser) != nullptr &&
                        s_.model.data->has_law();
    if (s_.state == StateKind::trajectory || points) return {};
    for (const double s : s_.noise) {
      if (classes && classes->log_odds == 0) {
        all.push_back(theory::two_class_trace(static_cast<double>(s_.model.denoiser->dimension()),
                                              classes->variance, classes->axis.squaredNorm(), s));
      } else if (const auto known = law ? law->expected_trace(s) : std::nullopt) {
        all.push_back(*known);
      } else {
        return {};
      }
    }
    return all;
  }
};

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "score_spectrum";
  kind.text =
      "eigenvalues of the Jacobian d<y>/dx of a score at planted, test and trajectory states, by "
      "Lanczos: means and medians, gaps, participation, local dimension by count and by trace";
  kind.keys = {
      deck::word_key("experiment", "state", "planted",
                     "planted: noised data of the target; test: of the law behind a dataset, not "
                     "among its points; trajectory: reverse runs of this score",
                     {"planted", "test", "trajectory"}),
      deck::list_of(deck::positive_key("experiment", "t", deck::required,
                                       "times of the levels in the deck's clock, rising")),
      deck::count_key("experiment", "eigenvalues", "8", "how many, from the largest", 1, 1024),
      deck::positive_key("experiment", "tolerance", "1e-8",
                         "of the residuals |J u - J_k u| at which Lanczos stops", 1),
      deck::used_with("state=trajectory",
                      deck::count_key("experiment", "steps", "20",
                                      "steps (bridge_heun) between two levels, even in ln s")),
      deck::used_with(
          "state=trajectory",
          deck::real_key("experiment", "t_start", "0",
                         "time at which runs begin, as noised data; 0: 10 times the highest noise",
                         0))};
  append(kind.keys, batch_keys("32", "4", "4"));
  kind.keys.push_back(
      deck::sampling_key("disorder_samples", "1", "datasets, for targets that have disorder"));
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.make = make<ScoreSpectrum>;
  return kind;
}

}  // namespace symbreak::experiment::score_spectrum
