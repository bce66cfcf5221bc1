// Equation of state: all branches of the self-consistency m = <y>_{kappa m + h}, their stability,
// potentials, response and isotherms. Deterministic: each point is solved, with numerical errors
// (Ambrogioni 2024, sections 2 and 3; reverse drift: Raya & Ambrogioni 2023).
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/theory/mean_field.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/equation_of_state/simulation.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::equation_of_state {

using namespace findings::equation_of_state;

namespace {

class EquationOfState final : public PointExperiment<Setting> {
 public:
  explicit EquationOfState(const deck::Parameters& parameters)
      : PointExperiment(parameters),
        target_(target::build(parameters, {})),
        axes_(target_->order_axes().cols()) {
    const std::string& kind = parameters.word("target.kind");
    refuse_if(target::kind(kind).disordered, "target.kind",
              fmt::format("equation_of_state solves one fixed target; '{}' is a random one (use "
                          "dataset, or condensation)",
                          kind));
    refuse_if(!target_->exact(), "experiment.kind",
              "equation_of_state solves with an exact posterior and this target's is sampled: use "
              "field_scan or copies (or a smaller system)");
    s_.criterion = criterion(parameters, forward_);
    s_.noise = forward_.at(parameters.real("experiment.t")).noise();
    s_.h = parameters.real("experiment.h");
    s_.isotherm = parameters.reals("experiment.isotherm");
    s_.landscape = parameters.integer("experiment.landscape");
    if (axes_ > 2) s_.landscape = 0;  // no picture of more than two axes
    s_.plane = s_.landscape > 0 && axes_ == 1 && target_->dimension() == 2;
  }

  static Criterion criterion(const deck::Parameters& parameters,
                             const diffusion::Forward& forward) {
    if (parameters.word("experiment.criterion") == "score") return Criterion::score;
    refuse_if(forward.clock() == diffusion::Clock::brownian, "experiment.criterion",
              "criterion = drift needs a variance-preserving clock (forward.clock = "
              "ornstein_uhlenbeck or ddpm); in the Brownian clock the reverse drift is the score");
    return Criterion::drift;
  }

  std::vector<measure::ObservableInfo> observables() const override;
  std::vector<verdict::Prediction> predictions() const override;

  double seconds_per_unit() const override {
    // Some 2000 evaluations, plus the landscape, each reading the target's memory or, for targets
    // without data, integrating over a few hundred nodes per coordinate.
    const auto side = static_cast<double>(landscape_side(s_.landscape, axes_));
    const auto plane = static_cast<double>(landscape_side(s_.landscape, 2));
    const double evaluations =
        2000 + (axes_ == 1 ? side : side * side) + (s_.plane ? plane * plane : 0);
    const double numbers = static_cast<double>(target_->memory()) / 8 +
                           100 * static_cast<double>(target_->dimension());
    return 1e-9 * evaluations * numbers + 1e-3;
  }
  std::size_t memory_per_unit() const override {
    return memory_with(*target_, target_->dimension() * (512 + 6 * s_.landscape));
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress&) const override {
    return simulation(target_, s_);
  }

 private:
  /// A transition that the target knows in closed form, sharing no code with the solver.
  std::optional<Transition> closed_form(target::Known quantity) const {
    if (s_.criterion != Criterion::score || s_.h != 0) return std::nullopt;
    const auto known = target_->known(quantity);
    return known ? std::optional(Transition{known->value, known->source}) : std::nullopt;
  }

  SharedTarget target_;
  Index axes_;
};

std::vector<measure::ObservableInfo> EquationOfState::observables() const {
  const std::string rule = s_.criterion == Criterion::score
                               ? "kappa = 1 (score criterion)"
                               : "kappa = 2/(1 + theta^2) (reverse-drift criterion)";
  const Index k = axes_;
  std::vector<measure::ObservableInfo> all = {
      {.name = observable::noise,
       .text = "noise variance 1/beta in the Brownian gauge x/scale at this time"},
      {.name = observable::top_eigenvalue,
       .text = "largest eigenvalue of kappa beta Cov(y) on the symmetric branch, " + rule +
               "; 1 at the critical time"},
      shaped(observable::symmetric_branch, {k},
             "order parameter of the branch that continues the one of high noise"),
      {.name = observable::magnetization,
       .text = "order parameter at the global minimum of the potential: m_1, or |m| for several "
               "order axes; m_a = u_a.<y>/|u_a|^2"},
      shaped(observable::order_parameter, {k},
             "m_a at the global minimum of F(x + h) + |x|^2/(2 kappa) (largest m_1 of equals)"),
      {.name = observable::susceptibility,
       .text = "dm/dh of the self-consistent m, along m (along u_1 where m = 0)"},
      shaped(observable::susceptibility_matrix, {k, k},
             "dm_a/dh_b at the global minimum, field h_b u_b; NaN where it diverges"),
      shaped(observable::susceptibility_eigenvalues, {k},
             "eigenvalues of the finite block, ascending, last ones filled"),
      shaped(observable::susceptibility_eigenvectors, {k, k},
             "their eigenvectors, one per column, in components along the order axes"),
      shaped(observable::branches, {kBranches, k},
             "order parameter m_a of every solution of m = <y>_{kappa m + h}, " + rule +
                 ", ascending; NaN: no more branches"),
      shaped(observable::branch_eigenvalue, {kBranches},
             "largest eigenvalue of kappa beta Cov(y) per branch; stable below 1"),
      shaped(observable::branch_unstable, {kBranches},
             "number of unstable directions per branch (0 stable, d unstable, else saddle; d > 32: "
             "1 stands for at least one)"),
      shaped(observable::branch_free_energy, {kBranches},
             "F = -log Z/beta at the state of each branch (Ambrogioni 2024, eq. 10)"),
      shaped(observable::branch_potential, {kBranches},
             "F(x + h) + |x|^2/(2 kappa) per branch, x = kappa m"),
  };
  if (target_->even() && s_.h == 0) {
    all.push_back(shaped(observable::landau, {3},
                         "coefficients of m, m^3, m^5 in m - <y>_{kappa m} along u_1"));
  }
  if (!s_.isotherm.empty()) {
    all.push_back(shaped(observable::isotherm, {static_cast<Index>(s_.isotherm.size())},
                         "m_1 of the outermost branch in the extra fields experiment.isotherm"));
  }
  if (s_.landscape > 0) {
    const Index n = landscape_side(s_.landscape, k);
    all.push_back(shaped(observable::landscape_axis, {n},
                         "grid c, the states are x = kappa c u along each order axis"));
    all.push_back({.name = observable::landscape,
                   .shape = k == 1 ? std::vector<Index>{n} : std::vector<Index>{n, n},
                   .text = "F(x + h) + |x|^2/(2 kappa) on the grid (rows: first order axis)"});
  }
  if (s_.plane) {
    const Index n = landscape_side(s_.landscape, 2);
    all.push_back(shaped(observable::landscape_plane_axis, {n},
                         "grid c along u_1 and what is perpendicular to it, as long"));
    all.push_back(shaped(observable::landscape_plane, {n, n},
                         "F(x + h) + |x|^2/(2 kappa) in the plane (rows: order axis u_1)"));
    all.push_back(shaped(observable::branches_across, {kBranches},
                         "component of every branch perpendicular to u_1, in its length"));
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
  const auto transition = s_.h == 0 ? critical(target_, s_.criterion) : std::nullopt;
  if (transition) {
    add(prediction::critical_time, forward_.time(transition->noise), transition->source);
    if (preserving) {
      add(prediction::theta_critical, 1 / std::sqrt(1 + transition->noise), transition->source);
    }
    if (const auto lower = restabilised(target_, s_.criterion)) {
      const auto best = closed_form(target::Known::restabilised_noise).value_or(*lower);
      add(prediction::critical_time_lower, forward_.time(best.noise), best.source);
    }
    // d log s/d log t at t_c, for the amplitude in units of t/t_c - 1.
    const double t = forward_.time(transition->noise), e = 1e-3;
    const auto noise = [&](double factor) { return std::log(forward_.at(t * factor).noise()); };
    const double stretch =
        (8 * (noise(1 + e) - noise(1 - e)) - (noise(1 + 2 * e) - noise(1 - 2 * e))) / (12 * e);
    if (const auto b = amplitude(target_, s_.criterion, transition->noise, stretch)) {
      const std::string mean_field = "mean field: even continuous transition";
      add(prediction::exponent_beta, theory::kBeta, mean_field);
      add(prediction::exponent_gamma, theory::kGamma, mean_field);
      add(prediction::exponent_gamma_prime, theory::kGamma, mean_field);
      // Isotherms are followed on the order axis, where that is invariant: points of unequal norm
      // and no symmetry turn away from it.
      const bool on_axis = invariant(SelfConsistency(target_, s_.criterion, transition->noise,
                                                     VectorXd::Zero(target_->dimension())),
                                     first_axis(*target_));
      if (on_axis) add(prediction::exponent_delta, theory::kDelta, mean_field);
      add(prediction::amplitude_ratio, theory::kAmplitudeRatio,
          mean_field + ", chi(+tau)/chi(-tau)");
      // The expansion is along one axis; with several the order parameter may point elsewhere.
      if (axes_ == 1 && on_axis) {
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
  if (const auto fold = spinodal(target_, s_.criterion, s_.h)) {
    const auto best = closed_form(target::Known::spinodal_noise).value_or(*fold);
    add(prediction::spinodal_time, forward_.time(best.noise), best.source);
  }
  if (s_.h == 0) {
    if (const auto equal = coexistence(target_, s_.criterion)) {
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
      deck::count_key("experiment", "landscape", "161",
                      "grid points of the potential along u_1 (two order axes, and data in the "
                      "plane: a square grid with a quarter as many per side; more: none); 0: no "
                      "landscape",
                      0, 100000),
      deck::with_role(deck::Role::control,
                      deck::positive_key("experiment", "window", "0.5",
                                         "largest |t/t_c - 1| in the fits of exponents")),
  };
  kind.needs = {target::Part::clean_data, target::Part::posterior};
  kind.make = make<EquationOfState>;
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
