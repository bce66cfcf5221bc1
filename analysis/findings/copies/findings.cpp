// From recorded moments of the order parameter to critical exponents, per group of swept keys other
// than t, n, h: crossings of U4 extrapolated in n, finite-size scaling at the measured critical
// time, power laws of the thermodynamic side, the critical isotherm. May depend on: analysis.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/clock.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/copies/figures.hpp"
#include "analysis/findings/copies/observables.hpp"
#include "analysis/findings/copies/scaling.hpp"

namespace symbreak::findings::copies {

namespace {

Row row_of(const Point& point) {
  Row row;
  row.t = point.number("experiment.t");
  row.s = clock_of(point).at(row.t).noise();
  row.n = point.number("experiment.n");
  row.h = point.number("experiment.h");
  row.factor = *point.fact(fact::fluctuation_factor);
  row.second = value_of(point, observable::m2);
  row.absolute = value_of(point, observable::m_abs);
  row.order = value_of(point, observable::order_parameter);
  const MatrixXd rows = jackknife_rows(point, {observable::m2, observable::m4, observable::m_abs});
  const statistics::Derived derived = statistics::jackknife(rows, [](const VectorXd& means) {
    return VectorXd(
        Eigen::Vector2d(1 - means[1] / (3 * means[0] * means[0]), means[0] - means[2] * means[2]));
  });
  row.binder = derived.at(0);
  row.spread = derived.at(1);
  return row;
}

/// One group on its way to verdicts.
class Analysis {
 public:
  Analysis(const PointGroup& group, Findings& findings)
      : group_(group), first_(group.first()), findings_(findings) {
    for (const Point* point : group.points) rows_.push_back(row_of(*point));
    components_ = static_cast<int>(*first_.fact(fact::components));
  }

  void run() {
    check_thermalisation();
    locate_transition();
    if (curves_.crossings) {
      finite_size_scaling();
      thermodynamic_exponents();
      critical_isotherm();
    }
    judge_law();
    curves_.rows = &rows_;
    curves_.point = &first_;
    for (Figure& figure : figures(curves_)) findings_.figures.push_back(std::move(figure));
  }

 private:
  /// What the run is made for.
  Verdict& add(PredictionName quantity, Value measured, const std::string& from) {
    Verdict& row =
        judge_or_tell(findings_, quantity.string(), group_.keys, measured, first_, quantity, from);
    row.role = Role::headline;
    return row;
  }
  Verdict& add(PredictionName quantity, Value measured, const std::string& from,
               const fit::Fit& fit) {
    return of_fit(add(quantity, measured, from), fit);
  }
  /// By how much the window moves the exponent of the row just added: part of its error.
  void shift(PredictionName quantity, double moved) {
    tell(findings_, quantity.string(), group_.keys, {moved}, "part of the error of the exponent")
        .criterion = "shift with the window";
  }

  void warn(const std::string& subject, const std::string& text, const std::string& advice) {
    findings::warn(findings_, subject, text, advice);
  }

  void check_thermalisation() {
    std::string where;
    int count = 0;
    for (const Point* point : group_.points) {
      const statistics::Estimate& estimate = point->at(observable::m2).estimate;
      if (estimate.converged && estimate.errors_agree) continue;
      if (count++ == 0) {
        where = fmt::format("t = {}, n = {}", point->parameters.at("experiment.t"),
                            point->parameters.at("experiment.n"));
      }
    }
    // Two independent errors disagree by chance in a few of a hundred points.
    if (count > 0.05 * static_cast<double>(group_.points.size())) {
      warn("thermalisation",
           fmt::format("{} of {} points have chains that disagree (first: {})", count,
                       group_.points.size(), where),
           "raise sampling.burn_in, or sampling.blocks and experiment.candidates");
    }
  }

  /// Everything above is about the law of M that was drawn from; here is how good that law is.
  void judge_law() {
    const auto measured = first_.fact(fact::law_second_moment);
    const auto exact = first_.prediction(prediction::law_second_moment_exact);
    if (!measured || !exact) return;
    judge(findings_, fact::law_second_moment.string(), group_.keys,
          {*measured, *first_.fact(fact::law_second_moment_error)},
          {*exact, *first_.prediction(prediction::law_second_moment_exact_error)},
          first_.source(prediction::law_second_moment_exact),
          "<M^2>/N of the law of M measured in a ladder of fields, jackknife of 16 segments")
        .role = Role::check;
  }

