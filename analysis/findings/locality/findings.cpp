// What a window loses. Verdicts where the chain is known: `excess_mmse` and `information_outside`
// by radius (where enough states carry them), `mmse`, `conditional_entropy`, and the Markov length -1/ln(excess_{r+1}/excess_r) of
// the largest radii that are measured well, against the same radii of the exact curve.
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/locality/observables.hpp"

namespace symbreak::findings::locality {

namespace {

/// Numbers carried by rare states have error bars once enough of these are in the sample.
constexpr double kClear = 20;  ///< value over its error

/// All blocks of an array, as rows.
MatrixXd blocks_of(const Observable& observable) {
  Index rows = 0;
  for (const statistics::Series& unit : observable.units) rows += unit.bins.cols();
  MatrixXd all(rows, observable.estimate.mean.size());
  Index at = 0;
  for (const statistics::Series& unit : observable.units) {
    all.middleRows(at, unit.bins.cols()) = unit.bins.transpose();
    at += unit.bins.cols();
  }
  return all;
}

double length(double near, double far) { return -1 / std::log(far / near); }

void judge_length(Findings& findings, const Point& point, const Keys& keys) {
  const Observable& excess = point.at(observable::excess_mmse);
  const auto clear = [&](Index r) {
    return excess.estimate.mean[r] > kClear * excess.estimate.error[r];
  };
  Index r = excess.estimate.mean.size() - 2;
  while (r >= 0 && !(clear(r) && clear(r + 1))) --r;
  if (r < 0) return;
  const Value measured =
      statistics::jackknife(blocks_of(excess), [r](const VectorXd& mean) -> VectorXd {
        return VectorXd::Constant(1, length(mean[r], mean[r + 1]));
      }).at();
  const auto known = point.prediction_values(prediction::excess_mmse);
  const auto at = static_cast<std::size_t>(r);
  const std::string from = "-1/ln of the ratio of the excess at this radius and the next";
  Verdict& row =
      known.empty()
          ? tell(findings, "markov_length", keys, measured, from)
          : judge(findings, "markov_length", keys, measured, {length(known[at], known[at + 1])},
                  point.source(prediction::excess_mmse) + ", same radii", from);
  row.axis = {{"radius", static_cast<double>(r)}};
  row.role = Role::headline;
}

void draw(const Point& point, const Keys& keys, Findings& findings) {
  const auto radii = point.fact_values(fact::radius);
  const auto decay = [&](const std::string& name, const std::string& title,
                         const std::string& label, ObservableName measured, PredictionName known) {
    Figure figure = new_figure(keys, name, title, "radius of the window", label, Log::y);
    const Observable& values = point.at(measured);
    Curve curve{.label = "windows"};
    for (std::size_t i = 0; i < radii.size(); ++i) {
      const auto r = static_cast<Index>(i);
      if (!(values.estimate.mean[r] > 2 * values.estimate.error[r])) continue;
      push(curve, radii[i], {values.estimate.mean[r], values.estimate.error[r]});
    }
    add(figure, std::move(curve));
    const auto exact = point.prediction_values(known);
    if (!exact.empty()) add(figure, line("infinite chain", radii, exact));
    figure.caption =
        "What lies outside the window is missed by the same factor for each site more.";
    add(findings, std::move(figure));
  };
  decay("excess_mmse", "Excess error of a local denoiser", "E(⟨y⟩ − ⟨y⟩_window)²",
        observable::excess_mmse, prediction::excess_mmse);
  decay("information_outside", "Information outside the window", "I(y₀; outside | window) / nats",
        observable::information_outside, prediction::information_outside);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& at : measured_points(result)) {
    const Point& point = at.point;
    judge_length(findings, point, at.keys);
    const auto radii = point.fact_values(fact::radius);
    const auto by_radius = [&](const std::string& quantity, ObservableName name,
                               PredictionName known, const std::string& from) {
      const auto exact = point.prediction_values(known);
      for (std::size_t i = 0; i < radii.size(); ++i) {
        const Value measured = value_of(point, name, static_cast<Index>(i));
        const bool rare = measured.value < kClear * measured.error;
        Verdict& row = exact.empty() || rare ? tell(findings, quantity, at.keys, measured, from)
                                             : judge(findings, quantity, at.keys, measured,
                                                     {exact[i]}, point.source(known), from);
        row.axis = {{"radius", radii[i]}};
      }
    };
    by_radius("excess_mmse", observable::excess_mmse, prediction::excess_mmse,
              "E(<y> - <y>_window)^2");
    by_radius("information_outside", observable::information_outside,
              prediction::information_outside, "E KL(P(y|x) | P(y|window)), nats");
    judge_or_tell(findings, "mmse", at.keys, value_of(point, observable::mmse), point,
                  prediction::mmse, "1 - E<y>^2 of the whole");
    judge_or_tell(findings, "conditional_entropy", at.keys, value_of(point, observable::entropy),
                  point, prediction::entropy, "H(y|x) of one spin, nats");
    draw(point, at.keys, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::locality
