#include "analysis/findings/retrieval/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "analysis/fit/least_squares.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Findings;
using verdict::Point;

/// Points that differ in the number of data alone, in its order.
struct Group {
  std::map<std::string, std::string> keys;
  std::vector<const Point*> points;
  std::string label(const std::string& what) const {
    std::string text = what;
    for (const auto& [key, value] : keys) {
      text += ", " + key.substr(key.find('.') + 1) + " = " + value;
    }
    return text;
  }
};

double log_count(const Point& point) { return *point.prediction("log_count"); }
double alpha(const Point& point) { return log_count(point) / *point.prediction("dimension"); }

std::vector<Group> groups_without(const verdict::Result& result, const std::string& along) {
  std::vector<Group> all;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    std::map<std::string, std::string> keys;
    for (const std::string& key : result.swept) {
      if (key != along) keys[key] = point.parameters.at(key);
    }
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const Group& group) { return group.keys == keys; });
    if (found == all.end()) found = all.insert(all.end(), Group{keys, {}});
    found->points.push_back(&point);
  }
  for (Group& group : all) {
    std::sort(group.points.begin(), group.points.end(),
              [&](const Point* a, const Point* b) { return a->number(along) < b->number(along); });
  }
  return all;
}

/// alpha at E[w_1] = 1/2: the probit of E[w_1] as a parabola of alpha, least squares.
struct Crossing {
  double value, error;
  Index points;
};

std::optional<Crossing> crossing(const Group& group, bool measured) {
  std::vector<double> a, z, sigma;
  const boost::math::normal normal;
  for (const Point* point : group.points) {
    const verdict::Observable* found = point->find("true_weight");
    const auto theory = point->prediction("retrieval_weight");
    if (found == nullptr || !theory) continue;
    // The same points for both, chosen by the theory: no selection on the noise.
    if (*theory < 0.1 || *theory > 0.9) continue;
    const double w = std::clamp(measured ? found->value() : *theory, 0.01, 0.99);
    a.push_back(alpha(*point));
    z.push_back(boost::math::quantile(normal, w));
    sigma.push_back(std::max(1e-6, found->error()) /
                    boost::math::pdf(normal, boost::math::quantile(normal, *theory)));
  }
  if (a.size() < 4) return std::nullopt;
  // alpha as a function of z, so that the crossing is its value at z = 0; errors through the slope.
  const auto n = static_cast<Index>(a.size());
  const VectorXd y = Eigen::Map<VectorXd>(z.data(), n), s = Eigen::Map<VectorXd>(sigma.data(), n);
  const auto model = [&](const VectorXd& p) {
    VectorXd values(n);
    for (Index i = 0; i < n; ++i) {
      const double u = a[static_cast<std::size_t>(i)] - p[0];
      values[i] = u * (p[1] + p[2] * u);
    }
    return values;
  };
  VectorXd start(3);
  start << (a.front() + a.back()) / 2, (z.back() - z.front()) / (a.back() - a.front()), 0;
  const fit::Fit result = fit::nonlinear(model, start, y, s);
  if (!result.converged) return std::nullopt;
  const double scale = measured ? std::sqrt(std::max(1.0, result.chi2_per_dof())) : 1;
  return Crossing{result.value[0], result.error[0] * scale, n};
}

void judge_capacity(Findings& findings, const Group& group) {
  const auto limit = group.points.front()->prediction("capacity");
  if (!limit || group.points.size() < 4) return;
  const auto measured = crossing(group, true), theory = crossing(group, false);
  if (!measured || !theory) {
    findings.diagnostics.push_back(
        {verdict::Severity::warning, "capacity",
         group.label("fewer than 4 sizes have 0.1 < E[w_1] < 0.9"),
         fmt::format("add values of target.n around log N = {:.3g} d", *limit)});
    return;
  }
  verdict::Verdict row;
  row.quantity = "capacity";
  row.point = group.keys;
  row.measured = measured->value - (theory->value - *limit);
  row.error = measured->error;
  row.predicted = *limit;
  row.source = "alpha_1, d -> infinity (Lucibello & Mezard 2024)";
  row.from = fmt::format(
      "log(N)/d at E[w_1] = 1/2, {} sizes: {:.5g} +- {:.2g}; finite-size theory {:.5g}, its "
      "distance "
      "from the limit taken off",
      measured->points, measured->value, measured->error, theory->value);
  findings.verdicts.push_back(row);
}