  void locate_transition() {
    const auto found = crossings(rows_, components_);
    if (!found) {
      warn(prediction::critical_time.string(),
           "fewer than two sizes n have 7 times t inside the critical window with curves U4(t) "
           "that cross",
           "give at least three values of experiment.n and more values of experiment.t with |t/t_c "
           "- 1| < 2/sqrt(n) for the largest n");
      return;
    }
    curves_.crossings = *found;
    const fit::Fit &s = found->critical_s, &binder = found->critical_binder;
    curves_.critical_s = s.at(0);
    const theory::NoiseClock forward = clock_of(first_);
    const double t = forward.time(s.value[0]);
    const double t_error = std::abs(forward.time(s.value[0] + s.error[0]) - t);
    const std::string from = "crossings of U4 of successive sizes",
                      pairs = fmt::format("{} pairs of sizes", found->n.size());
    add(prediction::critical_time, {t, t_error, s.error_dof[0]}, from + ", extrapolated in 1/n", s)
        .detail = pairs;
    add(prediction::binder_crossing, binder.at(0), from + ", extrapolated in n^-1/2", binder)
        .detail = pairs;
    if (found->dof > 0) {
      tell(findings_, "binder_curves", group_.keys, {found->chi2 / static_cast<double>(found->dof)},
           "U4(t) of every size as a quintic")
          .criterion = "chi2/dof";
    }
    if (found->n.size() < 2) {
      warn(prediction::binder_crossing.string(),
           "two sizes give one crossing: nothing is extrapolated in n",
           "give at least three values of experiment.n");
    }
  }

  void finite_size_scaling() {
    if (curves_.crossings->n.size() < 2) return;
    const fit::Fit scaling = binder_scaling(rows_, components_);
    const std::string from = "scaling collapse of U4(t, n), corrections n^-1/2";
    add(prediction::exponent_nu_bar, scaling.at(1), from, scaling);
    const auto same = [&](const char* quantity, Index k) {
      tell(findings_, quantity, group_.keys, scaling.at(k), from).criterion = "scaling collapse";
    };
    same("critical_noise", 0);
    same("binder_crossing", 2);
    const auto critical = critical_moments(rows_, components_, curves_.critical_s);
    if (!critical) return;
    add(prediction::exponent_beta_over_nu_bar, 0.5 * critical->power.at(0),
        "<|m|^2> ~ n^(-2 beta/nu_bar) at the measured t_c", critical->power)
        .note = "chi = n beta |u|^2 <|m|^2> ~ n^(gamma/nu_bar) is the same data";
    const double amplitude = std::exp(critical->amplitude.value[0]);
    add(prediction::critical_amplitude,
        {amplitude, amplitude * critical->amplitude.error[0], critical->amplitude.error_dof[0]},
        "<|m|^2> sqrt(n) at the measured t_c, extrapolated in n^-1/2", critical->amplitude)
        .detail = fmt::format("{} sizes", critical->n.size());
  }

  /// A power law in |tau| of one observable on one side of the transition.
  template <class Select>
  std::optional<Power> power(int sign, const Select& select,
                             std::optional<double> fixed = std::nullopt) const {
    const auto& [s_c, error, dof] = curves_.critical_s;
    std::vector<ScalingSample> samples;
    for (const Row& row : rows_) {
      const double tau = row.s / s_c - 1;
      if (row.h != 0 || tau * sign <= 0) continue;
      samples.push_back(
          {std::abs(tau), row.n * tau * tau, select(row), -(1 + tau) / tau * error / s_c});
    }
    return power_law(samples, 1, fixed, dof);
  }

