// From recorded averages of random-energy ensembles to verdicts: exact quadrature at every M and
// beta, finite-size scaling, limits. Verdicts per point, each the worst of its temperatures:
// participation_ratio (Y_2), ..._3, ..._4, participation_variance, log_partition and its variance
// (unplanted); participation_ratio, true_weight, map_probability and the two exact identities
// (planted). Per run, where the deck has several M: critical_beta, see findings.hpp. Figures.
#include "analysis/findings/rem/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <functional>

namespace symbreak::findings::rem {

namespace {

/// Samples that carry a mean: below this many the mean is that of a few rare samples, and its error
/// bar is not to be trusted.
constexpr double kEnough = 200;

theory::LevelFamily family(const std::string& law) {
  if (law == "gaussian") return theory::LevelFamily::gaussian;
  if (law == "exponential") return theory::LevelFamily::exponential;
  return law == "sphere" ? theory::LevelFamily::sphere : theory::LevelFamily::binary;
}

}  // namespace

void judge_worst(const RemPoint& p, const Comparison& c, const Keys& keys, Findings& findings) {
  const double units = static_cast<double>(p.at(c.observable).units.size());
  if (units < 3) return;
  Value worst;
  double predicted = 0, largest = -1;
  std::size_t compared = 0, worst_index = 0;
  for (std::size_t i = 0; i < p.b.size(); ++i) {
    if (!c.fit_to_compare(i)) continue;
    const double exact = c.exact(i);
    Value measured = p.value(c.observable, i);
    // Below the rounding of the measurement itself there is nothing to compare.
    const double floor = 1e-9 * (std::abs(exact) + 1e-300);
    if (!std::isfinite(exact) || !(measured.error > floor)) continue;
    // The bulk of the levels is sampled, not summed: planted energies at M = 200 are 2.5e-8 off.
    measured.error = std::hypot(measured.error, 3e-8 * exact);
    ++compared;
    const double t = std::abs(measured.value - exact) / measured.error;
    if (t > largest) largest = t, worst_index = i, worst = measured, predicted = exact;
  }
  if (compared == 0) return;
  constexpr double false_alarm = 0.0027;
  const double single = -std::expm1(std::log1p(-false_alarm) / static_cast<double>(compared));
  const boost::math::students_t student(units - 1);
  const double widening = boost::math::quantile(boost::math::complement(student, single / 2)) / 3;
  Verdict& row = judge(findings, c.quantity, keys, {worst.value, worst.error * widening},
                       {predicted}, c.source, "mean over disorder samples",
                       "the temperature that is furthest off; error widened as that of the worst");
  row.axis = {{"experiment.a", p.a[worst_index]}};
  row.detail =
      fmt::format("{:.0f} disorder samples, {} of {} temperatures, error widened by {:.2f}",
                  p.samples, compared, p.b.size(), widening);
  row.worst = largest;
  row.role = Role::check;
}

namespace {

void compare(const RemPoint& p, const Keys& keys, Findings& findings) {
  const std::string quadrature = "exact quadrature at this N";
  const auto add = [&](const Comparison& c) { judge_worst(p, c, keys, findings); };
  if (p.planted) {
    const auto weight = [&](std::size_t i) { return p.exact[i].planted_weight(); };
    const auto zero = [](std::size_t) { return 0.0; };
    // One minus the mean must be carried by enough samples as well.
    const auto carried = [&](std::size_t i) {
      const double mean = p.exact[i].planted_weight();
      return p.samples * std::min(mean, 1 - mean) > kEnough;
    };
    add({"participation_ratio", observable::participation, quadrature + ", planted E[Y] = E[w_1]",
         weight, carried});
    add({"true_weight", observable::true_weight, quadrature + ", planted", weight, carried});
    add({"map_probability", observable::map_correct, quadrature + ", P(planted level highest)",
         [&](std::size_t i) { return p.exact[i].planted_success(); }, carried});
    // The two exact identities bind the same samples, at all temperatures.
    add({"true_weight_identity", observable::true_weight_identity, "E[w_1] = E[Y], exact", zero,
         carried});
    add({"map_identity", observable::map_identity, "P(MAP right) = E[max w], exact", zero,
         [&](std::size_t i) {
           // Atoms have no quadrature for it; their E[max w] exceeds E[w_1].
           const double mean =
               p.law->atoms() ? p.exact[i].planted_weight() : p.exact[i].planted_success();
           return p.samples * std::min(mean, 1 - mean) > kEnough;
         }});
    return;
  }
  // Where the mean of Y lives on few samples, it is no measurement: see the diagnostics.
  std::vector<double> mean(p.b.size()), carriers(p.b.size());
  for (std::size_t i = 0; i < p.b.size(); ++i) {
    mean[i] = p.exact[i].participation();
    const double square = p.exact[i].participation_square();
    carriers[i] = square > 0 ? p.samples * mean[i] * mean[i] / square : 0;
  }
  const auto carried = [&](std::size_t i) { return carriers[i] > kEnough; };
  add({"participation_ratio", observable::participation, quadrature,
       [&](std::size_t i) { return mean[i]; }, carried});
  for (const auto& [k, name] :
       {std::pair{3, observable::participation_3}, std::pair{4, observable::participation_4}}) {
    add({fmt::format("participation_ratio_{}", k), name, quadrature,
         [&p, k = k](std::size_t i) { return p.exact[i].participation(k); },
         [&p, k = k](std::size_t i) { return p.samples * p.exact[i].participation(k) > kEnough; }});
  }
  add({"participation_square", observable::participation_square, quadrature,
       [&](std::size_t i) { return p.exact[i].participation_square(); },
       [&](std::size_t i) { return p.samples * mean[i] > kEnough; }});
  add({"log_partition", observable::log_partition, quadrature,
       [&](std::size_t i) { return p.exact[i].log_partition(); }, carried});
  add({"log_partition_variance", observable::log_partition_variance, quadrature,
       [&](std::size_t i) { return p.exact[i].log_partition_variance(); },
       [&](std::size_t i) { return p.samples * mean[i] > kEnough; }});

  bool rare = false;
  for (std::size_t i = 0; i < p.b.size(); ++i) {
    if (p.a[i] >= 1) continue;
    rare = true;
    const auto at_a = [&](const char* quantity, const char* criterion, Value value,
                          const char* from) {
      Verdict& row = tell(findings, quantity, keys, value, from);
      row.criterion = criterion;
      row.axis = {{"experiment.a", p.a[i]}};
    };
    at_a("participation_ratio", "exact mean below t_c", {mean[i]}, "quadrature");
    at_a("participation_ratio", "median below t_c",
         p.value(observable::participation_quantiles, i * kQuantiles.size() + kMedian),
         "quantile of disorder samples");
    at_a("participation_ratio", "samples that carry its mean", {carriers[i]}, "quadrature");
  }
  if (!rare) return;
  note(findings, "participation",
       p.label + ": below t_c (a < 1) the mean of Y is dominated by rare samples",
       "read the median beside the mean, and planted states for the memorization of trajectories");
}

}  // namespace

namespace {

double share_of(const Point& point) {
  const auto share = point.parameters.find("target.share");
  return share == point.parameters.end() || share->second.empty() ? 0.5
                                                                  : point.number("target.share");
}

}  // namespace

std::vector<RemPoint> rem_points(const Result& result) {
  std::vector<RemPoint> all;
  for (const auto& [point, keys] : measured_points(result)) {
    RemPoint p;
    p.point = &point;
    const auto dimension = point.parameters.find("target.dimension");
    p.law = theory::level_law(family(point.parameters.at("target.law")),
                              dimension != point.parameters.end() && !dimension->second.empty()
                                  ? point.number("target.dimension")
                                  : 0);
    p.L = point.fact(fact::log_count).value();
    p.bits = p.L / std::log(2.0);
    p.critical = p.law->critical(p.L);
    p.energy_unit = point.fact(fact::energy_unit).value();
    p.planted = point.parameters.at("experiment.state") == "planted";
    for (const auto& unit : p.at(observable::participation).units) {
      p.samples += static_cast<double>(unit.count);
    }
    const auto given = point.numbers("experiment.a");
    for (const double value : given.empty() ? point.numbers("experiment.beta") : given) {
      const double b = given.empty() ? value * p.energy_unit : value * p.critical;
      p.b.push_back(b);
      p.a.push_back(given.empty() ? b / p.critical : value);
      p.beta.push_back(given.empty() ? value : b / p.energy_unit);
      if (const auto classes = point.fact(fact::log_classes)) {
        const double members = point.fact(fact::log_members).value();
        const double share = share_of(point);
        p.grouped.emplace_back(*classes, members, share, b);
        p.alone = theory::two_level_critical(*classes, members, share);
      } else {
        p.exact.emplace_back(p.law, p.L, b);
      }
    }
    p.label = fmt::format("M = {:.6g}", p.bits);
    for (const std::string& key : result.swept) {
      if (key == "target.M" || key == "experiment.a" || key == "experiment.beta") continue;
      p.label += ", " + point.parameters.at(key);
    }
    all.push_back(std::move(p));
  }
  return all;
}

Findings analyse(const Result& result) {
  Findings findings;
  std::vector<RemPoint> points, grouped;
  for (RemPoint& point : rem_points(result)) {
    const Keys keys = swept_keys(result, *point.point);
    if (point.grouped.empty()) {
      compare(point, keys, findings);
      points.push_back(std::move(point));
    } else {
      two_level_findings(point, keys, findings);
      grouped.push_back(std::move(point));
    }
  }
  rem_scaling(points, findings);
  findings.figures = rem_figures(points);
  for (const Figure& figure : rem_scaling_figures(points, findings)) {
    findings.figures.push_back(figure);
  }
  for (const Figure& figure : two_level_figures(grouped)) findings.figures.push_back(figure);
  return findings;
}

}  // namespace symbreak::findings::rem
