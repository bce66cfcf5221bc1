#include "analysis/findings/commitment/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::experiment {

namespace {

using verdict::Curve;
using verdict::Figure;
using verdict::Point;

void judge(const verdict::Result& result, const Point& point, verdict::Findings& findings) {
  const auto add = [&](const std::string& quantity, const std::string& observable, double predicted,
                       const std::string& source, const std::string& from) {
    const Value measured = value_of(point, observable);
    verdict::Verdict row;
    row.quantity = quantity;
    row.point = swept_keys(result, point);
    row.measured = measured.value;
    row.error = measured.error;
    row.predicted = predicted;
    row.source = source;
    row.from = from;
    findings.verdicts.push_back(row);
  };
  if (const auto phi = point.prediction("clone_probability")) {
    add("clone_probability", "clone_probability", *phi,
        fmt::format("(1 + q(G))/2, G = {:.4g}, narrow classes", *point.prediction("class_signal")),
        "E sum_c P(c|x)^2 on typical states");
  }
  add("class_identity", "class_identity", 0, "exact score: U-turns and clones keep the class alike",
      "P(class of y|x) - sum_c P(c|x)^2");
  add("stiffness_identity", "stiffness_identity", 0,
      "E grad grad log p = -E grad log p grad log p'", "1 - beta Var(u.y|x) - s (u.score)^2");
}

Curve against_time(const std::vector<const Point*>& points, const std::string& observable,
                   const std::string& label) {
  Curve curve;
  curve.label = label;
  for (const Point* point : points) {
    const Value value = value_of(*point, observable);
    curve.x.push_back(point->number("experiment.t"));
    curve.y.push_back(value.value);
    curve.error.push_back(value.error);
  }
  return curve;
}

Curve predicted(const std::vector<const Point*>& points, const std::string& quantity,
                const std::string& label, double (*map)(double)) {
  Curve curve;
  curve.label = label;
  curve.style = Curve::Style::line;
  for (const Point* point : points) {
    if (const auto value = point->prediction(quantity)) {
      curve.x.push_back(point->number("experiment.t"));
      curve.y.push_back(map(*value));
    }
  }
  return curve;
}

void draw(const PointGroup& group, verdict::Findings& findings) {
  std::vector<const Point*> points = group.points;
  std::sort(points.begin(), points.end(), [](const Point* a, const Point* b) {
    return a->number("experiment.t") < b->number("experiment.t");
  });
  const std::string label = key_label(group.keys), suffix = label.empty() ? "" : "_" + label;
  Figure clones;
  clones.name = "clone_probability" + suffix;
  clones.title = "Commitment to a class";
  clones.x_label = "t";
  clones.y_label = "P(clones end in the same class)";
  clones.log_x = true;
  clones.curves = {against_time(points, "clone_probability", "two clones"),
                   against_time(points, "class_kept", "U-turn")};
  for (const char* signal : {"class_signal", "class_signal_finite"}) {
    Curve theory = predicted(points, signal, "(1 + q(G))/2", theory::clone_probability);
    if (!theory.x.empty()) clones.curves.push_back(theory);
  }
  if (const auto critical = points.front()->prediction("critical_time")) {
    clones.vertical_lines = {{*critical, "t_c"}};
  }
  Figure stiffness = clones;
  stiffness.name = "stiffness" + suffix;
  stiffness.title = "Stability along the order parameter";
  stiffness.y_label = "1 − β Var(u·y|x)";
  stiffness.y_range = std::pair{-1.0, 1.1};
  stiffness.curves = {against_time(points, "stiffness", "typical states, mean"),
                      against_time(points, "unstable_fraction", "fraction of unstable states"),
                      predicted(points, "noiseless_stiffness", "noiseless line, x = 0",
                                [](double value) { return value; })};
  stiffness.caption =
      "The noiseless line crosses zero at t_c. On typical states the mean never does: for an exact "
      "score it is s E(u·score)².";
  findings.figures.push_back(clones);
  findings.figures.push_back(stiffness);

  const auto softest = std::min_element(points.begin(), points.end(), [](auto* a, auto* b) {
    return value_of(*a, "stiffness").value < value_of(*b, "stiffness").value;
  });
  const Value least = value_of(**softest, "stiffness");
  double unstable = 0;
  for (const Point* point : points) {
    unstable = std::max(unstable, value_of(*point, "unstable_fraction").value);
  }
  findings.diagnostics.push_back(
      {verdict::Severity::note, "stiffness",
       fmt::format(
           "{}{}softest at t = {}: {:.4f} +- {:.1g}; at most {:.2g} % of typical states are "
           "unstable at any time",
           label, label.empty() ? "" : ": ", (*softest)->parameters.at("experiment.t"), least.value,
           least.error, 100 * unstable),
       ""});
}

}  // namespace

verdict::Findings analyse_commitment(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (point.complete) judge(result, point, findings);
  }
  for (const PointGroup& group : group_points(result, {"experiment.t"})) draw(group, findings);
  return findings;
}

}  // namespace symbreak::experiment
