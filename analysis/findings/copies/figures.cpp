#include "analysis/findings/copies/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/copies/observables.hpp"
#include "analysis/theory/landau.hpp"

namespace symbreak::findings::copies {

namespace {

std::optional<theory::LandauLaw> law_of(const Point& point) {
  const auto a = point.fact(fact::landau_quadratic), q = point.fact(fact::landau_quartic);
  if (!a || !q) return std::nullopt;
  return theory::LandauLaw{.components = static_cast<Index>(*point.fact(fact::components)),
                           .quadratic = *a,
                           .quartic = {*q}};
}

Figure binder(const Curves& curves) {
  Figure figure =
      new_figure("binder", "Binder cumulant", "t", "U₄ = 1 − ⟨|m|⁴⟩/3⟨|m|²⟩²", Log::none,
                 "Curves of all numbers of copies n cross at the critical time.");
  double low = 0, high = 0;
  for (const auto& [n, rows] : by_size(*curves.rows)) {
    Curve curve{.label = fmt::format("n = {:.0f}", n), .colour = figure.shades++};
    for (const Row& row : rows) push(curve, row.t, row.binder);
    if (low == high) low = curve.x.front(), high = curve.x.back();
    figure.curves.push_back(std::move(curve));
  }
  if (const auto star = curves.point->prediction(prediction::binder_crossing); star && low < high) {
    figure.curves.push_back(line(fmt::format("theory, U₄* = {:.5f}", *star), {low, high},
                                 {*star, *star}, Curve::Style::dashed));
  }
  if (const auto t = curves.point->prediction(prediction::critical_time)) {
    figure.vertical_lines.emplace_back(*t, "t_c (theory)");
  }
  return figure;
}

Figure collapse(const Curves& curves, const std::optional<theory::LandauLaw>& law) {
  constexpr double kReach = 6;
  Figure figure =
      new_figure("collapse", "Finite-size scaling in the number of copies", "(t/t_c − 1) n^{1/2}",
                 "⟨|m|²⟩^{1/2} n^{1/4}", Log::none,
                 "All n fall on one curve; the line is the exact zero-dimensional φ⁴ integral "
                 "with the target's own coefficients, nothing is fitted but t_c.");
  figure.x_range = {{-kReach, kReach}};
  for (const auto& [n, rows] : by_size(*curves.rows)) {
    Curve curve{.label = fmt::format("n = {:.0f}", n), .colour = figure.shades++};
    for (const Row& row : rows) {
      const double z = (row.s / curves.critical_s.value - 1) * std::sqrt(n);
      if (std::abs(z) > kReach) continue;
      const double root = std::sqrt(row.second.value), scale = std::pow(n, 0.25);
      push(curve, z, {scale * root, scale * row.second.error / (2 * root)});
    }
    figure.curves.push_back(std::move(curve));
  }
  if (law) {
    Curve theory = line("theory, n to infinity");
    for (double z = -kReach; z <= kReach; z += 0.25) push(theory, z, std::sqrt(law->moment(2, z)));
    figure.curves.push_back(std::move(theory));
  }
  return figure;
}

Figure crossing_figure(const Curves& curves) {
  Figure figure = new_figure("crossings", "Extrapolation of the Binder crossings", "n^{−1/2}",
                             "U₄ at the crossing", Log::none,
                             "U₄ where the curves of n and of the next larger size cross.");
  Curve points{.label = "crossings"};
  double widest = 0;
  for (std::size_t i = 0; i < curves.crossings->n.size(); ++i) {
    const double x = 1 / std::sqrt(curves.crossings->n[i]);
    widest = std::max(widest, x);
    push(points, x, curves.crossings->binder[i]);
  }
  figure.curves.push_back(std::move(points));
  const fit::Fit& fitted = curves.crossings->critical_binder;
  const double slope = fitted.value.size() > 1 ? fitted.value[1] : 0;
  figure.curves.push_back(
      line(fmt::format("fit, U₄* = {:.4f} ± {:.4f}", fitted.value[0], fitted.error[0]), {0, widest},
           {fitted.value[0], fitted.value[0] + slope * widest}));
  if (const auto star = curves.point->prediction(prediction::binder_crossing)) {
    figure.curves.push_back(line("theory", {0, widest}, {*star, *star}, Curve::Style::dashed));
  }
  return figure;
}

Curve samples(const Power& power, const std::string& label) {
  Curve curve{.label = label};
  for (const ScalingSample& sample : power.used) push(curve, sample.x, sample.y);
  return curve;
}

/// Fitted law at infinite size.
Curve law_line(const Power& power, double w, const std::string& label) {
  const VectorXd& p = power.fit.value;
  double low = power.used.front().x, high = low;
  for (const ScalingSample& sample : power.used) {
    low = std::min(low, sample.x);
    high = std::max(high, sample.x);
  }
  Curve curve = line(label);
  constexpr int kPoints = 40;
  for (int i = 0; i <= kPoints; ++i) {
    const double x = low * std::pow(high / low, static_cast<double>(i) / kPoints);
    const double correction = std::pow(x, w);
    push(curve, x,
         std::exp(p[1] + p[0] * std::log(x) + p[2] * correction + p[3] * correction * correction));
  }
  return curve;
}

Figure log_log(const std::string& name, const std::string& title, const std::string& x_label,
               const std::string& y_label) {
  return new_figure(name, title, x_label, y_label, Log::both,
                    "Points of the accepted window (all sizes), line: the fitted power law with "
                    "corrections at infinite n.");
}

}  // namespace

std::vector<Figure> figures(const Curves& curves) {
  std::vector<Figure> all = {binder(curves)};
  if (!curves.crossings) return all;
  all.push_back(collapse(curves, law_of(*curves.point)));
  all.push_back(crossing_figure(curves));
  if (curves.below) {
    Figure figure = log_log("order_parameter", "Order parameter below t_c", "1 − t/t_c", "⟨|m|²⟩");
    figure.curves = {
        samples(*curves.below, "⟨|m|²⟩"),
        law_line(*curves.below, 1, fmt::format("fit, 2β = {:.4f}", curves.below->exponent()))};
    all.push_back(std::move(figure));
  }
  if (curves.chi_above || curves.chi_below) {
    Figure figure = log_log("susceptibility", "Susceptibility", "|t/t_c − 1|", "χ");
    for (const auto& [power, label] :
         {std::pair{curves.chi_above, "t > t_c"}, {curves.chi_below, "t < t_c"}}) {
      if (!power) continue;
      figure.curves.push_back(samples(*power, label));
      figure.curves.push_back(
          law_line(*power, 1, fmt::format("fit, γ = {:.4f}", -power->exponent())));
    }
    all.push_back(std::move(figure));
  }
  if (curves.isotherm) {
    Figure figure = log_log("isotherm", "Critical isotherm", "m", "h");
    figure.curves = {
        samples(*curves.isotherm, "t = t_c"),
        law_line(*curves.isotherm, 2, fmt::format("fit, δ = {:.4f}", curves.isotherm->exponent()))};
    all.push_back(std::move(figure));
  }
  return all;
}

}  // namespace symbreak::findings::copies
