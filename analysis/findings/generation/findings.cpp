// From recorded reverse trajectories to verdicts. Per point: `overlap` against forward noised data
// and, in one dimension, against quadrature; `branch_occupation` per class; `wasserstein_2`,
// `energy_distance` and `frechet_distance` in excess of two exact samples of the same size
// (predicted 0); moments of spins.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/rare_events.hpp"
#include "analysis/findings/common/spin_moments.hpp"
#include "analysis/findings/common/spin_observables.hpp"
#include "analysis/findings/common/step_error.hpp"
#include "analysis/findings/generation/observables.hpp"

namespace symbreak::findings::generation {

namespace {

using lattice::curve;

Figure time_figure(const Keys& keys, const std::string& name, const std::string& title,
                   const std::string& y_label, const Point& point) {
  Figure figure = new_figure(keys, name, title, "t", y_label, Log::x);
  if (const auto critical = point.prediction(prediction::critical_time)) {
    figure.vertical_lines = {{*critical, "t_c"}};
  }
  return figure;
}

/// Entropy production per unit ln s, dH/dln s = d mmse/(2 s) (I-MMSE), mmse = E|y|^2/d - overlap.
Curve entropy_rate(const Observable& overlap, const Point& point,
                   const std::vector<double>& times) {
  const double norm = *point.fact(fact::mean_square_norm);
  const std::vector<double> noise = point.fact_values(fact::noise);
  Curve result{.label = "d mmse/2s"};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto element = static_cast<Index>(i);
    push(result, times[i],
         {(norm - overlap.estimate.mean[element]) / (2 * noise[i]),
          overlap.estimate.error[element] / (2 * noise[i])});
  }
  return result;
}

/// Overlap, order parameter and its distribution, entropy production of one point against time.
void draw(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> times = point.fact_values(fact::time);
  const Observable& overlap = point.at(observable::overlap);

  Figure overlaps =
      time_figure(keys, "overlap", "Overlap of the clean mean with the datum", "E|⟨y⟩|²/d", point);
  overlaps.curves = {curve(overlap, times, "reverse trajectories"),
                     curve(point.at(observable::overlap_forward), times, "forward noised data")};
  const std::vector<double> exact = point.prediction_values(prediction::overlap);
  if (!exact.empty()) overlaps.curves.push_back(line("quadrature, 1 − mmse", times, exact));
  overlaps.caption = "For an exact score both ensembles have the same law at every time.";
  findings.figures.push_back(overlaps);

  Figure order = time_figure(keys, "order_parameter", "Order parameter", "E m²", point);
  const Observable& squared = point.at(observable::order_parameter_squared);
  const Index axes = squared.shape.at(1);
  for (Index a = 0; a < std::min<Index>(axes, 4); ++a) {
    order.curves.push_back(curve(squared, times, fmt::format("axis {}", a + 1), axes, a));
  }
  order.caption = "Grows below t_c, where the walkers decide for a branch.";
  findings.figures.push_back(order);

  Figure distribution = time_figure(keys, "order_parameter_distribution",
                                    "Distribution of the order parameter, p(m, t)", "m", point);
  const Observable& histogram = point.at(observable::order_parameter_distribution);
  const Index bins = histogram.shape.at(1);
  const double edge = *point.fact(fact::histogram_edge);
  verdict::Surface surface;
  // Times run downwards; a surface wants ascending abscissae.
  surface.x.assign(times.rbegin(), times.rend());
  for (Index b = 0; b < bins; ++b) {
    surface.y.push_back(edge *
                        (2 * (static_cast<double>(b) + 0.5) / static_cast<double>(bins) - 1));
  }
  surface.z.resize(static_cast<Index>(times.size()), bins);
  for (Index i = 0; i < surface.z.rows(); ++i) {
    surface.z.row(i) =
        histogram.estimate.mean.segment((surface.z.rows() - 1 - i) * bins, bins).transpose();
  }
  surface.label = "fraction of walkers per bin";
  // As far as there are walkers: data may lie on one side of 0.
  Index first = 0, last = bins - 1;
  while (first < last && surface.z.col(first).maxCoeff() == 0) ++first;
  while (last > first && surface.z.col(last).maxCoeff() == 0) --last;
  const double width = 2 * edge / static_cast<double>(bins);
  distribution.y_range = std::pair{surface.y[static_cast<std::size_t>(first)] - width / 2,
                                   surface.y[static_cast<std::size_t>(last)] + width / 2};
  distribution.surface = surface;
  distribution.caption =
      "m = u·⟨y⟩/|u|² of the walkers. Generation runs from right to left: one hump above t_c "
      "divides into the branches of the data below it. The scale ends where 1 % of the cells are "
      "darker.";
  findings.figures.push_back(distribution);

  if (const Observable* paths = point.find(observable::order_parameter_paths)) {
    Figure along = distribution;
    along.name = "trajectories" + key_stem(keys);
    along.title = "Trajectories of the order parameter over p(m, t)";
    const VectorXd& m = paths->units.at(0).mean;
    const auto count = static_cast<Index>(times.size());
    for (Index path = 0; path < paths->shape.at(0); ++path) {
      Curve drawn{.label = path == 0 ? "walkers" : "", .style = Curve::Style::line, .colour = 0};
      for (Index i = count; i-- > 0;) {
        push(drawn, times[static_cast<std::size_t>(i)], m[path * count + i]);
      }
      along.curves.push_back(std::move(drawn));
    }
    along.caption =
        "A few walkers of the first unit, from noise (right) to data (left), over the density of "
        "all. Above t_c they wander about one value; at t_c each turns to a branch, and stays.";
    findings.figures.push_back(along);
  }

  if (const Observable* pictures = point.find(observable::path_pictures)) {
    const std::vector<double> at = point.fact_values(fact::picture_time);
    const auto columns = static_cast<Index>(at.size());
    const VectorXd& pixels = pictures->units.at(0).mean;
    const auto data =
        pixels.tail(pixels.size() / 3);  // nearest ones: noise goes beyond their range
    Figure path = lattice::gallery(point, observable::path_pictures, keys, "path_pictures",
                                   "One trajectory, from noise to data",
                                   std::pair{data.minCoeff(), data.maxCoeff()}, columns);
    std::string columns_at;
    for (const double t : at) {
      columns_at += fmt::format("{}{:.3g}", columns_at.empty() ? "" : ", ", t);
    }
    path.caption = fmt::format(
        "Columns: t = {}. Top: the noisy state; middle: what the score takes it for, the mean of "
        "the posterior; bottom: the datum nearest to that. Where the two lower rows become alike "
        "the state belongs to one datum: the score has memorized it.",
        columns_at);
    findings.figures.push_back(path);
  }

  Figure entropy = time_figure(keys, "entropy", "Entropy production and score",
                               "per unit ln s, per dimension", point);
  entropy.curves = {entropy_rate(overlap, point, times),
                    curve(point.at(observable::score_norm), times, "s E|score|²/d")};
  if (const Observable* posterior = point.find(observable::posterior_entropy)) {
    entropy.curves.push_back(curve(*posterior, times, "H(y|x) / nats"));
  }
  // At low noise the rate is a small difference over a smaller noise: its bars are cut.
  constexpr double kKnown = 0.3;
  double top = 0;
  for (const Curve& each : entropy.curves) {
    for (std::size_t i = 0; i < each.y.size(); ++i) {
      if (each.error[i] < kKnown) top = std::max(top, each.y[i]);
    }
  }
  entropy.y_range = {{-0.2 * top, 1.2 * top}};
  entropy.caption =
      "dH/dln s = d·mmse/2s per dimension (I-MMSE): information appears where it is large. The "
      "score's norm, 1 in pure noise, falls as the data take over.";
  findings.figures.push_back(entropy);
}

/// Rows that have no verdict: they are told.
template <class Concerned>
void withdraw(Findings& findings, const Concerned& concerned) {
  for (verdict::Verdict row : findings.verdicts) {
    if (!concerned(row)) continue;
    row.predicted = NAN;
    row.source.clear();
    findings.measured.push_back(row);
  }
  std::erase_if(findings.verdicts, concerned);
}

/// Few steps make another law, which is told and not judged. Whether there are such.
bool judge_no_coarse_steps(const Result& result, Findings& findings) {
  constexpr double kCoarse = 0.1;
  bool coarse = false;
  for (const auto& [point, keys] : measured_points(result)) {
    const double bound = point.fact(fact::step_error).value_or(0);
    if (bound < kCoarse) continue;
    coarse = true;
    withdraw(findings, [&](const verdict::Verdict& row) { return row.point == keys; });
    warn(findings, "experiment.steps",
         joined("", key_label(keys), ": ") +
             "steps this long generate another law than that of the data",
         "more steps, or steps = auto(0.01), make data whose law is judged");
  }
  return coarse;
}

/// What is generated is the clean mean at the last noise s. Its law is that of the data where s
/// leaves nothing open: mmse = s (1 - s E|score|^2/d) (Tweedie). Where more is left than samples of
/// usual numbers would overlook, that law is told and not judged.
void judge_no_open_ends(const Result& result, Findings& findings) {
  constexpr double kOpen = 0.01, kOpenSpins = 0.002;  // of the variance; spins are cut at 0
  for (const auto& [point, keys] : measured_points(result)) {
    const auto variance = point.fact(fact::variance);  // none in result files of before
    if (!(variance > 0.0) || point.parameters.at("experiment.sampler") == "bridge_sample") continue;
    const Observable& norm = point.at(observable::score_norm);
    const double s = point.fact_values(fact::noise).back(),
                 open = s * (1 - norm.estimate.mean.tail(1)[0]) / *variance;
    if (open < (point.find(spin::observable::energy) == nullptr ? kOpen : kOpenSpins)) continue;
    withdraw(findings, [&](const verdict::Verdict& row) {
      return row.point == keys && row.quantity != "overlap";
    });
    warn(findings, "experiment.t_end",
         fmt::format("{}the last noise leaves {:.0f} % of the variance open: what is generated, "
                     "the clean mean, has not the law of the data",
                     joined("", key_label(keys), ": "), 100 * open),
         "a smaller t_end, or sampler = bridge_sample, makes data whose law is judged");
  }
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& at : measured_points(result)) {
    const Point& point = at.point;
    const auto add = [&](const std::string& quantity, Value measured, Value predicted,
                         const std::string& source, const std::string& from) -> Verdict& {
      return judge(findings, quantity, at.keys, measured, predicted, source, from);
    };
    const double steps = step_error(point), variance = point.fact(fact::variance).value_or(0);
    const Value overlap = value_of(point, observable::mean_overlap);
    const Value by_steps{0, steps * std::abs(overlap.value)};
    add("overlap", overlap, value_of(point, observable::mean_overlap_forward) + by_steps,
        "forward noised data: an exact score has the same E|<y>|^2 on both",
        "mean over recorded times")
        .role = Role::check;
    if (const auto exact = point.prediction(prediction::mean_overlap)) {
      add("overlap", overlap, Value{*exact} + by_steps, "1 - mmse by quadrature over p_t",
          "mean over recorded times")
          .criterion = "quadrature";
    }
    const std::vector<double> weights = point.prediction_values(prediction::class_weight);
    for (std::size_t c = 0; weights.size() > 1 && c < weights.size(); ++c) {
      const auto element = static_cast<Index>(c);
      const Value occupied =
          with_rare_events(value_of(point, observable::branch_occupation, element), weights[c],
                           point.at(observable::branch_occupation).estimate.ess[element]);
      add("branch_occupation", occupied, {weights[c], steps}, "weight of the class in the target",
          "generated data")
          .axis = {{"class", static_cast<double>(c + 1)}};
    }
    add("wasserstein_2", value_of(point, observable::wasserstein_2_excess), {0, steps * variance},
        "same law, of an exact score", "W_2^2 to exact samples minus that between exact samples");
    add("energy_distance", value_of(point, observable::energy_distance),
        {0, steps * std::sqrt(variance)}, "same law, of an exact score",
        "unbiased, to exact samples");
    if (point.find(observable::frechet_excess) != nullptr) {
      add("frechet_distance", value_of(point, observable::frechet_excess), {0, steps * variance},
          "same mean and covariance, of an exact score",
          "to the exact moments, minus that of as many exact samples");
    }
    draw(point, at.keys, findings);
  }
  judge_generated_spins(result, findings);
  judge_no_open_ends(result, findings);
  if (!judge_no_coarse_steps(result, findings)) note_steps(findings, result);
  return findings;
}

}  // namespace symbreak::findings::generation
