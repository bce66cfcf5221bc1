// Langevin equilibrium: Binder cumulants of several sizes, their crossing, and its limit for small
// steps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/patterns.hpp"
#include "analysis/findings/mode_softening/findings.hpp"
#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/patch_field.hpp"

namespace symbreak::findings::mode_softening {

using Eigen::Index;
namespace {

using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

struct Row {
  double q = 0, binder = 0, error = 0;
};
/// U4(q) of one size.
using Size = std::map<double, std::vector<Row>>;

VectorXd column(const std::vector<Row>& rows, double Row::*member) {
  VectorXd values(static_cast<Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) values[static_cast<Index>(i)] = rows[i].*member;
  return values;
}

/// U4 = 1 - <M^4>/(3 <M^2>^2), by jackknife over blocks much longer than tau_int.
Row binder_of(const Point& point) {
  const auto rows = lattice::blocks(point, {observable::m2, observable::m4}, 16);
  const auto found = statistics::jackknife(rows, [](const VectorXd& means) {
    return VectorXd(VectorXd::Constant(1, 1 - means[1] / (3 * means[0] * means[0])));
  });
  return {*point.fact(fact::signal_to_noise), found.value[0], found.error[0]};
}

}  // namespace

verdict::Findings equilibrium(const verdict::Result& result) {
  verdict::Findings findings;
  std::map<double, Size> steps;  // langevin_step -> side -> rows
  const Point* first = nullptr;
  for (const Point& point : result.points) {
    if (!point.complete || point.find(observable::m2) == nullptr) continue;
    first = first == nullptr ? &point : first;
    steps[point.number("experiment.langevin_step")][*point.fact(fact::lattice_side)].push_back(
        binder_of(point));
    const auto keys = swept_keys(result, point);
    for (const verdict::ObservableName name : {observable::m2, observable::m4}) {
      if (point.at(name).estimate.converged) continue;
      warn(findings, fmt::format("{} ({})", name.text(), key_label(keys)),
           "ordered and disordered starts disagree, or too few effective samples",
           "raise sampling.burn_in or sampling.blocks");
    }
  }
  if (first == nullptr) return findings;

  Figure figure = new_figure("binder", "Binder cumulant in Langevin equilibrium",
                             noise_unit(*first).ratio(), "U₄ = 1 − ⟨M⁴⟩/3⟨M²⟩²");
  figure.caption =
      "Curves of different sizes cross: slow dynamics orders, at a noise far below P².";
  std::vector<double> delta, crossing, error;
  std::vector<fit::Fit> fits;
  for (auto& [step, sizes] : steps) {
    for (auto& [side, rows] : sizes) {
      std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.q < b.q; });
      Curve curve{.label = fmt::format("L = {}, step {}", side, step)};
      for (const Row& row : rows) push(curve, row.q, {row.binder, row.error});
      figure.curves.push_back(curve);
    }
    if (sizes.size() < 2 || sizes.begin()->second.size() < 4) continue;
    // The two largest sizes: corrections to scaling move crossings of small ones.
    const auto large = std::prev(sizes.end()), small = std::prev(large);
    try {
      const fit::Fit found =
          fit::crossing(column(large->second, &Row::q), column(small->second, &Row::binder),
                        column(small->second, &Row::error), column(large->second, &Row::binder),
                        column(large->second, &Row::error), 2, result.seed);
      delta.push_back(step);
      crossing.push_back(found.value[0]);
      error.push_back(found.error[0]);
      fits.push_back(found);
    } catch (const std::invalid_argument& fault) {
      warn(findings, "binder_crossing", fault.what(), "widen the window of t");
    }
  }
  findings.figures.push_back(figure);
  if (crossing.empty()) return findings;
  Value measured{crossing.front(), error.front()};
  std::string from = fmt::format("q of the two largest sizes, step {}", delta.front());
  if (crossing.size() > 1) {
    Eigen::MatrixXd design = Eigen::MatrixXd::Ones(static_cast<Index>(delta.size()), 2);
    design.col(1) = vector_of(delta);
    const fit::Fit limit = fit::linear(design, vector_of(crossing), vector_of(error));
    measured = {limit.value[0], limit.error[0]};
    from = fmt::format("q of the two largest sizes, linear in {} steps to 0", delta.size());
  }
  if (of_uniform_patches(*first) && noise_unit(*first).value == 9) {
    judge(findings, "binder_crossing", {}, measured,
          {theory::kLangevinCrossing.value, theory::kLangevinCrossing.error},
          "independent simulation, P = 3", from,
          fmt::format("U4 there {:.3f}({:.3f}); 2-D Ising on a periodic square: .6107",
                      fits.front().value[1], fits.front().error[1]));
  } else {
    note(findings, "binder_crossing",
         fmt::format("q* = {:.3f}({:.3f}), {}", measured.value, measured.error, from));
  }
  return findings;
}

}  // namespace symbreak::findings::mode_softening
