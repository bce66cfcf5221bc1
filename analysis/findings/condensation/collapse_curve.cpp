#include "analysis/findings/condensation/collapse_curve.hpp"

#include <cmath>
#include <map>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/condensation/observables.hpp"

namespace symbreak::findings::condensation {

std::vector<Figure> collapse_curve(const Findings& findings, const Groups& all) {
  struct Curves {
    Curve measured{}, theory{};
    bool bound = false;
  };
  std::map<Keys, Curves> curves;
  for (const Group& group : all) {
    if (!group.planted()) continue;
    Keys others = group.keys;
    others.erase("target.n");
    Curves& of = curves[others];
    const double n = std::rint(std::exp(*group.first().fact(fact::log_count)));
    for (const Verdict* row : findings.results()) {
      if (row->quantity != "collapse_time" || !row->criterion.empty() || row->point != group.keys) {
        continue;
      }
      push(of.measured, n, {row->measured, row->error});
    }
    push(of.theory, n, group.first(), prediction::collapse_time);
    of.bound = group.first().fact(fact::collapse_is_bound).value_or(0) != 0;
  }
  Figure figure = new_figure("collapse_time", "Collapse time", "N", "t_C", Log::both,
                             "The noise at which the exact score of N data commits to single ones: "
                             "E[w₁] of planted states passes its threshold there, in a sigmoid.");
  for (auto& [keys, of] : curves) {
    if (of.measured.x.size() < 2) continue;
    of.measured.label = "t_C" + joined(", ", key_label(keys));
    of.theory.label = (of.bound ? "bound: Gaussian of the same covariance" : "I(Y;X_t) = log N") +
                      joined(", ", key_label(keys));
    of.theory.style = of.bound ? Curve::Style::dashed : Curve::Style::line;
    of.measured.colour = of.theory.colour = static_cast<int>(figure.curves.size() / 2);
    add(figure, std::move(of.measured));
    add(figure, std::move(of.theory));
  }
  return figure.curves.empty() ? std::vector<Figure>{} : std::vector{figure};
}

}  // namespace symbreak::findings::condensation
