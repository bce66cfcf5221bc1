#include "analysis/findings/score_spectrum/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/score_spectrum/observables.hpp"

namespace symbreak::findings::score_spectrum {

namespace {

/// Curves in a figure, no more.
constexpr Index kMostCurves = 12;

Index stride(const Observable& values, const std::vector<double>& s) {
  return values.estimate.mean.size() / static_cast<Index>(s.size());
}

Curve solid(Curve curve, int colour) {
  curve.style = Curve::Style::line;
  curve.colour = colour;
  return curve;
}

void collapse_line(const Point& point, Figure& figure) {
  if (const auto s = point.fact(fact::collapse)) figure.vertical_lines = {{*s, "s_C"}};
}

}  // namespace

void draw(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> s = point.fact_values(fact::noise);
  Figure spectrum =
      new_figure(keys, "eigenvalues", "Spectrum of the Jacobian d⟨y⟩/dx", "s = σ²t", "J_k", Log::x,
                 "Points: mean over states. Lines: median over the states of a unit.");
  const Observable& mean = point.at(observable::eigenvalues);
  const Observable& median = point.at(observable::eigenvalue_median);
  const Index columns = stride(mean, s), step = (columns + kMostCurves - 1) / kMostCurves;
  int colour = 0;
  for (Index k = 0; k < columns; k += step, ++colour) {
    Curve curve = lattice::curve(mean, s, fmt::format("k = {}", k + 1), columns, k);
    curve.colour = colour;
    add(spectrum, std::move(curve));
    Curve middle = solid(lattice::curve(median, s, "", columns, k), colour);
    middle.error.clear();
    add(spectrum, std::move(middle));
  }
  collapse_line(point, spectrum);
  add(findings, spectrum);

  Figure dimension = new_figure(keys, "local_dimension", "Local dimension of the data", "s = σ²t",
                                "dimension", Log::x, "Lines: medians, and what is known exactly.");
  add(dimension, lattice::curve(point.at(observable::trace), s, "tr J"));
  add(dimension, lattice::curve(point.at(observable::count), s, "J_k > ½"));
  add(dimension, lattice::curve(point.at(observable::participation), s, "(Σ J)²/Σ J²"));
  Curve trace_median =
      solid(lattice::curve(point.at(observable::trace_median), s, "median tr J"), 0);
  trace_median.error.clear();
  add(dimension, std::move(trace_median));
  if (const auto exact = point.prediction_values(prediction::trace); !exact.empty()) {
    add(dimension, line("E tr J", s, exact));
  }
  if (const auto law = point.prediction_values(prediction::trace_of_law); !law.empty()) {
    add(dimension, line("E tr J of the law", s, law));
  }
  collapse_line(point, dimension);
  add(findings, dimension);

  const Observable* along = point.find(observable::along_axes);
  if (along == nullptr) return;
  const std::vector<double> thermal = point.fact_values(fact::thermal);
  Figure ratio =
      new_figure(keys, "along_axes", "J along the axes of the law", "s = σ²t", "J_k (v_k + s)/v_k",
                 Log::x, "1: as for infinitely many points. Lines: median over states.");
  const Observable& middle = point.at(observable::along_axes_median);
  const Index count = stride(*along, s), every = (count + kMostCurves - 1) / kMostCurves;
  colour = 0;
  for (Index k = 0; k < count; k += every, ++colour) {
    Curve means{.label = fmt::format("axis {}", k + 1), .colour = colour};
    Curve medians{.style = Curve::Style::line, .colour = colour};
    for (std::size_t i = 0; i < s.size(); ++i) {
      const Index at = static_cast<Index>(i) * count + k;
      const double unit = thermal[static_cast<std::size_t>(at)];
      const Value value = along->estimate.value(at);
      push(means, s[i], Value{value.value / unit, value.error / unit});
      push(medians, s[i], middle.estimate.mean[at] / unit);
    }
    add(ratio, std::move(means));
    add(ratio, std::move(medians));
  }
  collapse_line(point, ratio);
  add(findings, ratio);
}

}  // namespace symbreak::findings::score_spectrum
