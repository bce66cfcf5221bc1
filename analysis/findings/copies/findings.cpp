#include "analysis/findings/copies/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/diffusion/forward.hpp"
#include "analysis/findings/copies/figures.hpp"
#include "analysis/findings/copies/scaling.hpp"

namespace symbreak::experiment {

namespace {

using fit::Index;
using fit::MatrixXd;
using fit::VectorXd;
using verdict::Point;
using verdict::Severity;

diffusion::Forward forward_of(const Point& point) {
  const std::string& clock = point.parameters.at("forward.clock");
  return {clock == "ddpm"                 ? diffusion::Clock::ddpm
          : clock == "ornstein_uhlenbeck" ? diffusion::Clock::ornstein_uhlenbeck
                                          : diffusion::Clock::brownian,
          point.number("forward.sigma"), point.number("forward.beta_min"),
          point.number("forward.beta_max")};
}

/// Jackknife blocks of several scalar observables, at most 32 per chain so that blocks are much
/// longer than tau_int.
MatrixXd blocks(const Point& point, const std::vector<std::string>& names) {
  constexpr Index kPerUnit = 32;
  const auto& units = point.find(names[0])->units;
  std::vector<VectorXd> rows;
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    const Index bins = units[unit].bins.cols(), merge = std::max<Index>(1, bins / kPerUnit);
    for (Index first = 0; first + merge <= bins; first += merge) {
      VectorXd row(static_cast<Index>(names.size()));
      for (std::size_t k = 0; k < names.size(); ++k) {
        row[static_cast<Index>(k)] =
            point.find(names[k])->units.at(unit).bins.row(0).segment(first, merge).mean();
      }
      rows.push_back(row);
    }
  }
  MatrixXd all(static_cast<Index>(rows.size()), static_cast<Index>(names.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) all.row(static_cast<Index>(i)) = rows[i];
  return all;
}

Estimated simple(const Point& point, const std::string& name) {
  const verdict::Observable& observable = *point.find(name);
  return {observable.value(), observable.error()};
}

Row row_of(const Point& point) {
  Row row;
  row.t = point.number("experiment.t");
  row.s = forward_of(point).at(row.t).noise();
  row.n = point.number("experiment.n");
  row.h = point.number("experiment.h");
  row.factor = *point.prediction("fluctuation_factor");
  row.second = simple(point, "m2");
  row.absolute = simple(point, "m_abs");
  row.order = simple(point, "order_parameter");
  const MatrixXd rows = blocks(point, {"m2", "m4", "m_abs"});
  const statistics::Derived derived = statistics::jackknife(rows, [](const VectorXd& means) {
    return VectorXd(
        Eigen::Vector2d(1 - means[1] / (3 * means[0] * means[0]), means[0] - means[2] * means[2]));
  });
  row.binder = {derived.value[0], derived.error[0]};
  row.spread = {derived.value[1], derived.error[1]};
  return row;
}

/// Points that differ in t, n and h only.
struct Group {
  std::map<std::string, std::string> keys;
  std::vector<const Point*> points;
};

std::vector<Group> groups(const verdict::Result& result) {
  std::vector<Group> all;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    std::map<std::string, std::string> keys;
    for (const std::string& key : result.swept) {
      if (key != "experiment.t" && key != "experiment.n" && key != "experiment.h") {
        keys[key] = point.parameters.at(key);
      }
    }
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const Group& group) { return group.keys == keys; });
    if (found == all.end()) found = all.insert(all.end(), Group{keys, {}});
    found->points.push_back(&point);
  }
  return all;
}

/// One group on its way to verdicts.
class Analysis {
 public:
  Analysis(const Group& group, std::uint64_t seed, verdict::Findings& findings)
      : group_(group), first_(*group.points.front()), findings_(findings), seed_(seed) {
    for (const Point* point : group.points) rows_.push_back(row_of(*point));
    components_ = static_cast<int>(*first_.prediction("components"));
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
    for (verdict::Figure& figure : copies_figures(curves_)) {
      findings_.figures.push_back(std::move(figure));
    }
  }

 private:
  void add(const std::string& quantity, Estimated measured, const std::string& from,
           const std::string& note = "") {
    const auto predicted = first_.prediction(quantity);
    if (!predicted) {
      findings_.diagnostics.push_back(
          {Severity::note, quantity,
           fmt::format("measured {:.6g} +- {:.2g} ({}); no prediction for this target",
                       measured.value, measured.error, from),
           ""});
      return;
    }
    verdict::Verdict row;
    row.quantity = quantity;
    row.point = group_.keys;
    row.measured = measured.value;
    row.error = measured.error;
    row.predicted = *predicted;
    for (const verdict::Prediction& candidate : first_.predictions) {
      if (candidate.quantity == quantity) row.source = candidate.source;
    }
    row.from = from;
    row.note = note;
    findings_.verdicts.push_back(std::move(row));
  }

