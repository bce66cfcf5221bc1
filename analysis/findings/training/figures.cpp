#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/findings/training/findings.hpp"

namespace symbreak::findings::training {

namespace {

/// Every element of an observable along these abscissae, where both are positive and finite.
Curve drawn(const Point& point, ObservableName name, const std::vector<double>& x, Curve curve) {
  const Observable* found = point.find(name);
  for (std::size_t i = 0; found != nullptr && i < x.size(); ++i) {
    const auto at = static_cast<Index>(i);
    if (std::isfinite(x[i])) push(curve, x[i], value_of(point, name, at));
  }
  if (curve.style != Curve::Style::points) curve.error.clear();
  return curve;
}

Curve level(const std::string& label, const std::vector<double>& x, double y) {
  return line(label, {x.front(), x.back()}, {y, y}, Curve::Style::dashed);
}

void mark_window(const Point& point, Figure& figure) {
  for (const TimeKind* kind : {&kGeneralization, &kRise, &kMemorization}) {
    if (const auto time = time_of(point, *kind)) {
      figure.vertical_lines.emplace_back(time->tau().value, symbol(*kind));
    }
  }
  const auto from = time_of(point, kGeneralization), to = time_of(point, kRise);
  if (from && to && from->tau().value < to->tau().value) {
    figure.bands = {{from->tau().value, to->tau().value}};
  }
}

}  // namespace

void draw(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> tau = point.fact_values(fact::tau);
  Figure losses =
      new_figure(keys, "losses", "Losses in training", "training time τ", "loss ℓ", Log::x);
  losses.curves = {drawn(point, observable::train_loss, tau, line("train")),
                   drawn(point, observable::test_loss, tau, line("test"))};
  mark_window(point, losses);
  // What matters is below the value before training.
  const double before = value_of(point, observable::test_loss).value;
  losses.x_range = std::pair{tau.front(), tau.back()};  // as of the copies below it
  losses.y_range = std::pair{0.0, 1.6 * before};
  losses.caption =
      "Shaded: the window of early stopping, from τ_gen to τ_rise, in which the score generalizes. "
      "After it the train loss falls on by learning the data themselves.";
  findings.figures.push_back(losses);

  const std::vector<double> generated = point.fact_values(fact::generated_tau);
  if (point.find(observable::memorized) != nullptr) {
    Figure copies = new_figure(keys, "copies", "Copies among generated data", "training time τ",
                               "f_mem", Log::x);
    copies.curves = {
        drawn(point, observable::memorized, generated, {.label = "trained score"}),
        level("held-out data", tau, value_of(point, observable::memorized_null).value)};
    if (point.find(observable::memorized_exact) != nullptr) {
      copies.curves.push_back(
          level("population score", tau, value_of(point, observable::memorized_exact).value));
    }
    mark_window(point, copies);
    copies.x_range = std::pair{tau.front(), tau.back()};
    copies.y_range = std::pair{-0.04, 1.05};
    copies.caption =
        "Share of generated data with d₁/d₂ < 1/3, the distances to the nearest and the second "
        "nearest datum. Shaded: the window of early stopping.";
    findings.figures.push_back(copies);
  }

  Figure distances = new_figure(keys, "distances", "Distance to the exact scores",
                                "training time τ", "E|D − ⟨y⟩|²/d", Log::both);
  const std::vector<double> sampled = point.fact_values(fact::sampled_tau);
  distances.curves = {
      drawn(point, observable::distance_empirical, tau, line("to the empirical, by the loss"))};
  distances.caption =
      "A score that generalizes is near the population's, one that memorizes near the empirical "
      "one; shaded: the window of early stopping.";
  mark_window(point, distances);
  add(distances, drawn(point, observable::sampled_empirical, sampled, {.label = "sampled"}));
  add(distances,
      drawn(point, observable::distance_population, tau, line("to the population, by the loss")));
  add(distances, drawn(point, observable::sampled_population, sampled, {.label = "sampled"}));
  // Sampled constants may leave less than nothing: there a line is broken, not led across.
  const auto positive = [](double y) { return y > 0; };
  std::erase_if(distances.curves, [&](const Curve& curve) {
    return std::none_of(curve.y.begin(), curve.y.end(), positive);
  });
  for (Curve& curve : distances.curves) {
    for (double& y : curve.y) y = positive(y) ? y : std::numeric_limits<double>::quiet_NaN();
  }
  add(findings, distances);

  Figure spectrum = new_figure(keys, "spectrum", "Eigenvalues of U", "rank", "λ", Log::both,
                               "One outlier, d modes of the coordinates, N modes of the data, the "
                               "rest.");
  Curve eigenvalues = line("mean over disorder samples");
  const Observable& all = point.at(observable::spectrum);
  for (Index k = 0; k < all.estimate.mean.size(); ++k) {
    if (all.estimate.mean[k] > 0) {
      push(eigenvalues, static_cast<double>(k + 1), all.estimate.mean[k]);
    }
  }
  spectrum.curves = {eigenvalues};
  const double d = *point.fact(fact::dimension), N = *point.fact(fact::data);
  spectrum.vertical_lines = {{1 + d, "1 + d"}, {1 + N, "1 + N"}};
  findings.figures.push_back(spectrum);
}

}  // namespace symbreak::findings::training
