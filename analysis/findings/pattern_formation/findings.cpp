#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/pattern_formation/observables.hpp"
#include "analysis/fit/critical.hpp"

namespace symbreak::findings::pattern_formation {

Findings analyse(const Result& result) {
  Findings findings;
  std::map<std::string, Curve> by_size, by_rate;
  for (const KeyedPoint& at : complete_points(result, observable::final_magnetization_squared)) {
    const Point& point = at.point;
    judge_mosaics(point, at.keys, findings);
    draw_patterns(point, at.keys, findings);
    const double window = noise_unit(point).value,
                 side = point.fact(fact::lattice_side).value_or(1);
    const double rate = point.number("experiment.corrector");
    const auto add = [&](std::map<std::string, Curve>& curves, const std::string& key, double x,
                         ObservableName y) {
      const std::string text = key_label(swept_keys(result, point, {key}));
      Curve& curve = curves[text];
      curve.label = text.empty() ? "measured" : text;
      push(curve, x, point, y);
    };
    if (point.find(observable::mosaic_order) != nullptr) {
      add(by_size, "target.side", side / std::sqrt(window), observable::mosaic_order);
    }
    if (rate > 0) {
      add(by_rate, "experiment.corrector", rate, observable::final_magnetization_squared);
    }
  }
  const auto figure = [&](const std::string& name, const std::string& title, const std::string& x,
                          const std::string& y, const std::map<std::string, Curve>& curves) {
    Figure result_figure = new_figure(name, title, x, y, Log::both);
    for (const auto& [label, curve] : curves) {
      if (curve.x.size() > 1) result_figure.curves.push_back(curve);
    }
    add(findings, result_figure);
  };
  figure("order_by_size", "Order of final images against size", "L/P", "(L/P)² ⟨M²⟩", by_size);
  figure("order_by_rate", "Order of final images against the slowness of the sweep",
         "R / Langevin time per unit ln s", "⟨M²⟩", by_rate);
  for (const auto& [label, curve] : by_rate) {
    if (curve.x.size() < 3) continue;
    const fit::Fit power = fit::power_law(vector_of(curve.x), vector_of(curve.y),
                                          vector_of(curve.error), {.corrections = 0});
    note(findings, "order_by_rate" + joined(" (", label, ")"),
         fmt::format("<M^2> grows as R^{:.2f}({:.2f}), chi2/dof {:.1f}", power.value[0],
                     power.error[0], power.chi2_per_dof()),
         "the published value for <M^2> is about R^0.7");
  }
  return findings;
}

}  // namespace symbreak::findings::pattern_formation