  template <class Select>
  std::optional<Power> measure_power(PredictionName quantity, int sign, double exponent_of_fit,
                                     const Select& select) {
    const auto fitted = power(sign, select);
    if (!fitted) {
      warn(quantity.string(),
           "no window of t has enough points with n tau^2 >= 16 and an acceptable chi2",
           "add values of experiment.t at 0.01 < |t/t_c - 1| < 0.3, larger experiment.n, or more "
           "sampling.blocks");
      return std::nullopt;
    }
    add(quantity, exponent_of_fit * fitted->value(), "power law in x = |tau|, size = n tau^2",
        fitted->fit);
    shift(quantity, std::abs(exponent_of_fit) * fitted->fit.window_shift);
    return fitted;
  }

  void thermodynamic_exponents() {
    const double components = components_;
    const auto magnetization = [](const Row& row) { return row.second; };
    const auto above = [components](const Row& row) {
      return row.factor / components * row.second;
    };
    const auto below = [](const Row& row) { return row.factor * row.spread; };
    curves_.below = measure_power(prediction::exponent_beta, -1, 0.5, magnetization);
    curves_.chi_above = measure_power(prediction::exponent_gamma, 1, -1, above);
    curves_.chi_below = measure_power(prediction::exponent_gamma_prime, -1, -1, below);
    if (!curves_.chi_above || !curves_.chi_below) return;
    const auto upper = power(1, above, -1), lower = power(-1, below, -1);
    if (!upper || !lower) return;
    const double ratio = std::exp(upper->fit.value[0] - lower->fit.value[0]);
    // The error of the critical time moves the two amplitudes in opposite directions.
    const double variance = std::pow(upper->error(), 2) + std::pow(lower->error(), 2) -
                            2 * upper->shared * lower->shared;
    add(prediction::amplitude_ratio,
        {ratio, ratio * std::sqrt(variance),
         statistics::combined_dof(upper->error(), upper->fit.error_dof[0], lower->error(),
                                  lower->fit.error_dof[0])},
        "chi |tau| above over below t_c, extrapolated to tau = 0 with gamma = gamma' = 1");
  }

  /// h = D m^delta (1 + ...) read as log h against log m: corrections are powers of m^2.
  void critical_isotherm() {
    const double predicted = first_.prediction(prediction::critical_time).value_or(0);
    Rows isotherm;
    for (const Row& row : rows_) {
      if (row.h > 0 && std::abs(row.t - predicted) <= 1e-12 * predicted) isotherm.push_back(row);
    }
    if (isotherm.empty()) return;
    // The error of log h is delta times that of log m: from the slope between the ends, then from
    // the fit.
    const auto [low, high] = std::minmax_element(
        isotherm.begin(), isotherm.end(), [](const Row& a, const Row& b) { return a.h < b.h; });
    double delta = std::log(high->h / low->h) / std::log(high->order.value / low->order.value);
    if (!(delta > 0)) delta = 1;
    std::optional<Power> fitted;
    constexpr int kIterations = 4;
    for (int i = 0; i < kIterations; ++i) {
      std::vector<ScalingSample> samples;
      for (const Row& row : isotherm) {
        const Value& m = row.order;
        samples.push_back({m.value,
                           row.n * row.h * m.value / row.s,
                           {row.h, delta * row.h * m.error / m.value, m.dof}});
      }
      fitted = power_law(samples, 2);
      if (!fitted) break;
      delta = fitted->exponent();
    }
    if (!fitted) {
      warn(prediction::exponent_delta.string(),
           "the critical isotherm has too few fields with n h m >= 16",
           "give at least 8 values of experiment.isotherm, or a larger experiment.isotherm_n");
      return;
    }
    curves_.isotherm = fitted;
    add(prediction::exponent_delta, fitted->value(),
        "log h against log m, x = m, size = n beta h m", fitted->fit);
    shift(prediction::exponent_delta, fitted->fit.window_shift);
  }

  const PointGroup& group_;
  const Point& first_;
  Findings& findings_;
  Rows rows_;
  int components_ = 1;
  Curves curves_;
};

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const PointGroup& group :
       group_points(result, {"experiment.t", "experiment.n", "experiment.h"})) {
    Analysis(group, findings).run();
  }
  return findings;
}

}  // namespace symbreak::findings::copies
