// Noise-free branch: critical time, mode thresholds and exponents with their verdicts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/series.hpp"
#include "analysis/findings/mode_softening/findings.hpp"
#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/mean_field.hpp"

namespace symbreak::findings::mode_softening {

namespace {

Samples samples(const TimeSeries& series, ObservableName name, Index element) {
  Samples all;
  for (const Point* point : series.points) {
    all.push_back(
        {point->number(kTime), at(*point, name, element), error_at(*point, name, element)});
  }
  return all;
}

class BranchAnalysis {
 public:
  BranchAnalysis(const TimeSeries& series, Findings& findings)
      : series_(series),
        first_(series.first()),
        findings_(findings),
        window_(first_.number("experiment.window")) {}

  void work() {
    const auto crossings =
        zeros(samples(series_, observable::mode_margin, 0), "1 - beta c_0 at x = 0");
    if (crossings.empty()) {
      warn(findings_, "critical_time", "no recorded time interval contains the critical time",
           "use t = critical(±0.5, 61)");
      draw();
      return;
    }
    critical_ = crossings.back();
    add(prediction::critical_time, crossings.back());
    const auto second =
        zeros(samples(series_, observable::mode_margin, 1), "1 - beta c_k at x = 0, mode (1, 0)");
    if (!second.empty()) add(prediction::mode_threshold, second.back());
    power("exponent_beta", observable::magnetization, false, theory::kBeta);
    power("exponent_gamma", observable::susceptibility, true, -theory::kGamma);
    power("exponent_gamma_prime", observable::susceptibility, false, -theory::kGamma);
    power("exponent_nu", observable::correlation_length, true, -0.5);
    power("exponent_nu_prime", observable::correlation_length, false, -0.5);
    isotherm();
    draw();
  }

 private:
  /// Against the prediction of this name, where there is one.
  void add(PredictionName name, const Measured& measured) {
    Verdict& row = judge_or_tell(findings_, name.string(), series_.keys, measured, first_, name,
                                 measured.from, kRounding);
    row.detail = measured.detail;
    row.role = Role::headline;
  }

  /// A power of |tau| on one side; exponents of decaying quantities are given positive. The zero of
  /// tau is measured too: its error moves the exponent.
  void power(const std::string& quantity, ObservableName name, bool above, double exponent) {
    const Samples all = samples(series_, name, 0);
    double least = 1;
    const auto fitted_at = [&](double critical) -> std::optional<fit::Fit> {
      std::vector<double> x, y, sigma;
      for (const Sample& sample : all) {
        const double tau = sample.x / critical - 1;
        // Points within the error of t_c, and within rounding, say nothing.
        if ((tau > 0) != above || std::abs(tau) > window_ || !(sample.y > 0)) continue;
        if (std::abs(tau) < std::max(1e-9, 10 * critical_.error / critical_.value)) continue;
        x.push_back(std::abs(tau));
        y.push_back(sample.y);
        sigma.push_back(std::max(sample.sigma, kRounding * sample.y));
      }
      if (x.size() < 8) return std::nullopt;
      least = *std::min_element(x.begin(), x.end());
      // The correlation length and chi above t_c have no corrections at all; a fit decides how many
      // it needs.
      return fit::power_law_deterministic(vector_of(x), vector_of(y), vector_of(sigma));
    };
    const auto moved = fitted_at(critical_.value + critical_.error);
    const auto fitted = fitted_at(critical_.value);
    if (!fitted || !moved) return;
    const VectorXd error = fitted->error.cwiseMax(0).binaryExpr(
        moved->value - fitted->value,
        [](double fit, double zero) { return std::hypot(fit, zero); });
    const double sign = exponent < 0 ? -1 : 1;
    of_fit(
        judge(findings_, quantity, series_.keys, {sign * fitted->value[0], error[0]},
              {sign * exponent, kRounding}, "mean field", fmt::format("{} in |tau|", name.text())),
        *fitted)
        .role = Role::headline;
    draw_power(all, above, *fitted, name.string());
    if (quantity != "exponent_nu") return;
    // Amplitude and exponent are one straight line in logarithms, extrapolated to |tau| = 1.
    add(prediction::correlation_amplitude,
        {{fitted->value[1],
          std::max(error[1], std::abs(std::log(least)) * error[0] * fitted->value[1])},
         "amplitude of the same fit"});
  }