void judge_crosstalk(Findings& findings, const std::vector<Group>& all) {
  double sum = 0, variance = 0, worst = 0;
  Index count = 0;
  for (const Group& group : all) {
    for (const Point* point : group.points) {
      const verdict::Observable* found = point->find("crosstalk");
      const auto predicted = point->prediction("log_crosstalk");
      if (found == nullptr || !predicted || !(found->error() > 0)) continue;
      // A mean over overlaps that the data do not reach is made by rare samples: leave it out.
      if (found->error() > 0.2 * found->value()) continue;
      const double ratio = found->value() / std::exp(*predicted),
                   error = found->error() / std::exp(*predicted);
      sum += ratio;
      variance += error * error;
      worst = std::max(worst, std::abs(ratio - 1) / error);
      ++count;
    }
  }
  if (count == 0) return;
  verdict::Verdict row;
  row.quantity = "crosstalk";
  row.measured = sum / static_cast<double>(count);
  row.error = std::sqrt(variance) / static_cast<double>(count);
  row.predicted = 1;
  row.source = "E[(1/w_1 - 1)/(N - 1)] in units of its exact value at every N and d";
  row.from = fmt::format("mean over {} points", count);
  row.note = fmt::format("largest deviation of a single point {:.1f} standard errors", worst);
  findings.verdicts.push_back(row);
}

/// Rounding of the float dot products: 1e-7 of x.y per coordinate.
constexpr double kRounding = 1e-6;
void judge_energies(Findings& findings, const std::vector<Group>& all) {
  double difference = 0, rise = -INFINITY;
  bool known = false;
  for (const Group& group : all) {
    for (const Point* point : group.points) {
      if (const auto* found = point->find("energy_difference")) {
        const auto& units = found->units;
        for (const auto& unit : units) {
          difference = std::max(difference, unit.bins.cwiseAbs().maxCoeff());
        }
        known = true;
      }
      if (const auto* found = point->find("energy_rise")) {
        for (const auto& unit : found->units) {
          if (unit.count > 0 && unit.bins.size() > 0) rise = std::max(rise, unit.bins.maxCoeff());
        }
      }
    }
  }
  if (known) {
    verdict::Verdict row;
    row.quantity = "energy_difference";
    row.measured = difference;
    row.error = kRounding;
    row.source = "F~ of the diffusion model = energy of the dense associative memory + constant";
    row.from = "largest deviation per dimension of all starts; error: rounding of single precision";
    findings.verdicts.push_back(row);
  }
  if (std::isfinite(rise)) {
    verdict::Verdict row;
    row.quantity = "energy_rise";
    row.measured = std::max(0.0, rise);
    row.error = kRounding;
    row.source = "the potential never rises along the update (concave-convex procedure)";
    row.from = "largest rise per dimension of all updates; error: rounding of single precision";
    findings.verdicts.push_back(row);
  }
}

Curve curve(const Group& group, const std::string& observable, const std::string& label,
            const std::function<double(const Point&)>& x) {
  Curve result;
  result.label = group.label(label);
  for (const Point* point : group.points) {
    const verdict::Observable* found = point->find(observable);
    if (found == nullptr) continue;
    result.x.push_back(x(*point));
    result.y.push_back(found->value());
    result.error.push_back(found->error());
  }
  return result;
}

}  // namespace

Findings analyse_retrieval(const verdict::Result& result) {
  Findings findings;
  const std::vector<Group> sizes = groups_without(result, "target.n");
  verdict::Figure figure;
  figure.name = "retrieval";
  figure.title = "A datum at its own place";
  figure.x_label = "α = log(N)/d";
  figure.y_label = "E[w₁] at x = y₁";
  figure.y_range = {{-0.02, 1.02}};
  for (const Group& group : sizes) {
    judge_capacity(findings, group);
    if (group.points.front()->number("experiment.overlap") != 1 || group.points.size() < 2)
      continue;
    figure.curves.push_back(curve(group, "true_weight", "E[w₁]", alpha));
    Curve theory;
    theory.label = group.label("finite-size theory");
    theory.style = Curve::Style::line;
    for (const Point* point : group.points) {
      if (const auto w = point->prediction("retrieval_weight")) {
        theory.x.push_back(alpha(*point));
        theory.y.push_back(*w);
      }
    }
    if (!theory.x.empty()) figure.curves.push_back(theory);
    if (const auto limit = group.points.front()->prediction("capacity")) {
      figure.vertical_lines.emplace_back(*limit, "α₁");
    }
  }
  if (!figure.curves.empty()) findings.figures.push_back(figure);
  if (std::find(result.swept.begin(), result.swept.end(), "experiment.overlap") !=
      result.swept.end()) {
    verdict::Figure basin;
    basin.name = "basin";
    basin.title = "Basins of attraction";
    basin.x_label = "overlap of the start";
    basin.y_label = "fraction retrieved";
    basin.y_range = {{-0.02, 1.02}};
    for (const Group& group : groups_without(result, "experiment.overlap")) {
      basin.curves.push_back(curve(group, "retrieved", "retrieved", [](const Point& point) {
        return point.number("experiment.overlap");
      }));
    }
    findings.figures.push_back(basin);
  }
  judge_crosstalk(findings, sizes);
  judge_energies(findings, sizes);
  return findings;
}

}  // namespace symbreak::experiment
