// U-turns against the curve of the clean mean: `overlap_identity`, `return_identity`, and the class
// kept against phi(G) where it is known, else against class probabilities at the turn.
#include <cmath>
#include <optional>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/rare_events.hpp"
#include "analysis/findings/common/step_error.hpp"
#include "analysis/findings/u_turn/observables.hpp"

namespace symbreak::findings::u_turn {

Findings analyse(const Result& result) {
  Findings findings;
  for (const PointGroup& group : points_along(result, kTime)) {
    for (const Point* point : group.points) {
      const auto here = swept_keys(result, *point);
      const double steps = step_error(*point);
      const auto add = [&](ObservableName name, double predicted, const std::string& source,
                           double scale = 1, std::optional<ObservableName> event = {}) {
        const Observable* found = point->find(name);
        if (found == nullptr) return;
        const Value value =
            event ? event_identity(*point, name, *event, point->number("sampling.walkers"))
                  : value_of(*point, name);
        judge(findings, name.string(), here, value, {predicted, scale * steps}, source,
              found->text);
      };
      add(observable::overlap_identity, 0, "E y.y' = E|<y>|^2 for an exact score",
          std::abs(point->at(observable::overlap_return).value()));
      add(observable::return_identity, 0, "P(return) = E sum_j w_j^2", 1, observable::returned);
      const auto* identity = point->find(observable::class_identity);
      if (const auto exact = point->prediction(prediction::clone_probability)) {
        add(observable::class_kept, *exact, "phi(G), quadrature (two deltas: 1 - mmse/2)");
      } else if (identity != nullptr && identity->error() > 0) {
        add(observable::class_identity, 0, "P(class kept) = E sum_c P(c|x)^2", 1,
            observable::class_kept);
      }
    }
    const auto against_time = [&](ObservableName name, const Curve& curve) {
      return along(group.points, fact::time, name, curve);
    };
    Curve mean = against_time(observable::overlap, line("1 − mmse"));
    mean.error.clear();
    Figure figure = new_figure(group.keys, "u_turn", "U-turns", "t of the turn",
                               "probability, overlap", Log::x);
    figure.curves = {against_time(observable::class_kept, {.label = "class kept"}),
                     against_time(observable::overlap_return, {.label = "y·y′/d"}), mean};
    add(figure, against_time(observable::returned, {.label = "datum returned"}));
    figure.caption = "For an exact score the return is the posterior: points lie on the lines.";
    findings.figures.push_back(figure);
  }
  note_steps(findings, result);
  return findings;
}

}  // namespace symbreak::findings::u_turn
