// Verdicts per curve (points that differ in t alone): `clone_probability` as chi^2/n against phi(G)
// with binomial errors; the same for a published curve;
// `clone_identity`, clones against class probabilities at the split, as chi^2/n; `speciation_time`,
// where clones agree with probability phi(1) = .7752, by a local fit.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/clone_crossing.hpp"
#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/step_error.hpp"
#include "analysis/findings/speciation/equal_means.hpp"
#include "analysis/findings/speciation/observables.hpp"

namespace symbreak::findings::speciation {

namespace {

/// Fewer expected events than this on either side have no Gaussian error.
constexpr double kFewest = 10;

void speciation_time(const PointGroup& group, Findings& findings) {
  const auto predicted = group.first().prediction(branching::prediction::speciation_time_clone);
  if (!predicted) return;
  std::vector<double> noise, times;
  std::vector<Value> probability;
  for (const Point* point : group.points) {
    const double p = point->at(observable::clone_probability).value();
    noise.push_back(point->fact(branching::fact::noise).value());
    times.push_back(point->fact(branching::fact::time).value());
    probability.push_back(
        {p, std::sqrt(p * (1 - p) / point->fact(branching::fact::samples).value())});
  }
  if (const auto found = clone_crossing(noise, times, probability)) {
    const bool limit =
        group.first().prediction(branching::prediction::speciation_time_signal).has_value();
    const std::string source =
        limit ? group.first().source(branching::prediction::speciation_time_clone) + ", .7752"
              : "clones agree with phi(1) = .7752, G = 1";
    Verdict& row =
        judge(findings, "speciation_time", group.keys, found->time, {*predicted},
              source + "; deck's clock", "crossing of .7752 by the probability that clones agree");
    row.criterion = "clone criterion";
    row.detail = fmt::format("{} points", found->points);
    row.role = Role::headline;
  }
}

void draw(const PointGroup& group, Findings& findings) {
  Figure figure = new_figure(group.keys, "clone_probability", "Clones that end in the same class",
                             "t of the split", "probability");
  figure.curves = {along(group.points, branching::fact::time, observable::clone_probability,
                         {.label = "clones"})};
  add(figure, along(group.points, branching::fact::time,
                    branching::observable::clone_probability_exact, {.label = "E Σ P(c|x)²"}));
  const bool unequal = group.first().fact(branching::fact::mean_variance).has_value();
  add(figure, along(group.points, branching::fact::time, branching::prediction::clone_probability,
                    line(unequal ? "exact" : "φ(G)")));
  add(figure, line("published", group.first().fact_values(fact::published_time),
                   group.first().fact_values(fact::published_clone), Curve::Style::points));
  if (const auto time = group.first().prediction(branching::prediction::speciation_time_clone)) {
    figure.vertical_lines = {{*time, "G = 1"}};
  }
  figure.caption =
      "Two trajectories that part at t end in the same class: certain at late times (small t), a "
      "toss-up at early ones.";
  findings.figures.push_back(figure);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const PointGroup& group : points_along(result, kTime)) {
    Squares law, identity, published;
    // Classes told apart by their variances: what steps drop of the variance is what a sampler gets
    // wrong there, and `transition` drops none. No allowance for it.
    const bool unequal = group.first().fact(branching::fact::mean_variance).has_value();
    for (const Point* point : group.points) {
      const double clones = point->at(observable::clone_probability).value(),
                   samples = point->fact(branching::fact::samples).value(),
                   steps = unequal ? 0 : step_error(*point);
      if (const auto* gap = point->find(observable::clone_identity);
          gap != nullptr && gap->error() > 0 && samples * (1 - clones) > kFewest) {
        Value deviation = gap->estimate.value();
        deviation.error = std::hypot(deviation.error, steps);
        identity.add(deviation);
      }
      const auto exact = point->prediction(branching::prediction::clone_probability);
      if (!exact || samples * (1 - *exact) < kFewest) continue;
      law.add({clones - *exact, std::hypot(std::sqrt(*exact * (1 - *exact) / samples), steps)});
    }
    judge_squares(
        findings, "clone_probability", group.keys, law,
        unequal ? "E sum_c P(c|x)^2 by quadrature, binomial errors" : "phi(G), binomial errors",
        "clones");
    judge_squares(findings, "clone_identity", group.keys, identity,
                  "class probabilities at the split", "clones");
    const std::vector<double> value = group.first().fact_values(fact::published_clone),
                              exact = group.first().prediction_values(prediction::published_theory);
    if (!exact.empty()) {
      const double pairs = group.first().fact(fact::published_pairs).value();
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (pairs * (1 - exact[i]) < kFewest) continue;
        published.add({value[i] - exact[i], std::sqrt(exact[i] * (1 - exact[i]) / pairs)});
      }
      judge_squares(findings, "published_clone_probability", group.keys, published,
                    "phi(G), binomial errors", "published data");
    }
    speciation_time(group, findings);
    draw(group, findings);
  }
  equal_means(result, findings);
  return findings;
}

}  // namespace symbreak::findings::speciation
