// From few-step samples to verdicts and figures. Verdicts: `branch_occupation` of the first classes
// against the sampler's own law (one dimension) and `kl_divergence` of Gaussian data against the
// exact linear recursion, per point; `score_evaluations` against the methods' counts. A few-step
// sampler need not reproduce the target: its distance to the target is drawn, not judged. Measured:
// improvement of a Gaussian late start over pure noise at equal evaluations; grids side by side.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/spin_observables.hpp"
#include "analysis/findings/fast_samplers/observables.hpp"
#include "analysis/theory/sampling.hpp"

namespace symbreak::findings::fast_samplers {

namespace {

constexpr const char* kBias = "occupation of the rarest class minus its weight";
constexpr auto kEnergyDistance = spin::observable::wasserstein_1_energy_excess;

/// The rarest class and its weight.
std::size_t minority(const std::vector<double>& weights) {
  return static_cast<std::size_t>(std::min_element(weights.begin(), weights.end()) -
                                  weights.begin());
}

/// Minority occupation minus its weight.
std::optional<Value> bias_of(const Point& point) {
  const std::vector<double> weights = point.fact_values(fact::class_weight);
  if (weights.size() < 2) return std::nullopt;
  const std::size_t c = minority(weights);
  Value bias = value_of(point, observable::branch_occupation, static_cast<Index>(c));
  bias.value -= weights[c];
  return bias;
}

void judge_law(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> law = point.prediction_values(prediction::sampler_occupation);
  // With two classes the second fraction is the complement of the first: no second test.
  for (std::size_t c = 0; c + 1 < law.size(); ++c) {
    judge(findings, "branch_occupation", keys,
          value_of(point, observable::branch_occupation, static_cast<Index>(c)), {law[c], 2e-5},
          "quadrature of the sampler's own law", "generated data")
        .axis = {{"class", static_cast<double>(c + 1)},
                 {"evaluations", point.at(observable::evaluations).value()}};
  }
  const auto divergence = point.prediction(prediction::sampler_divergence);
  const auto variance = point.fact(fact::law_variance);
  if (!divergence || !variance) return;
  const Value square = value_of(point, observable::generated_square);
  const double ratio = square.value / *variance;
  const double slope = std::abs(1 - 1 / ratio) / 2, error = square.error / *variance;
  judge(findings, "kl_divergence", keys,
        {theory::gaussian_divergence(ratio), std::hypot(slope * error, error * error / 4),
         square.dof},
        {*divergence}, "exact linear recursion of the sampler's variance",
        "(r - 1 - ln r)/2, r the ratio of the variances");
}

/// All points together: a wrong count at one of them is a wrong sum.
void judge_costs(const Result& result, Findings& findings) {
  Value counted, known;
  int points = 0;
  for (const Point& point : result.points) {
    const auto formula = point.prediction(prediction::evaluations);
    if (!point.measured() || !formula) continue;
    counted.value += point.at(observable::evaluations).value();
    known.value += *formula;
    ++points;
  }
  if (points == 0) return;
  Verdict& row = judge(findings, "score_evaluations", {}, counted, known, "the methods' formulas",
                       "counted during the run, sum over all points");
  row.detail = fmt::format("{} points", points);
  row.role = Role::check;
}

/// Points that differ only in the start and its time, at equal evaluations: how much closer the
/// Gaussian start is.
void compare_starts(const Result& result, Findings& findings) {
  std::map<Keys, std::vector<const Point*>> groups;
  for (const Point& point : result.points) {
    if (!point.measured() || !bias_of(point)) continue;
    Keys keys = swept_keys(
        result, point,
        {"experiment.start", "experiment.start_index", "experiment.t_start", "experiment.steps"});
    keys["evaluations"] = fmt::format("{}", point.at(observable::evaluations).value());
    groups[keys].push_back(&point);
  }
  for (const auto& [keys, points] : groups) {
    for (const Point* vanilla : points) {
      if (vanilla->parameters.at("experiment.start") != "noise") continue;
      bool told = false;
      for (const Point* late : points) {
        if (late->parameters.at("experiment.start") != "gaussian") continue;
        const Value a = *bias_of(*vanilla), b = *bias_of(*late);
        const double factor = std::abs(a.value) / std::abs(b.value);
        Keys where = keys;
        if (late->parameters.at("experiment.schedule") == "linear_beta") {
          where["experiment.start_index"] = late->parameters.at("experiment.start_index");
        }
        Verdict& row =
            tell(findings, "improvement_factor", where,
                 {factor, factor * std::hypot(a.error / a.value, b.error / b.value)},
                 "bias of the minority class from noise over that from a Gaussian late start");
        row.role = Role::headline;
        if (!told) tell(findings, "minority_bias", keys, a, kBias).criterion = "start from noise";
        told = true;
        tell(findings, "minority_bias", where, b, kBias).criterion = "Gaussian late start";
      }
    }
  }
}

/// Points that differ only in their grid, at equal evaluations: how far each is from the target.
void compare_grids(const Result& result, Findings& findings) {
  const auto swept = std::find(result.swept.begin(), result.swept.end(), "experiment.schedule");
  if (swept == result.swept.end()) return;
  std::vector<PointGroup> groups = group_points(result, {"experiment.schedule"});
  std::ranges::sort(groups, {}, &PointGroup::keys);
  for (auto& [keys, points] : groups) {
    std::erase_if(points,
                  [](const Point* point) { return point->find(kEnergyDistance) == nullptr; });
    if (points.empty()) continue;
    const auto distance = [](const Point* point) { return value_of(*point, kEnergyDistance); };
    std::sort(points.begin(), points.end(), [&](const Point* a, const Point* b) {
      return distance(a).value < distance(b).value;
    });
    for (const Point* point : points) {
      Verdict& row = tell(findings, "wasserstein_1_energy", swept_keys(result, *point),
                          distance(point), "W_1 of the laws of E/N in excess of exact samples");
      row.axis = {{"evaluations", point->at(observable::evaluations).value()}};
    }
  }
}

/// A curve per combination of the other keys against score evaluations.
void draw(const Result& result, Findings& findings) {
  Figure occupation = new_figure("minority_fraction", "Minority class of generated data",
                                 "score evaluations", "fraction over weight", Log::x);
  Figure distance = new_figure("wasserstein_2", "Distance to the target", "score evaluations",
                               "W₂², excess over exact samples", Log::x);
  distance.caption =
      "Squared Wasserstein distance of generated data to exact samples, minus that between exact "
      "ones: 0 for the right law, and what few evaluations cost above it.";
  std::map<std::string, std::pair<Curve, Curve>> curves;
  for (const Point& point : result.points) {
    if (!point.measured()) continue;
    const Keys keys = swept_keys(result, point, {"experiment.steps"});
    auto& [fraction, w2] = curves[key_label(keys)];
    fraction.label = w2.label = key_label(keys);
    const double cost = point.at(observable::evaluations).value();
    push(w2, cost, value_of(point, observable::wasserstein_2_excess));
    const std::vector<double> weights = point.fact_values(fact::class_weight);
    if (const auto bias = bias_of(point)) {
      const double weight = weights[minority(weights)];
      push(fraction, cost, {1 + bias->value / weight, bias->error / weight});
    }
  }
  for (const auto& [text, pair] : curves) {
    add(occupation, pair.first);
    distance.curves.push_back(pair.second);
  }
  occupation.caption = "1 is the target. Score evaluations, not steps, are the cost of a sample.";
  add(findings, occupation);
  findings.figures.push_back(distance);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) judge_law(point, keys, findings);
  judge_costs(result, findings);
  compare_starts(result, findings);
  compare_grids(result, findings);
  draw(result, findings);
  return findings;
}

}  // namespace symbreak::findings::fast_samplers
