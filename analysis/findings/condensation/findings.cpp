// From recorded weights to the collapse time and the exact identities. May depend on: analysis.
//
// Verdicts: `true_weight_identity`, `map_identity` (exact at every N, d, t; one row each, pooled
// over all points); per group of swept keys other than t: `collapse_time` where a law predicts it, and of
// data of two levels `class_collapse_time`.
// Figures: the weights, Y and its median, the entropy against t.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/rare_events.hpp"
#include "analysis/findings/condensation/collapse.hpp"
#include "analysis/findings/condensation/figures.hpp"
#include "analysis/findings/condensation/groups.hpp"
#include "analysis/findings/condensation/observables.hpp"

namespace symbreak::findings::condensation {

namespace {

/// Weights carry the rounding of single precision, which is felt where all are 0 or 1.
constexpr double kRounding = 1e-5;

/// Second-order bridges in finite steps bring clones to the same datum too often. Measured around
/// the collapse (d = 64, N = 1000): .0078(8), .0042(8), .0013(8) at 16, 32, 64 steps.
constexpr double kDiscretisation = 0.13;

/// A quantity of exact mean zero: all points of all planted groups as independent measurements. It
/// is the frequency of an event less the mean of `probability`, where that is named; found by
/// trajectories of so many `steps`, if any.
void judge_identity(Findings& findings, const Groups& all, ObservableName observable,
                    const std::string& source, std::optional<ObservableName> probability = {},
                    double steps = 0) {
  Pool pool;
  for (const Group& group : all) {
    for (const Point* point : group.points) {
      const Observable* found = point->find(observable);
      if (found == nullptr || !(found->error() > 0)) continue;
      const Observable* p = probability ? point->find(*probability) : nullptr;
      const double rare = p == nullptr ? 0 : rare_event_error(p->value(), found->estimate.ess[0]);
      pool.add({found->value(), std::hypot(std::max(found->error(), rare), kRounding),
                found->estimate.value().dof});
    }
  }
  pool.judge(findings, observable.string(), {}, {0, steps > 0 ? kDiscretisation / steps : 0},
             source, "point", steps > 0 ? "; predicted error: steps of the trajectories" : "");
}

/// Above the collapse x tells I(Y;X_t) of the log N nats that name the datum: d f^e = log N - I,
/// and a finite-size term, known to 2 %. Within `kAway` widths of the threshold the knee is
/// rounded.
constexpr double kAway = 3, kFiniteSize = 0.02;
void judge_excess(Findings& findings, const Groups& all) {
  for (const Group& group : all) {
    double sum = 0, weight = 0, noise = 0, unsure = 0;
    Index count = 0;
    for (const Point* point : group.points) {
      const Observable* excess = point->find(observable::excess_entropy);
      const auto information = point->prediction(prediction::information);
      if (excess == nullptr || !information || !(excess->error() > 0)) continue;
      const double log_count = *point->fact(fact::log_count);
      const double away =
          (log_count - *information) / std::sqrt(*point->prediction(prediction::dispersion));
      if (away < kAway) continue;
      const double alpha = log_count / *point->fact(fact::dimension);
      const double w = std::pow(excess->error() / alpha, -2);
      const double limit = 1 - *information / log_count;
      const double theory =
          point->prediction(prediction::planted_surprise).value_or(log_count * limit) / log_count;
      sum += w * (excess->value() / alpha - theory);
      unsure += w * kFiniteSize * std::abs(theory - limit);
      weight += w;
      noise += w * w / excess->estimate.value().dof;
      ++count;
    }
    if (count == 0) continue;
    judge(findings, "excess_entropy", group.keys,
          {sum / weight, 1 / std::sqrt(weight), weight * weight / noise}, {0, unsure / weight},
          "f^e/alpha - (log N - I(Y;X_t) + Delta(N))/log N, every class bit counted",
          "weighted mean over times above the collapse")
        .detail = fmt::format("{} times", count);
  }
}

/// Published f^e/alpha against the theory with and without the class bit, away from the knee. One
/// verdict, on the theory with the bit: chi^2 per point.
void judge_published(Findings& findings, const Groups& all) {
  for (const Group& group : all) {
    double with = 0, without = 0, ours = 0, worst_with = 0, worst_without = 0;
    double n = 0;
    for (const Point* point : group.points) {
      const auto value = point->prediction(prediction::published_ratio);
      const auto information = point->prediction(prediction::information);
      if (!value || !information || !group.planted()) continue;
      const double log_count = *point->fact(fact::log_count);
      if (log_count - *information < kAway * std::sqrt(*point->prediction(prediction::dispersion)))
        continue;
      const double error = *point->prediction(prediction::published_error);
      const double z = (*value - (1 - *information / log_count)) / error;
      with += z * z;
      worst_with = std::max(worst_with, std::abs(z));
      const double bare =
          point->prediction(prediction::information_without_class).value_or(*information);
      const double z_bare = (*value - (1 - bare / log_count)) / error;
      without += z_bare * z_bare;
      worst_without = std::max(worst_without, std::abs(z_bare));
      if (const Observable* excess = point->find(observable::excess_entropy)) {
        const double alpha = log_count / *point->fact(fact::dimension);
        ours += std::pow(excess->value() / alpha - *value, 2) /
                (error * error + std::pow(excess->error() / alpha, 2));
      }
      n += 1;
    }
    if (n == 0) continue;
    const std::string from = "published points away from the knee";
    judge_squares(
        findings, "published_excess_entropy", group.keys, {with, n},
        "mean squared deviation, in published standard errors, from theory with the class bit",
        from)
        ->worst = worst_with;
    const auto rms = [&](double squares, const std::string& criterion) -> Verdict& {
      Verdict& row =
          tell(findings, "published_excess_entropy", group.keys, {std::sqrt(squares / n)}, from);
      row.criterion = "rms deviation " + criterion;
      row.unit = "standard errors";
      return row;
    };
    rms(without, "from theory without the class bit").worst = worst_without;
    rms(ours, "from our own data");
  }
}

/// Reverse trajectories of the exact score have the marginals of planted states.
void judge_trajectories(Findings& findings, const Groups& all) {
  for (const Group& group : all) {
    const Group* planted = partner(all, group, "planted");
    if (group.state != "trajectory" || planted == nullptr) continue;
    Pool pool;
    for (const Point* point : group.points) {
      for (const Point* other : planted->points) {
        if (time_of(*point) != time_of(*other)) continue;
        const Observable *a = point->find(observable::participation),
                         *b = other->find(observable::participation);
        if (a == nullptr || b == nullptr) continue;
        const Value difference = a->estimate.value() - b->estimate.value();
        if (difference.error > 0) pool.add(difference);
      }
    }
    pool.judge(findings, "trajectory_identity", group.keys, {},
               "E[Y] on reverse trajectories - E[Y] of planted states, exact for an exact score",
               "time");
  }
}

/// x of fixed norm and data on the sphere: E[Y] is known at every N and d.
void judge_fixed_norm(Findings& findings, const Group& group) {
  double sum = 0, weight = 0, noise = 0, worst = 0;
  Index count = 0;
  for (const Point* point : group.points) {
    const Observable* y = point->find(observable::participation);
    const auto exact = point->prediction(prediction::participation);
    if (y == nullptr || !exact || !(y->error() > 0)) continue;
    const double z = (y->value() - *exact) / y->error(), w = std::pow(*exact / y->error(), 2);
    sum += w * (y->value() / *exact);
    weight += w;
    noise += w * w / y->estimate.value().dof;
    worst = std::max(worst, std::abs(z));
    ++count;
  }
  if (count == 0) return;
  judge(findings, "participation_ratio", group.keys,
        {sum / weight, 1 / std::sqrt(weight), weight * weight / noise}, {1, 0},
        "E[Y] of unplanted x of fixed norm in units of its exact value",
        "weighted mean over times");
  Verdict& row = findings.verdicts.back();
  row.detail = fmt::format("{} times", count);
  row.worst = worst;
  row.role = Role::check;
}

/// Mean and median of Y of unplanted states, and where rare samples make the mean.
void note_rare_events(Findings& findings, const Group& group) {
  constexpr double kRare = 3;
  bool flagged = false;
  for (const Point* point : group.points) {
    const Observable* y = point->find(observable::participation);
    const auto [median, error] = sample_quantile(*point, observable::participation, 0.5);
    if (y == nullptr || !(y->value() > kRare * median)) continue;
    flagged = true;
    const auto add = [&](const char* criterion, Value value) {
      Verdict& row = tell(findings, "participation_ratio", group.keys, value,
                          "Y of unplanted states, where rare samples make its mean");
      row.criterion = criterion;
      row.axis = {{kTime, time_of(*point)}};
    };
    add("mean", y->estimate.value());
    add("median", {median, error});
  }
  if (flagged) {
    note(findings, "participation",
         group.label("unplanted states") +
             ": the mean of Y is dominated by rare samples, read the median beside it",
         "for the memorization of trajectories use experiment.state = planted");
  }
  const auto printed = group.first().prediction(prediction::condensation_time_printed);
  const auto exact = group.first().prediction(prediction::condensation_time);
  if (printed && exact) {
    const auto add = [&](double time, const char* criterion, PredictionName of) {
      tell(findings, "condensation_time", group.keys, {time}, group.first().source(of)).criterion =
          criterion;
    };
    add(*exact, "x of fixed norm, the sphere at this alpha", prediction::condensation_time);
    add(*printed, "x of fixed norm, eq. 38 as printed", prediction::condensation_time_printed);
  }
}

/// What the score errs on new data and on its own.
void tell_gap(Findings& findings, const Groups& all, const Group& group) {
  const Group* fresh = partner(all, group, "unplanted");
  if (!group.planted() || fresh == nullptr) return;
  for (const Point* own : group.points) {
    for (const Point* other : fresh->points) {
      if (time_of(*own) != time_of(*other)) continue;
      const Observable *a = own->find(observable::denoising_error),
                       *b = other->find(observable::denoising_error);
      if (a == nullptr || b == nullptr) continue;
      const auto add = [&](const char* quantity, const char* criterion, Value value) {
        Verdict& row = tell(findings, quantity, group.keys, value,
                            "denoising error per dimension of the dataset's exact score");
        row.criterion = criterion;
        row.axis = {{kTime, time_of(*own)}};
      };
      add("denoising_error", "on its own data", a->estimate.value());
      add("denoising_error", "on new data", b->estimate.value());
      add("generalization_gap", "", b->estimate.value() - a->estimate.value());
    }
  }
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  const Groups all = groups(result);
  if (all.empty()) return findings;
  std::vector<std::pair<double, std::string>> lines;
  std::vector<Curve> sigmoids;
  for (const Group& group : all) {
    if (group.planted()) judge_collapse(findings, group, lines, sigmoids);
    if (group.planted()) judge_class_collapse(findings, group, lines);
    if (group.state == "unplanted") {
      note_rare_events(findings, group);
      judge_fixed_norm(findings, group);
      const Point& first = group.first();
      const auto printed = first.prediction(prediction::condensation_time_printed);
      const auto exact = first.prediction(prediction::condensation_time);
      if (printed && exact) {
        lines.emplace_back(*printed, "eq. 38 as printed");
        lines.emplace_back(*exact, "the same at this α");
      }
    }
    tell_gap(findings, all, group);
  }
  judge_identity(findings, all, observable::true_weight_identity,
                 "E[w_1] = E[Y], exact at every N, d, t");
  judge_identity(findings, all, observable::class_identity,
                 "E[W_1] = E[sum_c W_c^2] (Bayes' rule)");
  judge_identity(findings, all, observable::map_identity,
                 "P(MAP right) = E[max w], exact at every N, d, t", observable::largest_weight);
  const auto& settings = all.front().first().parameters;
  const bool reverse = settings.at("experiment.clones") == "reverse";
  const double steps = reverse ? all.front().first().number("experiment.steps") : 0;
  judge_identity(findings, all, observable::clone_identity,
                 "P(clones end on the same datum) = E[Y], exact at every N, d, t",
                 observable::participation, steps);
  judge_identity(findings, all, observable::return_identity,
                 "P(U-turn returns to its datum) = E[Y], exact at every N, d, t",
                 observable::participation, steps);
  judge_identity(findings, all, observable::overlap_identity, "E[<y>.y] = E|<y>|^2, exact");
  judge_trajectories(findings, all);
  judge_excess(findings, all);
  judge_published(findings, all);
  findings.figures = collapse_times(all, findings);  // the answers first
  for (const auto& more : {memorization_maps(all), figures(all, lines, sigmoids)}) {
    findings.figures.insert(findings.figures.end(), more.begin(), more.end());
  }
  return findings;
}

}  // namespace symbreak::findings::condensation
