// Langevin equilibrium: Binder cumulants of several sizes, their crossing, and its limit for small
// steps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/common/series.hpp"
#include "analysis/findings/mode_softening/findings.hpp"
#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/patch_field.hpp"

namespace symbreak::findings::mode_softening {

namespace {

/// U4(q) of one size.
using Size = std::map<double, Samples>;

/// U4 = 1 - <M^4>/(3 <M^2>^2), by jackknife over blocks much longer than tau_int.
Sample binder_of(const Point& point) {
  const auto rows = lattice::blocks(point, {observable::m2, observable::m4}, 16);
  const auto found = statistics::jackknife(rows, [](const VectorXd& means) {
    return VectorXd(VectorXd::Constant(1, 1 - means[1] / (3 * means[0] * means[0])));
  });
  return {*point.fact(fact::signal_to_noise), found.value[0], found.error[0], found.dof[0]};
}

}  // namespace

Findings equilibrium(const Result& result) {
  Findings findings;
  std::map<double, Size> steps;  // langevin_step -> side -> rows
  const std::vector<KeyedPoint> points = measured_points(result, observable::m2);
  if (points.empty()) return findings;
  for (const auto& [point, keys] : points) {
    steps[point.number("experiment.langevin_step")][*point.fact(fact::lattice_side)].push_back(
        binder_of(point));
    for (const ObservableName name : {observable::m2, observable::m4}) {
      if (point.at(name).estimate.converged) continue;
      warn(findings, fmt::format("{} ({})", name.text(), key_label(keys)),
           "ordered and disordered starts disagree, or too few effective samples",
           "raise sampling.burn_in or sampling.blocks");
    }
  }
  const NoiseUnit unit = noise_unit(points.front().point);
  Figure figure = new_figure("binder", "Binder cumulant in Langevin equilibrium", unit.ratio(),
                             "U₄ = 1 − ⟨M⁴⟩/3⟨M²⟩²");
  figure.caption =
      "Curves of different sizes cross: slow dynamics orders, at a noise far below P².";
  std::vector<double> delta;
  std::vector<Value> crossing;
  std::vector<fit::Fit> fits;
  for (auto& [step, sizes] : steps) {
    for (auto& [side, rows] : sizes) {
      std::sort(rows.begin(), rows.end(),
                [](const Sample& a, const Sample& b) { return a.x < b.x; });
      Curve curve{.label = fmt::format("L = {}, step {}", side, step)};
      for (const Sample& row : rows) push(curve, row.x, {row.y, row.sigma});
      figure.curves.push_back(curve);
    }
    if (sizes.size() < 2 || sizes.begin()->second.size() < 4) continue;
    // The two largest sizes: corrections to scaling move crossings of small ones.
    const auto large = std::prev(sizes.end()), small = std::prev(large);
    try {
      const fit::Fit found =
          fit::crossing(column(large->second, &Sample::x), column(small->second, &Sample::y),
                        errors_of(small->second), column(large->second, &Sample::y),
                        errors_of(large->second), 2, result.seed);
      delta.push_back(step);
      crossing.push_back(found.at(0));
      fits.push_back(found);
    } catch (const std::invalid_argument& fault) {
      warn(findings, "binder_crossing", fault.what(), "widen the window of t");
    }
  }
  findings.figures.push_back(figure);
  if (crossing.empty()) return findings;
  Value measured = crossing.front();
  std::string from = "q where U4 of the two largest sizes crosses";
  for (std::size_t i = 0; i < delta.size(); ++i) {
    const auto at_step = [&](const char* quantity, Value value) {
      tell(findings, quantity, {}, value, from).axis = {{"experiment.langevin_step", delta[i]}};
    };
    at_step("binder_crossing", crossing[i]);
    at_step("binder_cumulant", fits[i].at(1));
    findings.measured.back().criterion = "at the crossing";
  }
  tell(findings, "binder_cumulant", {}, {0.6107}, "2-D Ising model on a periodic square")
      .criterion = "Ising class";
  std::optional<fit::Fit> limit;
  if (crossing.size() > 1) {
    limit = fit::line(vector_of(delta), fit::values_of(crossing), fit::errors_of(crossing));
    measured = limit->at(0);
    from += ", linear in the step to 0";
  }
  const auto add = [&](Verdict& row) {
    if (limit) of_fit(row, *limit);
    row.detail = fmt::format("{} steps", delta.size());
    row.role = Role::headline;
  };
  if (of_uniform_patches(points.front().point) && unit.value == 9) {
    add(judge(findings, "binder_crossing", {}, measured,
              {theory::kLangevinCrossing.value, theory::kLangevinCrossing.error},
              "independent simulation, P = 3", from));
  } else {
    add(tell(findings, "binder_crossing", {}, measured, from));
  }
  return findings;
}

}  // namespace symbreak::findings::mode_softening