  void warn(const std::string& subject, const std::string& text, const std::string& advice) {
    findings_.diagnostics.push_back({Severity::warning, subject, text, advice});
  }

  void check_thermalisation() {
    std::string where;
    int count = 0;
    for (const Point* point : group_.points) {
      const statistics::Estimate& estimate = point->find("m2")->estimate;
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
    const auto measured = first_.prediction("law_second_moment");
    const auto exact = first_.prediction("law_second_moment_exact");
    if (!measured || !exact) return;
    verdict::Verdict row;
    row.quantity = "law_second_moment";
    row.point = group_.keys;
    row.measured = *measured;
    row.error = *first_.prediction("law_second_moment_error");
    row.predicted = *exact;
    row.predicted_error = *first_.prediction("law_second_moment_exact_error");
    for (const verdict::Prediction& candidate : first_.predictions) {
      if (candidate.quantity == "law_second_moment_exact") row.source = candidate.source;
    }
    row.from = "<M^2>/N of the law of M measured in a ladder of fields, jackknife of 16 segments";
    findings_.verdicts.push_back(std::move(row));
  }

  void locate_transition() {
    const auto found = crossings(rows_, components_, seed_);
    if (!found) {
      warn("critical_time",
           "fewer than two sizes n have 7 times t inside the critical window with curves U4(t) "
           "that cross",
           "give at least three values of experiment.n and more values of experiment.t with "
           "|t/t_c - 1| < 2/sqrt(n) for the largest n");
      return;
    }
    curves_.crossings = *found;
    const fit::Fit &s = found->critical_s, &binder = found->critical_binder;
    curves_.critical_s = {s.value[0], s.error[0]};
    const diffusion::Forward forward = forward_of(first_);
    const double t = forward.time(s.value[0]);
    const double t_error = std::abs(forward.time(s.value[0] + s.error[0]) - t);
    const std::string from = fmt::format(
        "U4 crossings of {} pairs of sizes (quintics, chi2/dof {:.2f})", found->n.size(),
        found->dof > 0 ? found->chi2 / static_cast<double>(found->dof) : 0.0);
    add("critical_time", {t, t_error},
        fmt::format("{}, extrapolated in 1/n, chi2/dof {:.2f}", from, s.chi2_per_dof()));
    add("binder_crossing", {binder.value[0], binder.error[0]},
        fmt::format("{}, extrapolated in n^-1/2, chi2/dof {:.2f}", from, binder.chi2_per_dof()));
    if (found->n.size() < 2) {
      warn("binder_crossing", "two sizes give one crossing: nothing is extrapolated in n",
           "give at least three values of experiment.n");
    }
  }

  void finite_size_scaling() {
    if (curves_.crossings->n.size() < 2) return;
    const fit::Fit scaling = binder_scaling(rows_, components_);
    add("exponent_nu_bar", {scaling.value[1], scaling.error[1]},
        fmt::format("scaling collapse of U4(t, n), corrections n^-1/2, chi2/dof {:.2f}, p {:.2g}",
                    scaling.chi2_per_dof(), scaling.p_value),
        fmt::format("same fit: s_c = {:.7g} +- {:.1g}, U4* = {:.5f} +- {:.1g}", scaling.value[0],
                    scaling.error[0], scaling.value[2], scaling.error[2]));
    const auto critical = critical_moments(rows_, components_, curves_.critical_s);
    if (!critical) return;
    add("exponent_beta_over_nu_bar", {critical->power.value[0] / 2, critical->power.error[0] / 2},
        fmt::format("<|m|^2> ~ n^(-2 beta/nu_bar) at the measured t_c, {} sizes, chi2/dof {:.2f}",
                    critical->n.size(), critical->power.chi2_per_dof()),
        "chi = n beta |u|^2 <|m|^2> ~ n^(gamma/nu_bar) is the same data");
    const double amplitude = std::exp(critical->amplitude.value[0]);
    add("critical_amplitude", {amplitude, amplitude * critical->amplitude.error[0]},
        fmt::format("<|m|^2> sqrt(n) at the measured t_c, extrapolated in n^-1/2, chi2/dof {:.2f}",
                    critical->amplitude.chi2_per_dof()));
  }

  /// Samples of one observable on one side of the transition, with s_c moved by `shift`.
  template <class Select>
  std::vector<ScalingSample> side(int sign, double shift, const Select& select) const {
    std::vector<ScalingSample> samples;
    for (const Row& row : rows_) {
      const double tau = row.s / (curves_.critical_s.value + shift) - 1;
      if (row.h != 0 || tau * sign <= 0) continue;
      const Estimated y = select(row);
      samples.push_back({std::abs(tau), y.value, y.error, row.n * tau * tau});
    }
    return samples;
  }

  /// A power law in |tau|, with the error of the measured critical time propagated.
  template <class Select>
  std::optional<Power> measure_power(const std::string& quantity, int sign, double exponent_of_fit,
                                     const Select& select) {
    const auto fitted = power_law(side(sign, 0, select), 1);
    if (!fitted) {
      warn(quantity, "no window of t has enough points with n tau^2 >= 16 and an acceptable chi2",
           "add values of experiment.t at 0.01 < |t/t_c - 1| < 0.3, larger experiment.n, or more "
           "sampling.blocks");
      return std::nullopt;
    }
    const auto moved = power_law(side(sign, curves_.critical_s.error, select), 1);
    const double from_time = moved ? moved->exponent() - fitted->exponent() : 0;
    add(quantity,
        {exponent_of_fit * fitted->exponent(),
         std::abs(exponent_of_fit) * std::hypot(fitted->error(), from_time)},
        fmt::format("{}, x = |tau|, size = n tau^2, chi2/dof {:.2f}, p {:.2g}", fitted->fit.window,
                    fitted->fit.chi2_per_dof(), fitted->fit.p_value),
        fmt::format("window shift {:.2g}", std::abs(exponent_of_fit) * fitted->fit.window_shift));
    return fitted;
  }

  void thermodynamic_exponents() {
    const double components = components_;
    const auto magnetization = [](const Row& row) { return row.second; };
    const auto above = [components](const Row& row) {
      const double scale = row.factor / components;
      return Estimated{scale * row.second.value, scale * row.second.error};
    };
    const auto below = [](const Row& row) {
      return Estimated{row.factor * row.spread.value, row.factor * row.spread.error};
    };
    curves_.below = measure_power("exponent_beta", -1, 0.5, magnetization);
    curves_.chi_above = measure_power("exponent_gamma", 1, -1, above);
    curves_.chi_below = measure_power("exponent_gamma_prime", -1, -1, below);
    if (!curves_.chi_above || !curves_.chi_below) return;
    const auto upper = power_law(side(1, 0, above), 1, -1);
    const auto lower = power_law(side(-1, 0, below), 1, -1);
    // The error of the critical time moves the two amplitudes in opposite directions.
    const auto upper_moved = power_law(side(1, curves_.critical_s.error, above), 1, -1);
    const auto lower_moved = power_law(side(-1, curves_.critical_s.error, below), 1, -1);
    if (!upper || !lower || !upper_moved || !lower_moved) return;
    const double log_ratio = upper->fit.value[0] - lower->fit.value[0];
    const double from_time = upper_moved->fit.value[0] - lower_moved->fit.value[0] - log_ratio;
    const double ratio = std::exp(log_ratio);
    add("amplitude_ratio", {ratio, ratio * std::hypot(upper->error(), lower->error(), from_time)},
        "chi |tau| above over below t_c, extrapolated to tau = 0 with gamma = gamma' = 1");
  }

  /// h = D m^delta (1 + ...) read as log h against log m: corrections are powers of m^2.
  void critical_isotherm() {
    const double predicted = first_.prediction("critical_time").value_or(0);
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
        const Estimated& m = row.order;
        samples.push_back(
            {m.value, row.h, delta * row.h * m.error / m.value, row.n * row.h * m.value / row.s});
      }
      fitted = power_law(samples, 2);
      if (!fitted) break;
      delta = fitted->exponent();
    }
    if (!fitted) {
      warn("exponent_delta", "the critical isotherm has too few fields with n h m >= 16",
           "give at least 8 values of experiment.isotherm, or a larger experiment.isotherm_n");
      return;
    }
    curves_.isotherm = fitted;
    add("exponent_delta", {fitted->exponent(), fitted->error()},
        fmt::format("log h against log m, {}, x = m, size = n beta h m, chi2/dof {:.2f}, p {:.2g}",
                    fitted->fit.window, fitted->fit.chi2_per_dof(), fitted->fit.p_value),
        fmt::format("window shift {:.2g}", fitted->fit.window_shift));
  }

  const Group& group_;
  const Point& first_;
  verdict::Findings& findings_;
  std::uint64_t seed_;
  Rows rows_;
  int components_ = 1;
  CopiesCurves curves_;
};

}  // namespace

verdict::Findings analyse_copies(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Group& group : groups(result)) Analysis(group, result.seed, findings).run();
  return findings;
}

}  // namespace symbreak::experiment
