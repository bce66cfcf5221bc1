#include "analysis/findings/fast_samplers/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/theory/sampling.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using verdict::Curve;
using verdict::Figure;
using verdict::Point;
using verdict::Verdict;
using Keys = std::map<std::string, std::string>;

/// The rarest class and its weight.
std::size_t minority(const std::vector<double>& weights) {
  return static_cast<std::size_t>(std::min_element(weights.begin(), weights.end()) -
                                  weights.begin());
}

struct Bias {
  double value = 0, error = 0;  ///< minority occupation minus its weight
};
std::optional<Bias> bias_of(const Point& point) {
  const std::vector<double> weights = numbered(point, "class_weight");
  if (weights.size() < 2) return std::nullopt;
  const std::size_t c = minority(weights);
  const auto& occupation = point.observables.at("branch_occupation").estimate;
  return Bias{occupation.mean[static_cast<Eigen::Index>(c)] - weights[c],
              occupation.error[static_cast<Eigen::Index>(c)]};
}

void judge(const Point& point, const Keys& keys, verdict::Findings& findings) {
  const auto add = [&](Verdict row) {
    row.point = keys;
    findings.verdicts.push_back(std::move(row));
  };
  const std::vector<double> law = numbered(point, "sampler_occupation");
  // With two classes the second fraction is the complement of the first: no second test.
  for (std::size_t c = 0; c + 1 < law.size(); ++c) {
    const auto& occupation = point.observables.at("branch_occupation").estimate;
    const auto element = static_cast<Eigen::Index>(c);
    add({.quantity = "branch_occupation",
         .measured = occupation.mean[element],
         .error = occupation.error[element],
         .predicted = law[c],
         .predicted_error = 2e-5,
         .source = "quadrature of the sampler's own law",
         .from = fmt::format("class {}, {} score evaluations", c + 1,
                             point.observables.at("evaluations").value())});
  }
  if (const auto divergence = point.prediction("sampler_divergence")) {
    const auto& square = point.observables.at("generated_square");
    const double ratio = square.value() / *point.prediction("law_variance");
    const double slope = std::abs(1 - 1 / ratio) / 2,
                 error = square.error() / *point.prediction("law_variance");
    add({.quantity = "kl_divergence",
         .measured = theory::gaussian_divergence(ratio),
         .error = std::hypot(slope * error, error * error / 4),
         .predicted = *divergence,
         .source = "exact linear recursion of the sampler's variance",
         .from = "(r - 1 - ln r)/2, r the ratio of the variances"});
  }
}

/// All points together: a wrong count at one of them is a wrong sum.
void judge_costs(const verdict::Result& result, verdict::Findings& findings) {
  Verdict row{.quantity = "score_evaluations", .source = "the methods' formulas"};
  double points = 0;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    row.measured += point.observables.at("evaluations").value();
    row.predicted += *point.prediction("evaluations");
    ++points;
  }
  row.from = fmt::format("counted during the run, sum over {} points", points);
  if (points > 0) findings.verdicts.push_back(row);
}

/// Points that differ only in the start and its time, at equal evaluations: how much closer the
/// Gaussian start is.
void compare_starts(const verdict::Result& result, verdict::Findings& findings) {
  std::map<Keys, std::vector<const Point*>> groups;
  for (const Point& point : result.points) {
    if (!point.complete || !bias_of(point)) continue;
    Keys keys = swept_keys(result, point);
    for (const char* name :
         {"experiment.start", "experiment.start_index", "experiment.t_start", "experiment.steps"}) {
      keys.erase(name);
    }
    keys["evaluations"] = fmt::format("{}", point.observables.at("evaluations").value());
    groups[keys].push_back(&point);
  }
  for (const auto& [keys, points] : groups) {
    for (const Point* vanilla : points) {
      if (vanilla->parameters.at("experiment.start") != "noise") continue;
      for (const Point* late : points) {
        if (late->parameters.at("experiment.start") != "gaussian") continue;
        const Bias a = *bias_of(*vanilla), b = *bias_of(*late);
        const double factor = std::abs(a.value) / std::abs(b.value);
        findings.diagnostics.push_back(
            {verdict::Severity::note, "improvement_factor",
             fmt::format(
                 "{}: bias of the minority {:+.5f} from noise, {:+.5f} from a Gaussian late "
                 "start{}, a factor {:.3g} +- {:.2g}",
                 key_label(keys), a.value, b.value,
                 late->parameters.at("experiment.schedule") == "linear_beta"
                     ? " at index " + late->parameters.at("experiment.start_index")
                     : "",
                 factor, factor * std::hypot(a.error / a.value, b.error / b.value)),
             ""});
      }
    }
  }
}

