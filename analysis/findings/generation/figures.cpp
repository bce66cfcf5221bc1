#include <fmt/format.h>

#include <algorithm>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/generation/findings.hpp"
#include "analysis/findings/generation/observables.hpp"

namespace symbreak::findings::generation {

namespace {

using Eigen::Index;
using lattice::curve;
using verdict::Curve;
using verdict::Figure;
using verdict::Observable;
using verdict::Point;

Curve line(const std::string& text, const std::vector<double>& x, const std::vector<double>& y) {
  return {.label = text, .x = x, .y = y, .style = Curve::Style::line};
}

Figure time_figure(const std::string& name, const std::string& title, const std::string& y_label,
                   const Point& point) {
  Figure figure = new_figure(name, title, "t", y_label, Log::x);
  if (const auto critical = point.prediction(prediction::critical_time)) {
    figure.vertical_lines = {{*critical, "t_c"}};
  }
  return figure;
}

/// Entropy production per unit ln s, dH/dln s = d mmse/(2 s) (I-MMSE), mmse = E|y|^2/d - overlap.
Curve entropy_rate(const Observable& overlap, const Point& point,
                   const std::vector<double>& times) {
  const double norm = *point.fact(fact::mean_square_norm);
  const std::vector<double> noise = point.fact_values(fact::noise);
  Curve result{.label = "d mmse/2s"};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto element = static_cast<Index>(i);
    push(result, times[i],
         {(norm - overlap.estimate.mean[element]) / (2 * noise[i]),
          overlap.estimate.error[element] / (2 * noise[i])});
  }
  return result;
}

}  // namespace

void draw(const Point& point, const std::string& suffix, verdict::Findings& findings) {
  const std::vector<double> times = point.fact_values(fact::time);
  const auto named = [&](const std::string& name) {
    return suffix.empty() ? name : name + "_" + suffix;
  };
  const Observable& overlap = point.at(observable::overlap);

  Figure overlaps =
      time_figure(named("overlap"), "Overlap of the clean mean with the datum", "E|⟨y⟩|²/d", point);
  overlaps.curves = {curve(overlap, times, "reverse trajectories"),
                     curve(point.at(observable::overlap_forward), times, "forward noised data")};
  const std::vector<double> exact = point.prediction_values(prediction::overlap);
  if (!exact.empty()) overlaps.curves.push_back(line("quadrature, 1 − mmse", times, exact));
  overlaps.caption = "For an exact score both ensembles have the same law at every time.";
  findings.figures.push_back(overlaps);

  Figure order = time_figure(named("order_parameter"), "Order parameter", "E m²", point);
  const Observable& squared = point.at(observable::order_parameter_squared);
  const Index axes = squared.shape.at(1);
  for (Index a = 0; a < std::min<Index>(axes, 4); ++a) {
    order.curves.push_back(curve(squared, times, fmt::format("axis {}", a + 1), axes, a));
  }
  findings.figures.push_back(order);

  Figure distribution = time_figure(named("order_parameter_distribution"),
                                    "Distribution of the order parameter", "m", point);
  const Observable& histogram = point.at(observable::order_parameter_distribution);
  const Index bins = histogram.shape.at(1);
  const double edge = *point.fact(fact::histogram_edge);
  verdict::Surface surface;
  // Times run downwards; a surface wants ascending abscissae.
  surface.x.assign(times.rbegin(), times.rend());
  for (Index b = 0; b < bins; ++b) {
    surface.y.push_back(edge *
                        (2 * (static_cast<double>(b) + 0.5) / static_cast<double>(bins) - 1));
  }
  surface.z.resize(static_cast<Index>(times.size()), bins);
  for (Index i = 0; i < surface.z.rows(); ++i) {
    surface.z.row(i) =
        histogram.estimate.mean.segment((surface.z.rows() - 1 - i) * bins, bins).transpose();
  }
  distribution.surface = surface;
  distribution.caption = "Fraction of walkers per bin of m = u·⟨y⟩/|u|².";
  findings.figures.push_back(distribution);

  Figure entropy = time_figure(named("entropy"), "Entropy production and score", "", point);
  entropy.curves = {entropy_rate(overlap, point, times),
                    curve(point.at(observable::score_norm), times, "s E|score|²/d")};
  if (const Observable* posterior = point.find(observable::posterior_entropy)) {
    entropy.curves.push_back(curve(*posterior, times, "H(y|x) / nats"));
  }
  entropy.caption = "dH/dln s = d·mmse/2s per dimension (I-MMSE).";
  findings.figures.push_back(entropy);
}

}  // namespace symbreak::findings::generation
