// Verdicts: the classes of the samples against those of the data (chi^2/n); nearness to the own
// half is measured alone, since a generator that memorizes disagrees by right. Along the
// number in the files' names: tau_mem, where the memorized excess crosses its level, and with
// several sizes N of the dataset the exponent of tau_mem ~ N^a.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/samples/crossing.hpp"
#include "analysis/findings/samples/observables.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings::samples {

namespace {

constexpr const char* kFile = "experiment.samples";

void classes(const Point& point, const Keys& keys, Findings& findings) {
  const Observable* found = point.find(observable::class_occupation);
  const std::vector<double> weights = point.fact_values(fact::class_weights);
  const double count = point.fact(fact::count).value_or(0);
  if (found == nullptr || weights.size() < 2) return;
  // Pearson's chi^2 of all classes but one: their shares sum to 1.
  double chi2 = 0;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (!(weights[c] > 0)) continue;
    const double off = found->estimate.mean[static_cast<Index>(c)] - weights[c];
    chi2 += count * off * off / weights[c];
  }
  Squares squares;
  squares.n = static_cast<double>(weights.size() - 1);
  squares.sum = chi2;
  judge_squares(findings, "class_occupation", keys, squares, "weights of the classes of the data",
                "shares of the classes")
      ->detail = fmt::format("{} classes, {} samples", weights.size(), count);
}

void memorization(const Point& point, const Keys& keys, Findings& findings) {
  tell(findings, "memorized", keys, value_of(point, observable::memorized),
       "share of samples that copy a datum");
  if (point.find(observable::memorized_held_out) == nullptr) {
    note(findings, "memorized",
         joined("", key_label(keys), ": ") + "what chance alone would copy is not known",
         "set target.held_out: held-out data are copies by chance too");
    return;
  }
  tell(findings, "memorized", keys, value_of(point, observable::memorized_held_out),
       "share of held-out data that copy a datum")
      .criterion = "held-out data: chance";
  tell(findings, "memorized_excess", keys, excess(point), "copies beyond chance").role =
      Role::headline;
  tell(findings, "own_half", keys, value_of(point, observable::own_half),
       "samples nearer to training data than to held-out data; 1/2 for a generator that knows "
       "neither");
}

void draw(const PointGroup& group, Findings& findings) {
  Figure shares = new_figure(group.keys, "memorized", "Samples that copy a training datum",
                             "number in the file's name", "share of samples", Log::x);
  add(shares, along(group.points, fact::number, observable::memorized, {.label = "copies"}));
  add(shares, along(group.points, fact::number, observable::memorized_held_out,
                    {.label = "held-out data: chance"}));
  add(shares, along(group.points, fact::number, observable::own_half, {.label = "own half"}));
  add(shares, along(group.points, fact::number, observable::spurious, {.label = "spurious"}));
  add(findings, shares);
  Figure distances = new_figure(group.keys, "distances", "Distance of the laws",
                                "number in the file's name", "distance", Log::both);
  add(distances,
      along(group.points, fact::number, observable::frechet_distance, {.label = "Fréchet"}));
  add(distances, along(group.points, fact::number, observable::frechet_held_out,
                       line("Fréchet, training to held-out")));
  add(distances, along(group.points, fact::number, observable::wasserstein_2_squared,
                       {.label = "sliced W₂²"}));
  add(findings, distances);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result, observable::memorized)) {
    classes(point, keys, findings);
    memorization(point, keys, findings);
  }
  std::vector<double> sizes;
  std::vector<Value> times;
  for (PointGroup& group : group_points(result, {kFile})) {
    std::erase_if(group.points, [](const Point* point) { return !point->fact(fact::number); });
    std::ranges::sort(group.points, {},
                      [](const Point* point) { return *point->fact(fact::number); });
    if (group.points.size() < 2) continue;
    draw(group, findings);
    const auto time = memorization_time(group);
    if (!time) continue;
    Verdict& row = tell(findings, "tau_mem", group.keys, *time,
                        "where the memorized excess crosses its level, linear in ln of the number "
                        "in the files' names");
    row.role = Role::headline;
    row.detail = fmt::format("level {:.3g}", group.first().fact(fact::level).value_or(NAN));
    sizes.push_back(group.first().fact(fact::training).value_or(NAN));
    times.push_back(*time);
  }
  if (const auto exponent = memorization_exponent(sizes, times)) {
    Verdict& row = tell(findings, "exponent_tau_mem", {}, *exponent, "a of tau_mem ~ N^a");
    row.role = Role::headline;
    row.detail = fmt::format("{} sizes, N = {:.6g} to {:.6g}", sizes.size(),
                             *std::ranges::min_element(sizes), *std::ranges::max_element(sizes));
    note(findings, "exponent_tau_mem", "it depends on how tau_mem is defined",
         "try another experiment.level");
  }
  return findings;
}

}  // namespace symbreak::findings::samples
