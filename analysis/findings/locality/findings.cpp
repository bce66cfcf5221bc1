// What a window loses. Verdicts where the chain is known: `excess_mmse` and `information_outside`
// by radius (where enough states carry them), `mmse`, `conditional_entropy`, and the Markov length
// -1/ln(excess_{r+1}/excess_r) of the largest radii that are measured well, against the same radii
// of the exact curve. Elsewhere of spins that are as often up as down `mmse_of_site`, excess + mmse
// at r = 0; of chains and of sets of points `overlap_identity`, of scores that do not know where their
// window is `equivariant_identity`. Of networks with masked input all is only measured.
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/locality/observables.hpp"

namespace symbreak::findings::locality {

namespace {

/// Numbers carried by rare states have error bars once enough of these are in the sample.
constexpr double kClear = 20;  ///< value over its error

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
      statistics::jackknife(jackknife_rows(point, {observable::excess_mmse}),
                            [r](const VectorXd& mean) -> VectorXd {
                              return VectorXd::Constant(1, length(mean[r], mean[r + 1]));
                            })
          .at();
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

/// What is measured by radius, and known of it.
struct ByRadius {
  std::string quantity;
  ObservableName name;
  std::optional<PredictionName> known;
  std::string from, title, label;
};
const ByRadius kByRadius[] = {
    {"excess_mmse", observable::excess_mmse, prediction::excess_mmse, "E(<y> - <y>_window)^2",
     "Excess error of a local denoiser", "E(⟨y⟩ − ⟨y⟩_window)²"},
    {"information_outside", observable::information_outside, prediction::information_outside,
     "E KL(P(y|x) | P(y|window)), nats", "Information outside the window",
     "I(y₀; outside | window) / nats"},
    {"datum_information_outside", observable::datum_information_outside, std::nullopt,
     "E KL(weights given x | given the window), nats",
     "What lies outside the window of which datum it is", "I(datum; outside | window) / nats"},
    {"equivariant_excess", observable::equivariant_excess, std::nullopt,
     "E(<y> - f)^2, f from the windows of every place", "", ""},  // drawn beside the excess
    {"error_growth", observable::error_growth, std::nullopt,
     "E|D(window, other outside) - y|^2 - E|D(x) - y|^2", "Growth of the error with masked input",
     "E|D(window) − y|² − E|D(x) − y|²"},
    {"outside_response", observable::outside_response, std::nullopt,
     "E(D(x) - D(window, other outside))^2", "Response to what is outside the window",
     "E(D(x) − D(window))²"}};

std::vector<double> known_of(const Point& point, const ByRadius& row) {
  return row.known ? point.prediction_values(*row.known) : std::vector<double>();
}

void judge_radii(Findings& findings, const Point& point, const Keys& keys, const ByRadius& row) {
  const auto radii = point.fact_values(fact::radius), exact = known_of(point, row);
  for (std::size_t i = 0; i < radii.size(); ++i) {
    const Value measured = value_of(point, row.name, static_cast<Index>(i));
    const bool rare = measured.value < kClear * measured.error;
    Verdict& found = exact.empty() || rare ? tell(findings, row.quantity, keys, measured, row.from)
                                           : judge(findings, row.quantity, keys, measured,
                                                   {exact[i]}, point.source(*row.known), row.from);
    found.axis = {{"radius", radii[i]}};
  }
}

bool anywhere(const Point& point) { return point.find(observable::equivariant_excess) != nullptr; }

/// Where it is more than twice its error.
Curve curve_of(const Point& point, ObservableName name, const std::string& label) {
  const auto radii = point.fact_values(fact::radius);
  const Observable& values = point.at(name);
  Curve curve{.label = label};
  for (std::size_t i = 0; i < radii.size(); ++i) {
    const auto r = static_cast<Index>(i);
    if (!(values.estimate.mean[r] > 2 * values.estimate.error[r])) continue;
    push(curve, radii[i], {values.estimate.mean[r], values.estimate.error[r]});
  }
  return curve;
}

void draw(Findings& findings, const Point& point, const Keys& keys, const ByRadius& row) {
  const auto radii = point.fact_values(fact::radius);
  Figure figure =
      new_figure(keys, row.quantity, row.title, "radius of the window", row.label, Log::y);
  add(figure, curve_of(point, row.name, "windows"));
  if (row.name == observable::excess_mmse && anywhere(point)) {
    add(figure, curve_of(point, observable::equivariant_excess, "windows of every place"));
  }
  const auto exact = known_of(point, row);
  if (!exact.empty()) add(figure, line("infinite chain", radii, exact));
  figure.caption =
      exact.empty()
          ? "What lies outside the window, against its radius: a straight line is a "
            "Markov length."
          : "What lies outside the window is missed by the same factor for each site more.";
  add(findings, std::move(figure));
}

/// E(y - <y>_window)^2 of the site alone, as excess + mmse of the same blocks.
void judge_site(Findings& findings, const Point& point, const Keys& keys) {
  const auto known = point.prediction(prediction::mmse_of_site);
  if (!known) return;
  Value measured = derived(point, {observable::mmse, observable::excess_mmse},
                           [](const VectorXd& mean) { return mean[0] + mean[1]; });
  constexpr double kRounding = 1e-15;  // of 1 - <y>^2
  measured.error = std::hypot(measured.error, kRounding);
  judge(findings, "mmse_of_site", keys, measured, {*known}, point.source(prediction::mmse_of_site),
        "excess + mmse at radius 0");
}

/// Over all radii: of the same states, and correlated.
void judge_identity(Findings& findings, const Point& point, const Keys& keys) {
  if (point.find(observable::overlap_identity) == nullptr) return;
  const Value measured = derived(point, {observable::overlap_identity},
                                 [](const VectorXd& means) { return means.mean(); });
  const Verdict row =
      judge(findings, "overlap_identity", keys, measured, {0},
            "E<y>_r.y = E<y>_r^2 of every window", "mean over all radii, and the whole");
  const bool chains = point.find(observable::information_outside) != nullptr;
  if (!chains || row.agrees()) return;
  warn(findings, joined("", key_label(keys), ": ") + "chains have not forgotten",
       "the two groups of chains of a state still agree with the datum that both began in",
       "raise experiment.burn_in");
}

void judge_equivariant(Findings& findings, const Point& point, const Keys& keys) {
  if (!anywhere(point)) return;
  judge(findings, "equivariant_identity", keys,
        derived(point, {observable::equivariant_identity},
                [](const VectorXd& means) { return means.mean(); }),
        {0}, "the window's posterior is the best of all functions of it", "mean over all radii");
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& at : measured_points(result)) {
    const Point& point = at.point;
    const bool excess = point.find(observable::excess_mmse) != nullptr;
    if (excess) judge_length(findings, point, at.keys);
    for (const ByRadius& row : kByRadius) {
      if (point.find(row.name) != nullptr) judge_radii(findings, point, at.keys, row);
    }
    const auto scalar = [&](const std::string& quantity, ObservableName name,
                            std::optional<PredictionName> known, const std::string& from) {
      if (point.find(name) == nullptr) return;
      const Value measured = value_of(point, name);
      if (known) {
        judge_or_tell(findings, quantity, at.keys, measured, point, *known, from);
      } else {
        tell(findings, quantity, at.keys, measured, from);
      }
    };
    scalar("mmse", observable::mmse, prediction::mmse,
           point.find(observable::entropy) != nullptr ? "1 - E<y>^2 of the whole"
                                                      : "E(y - <y>)^2 of the whole");
    scalar("conditional_entropy", observable::entropy, prediction::entropy,
           "H(y|x) of one spin, nats");
    scalar("datum_entropy", observable::datum_entropy, std::nullopt, "H(datum|x), nats");
    scalar("loss", observable::loss, std::nullopt, "E|D(x) - y|^2 of the centre");
    if (excess) judge_site(findings, point, at.keys);
    judge_identity(findings, point, at.keys);
    judge_equivariant(findings, point, at.keys);
    for (const ByRadius& row : kByRadius) {
      const bool drawn = !row.title.empty() && point.find(row.name) != nullptr;
      if (drawn) draw(findings, point, at.keys, row);
    }
  }
  return findings;
}

}  // namespace symbreak::findings::locality
