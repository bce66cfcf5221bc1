#include "analysis/findings/generation/findings.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/spin_moments.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using verdict::Curve;
using verdict::Figure;
using verdict::Observable;
using verdict::Point;
using verdict::Verdict;

/// Predictions name_000, name_001, ... of one point.
std::vector<double> numbered(const Point& point, const std::string& name) {
  std::vector<double> values;
  for (std::size_t i = 0;; ++i) {
    const auto value = point.prediction(fmt::format("{}_{:03}", name, i));
    if (!value) return values;
    values.push_back(*value);
  }
}

Curve line(const std::string& text, const std::vector<double>& x, const std::vector<double>& y) {
  return {.label = text, .x = x, .y = y, .error = {}, .style = Curve::Style::line};
}

/// Element e of an array observable against time.
Curve curve(const Observable& observable, const std::vector<double>& times, const std::string& text,
            Index stride = 1, Index offset = 0) {
  Curve result;
  result.label = text;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Index element = static_cast<Index>(i) * stride + offset;
    result.x.push_back(times[i]);
    result.y.push_back(observable.estimate.mean[element]);
    result.error.push_back(observable.estimate.error[element]);
  }
  return result;
}

Figure time_figure(const std::string& name, const std::string& title, const std::string& y_label,
                   const Point& point) {
  Figure figure;
  figure.name = name;
  figure.title = title;
  figure.x_label = "t";
  figure.y_label = y_label;
  figure.log_x = true;
  if (const auto critical = point.prediction("critical_time")) {
    figure.vertical_lines = {{*critical, "t_c"}};
  }
  return figure;
}

/// Entropy production per unit ln s, dH/dln s = d mmse/(2 s) (I-MMSE), mmse = E|y|^2/d - overlap.
Curve entropy_rate(const Observable& overlap, const Point& point,
                   const std::vector<double>& times) {
  const double norm = *point.prediction("mean_square_norm");
  const std::vector<double> noise = numbered(point, "noise");
  Curve result;
  result.label = "d mmse/2s";
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto element = static_cast<Index>(i);
    result.x.push_back(times[i]);
    result.y.push_back((norm - overlap.estimate.mean[element]) / (2 * noise[i]));
    result.error.push_back(overlap.estimate.error[element] / (2 * noise[i]));
  }
  return result;
}

void draw(const Point& point, const std::string& suffix, verdict::Findings& findings) {
  const std::vector<double> times = numbered(point, "time");
  const auto named = [&](const std::string& name) {
    return suffix.empty() ? name : name + "_" + suffix;
  };
  const Observable& overlap = point.observables.at("overlap");

  Figure overlaps =
      time_figure(named("overlap"), "Overlap of the clean mean with the datum", "E|⟨y⟩|²/d", point);
  overlaps.curves = {curve(overlap, times, "reverse trajectories"),
                     curve(point.observables.at("overlap_forward"), times, "forward noised data")};
  const std::vector<double> exact = numbered(point, "overlap");
  if (!exact.empty()) overlaps.curves.push_back(line("quadrature, 1 − mmse", times, exact));
  overlaps.caption = "For an exact score both ensembles have the same law at every time.";
  findings.figures.push_back(overlaps);

  Figure order = time_figure(named("order_parameter"), "Order parameter", "E m²", point);
  const Observable& squared = point.observables.at("order_parameter_squared");
  const Index axes = squared.shape.at(1);
  for (Index a = 0; a < std::min<Index>(axes, 4); ++a) {
    order.curves.push_back(curve(squared, times, fmt::format("axis {}", a + 1), axes, a));
  }
  findings.figures.push_back(order);

  Figure distribution = time_figure(named("order_parameter_distribution"),
                                    "Distribution of the order parameter", "m", point);
  const Observable& histogram = point.observables.at("order_parameter_distribution");
  const Index bins = histogram.shape.at(1);
  const double edge = *point.prediction("histogram_edge");
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
                    curve(point.observables.at("score_norm"), times, "s E|score|²/d")};
  if (const Observable* posterior = point.find("posterior_entropy")) {
    entropy.curves.push_back(curve(*posterior, times, "H(y|x) / nats"));
  }
  entropy.caption = "dH/dln s = d·mmse/2s per dimension (I-MMSE).";
  findings.figures.push_back(entropy);
}

}  // namespace

verdict::Findings analyse_generation(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    const auto add = [&](const std::string& quantity, const std::string& observable, Index element,
                         double predicted, double predicted_error, const std::string& source,
                         const std::string& from) -> Verdict& {
      const Observable& measured = point.observables.at(observable);
      Verdict row;
      row.quantity = quantity;
      row.point = keys;
      row.measured = measured.estimate.mean[element];
      row.error = measured.estimate.error[element];
      row.predicted = predicted;
      row.predicted_error = predicted_error;
      row.source = source;
      row.from = from;
      findings.verdicts.push_back(row);
      return findings.verdicts.back();
    };
    const Observable& forward = point.observables.at("mean_overlap_forward");
    add("overlap", "mean_overlap", 0, forward.value(), forward.error(),
        "forward noised data: E|<y>|^2 is the same on both", "mean over recorded times");
    if (const auto exact = point.prediction("mean_overlap")) {
      add("overlap", "mean_overlap", 0, *exact, 0, "1 - mmse by quadrature over p_t",
          "mean over recorded times");
    }
    const std::vector<double> weights = numbered(point, "class_weight");
    for (std::size_t c = 0; weights.size() > 1 && c < weights.size(); ++c) {
      add("branch_occupation", "branch_occupation", static_cast<Index>(c), weights[c], 0,
          "weight of the class in the target", fmt::format("class {}", c + 1));
    }
    add("wasserstein_2", "wasserstein_2_excess", 0, 0, 0, "same law",
        "W_2^2 to exact samples minus that between exact samples");
    add("energy_distance", "energy_distance", 0, 0, 0, "same law", "unbiased, to exact samples");
    if (point.find("frechet_excess") != nullptr) {
      add("frechet_distance", "frechet_excess", 0, 0, 0, "same mean and covariance",
          "to the exact moments, minus that of as many exact samples");
    }
    draw(point, key_label(keys), findings);
  }
  judge_generated_spins(result, findings);
  return findings;
}

}  // namespace symbreak::experiment
