// Verdicts per point: `leaping_excess` against the exact Riemann excess; `energy` and
// `magnetization_second` of the samples against the sampler's own law where it is known, against
// clean data for samplers that are exact. Numbers: `divergence` of the sampler's law and its
// exponent in the number of steps, the best excess of as many steps, and what a grid costs more.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/discrete_generation/observables.hpp"

namespace symbreak::findings::discrete_generation {

namespace {

constexpr const char* kSteps = "experiment.steps";
constexpr const char* kSchedule = "experiment.schedule";

void excess(const Point& point, const Keys& keys, Findings& findings) {
  if (point.find(observable::leaping_excess) == nullptr) return;
  const std::string from = "log p(y)/q(y | order) on clean data y in random orders";
  const Value measured = value_of(point, observable::leaping_excess);
  Verdict& row = judge_or_tell(findings, "leaping_excess", keys, measured, point,
                               prediction::leaping_excess, from);
  row.unit = "nats";
  row.role = Role::headline;
  const auto here = point.prediction(prediction::leaping_excess),
             best = point.prediction(prediction::least_excess);
  if (!here || !best) return;
  Verdict& least =
      tell(findings, "leaping_excess", keys, {*best}, point.source(prediction::least_excess));
  least.criterion = "optimum";
  least.unit = "nats";
  if (*best > 1e-12) {
    tell(findings, "excess_over_optimum", keys, {*here / *best},
         "exact excess on this grid over that of the best one");
  }
}

struct Moment {
  const char* quantity;
  ObservableName generated, of_data;
  PredictionName law;
};
constexpr Moment kMoments[] = {
    {"energy", observable::energy, observable::energy_of_data, prediction::energy},
    {"magnetization_second", observable::magnetization_second,
     observable::magnetization_second_of_data, prediction::magnetization_second}};

void moments(const Point& point, const Keys& keys, Findings& findings) {
  for (const Moment& moment : kMoments) {
    if (point.find(moment.generated) == nullptr) continue;
    const Value measured = value_of(point, moment.generated);
    const Value data = value_of(point, moment.of_data);
    const std::string from = "generated spins";
    if (const auto law = point.prediction(moment.law)) {
      judge(findings, moment.quantity, keys, measured, {*law}, point.source(moment.law), from);
    } else if (point.fact(fact::exact) == 1.0) {
      judge(findings, moment.quantity, keys, measured, data, "clean data", from);
    } else {
      tell(findings, moment.quantity, keys, measured, from);
      tell(findings, moment.quantity, keys, measured - data, "generated minus clean").criterion =
          "bias";
    }
  }
  if (const auto divergence = point.prediction(prediction::divergence)) {
    Verdict& row =
        tell(findings, "divergence", keys, {*divergence}, point.source(prediction::divergence));
    row.unit = "nats";
    row.role = Role::headline;
  }
}

/// No verdict: of hundreds of walkers the largest is high by chance, and strong fields leave chains
/// hardly anything that moves.
void equilibrium(const Point& point, const Keys& keys, Findings& findings) {
  if (point.find(observable::r_hat) == nullptr) return;
  tell(findings, "r_hat", keys, value_of(point, observable::r_hat),
       "largest of all walkers and steps, mean over batches");
}

/// -d ln/d ln n between the two largest numbers of steps.
void exponent(const PointGroup& group, PredictionName name, const std::string& quantity,
              Findings& findings) {
  std::vector<std::pair<double, double>> known;
  for (const Point* point : group.points) {
    const auto value = point->prediction(name);
    if (value && *value > 1e-13) known.emplace_back(point->number(kSteps), *value);
  }
  if (known.size() < 2) return;
  const auto [n, a] = known[known.size() - 2];
  const auto [m, b] = known.back();
  Verdict& row = tell(findings, quantity, group.keys, {std::log(a / b) / std::log(m / n)},
                      "-d ln(exact value)/d ln(steps) between the two finest grids");
  row.detail = fmt::format("{} and {} steps", n, m);
}

void draw_steps(const std::vector<PointGroup>& groups, Findings& findings) {
  Figure costs = new_figure("leaping_excess", "What leaps cost", "steps",
                            "E KL(data ‖ leaps | order) / nats", Log::both,
                            "Points: measured on clean data opened in random orders; lines: exact "
                            "Riemann excess of each grid.");
  Figure laws = new_figure("divergence", "Divergence of the generated law", "steps",
                           "KL(data ‖ samples) / nats", Log::both);
  for (const PointGroup& group : groups) {
    if (group.points.size() < 2) continue;
    const std::string label = group.label().empty() ? "measured" : group.label();
    Curve points = along(group.points, kSteps, observable::leaping_excess, {.label = label});
    points.colour = static_cast<int>(costs.curves.size() / 2);
    Curve exact = along(group.points, kSteps, prediction::leaping_excess, line("exact, " + label));
    exact.colour = points.colour;
    add(costs, points);
    add(costs, exact);
    add(laws, along(group.points, kSteps, prediction::divergence, line(label)));
  }
  add(findings, costs);
  add(findings, laws);
}

/// h(e) and the levels of every schedule on it, each a little higher: where the steps are spent.
void draw_nodes(const std::vector<PointGroup>& groups, Findings& findings) {
  for (const PointGroup& group : groups) {
    const std::vector<double> noise = group.first().prediction_values(prediction::curve_noise),
                              rate = group.first().prediction_values(prediction::curve_rate);
    if (noise.empty()) continue;
    Figure figure = new_figure(
        group.keys, "where_to_step", "Where the steps are spent", "share e of masked spins",
        "dH/de / nats", Log::none,
        "The line is the entropy production; a leap costs the area between its step and the line. "
        "Masks open from right to left.");
    figure.curves = {line("h(e)", noise, rate)};
    for (const Point* point : group.points) {
      const std::vector<double> nodes = point->fact_values(fact::noise),
                                values = point->prediction_values(prediction::rate);
      if (values.empty()) continue;
      Curve stairs{.label = point->parameters.at(kSchedule), .style = Curve::Style::dashed};
      for (std::size_t k = 0; k + 1 < nodes.size(); ++k) {
        push(stairs, nodes[k], values[k]);
        push(stairs, nodes[k + 1], values[k]);
      }
      figure.curves.push_back(stairs);
    }
    add(findings, figure);
  }
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) {
    excess(point, keys, findings);
    moments(point, keys, findings);
    equilibrium(point, keys, findings);
  }
  const std::vector<PointGroup> by_steps = points_along(result, kSteps);
  for (const PointGroup& group : by_steps) {
    exponent(group, prediction::divergence, "divergence_exponent", findings);
    exponent(group, prediction::leaping_excess, "excess_exponent", findings);
  }
  draw_steps(by_steps, findings);
  draw_nodes(group_points(result, {kSchedule}), findings);
  return findings;
}

}  // namespace symbreak::findings::discrete_generation