/// Points that differ only in their grid, at equal evaluations: how far each is from the target.
void compare_grids(const verdict::Result& result, verdict::Findings& findings) {
  const auto swept = std::find(result.swept.begin(), result.swept.end(), "experiment.schedule");
  if (swept == result.swept.end()) return;
  std::map<Keys, std::vector<const Point*>> groups;
  for (const Point& point : result.points) {
    if (!point.complete || point.find("wasserstein_1_energy_excess") == nullptr) continue;
    Keys keys = swept_keys(result, point);
    keys.erase("experiment.schedule");
    groups[keys].push_back(&point);
  }
  for (auto& [keys, points] : groups) {
    const auto distance = [](const Point* point) -> const verdict::Observable& {
      return point->observables.at("wasserstein_1_energy_excess");
    };
    std::sort(points.begin(), points.end(), [&](const Point* a, const Point* b) {
      return distance(a).value() < distance(b).value();
    });
    std::string text;
    for (const Point* point : points) {
      text += fmt::format("{}{} {:.5f} +- {:.1g}", text.empty() ? "" : ", ",
                          point->parameters.at("experiment.schedule"), distance(point).value(),
                          distance(point).error());
    }
    findings.diagnostics.push_back(
        {verdict::Severity::note, "grids",
         fmt::format("{}, {} evaluations: W_1 of the laws of E/N in excess of exact samples: {}",
                     key_label(keys), points.front()->observables.at("evaluations").value(), text),
         ""});
  }
}

/// A curve per combination of the other keys against score evaluations.
void draw(const verdict::Result& result, verdict::Findings& findings) {
  Figure occupation, distance;
  occupation.name = "minority_fraction";
  occupation.title = "Minority class of generated data";
  occupation.x_label = distance.x_label = "score evaluations";
  occupation.y_label = "fraction over weight";
  occupation.log_x = distance.log_x = true;
  distance.name = "wasserstein_2";
  distance.title = "Distance to the target";
  distance.y_label = "W_2^2, excess over exact samples";
  std::map<std::string, std::pair<Curve, Curve>> curves;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    Keys keys = swept_keys(result, point);
    keys.erase("experiment.steps");
    auto& [fraction, w2] = curves[key_label(keys)];
    fraction.label = w2.label = key_label(keys);
    const double cost = point.observables.at("evaluations").value();
    const auto& excess = point.observables.at("wasserstein_2_excess");
    w2.x.push_back(cost);
    w2.y.push_back(excess.value());
    w2.error.push_back(excess.error());
    const std::vector<double> weights = numbered(point, "class_weight");
    if (const auto bias = bias_of(point)) {
      const double weight = weights[minority(weights)];
      fraction.x.push_back(cost);
      fraction.y.push_back(1 + bias->value / weight);
      fraction.error.push_back(bias->error / weight);
    }
  }
  for (const auto& [text, pair] : curves) {
    if (!pair.first.x.empty()) occupation.curves.push_back(pair.first);
    distance.curves.push_back(pair.second);
  }
  occupation.caption = "1 is the target. Score evaluations, not steps, are the cost of a sample.";
  if (!occupation.curves.empty()) findings.figures.push_back(occupation);
  findings.figures.push_back(distance);
}

}  // namespace

verdict::Findings analyse_fast_samplers(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (point.complete) judge(point, swept_keys(result, point), findings);
  }
  judge_costs(result, findings);
  compare_starts(result, findings);
  compare_grids(result, findings);
  draw(result, findings);
  return findings;
}

}  // namespace symbreak::experiment
