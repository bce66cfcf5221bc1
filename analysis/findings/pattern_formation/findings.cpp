#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/pattern_formation/observables.hpp"
#include "analysis/fit/critical.hpp"

namespace symbreak::findings::pattern_formation {

namespace {
constexpr const char* kRate = "experiment.corrector";
}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  std::map<std::string, Curve> by_size, by_rate;
  struct Rates {
    Keys keys;
    std::vector<Value> order;
  };
  std::map<std::string, Rates> rates;  // as by_rate, with what fits need
  for (const KeyedPoint& at : measured_points(result, observable::final_magnetization_squared)) {
    const Point& point = at.point;
    judge_mosaics(point, at.keys, findings);
    draw_patterns(point, at.keys, findings);
    const double window = noise_unit(point).value,
                 side = point.fact(fact::lattice_side).value_or(1);
    const double rate = point.number(kRate);
    const auto add = [&](std::map<std::string, Curve>& curves, const std::string& key, double x,
                         ObservableName y) {
      const Keys others = swept_keys(result, point, {key});
      const std::string text = key_label(others);
      if (key == kRate) {
        rates[text].keys = others;
        rates[text].order.push_back(value_of(point, y));
      }
      Curve& curve = curves[text];
      curve.label = text.empty() ? "measured" : text;
      push(curve, x, point, y);
    };
    if (point.find(observable::mosaic_order) != nullptr) {
      add(by_size, "target.side", side / std::sqrt(window), observable::mosaic_order);
    }
    if (rate > 0) {
      add(by_rate, kRate, rate, observable::final_magnetization_squared);
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
    const auto& [keys, order] = rates[label];
    const fit::Fit power = fit::power_law(vector_of(curve.x), fit::values_of(order),
                                          fit::errors_of(order), {.corrections = 0});
    Verdict& row =
        tell(findings, "exponent_rate", keys, power.at(0), "<M^2> ~ R^exponent, power law");
    of_fit(row, power);
    row.role = Role::headline;
    tell(findings, "exponent_rate", keys, {0.7}, "published, about").criterion = "published";
  }
  return findings;
}

}  // namespace symbreak::findings::pattern_formation
