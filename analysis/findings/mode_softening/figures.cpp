// Figures of typical trajectories.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/mode_softening/findings.hpp"
#include "analysis/findings/mode_softening/observables.hpp"

namespace symbreak::findings::mode_softening {

using verdict::Point;

void draw_trajectories(const Point& point, const std::map<std::string, std::string>& keys,
                       verdict::Findings& findings) {
  const NoiseUnit unit = noise_unit(point);
  std::vector<double> q;
  for (const double s : point.fact_values(fact::noise)) q.push_back(unit.value / s);
  const auto figure = [&](const std::string& name, const std::string& title,
                          const std::string& y_label) {
    verdict::Figure result =
        new_figure(name + key_stem(keys), title, unit.ratio(), y_label, Log::x);
    result.vertical_lines = {{1, "noise-free s_c"}};
    return result;
  };
  const verdict::Observable& softening = point.at(observable::softening);
  verdict::Figure dips = figure("softening", "Mode softening on typical trajectories", "−s v*Jv");
  dips.curves = lattice::mode_curves(softening, q);
  dips.caption = "With noise the restoring force dips and recovers; it vanishes for no mode.";
  findings.figures.push_back(dips);

  if (const verdict::Observable* gradient = point.find(observable::gradient_term)) {
    const Eigen::Index modes = softening.shape.at(1);
    verdict::Figure length =
        figure("correlation_length_j", "Correlation length of the Jacobian", "ξ_J / sites");
    verdict::Curve xi{.label = "√(gradient/softening)", .style = verdict::Curve::Style::line};
    for (std::size_t r = 0; r < q.size(); ++r) {
      const auto at = static_cast<Eigen::Index>(r);
      const double ratio = gradient->estimate.mean[at] / softening.estimate.mean[at * modes];
      if (!(ratio > 0)) continue;
      push(xi, q[r], std::sqrt(ratio));
    }
    length.curves = {xi};
    findings.figures.push_back(length);
  }

  verdict::Figure structure =
      figure("structure", "Structure factor of the noisy state", "S_x(k)/s");
  structure.log_y = true;
  structure.curves = lattice::mode_curves(point.at(observable::state_structure), q);
  findings.figures.push_back(structure);

  if (!unit.windows) return;
  verdict::Figure rates = figure("rates", "Score, local posterior, non-equilibrium", "per pixel");
  rates.curves = {lattice::curve(point.at(observable::score_norm), q, "s |score|²/d")};
  verdict::Curve trace = lattice::curve(point.at(observable::local_variance), q, "−s tr J/d"),
                 entropy = trace;
  entropy.label = "pseudo-entropy rate, ½ Var/s per unit ln s";
  for (std::size_t r = 0; r < q.size(); ++r) {
    const double beta = q[r] / unit.value;
    trace.y[r] = 1 - beta * trace.y[r];
    trace.error[r] *= beta;
    entropy.y[r] *= beta / 2;
    entropy.error[r] *= beta / 2;
  }
  rates.curves.push_back(trace);
  rates.curves.push_back(entropy);
  rates.curves.push_back(
      lattice::curve(point.at(observable::antisymmetric_share), q, "|A|²/|J|² of d⟨φ₀⟩/dx"));
  rates.caption =
      "For an exact score E s|score|²/d = −E s tr J/d; their gap shows that this one has no p_t.";
  findings.figures.push_back(rates);
}

}  // namespace symbreak::findings::mode_softening