  /// One side of t_c in logarithms, with the leading power of its fit.
  void draw_power(const Samples& all, bool above, const fit::Fit& fitted, const std::string& name) {
    const int colour = static_cast<int>(powers_.curves.size() / 2);
    const char* side = above ? "t > t_c" : "t < t_c";
    Curve data{.label = fmt::format("{}, {}", name, side), .colour = colour};
    for (const Sample& sample : all) {
      const double tau = sample.x / critical_.value - 1;
      if ((tau > 0) != above || std::abs(tau) < 1e-7 || !(sample.y > 0)) continue;
      push(data, std::abs(tau), sample.y);
    }
    if (data.x.empty()) return;
    Curve law = line(fmt::format("|τ|^{{{:.4g}}}", fitted.value[0]));
    law.colour = colour;
    const auto [first, last] = std::minmax_element(data.x.begin(), data.x.end());
    for (const double x : {*first, *last}) {
      push(law, x, fitted.value[1] * std::pow(x, fitted.value[0]));
    }
    if (*last > window_ * (1 + 1e-6)) powers_.bands = {{1e-300, window_}};
    powers_.curves.push_back(std::move(data));
    powers_.curves.push_back(std::move(law));
  }

  void isotherm() {
    const std::vector<double> fields = first_.numbers("experiment.isotherm");
    const auto n = static_cast<Index>(fields.size());
    if (n < 8 || first_.find(observable::critical_isotherm) == nullptr) return;
    VectorXd m(n), h(n), sigma(n);
    for (Index i = 0; i < n; ++i) {
      m[i] = at(first_, observable::critical_isotherm, i);
      h[i] = fields[static_cast<std::size_t>(i)];
      sigma[i] =
          std::max(3 * error_at(first_, observable::critical_isotherm, i) / m[i], kRounding) * h[i];
    }
    if (!(m.minCoeff() > 0)) return;
    const fit::Fit fitted = fit::power_law_deterministic(m.array().square(), h, sigma);
    of_fit(
        judge(findings_, "exponent_delta", series_.keys, {2 * fitted.value[0], 2 * fitted.error[0]},
              {theory::kDelta, kRounding}, "mean field", "h in m^2 at the critical noise"),
        fitted)
        .role = Role::headline;
  }

  void draw() {
    const auto curve = [&](const std::string& label, ObservableName name, Index element) {
      Curve result = line(label);
      for (const Sample& sample : samples(series_, name, element)) {
        if (std::isfinite(sample.y)) push(result, sample.x, sample.y);
      }
      return result;
    };
    const auto figure = [&](const std::string& name, const std::string& title,
                            const std::string& y_label) {
      Figure result = new_figure(series_.keys, name, title, "t", y_label);
      if (critical_.value > 0) result.vertical_lines = {{critical_.value, "t_c"}};
      return result;
    };
    Figure modes = figure("noise_free_modes", "Mode softening on the noise-free branch",
                          "−s λ(k) = 1 − β c_k at x = 0");
    for (Index j = 0; j < 4; ++j) {
      modes.curves.push_back(curve(fmt::format("k = 2π({}, 0)/L", j), observable::mode_margin, j));
    }
    modes.caption = "Without noise the uniform mode loses its restoring force at t_c.";
    findings_.figures.push_back(modes);
    Figure order = figure("noise_free_magnetization", "Uniform state without noise", "m");
    order.caption = "The solution of m = f(m) with the largest m; 0 above t_c.";
    order.curves = {curve("m = f(m)", observable::magnetization, 0)};
    findings_.figures.push_back(order);
    if (!powers_.curves.empty()) findings_.figures.push_back(powers_);
    if (first_.find(observable::correlation_length) == nullptr) return;
    Figure length =
        figure("noise_free_correlation_length", "Correlation length without noise", "ξ / sites");
    // It diverges at t_c: two lines, not one through it.
    const Curve all = curve("ξ = √(c/r)", observable::correlation_length, 0);
    for (const bool above : {false, true}) {
      Curve side{.label = all.label, .style = all.style, .colour = 0};
      for (std::size_t i = 0; i < all.x.size(); ++i) {
        if ((all.x[i] > critical_.value) == above) push(side, all.x[i], all.y[i]);
      }
      findings::add(length, std::move(side));
    }
    length.log_y = true;
    length.caption = "Diverges at t_c as |t − t_c|^{−1/2}, on both sides.";
    findings_.figures.push_back(length);
  }

  const TimeSeries& series_;
  const Point& first_;
  Findings& findings_;
  const double window_;
  Figure powers_ = new_figure(
      series_.keys, "noise_free_exponents", "Exponents of the noise-free branch",
      "|τ|, τ = t/t_c − 1", "m, χ, ξ / sites", Log::both,
      "Lines: the leading power of the fit to each, which corrections to scaling leave at large "
      "|τ|. Shaded, where there is more than it: the window of the fits.");
  Value critical_{};  ///< time of the zero; 0: none
};

}  // namespace

Findings branch(const Result& result) {
  Findings findings;
  for (const TimeSeries& series : time_series(result)) BranchAnalysis(series, findings).work();
  return findings;
}

}  // namespace symbreak::findings::mode_softening
