#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/condensation/figures.hpp"
#include "analysis/findings/condensation/observables.hpp"

namespace symbreak::findings::condensation {

namespace {

/// E[w_1] below the first: generalization; above the second: memorization.
constexpr double kGeneralizes = 0.05, kMemorizes = 0.95;

}  // namespace

std::vector<Figure> memorization_maps(const Groups& all) {
  // Groups that differ in one key alone, a number, and have the same times relative to each other.
  std::vector<const Group*> planted;
  std::set<std::string> varying;
  for (const Group& group : all) {
    if (!group.planted()) continue;
    planted.push_back(&group);
    for (const auto& [key, value] : group.keys) {
      if (value != all.front().keys.at(key)) varying.insert(key);
    }
  }
  if (planted.size() < 3 || varying.size() != 1) return {};
  const auto alpha = [](const Group& group) {
    return *group.first().fact(fact::log_count) / *group.first().fact(fact::dimension);
  };
  std::sort(planted.begin(), planted.end(),
            [&](const auto* a, const auto* b) { return alpha(*a) < alpha(*b); });
  const std::vector<const Point*>& times = planted.front()->points;
  for (std::size_t i = 0; i < planted.size(); ++i) {
    if (planted[i]->points.size() != times.size()) return {};
    for (std::size_t k = 0; k < times.size(); ++k) {
      if (time_of(*planted[i]->points[k]) != time_of(*times[k])) return {};
    }
    if (i > 0 && alpha(*planted[i]) <= alpha(*planted[i - 1])) return {};
  }
  const auto shape = static_cast<Index>(times.size());
  const auto rows = static_cast<Index>(planted.size());
  verdict::Surface surface;
  surface.z.resize(shape, rows);
  for (const Point* point : times) surface.x.push_back(time_of(*point));
  Curve threshold, onset, end;
  for (std::size_t i = 0; i < planted.size(); ++i) {
    const Group& group = *planted[i];
    surface.y.push_back(alpha(group));
    std::vector<std::pair<double, double>> law;
    for (std::size_t k = 0; k < times.size(); ++k) {
      const Observable* weight = group.points[k]->find(observable::true_weight);
      surface.z(static_cast<Index>(k), static_cast<Index>(i)) =
          weight != nullptr ? weight->value() : NAN;
      if (const auto y = group.points[k]->prediction(prediction::planted_weight)) {
        law.emplace_back(std::log(surface.x[k]), *y);
      }
    }
    if (const auto t = group.first().prediction(prediction::collapse_time)) {
      push(threshold, *t, alpha(group));
    }
    // Where the finite-size law crosses the borders, by linear interpolation.
    for (auto& [level, curve] : {std::pair<double, Curve*>{kGeneralizes, &onset},
                                 std::pair<double, Curve*>{kMemorizes, &end}}) {
      for (std::size_t k = 1; k < law.size(); ++k) {
        const auto [x0, y0] = law[k - 1];
        const auto [x1, y1] = law[k];
        if ((y0 - level) * (y1 - level) > 0 || y0 == y1) continue;
        push(*curve, std::exp(x0 + (level - y0) / (y1 - y0) * (x1 - x0)), alpha(group));
        break;
      }
    }
  }
  const bool bound = planted.front()->first().fact(fact::collapse_is_bound).value_or(0) != 0;
  threshold.label = bound ? "bound: Gaussian data of the same covariance" : "I(Y;X_t) = log N";
  onset.label = fmt::format("generalization ends, E[w₁] = {:g}", kGeneralizes);
  end.label = fmt::format("memorization, E[w₁] = {:g}", kMemorizes);
  threshold.style = Curve::Style::line;
  onset.style = end.style = Curve::Style::dashed;
  Figure map = new_figure(
      "memorization_map", "Generalization and memorization", "t", "α = log(N)/d", Log::x,
      fmt::format("Measured E[w₁] of planted states. Right of the dashed lines (E[w₁] < {:g}): the "
                  "posterior is shared by very many data, the score generalizes. Left (E[w₁] > "
                  "{:g}): it knows its datum, the score memorizes. Between: partial condensation, "
                  "a band of width √(2/log N) in log t.",
                  kGeneralizes, kMemorizes));
  surface.label = "E[w₁]";
  surface.range = {0, 1};
  map.surface = std::move(surface);
  for (Curve* each : {&threshold, &onset, &end}) add(map, std::move(*each));
  return {map};
}

std::vector<Figure> collapse_times(const Groups& all, const Findings& findings) {
  constexpr const char* kCount = "target.n";
  std::map<Keys, std::vector<const Group*>> series;  // that differ in N alone
  for (const Group& group : all) {
    Keys keys = group.keys;
    keys.erase(kCount);
    if (group.planted()) series[keys].push_back(&group);
  }
  Figure figure =
      new_figure("collapse_time", "Collapse time against the number of data", "N", "t_C", Log::both,
                 "Below t_C the score of N data points knows its datum and memorizes, "
                 "above it it generalizes.");
  bool bound = false;
  for (auto& [keys, groups] : series) {
    std::sort(groups.begin(), groups.end(), [](const Group* a, const Group* b) {
      return *a->first().fact(fact::log_count) < *b->first().fact(fact::log_count);
    });
    Curve measured{.label = "sigmoid of E[w₁]" + joined(", ", key_label(keys))}, law = line("");
    for (const Group* group : groups) {
      const double N = std::rint(std::exp(*group->first().fact(fact::log_count)));
      bound = bound || group->first().fact(fact::collapse_is_bound).value_or(0) != 0;
      if (const auto t = group->first().prediction(prediction::collapse_time)) push(law, N, *t);
      for (const Verdict* row : findings.results()) {
        if (row->quantity != "collapse_time" || row->point != group->keys ||
            !row->criterion.empty()) {
          continue;
        }
        push(measured, N, Value{row->measured, row->error});
      }
    }
    if (measured.x.size() < 2 || measured.x.front() == measured.x.back()) continue;
    law.label = (bound ? "bound: Gaussian data of the same covariance" : "I(Y;X_t) = log N") +
                joined(", ", key_label(keys));
    measured.colour = law.colour = static_cast<int>(figure.curves.size() / 2);
    if (bound) law.style = Curve::Style::dashed;
    if (law.x.size() < 2) law = line("");
    add(figure, std::move(measured));
    add(figure, std::move(law));
  }
  if (figure.curves.empty()) return {};
  return {figure};
}

}  // namespace symbreak::findings::condensation
