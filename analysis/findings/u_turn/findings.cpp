// U-turns against the curve of the clean mean: `overlap_identity`, `return_identity`, and the class
// kept against phi(G) where it is known, else against class probabilities at the turn.
#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/u_turn/observables.hpp"

namespace symbreak::findings::u_turn {

using verdict::Curve;
using verdict::Figure;
using verdict::Point;

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const auto& [keys, points] : points_along(result, "experiment.t")) {
    Figure figure = new_figure("u_turn" + (keys.empty() ? "" : "_" + key_label(keys)), "U-turns",
                               "t of the turn", "", Log::x);
    Curve kept{.label = "class kept"}, overlap{.label = "y·y′/d"},
        mean{.label = "1 − mmse", .style = Curve::Style::line}, back{.label = "datum returned"};
    for (const Point* point : points) {
      const auto here = swept_keys(result, *point);
      const auto add = [&](verdict::ObservableName name, double predicted,
                           const std::string& source) {
        if (const verdict::Observable* found = point->find(name)) {
          judge(findings, name.string(), here, value_of(*point, name), {predicted}, source,
                found->text);
        }
      };
      add(observable::overlap_identity, 0, "E y.y' = E|<y>|^2 for an exact score");
      add(observable::return_identity, 0, "P(return) = E sum_j w_j^2");
      const auto* identity = point->find(observable::class_identity);
      if (const auto exact = point->prediction(prediction::clone_probability)) {
        add(observable::class_kept, *exact, "phi(G), quadrature (two deltas: 1 - mmse/2)");
      } else if (identity != nullptr && identity->error() > 0) {
        add(observable::class_identity, 0, "P(class kept) = E sum_c P(c|x)^2");
      }
      const double t = point->fact(fact::time).value();
      push(kept, t, *point, observable::class_kept);
      push(overlap, t, *point, observable::overlap_return);
      push(mean, t, *point, observable::overlap);
      push(back, t, *point, observable::returned);
    }
    mean.error.clear();
    figure.curves = {kept, overlap, mean};
    if (!back.x.empty()) figure.curves.push_back(back);
    figure.caption = "For an exact score the return is the posterior: points lie on the lines.";
    findings.figures.push_back(figure);
  }
  return findings;
}

}  // namespace symbreak::findings::u_turn
