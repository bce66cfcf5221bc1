// Equation of state: all branches of the self-consistency m = <y>_{kappa m + h}, their stability,
// potentials, response and isotherms. Deterministic: each point is solved, with numerical errors
// (Ambrogioni 2024, sections 2 and 3; reverse drift: Raya & Ambrogioni 2023).
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/theory/mean_field.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/equation_of_state/simulation.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::equation_of_state {

namespace observable = findings::equation_of_state::observable;
namespace prediction = findings::equation_of_state::prediction;

namespace {

class EquationOfState final : public measure::Experiment {
 public:
  explicit EquationOfState(const deck::Parameters& parameters)
      : forward_(parameters),
        target_(target::build(parameters, {})),
        axes_(target_->order_axes().cols()) {
    const std::string& kind = parameters.word("target.kind");
    if (target::kind(kind).disordered) {
      throw deck::KeyError("target.kind",
                           fmt::format("equation_of_state solves one fixed target; '{}' is a "
                                       "random one (use dataset, or condensation)",
                                       kind));
    }
    if (!target_->exact()) {
      throw deck::KeyError("experiment.kind",
                           "equation_of_state solves with an exact posterior and this target's is "
                           "sampled: use field_scan or copies (or a smaller system)");
    }
    setting_.criterion = criterion(parameters, forward_);
    setting_.noise = forward_.at(parameters.real("experiment.t")).noise();
    setting_.h = parameters.real("experiment.h");
    setting_.isotherm = parameters.reals("experiment.isotherm");
    setting_.landscape = parameters.integer("experiment.landscape");
    if (axes_ > 2) setting_.landscape = 0;  // no picture of more than two axes
  }

  static Criterion criterion(const deck::Parameters& parameters,
                             const diffusion::Forward& forward) {
    if (parameters.word("experiment.criterion") == "score") return Criterion::score;
    if (forward.clock() == diffusion::Clock::brownian) {
      throw deck::KeyError(
          "experiment.criterion",
          "criterion = drift needs a variance-preserving clock "
          "(forward.clock = ornstein_uhlenbeck or ddpm); in the Brownian clock the "
          "reverse drift is the score");
    }
    return Criterion::drift;
  }

  std::vector<measure::ObservableInfo> observables() const override;
  std::vector<verdict::Prediction> predictions() const override;

  double seconds_per_unit() const override {
    // Some 2000 evaluations, plus the landscape, each reading the target's memory or, for targets
    // without data, integrating over a few hundred nodes per coordinate.
    const auto side = static_cast<double>(landscape_side(setting_.landscape, axes_));
    const double evaluations = 2000 + (axes_ == 1 ? side : side * side);
    const double numbers = static_cast<double>(target_->memory()) / 8 +
                           100 * static_cast<double>(target_->dimension());
    return 1e-9 * evaluations * numbers + 1e-3;
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(target_->dimension());
    return target_->memory() + 8 * d * (512 + 6 * static_cast<std::size_t>(setting_.landscape));
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress&) const override {
    return simulation(target_, setting_);
  }

 private:
  /// A transition that the target knows in closed form, sharing no code with the solver.
  std::optional<Transition> closed_form(target::Known quantity) const {
    if (setting_.criterion != Criterion::score || setting_.h != 0) return std::nullopt;
    const auto known = target_->known(quantity);
    return known ? std::optional(Transition{known->value, known->source}) : std::nullopt;
  }

  diffusion::Forward forward_;
  SharedTarget target_;
  Index axes_;
  Setting setting_;
};

std::vector<measure::ObservableInfo> EquationOfState::observables() const {
  const std::string rule = setting_.criterion == Criterion::score
                               ? "kappa = 1 (score criterion)"
                               : "kappa = 2/(1 + theta^2) (reverse-drift criterion)";
  const Index k = axes_;
  std::vector<measure::ObservableInfo> all = {
      {.name = observable::noise,
       .text = "noise variance 1/beta in the Brownian gauge x/scale at this time"},
      {.name = observable::top_eigenvalue,
       .text = "largest eigenvalue of kappa beta Cov(y) on the symmetric branch, " + rule +
               "; 1 at the critical time"},
      {.name = observable::symmetric_branch,
       .shape = {k},
       .text = "order parameter of the branch that continues the one of high noise"},
      {.name = observable::magnetization,
       .text = "order parameter at the global minimum of the potential: m_1, or |m| for several "
               "order axes; m_a = u_a.<y>/|u_a|^2"},
      {.name = observable::order_parameter,
       .shape = {k},
       .text = "m_a at the global minimum of F(x + h) + |x|^2/(2 kappa) (largest m_1 of equals)"},
      {.name = observable::susceptibility,
       .text = "dm/dh of the self-consistent m, along m (along u_1 where m = 0)"},
      {.name = observable::susceptibility_matrix,
       .shape = {k, k},
       .text = "dm_a/dh_b at the global minimum, field h_b u_b; NaN where it diverges"},
      {.name = observable::susceptibility_eigenvalues,
       .shape = {k},
       .text = "eigenvalues of the finite block, ascending, last ones filled"},
      {.name = observable::susceptibility_eigenvectors,
       .shape = {k, k},
       .text = "their eigenvectors, one per column, in components along the order axes"},
      {.name = observable::branches,
       .shape = {kBranches, k},
       .text = "order parameter m_a of every solution of m = <y>_{kappa m + h}, " + rule +
               ", ascending; NaN: no more branches"},
      {.name = observable::branch_eigenvalue,
       .shape = {kBranches},
       .text = "largest eigenvalue of kappa beta Cov(y) per branch; stable below 1"},
      {.name = observable::branch_unstable,
       .shape = {kBranches},
       .text = "number of unstable directions per branch (0 stable, d unstable, else saddle; "
               "d > 32: 1 stands for at least one)"},
      {.name = observable::branch_free_energy,
       .shape = {kBranches},
       .text = "F = -log Z/beta at the state of each branch (Ambrogioni 2024, eq. 10)"},
      {.name = observable::branch_potential,
       .shape = {kBranches},
       .text = "F(x + h) + |x|^2/(2 kappa) per branch, x = kappa m"},
  };
  if (target_->even() && setting_.h == 0) {
    all.push_back({.name = observable::landau,
                   .shape = {3},
                   .text = "coefficients of m, m^3, m^5 in m - <y>_{kappa m} along u_1"});
  }
  if (!setting_.isotherm.empty()) {
    all.push_back({.name = observable::isotherm,
                   .shape = {static_cast<Index>(setting_.isotherm.size())},
                   .text = "m_1 of the outermost branch in the extra fields experiment.isotherm"});
  }
  if (setting_.landscape > 0) {
    const Index n = landscape_side(setting_.landscape, k);
    all.push_back({.name = observable::landscape_axis,
                   .shape = {n},
                   .text = "grid c, the states are x = kappa c u along each order axis"});
    all.push_back({.name = observable::landscape,
                   .shape = k == 1 ? std::vector<Index>{n} : std::vector<Index>{n, n},
                   .text = "F(x + h) + |x|^2/(2 kappa) on the grid (rows: first order axis)"});
  }
  if (target_->dimension() == 1 && target_->classes() > 1) {
    all.push_back({.name = observable::clone_probability,
                   .text = "P(two clones split at t end in the same class) = E sum_c P(c|x)^2 "
                           "(Biroli et al. 2024)"});
  }
  for (measure::ObservableInfo& info : all) info.origin = verdict::Origin::deterministic;
  return all;
}

std::vector<verdict::Prediction> EquationOfState::predictions() const {
  std::vector<verdict::Prediction> all;
  const auto add = [&](verdict::PredictionName quantity, double value, const std::string& source) {
    all.push_back({quantity, value, source});
  };
  const bool preserving = forward_.clock() != diffusion::Clock::brownian;
  const auto transition = setting_.h == 0 ? critical(target_, setting_.criterion) : std::nullopt;
  if (transition) {
    add(prediction::critical_time, forward_.time(transition->noise), transition->source);
    if (preserving) {
      add(prediction::theta_critical, 1 / std::sqrt(1 + transition->noise), transition->source);
    }
    if (const auto lower = restabilised(target_, setting_.criterion)) {
      const auto known = closed_form(target::Known::restabilised_noise);
      const Transition& best = known ? *known : *lower;
      add(prediction::critical_time_lower, forward_.time(best.noise), best.source);
    }
    // d log s/d log t at t_c, for the amplitude in units of t/t_c - 1.
    const double t = forward_.time(transition->noise), e = 1e-3;
    const auto noise = [&](double factor) { return std::log(forward_.at(t * factor).noise()); };
    const double stretch =
        (8 * (noise(1 + e) - noise(1 - e)) - (noise(1 + 2 * e) - noise(1 - 2 * e))) / (12 * e);
    if (const auto b = amplitude(target_, setting_.criterion, transition->noise, stretch)) {
      const std::string mean_field = "mean field: even continuous transition";
      add(prediction::exponent_beta, theory::kBeta, mean_field);
      add(prediction::exponent_gamma, theory::kGamma, mean_field);
      add(prediction::exponent_gamma_prime, theory::kGamma, mean_field);
      add(prediction::exponent_delta, theory::kDelta, mean_field);
      add(prediction::amplitude_ratio, theory::kAmplitudeRatio,
          mean_field + ", chi(+tau)/chi(-tau)");
      // The expansion is along one axis; with several the order parameter may point elsewhere.
      if (axes_ == 1) {
        add(prediction::magnetization_amplitude, *b,
            "Landau expansion at t_c, m = B sqrt(|t/t_c - 1|)");
      }
    }
  }
  if (transition && preserving && target_->even() && target_->fixed_norm()) {
    const double lambda = critical(target_, Criterion::score)->noise;
    for (const Criterion each : {Criterion::score, Criterion::drift}) {
      const auto named = critical(target_, each);
      add(each == Criterion::score ? prediction::critical_time_score
                                   : prediction::critical_time_drift,
          forward_.time(named->noise), named->source);
    }
    if (lambda > 1) {
      add(prediction::critical_time_speciation, forward_.time(lambda - 1),
          "lambda theta^2 = 1, speciation criterion (Biroli et al. 2024)");
    }
    if (target_->dimension() == 1 && target_->classes() == 2) {
      add(prediction::critical_time_clone, forward_.time(lambda),
          "clone probability .7752 at unit signal-to-noise ratio, clone criterion");
    }
  }
  if (const auto fold = spinodal(target_, setting_.criterion, setting_.h)) {
    const auto known = closed_form(target::Known::spinodal_noise);
    const Transition& best = known ? *known : *fold;
    add(prediction::spinodal_time, forward_.time(best.noise), best.source);
  }
  if (setting_.h == 0) {
    if (const auto equal = coexistence(target_, setting_.criterion)) {
      add(prediction::coexistence_time, forward_.time(equal->noise), equal->source);
    }
  }
  if (const auto tricritical = closed_form(target::Known::tricritical_noise)) {
    add(prediction::tricritical_time, forward_.time(tricritical->noise), tricritical->source);
    add(prediction::tricritical_w0, theory::three_deltas_tricritical().w0, tricritical->source);
  }
  return all;
}

}  // namespace

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "equation_of_state";
  kind.text =
      "all branches of the self-consistency m = <y>_{kappa m + h} with stability, potential, "
      "susceptibility, isotherms and landscapes; critical times and exponents (Ambrogioni 2024, "
      "sections 2-3; Raya & Ambrogioni 2023)";
  kind.keys = {
      deck::time_key(),
      deck::word_key("experiment", "criterion", "score",
                     "fixed points of the score (kappa = 1) or of the reverse drift x/2 + score of "
                     "a variance-preserving clock (kappa = 2/(1 + theta^2))",
                     {"score", "drift"}),
      deck::real_key("experiment", "h", "0",
                     "external field h u_1 along the first order axis, added to x"),
      deck::list_of(deck::positive_key(
          "experiment", "isotherm", "log(1e-6, 1e-2, 17)",
          "extra fields along u_1 at which m(h) is recorded, for exponent_delta")),
      deck::count_key(
          "experiment", "landscape", "161",
          "grid points of the potential along u_1 (two order axes: a square grid with a "
          "quarter as many per side; more: none); 0: no landscape",
          0, 100000),
      deck::with_role(deck::Role::control,
                      deck::positive_key("experiment", "window", "0.5",
                                         "largest |t/t_c - 1| in the fits of exponents")),
  };
  kind.needs = {target::Part::clean_data, target::Part::posterior};
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<EquationOfState>(parameters);
  };
  kind.critical = [](const deck::Parameters& parameters) {
    const diffusion::Forward forward(parameters);
    const SharedTarget target = target::build(parameters, {});
    const Criterion rule = EquationOfState::criterion(parameters, forward);
    const double h = parameters.real("experiment.h");
    if (h == 0) {
      if (const auto found = critical(target, rule)) return forward.time(found->noise);
    }
    if (const auto found = spinodal(target, rule, h)) return forward.time(found->noise);
    throw deck::KeyError("experiment.t",
                         fmt::format("{} has neither a critical time nor a spinodal to centre on; "
                                     "give numbers, e.g. t = log(0.05, 5, 41)",
                                     target->describe()));
  };
  return kind;
}

}  // namespace symbreak::experiment::equation_of_state
