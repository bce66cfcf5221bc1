// Verdicts per point and level: `conditional_entropy`, `entropy_rate`, `overlap`,
// `clone_probability` against the exact curve where there is one; `entropy_produced` against the
// entropy of the data (sum rule), everywhere; the identities of posterior means and of clones, as
// one chi^2 each. `critical_noise` by criterion, and the agreement of the signs of clones with M = 0
// as a class of its own, are exact numbers.
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/discrete_clock/observables.hpp"

namespace symbreak::findings::discrete_clock {

namespace {

/// A mean of numbers that are 1 but for rare states has no Gaussian error.
constexpr double kRare = 1e-3;

struct Row {
  const char* quantity;
  ObservableName measured;
  PredictionName known;
  const char *from, *unit;
};
constexpr Row kRows[] = {{"conditional_entropy", observable::conditional_entropy,
                          prediction::conditional_entropy, "mean entropy of the posterior", "nats"},
                         {"entropy_rate", observable::entropy_rate, prediction::entropy_rate,
                          "I-MMSE of the channel, from posterior means", "nats"},
                         {"overlap", observable::overlap, prediction::overlap, "|<y>|^2/d", ""},
                         {"clone_probability", observable::clone_probability,
                          prediction::clone_probability, "sum_c P(c|x)^2", ""}};

void levels(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> noise = point.fact_values(fact::noise);
  for (const Row& row : kRows) {
    if (point.find(row.measured) == nullptr) continue;
    const std::vector<double> known = point.prediction_values(row.known);
    for (std::size_t i = 0; i < noise.size(); ++i) {
      const Value measured = value_of(point, row.measured, static_cast<Index>(i));
      const bool rare = row.unit[0] == '\0' && !known.empty() && 1 - known[i] < kRare;
      Verdict& found = known.empty() || rare
                           ? tell(findings, row.quantity, keys, measured, row.from)
                           : judge(findings, row.quantity, keys, measured, {known[i]},
                                   point.source(row.known), row.from);
      found.axis = {{"noise", noise[i]}};
      found.unit = row.unit;
    }
  }
  const std::vector<double> signs = point.prediction_values(prediction::sign_agreement);
  for (std::size_t i = 0; i < signs.size(); ++i) {
    tell(findings, "sign_agreement", keys, {signs[i]},
         "two clones have M of the same sign, M = 0 being one: " +
             point.source(prediction::sign_agreement))
        .axis = {{"noise", noise[i]}};
  }
}

void identities(const Point& point, const Keys& keys, Findings& findings) {
  const auto squares = [&](ObservableName name, const std::string& quantity,
                           const std::string& identity) {
    const Observable* found = point.find(name);
    if (found == nullptr) return;
    Squares all;
    for (Index i = 0; i < found->estimate.mean.size(); ++i) {
      if (found->estimate.error[i] > 1e-12) all.add(found->estimate.value(i));
    }
    judge_squares(findings, quantity, keys, all, identity, "all levels, of mean zero");
  };
  squares(observable::overlap_identity, "overlap_identity", "E<y>.y = E|<y>|^2 in every channel");
  squares(observable::clone_identity, "clone_identity",
          "clones agree as often as a clone and the datum");
  const auto entropy = point.prediction(prediction::data_entropy);
  if (entropy && point.find(observable::entropy_produced) != nullptr) {
    Verdict& row =
        judge(findings, "entropy_produced", keys, value_of(point, observable::entropy_produced),
              {*entropy}, "sum rule: entropy of the data", "integral of the rate over all signals");
    row.unit = "nats";
    row.role = Role::headline;
  }
}

void criteria(const Point& point, const Keys& keys, Findings& findings) {
  for (const auto& criterion : prediction::criteria) {
    const auto noise = point.prediction(criterion.noise);
    if (!noise) continue;
    Verdict& row = tell(findings, "critical_noise", keys, {*noise}, point.source(criterion.noise));
    row.criterion = criterion.name;
    row.role = Role::headline;
  }
}

/// Disordered couplings at the noise where their noise-free branch bends: on typical states nothing
/// need soften there (1 would).
void typical_softening(const Point& point, const Keys& keys, Findings& findings) {
  if (point.find(observable::softening) == nullptr) return;
  tell(findings, "softening", keys, value_of(point, observable::softening),
       "theta h lambda_max(Cov(y|x)) of typical states where lambda theta atanh theta = 1");
  tell(findings, "covariance_eigenvalue", keys, value_of(point, observable::eigenvalue),
       "largest of Cov(y), mean over couplings");
}

void draw(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> noise = point.fact_values(fact::noise),
                            fine = point.prediction_values(prediction::curve_noise);
  const bool flips = point.parameters.at("forward.channel") == "flip";
  const std::string x = flips ? "probability p of a flip" : "share e of masked spins";
  const auto figure = [&](const std::string& name, const std::string& title,
                          const std::string& y_label, ObservableName measured, PredictionName known,
                          const std::vector<double>& at, const std::string& caption) {
    const Observable* found = point.find(measured);
    if (found == nullptr) return;
    Figure drawn = new_figure(keys, name, title, x, y_label, Log::none, caption);
    drawn.curves = {lattice::curve(*found, noise, "measured")};
    if (auto exact = point.prediction_values(known); !exact.empty()) {
      add(drawn, line("exact", at, std::move(exact)));
    }
    for (const auto& criterion : prediction::criteria) {
      if (const auto critical = point.prediction(criterion.noise)) {
        drawn.vertical_lines.emplace_back(*critical, criterion.name);
      }
    }
    findings.figures.push_back(drawn);
  };
  figure(
      "conditional_entropy", "What the channel leaves unknown", "H(y|x) / nats",
      observable::conditional_entropy, prediction::curve_entropy, fine,
      "Entropy of the clean spins given the noisy ones: from 0, where nothing is hidden, to that "
      "of the data. Vertical lines: where the criteria put the transition.");
  figure("entropy_rate", "Entropy production", flips ? "−dH/dθ / nats" : "dH/de / nats",
         observable::entropy_rate, prediction::curve_rate, fine,
         "Slope of the entropy, measured by the channel's own I-MMSE relation: steps of a sampler "
         "belong where it is large. Vertical lines: where the criteria put the transition.");
  figure("clone_probability", "Two futures of one state", "P(same class)",
         observable::clone_probability, prediction::clone_probability, noise,
         "Probability that two futures of one noisy state end in the same class: 1 where the class "
         "is decided, 1/2 where nothing of it is left.");
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) {
    levels(point, keys, findings);
    identities(point, keys, findings);
    criteria(point, keys, findings);
    typical_softening(point, keys, findings);
    draw(point, keys, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::discrete_clock
