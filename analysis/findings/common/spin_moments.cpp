#include "analysis/findings/common/spin_moments.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/generated_observables.hpp"
#include "analysis/findings/common/spin_observables.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings {

namespace {

struct Moment {
  std::string quantity;
  PredictionName exact;
  std::string text;
  Value (*measure)(const Point&);
};

double binder(const VectorXd& means) { return 1 - means[1] / (3 * means[0] * means[0]); }

const std::vector<Moment>& moments() {
  namespace observable = spin::observable;
  namespace prediction = spin::prediction;
  static const std::vector<Moment> all = {
      {"energy", prediction::energy_exact, "E/N",
       [](const Point& point) { return value_of(point, observable::energy); }},
      {"magnetization_abs", prediction::magnetization_abs_exact, "|M|/N",
       [](const Point& point) { return value_of(point, observable::magnetization_abs); }},
      {"magnetization_second", prediction::magnetization_second_exact, "M^2/N",
       [](const Point& point) { return value_of(point, observable::magnetization_second); }},
      {"binder_cumulant", prediction::binder_exact, "1 - <M^4>/(3 <M^2>^2), jackknife",
       [](const Point& point) {
         return derived(point, {observable::magnetization_second, observable::magnetization_fourth},
                        binder);
       }},
  };
  return all;
}

void check_chains(const Point& point, const Keys& keys, Findings& findings) {
  const std::string where = joined("", key_label(keys), ": ");
  const Observable* unconverged = point.find(generated::observable::chains_unconverged);
  constexpr double kTolerated = 0.05;
  if (unconverged == nullptr || unconverged->value() <= kTolerated) return;
  tell(findings, generated::observable::chains_unconverged.string(), keys,
       unconverged->estimate.value(), "fraction of trajectories, split R-hat > 1.5");
  note(findings, generated::observable::chains_unconverged.string(),
       where + "some evaluations were shorter than the relaxation of their chains",
       "chains are kept from step to step; what their lag does is seen in the drift with sweeps");
}

/// One moment against 1/sweeps.
void extrapolate(const PointGroup& group, const Moment& moment, double predicted, Figure& figure,
                 Findings& findings) {
  const auto count = static_cast<Index>(group.points.size());
  VectorXd x(count);
  std::vector<Value> y;
  Curve curve{.label = moment.text};
  for (Index i = 0; i < count; ++i) {
    const Point& point = *group.points[static_cast<std::size_t>(i)];
    const Value measured = moment.measure(point);
    x[i] = 1 / point.number("experiment.sweeps");
    y.push_back(measured);
    push(curve, x[i], {measured.value / predicted - 1, std::abs(measured.error / predicted)});
  }
  figure.curves.push_back(curve);
  const fit::Fit line = fit::line(x, fit::values_of(y), fit::errors_of(y));
  const double finest = x.minCoeff();
  if (Verdict* row =
          judge_known(findings, moment.quantity, group.keys, line.at(0), group.first(),
                      moment.exact, moment.text + " of generated samples, linear in 1/sweeps")) {
    of_fit(*row, line).detail = fmt::format("{} values", count);
    row->criterion = "extrapolated to an exact score";
  }
  tell(findings, moment.quantity, group.keys, finest * line.at(1), "slope of the same line")
      .criterion = "shift by the error of the score, most sweeps";
}

}  // namespace

void judge_generated_spins(const Result& result, Findings& findings) {
  for (const KeyedPoint& keyed : measured_points(result)) {
    const Point& point = keyed.point;
    const Keys& keys = keyed.keys;
    check_chains(point, keys, findings);
    if (point.find(spin::observable::energy) == nullptr) continue;
    for (const Moment& moment : moments()) {
      const auto predicted = point.prediction(moment.exact);
      if (!predicted) continue;
      const Value measured = moment.measure(point);
      judge_known(findings, moment.quantity, keys, measured, point, moment.exact,
                  moment.text + " of generated samples");
    }
    const auto compare_laws = [&](ObservableName excess, const char* law) {
      judge(findings, "wasserstein_1", keys, value_of(point, excess), {}, "same law",
            fmt::format("law of the {} per site: to exact samples minus that between exact samples",
                        law))
          .criterion = law;
    };
    compare_laws(spin::observable::wasserstein_1_magnetization_excess, "magnetization");
    compare_laws(spin::observable::wasserstein_1_energy_excess, "energy");
  }
  for (const PointGroup& group : group_points(result, {"experiment.sweeps"})) {
    if (group.points.size() < 2 || group.first().find(spin::observable::energy) == nullptr ||
        group.first().find(generated::observable::clean_mean_variance) == nullptr) {
      continue;
    }
    Figure figure =
        new_figure(group.keys, "score_error", "Generated moments and the error of the score",
                   "1/sweeps (variance of the sampled score)", "generated/exact − 1");
    figure.caption =
        "Halving the variance of the score, at equal time grid: the drift bounds what is left of "
        "it at the largest number of sweeps.";
    for (const Moment& moment : moments()) {
      const auto predicted = group.first().prediction(moment.exact);
      if (predicted) extrapolate(group, moment, *predicted, figure, findings);
    }
    add(findings, figure);
  }
}

std::optional<Torus> torus(const Point& point) {
  const auto has = [&](const char* key) { return point.parameters.contains(key); };
  if (!has("target.side")) return std::nullopt;
  // Where there is no such key the temperature is in units of the coupling.
  const double coupling = has("target.coupling") ? point.number("target.coupling") : 1;
  if (const auto recorded = point.fact(spin::fact::torus_dimension)) {
    return Torus{*recorded, coupling};
  }
  // Result files of schema 1 say it with the target's name only.
  const auto is = [&](const char* key, const char* value) {
    return has(key) && point.parameters.at(key) == value;
  };
  const bool known = is("target.kind", "ising_lattice") && is("target.boundary", "periodic") &&
                     point.number("target.field") == 0 && coupling > 0;
  return known ? std::optional(Torus{point.number("target.dimension"), coupling}) : std::nullopt;
}

}  // namespace symbreak::findings
