#include "analysis/findings/condensation/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/condensation/observables.hpp"

namespace symbreak::findings::condensation {

namespace {

/// A prediction of every point, or something computed from predictions, against t.
template <class Known>
Curve theory_curve(const Group& group, const std::string& label, const Known& known) {
  return along(group.points, time_of, known, line(group.label(label)));
}

/// With so many groups a figure keeps one main curve of each, and its theory in the same colour
/// without a label.
bool many(const Groups& all) { return all.size() > 3; }

/// Distinct keys of the groups by their number of data: the steps of colour where there are many.
std::vector<Keys> steps(const Groups& all) {
  std::vector<const Group*> order;
  for (const Group& group : all) order.push_back(&group);
  std::stable_sort(order.begin(), order.end(), [](const Group* a, const Group* b) {
    return *a->first().fact(fact::log_count) < *b->first().fact(fact::log_count);
  });
  std::vector<Keys> keys;
  for (const Group* group : order) {
    if (std::find(keys.begin(), keys.end(), group->keys) == keys.end()) keys.push_back(group->keys);
  }
  return keys;
}

class Drawing {
 public:
  Drawing(Figure& figure, const Groups& all) : figure_(&figure), all_(&all), steps_(steps(all)) {
    if (many(all)) figure.shades = static_cast<int>(steps_.size());
  }
  void main(const Group& group, Curve curve) { put(group, std::move(curve), true); }
  void theory(const Group& group, Curve curve) { put(group, std::move(curve), false); }
  void detail(Curve curve) {
    if (!many(*all_)) add(*figure_, std::move(curve));
  }

 private:
  void put(const Group& group, Curve curve, bool named) {
    if (many(*all_)) {
      const auto step = std::find(steps_.begin(), steps_.end(), group.keys) - steps_.begin();
      curve.colour = static_cast<int>(step);
      curve.symbol = group.planted() ? 0 : group.state == "unplanted" ? 1 : 2;
      if (!named) curve.label.clear();
    }
    add(*figure_, std::move(curve));
  }
  Figure* figure_;
  const Groups* all_;
  std::vector<Keys> steps_;
};

Figure weights_figure(const Groups& all, Figure figure) {
  Drawing draw(figure, all);
  for (const Group& group : all) {
    const std::string of = group.planted() ? "" : " (" + group.state + ")";
    draw.detail(mean_curve(group, observable::participation, "E[Y]" + of));
    draw.detail(quantile_curve(group, observable::participation, 0.5, "median Y" + of));
    draw.detail(theory_curve(group, "exact E[Y]", prediction::participation));
    if (!group.planted()) continue;
    draw.main(group, mean_curve(group, observable::true_weight, "E[w₁]"));
    draw.detail(mean_curve(group, observable::class_weight, "E[W₁], of the class"));
    draw.detail(theory_curve(group, "theory: centres alone", prediction::class_weight));
    draw.detail(mean_curve(group, observable::map_correct, "P(MAP right)"));
    draw.detail(mean_curve(group, observable::largest_weight, "E[max w]"));
    draw.detail(mean_curve(group, observable::clone_probability, "P(clones on the same datum)"));
    draw.detail(mean_curve(group, observable::return_probability, "P(U-turn returns)"));
    draw.theory(group, theory_curve(group, "theory: Gaussian levels of the same I and V",
                                    prediction::planted_weight));
  }
  return figure;
}

/// Many groups have no room for vertical lines: t_C is a mark on each curve. Where no law is known,
/// the fitted sigmoid leads the eye.
void mark_collapses(const Groups& all, const std::vector<Curve>& sigmoids, Figure& figure) {
  Curve marks{.label = "t_C, I = log N"};
  Drawing draw(figure, all);
  for (const Group& group : all) {
    if (!group.planted()) continue;
    const Point& first = group.first();
    const auto time = first.prediction(prediction::collapse_time);
    const auto weight = first.prediction(prediction::threshold_weight);
    if (time && weight && first.fact(fact::collapse_is_bound).value_or(0) == 0) {
      push(marks, *time, *weight);
    }
    if (first.prediction(prediction::planted_weight)) continue;
    for (const Curve& sigmoid : sigmoids) {
      if (sigmoid.label == group.label("sigmoid")) draw.theory(group, sigmoid);
    }
  }
  marks.symbol = 6;
  add(figure, std::move(marks));
}

Figure quantile_figure(const Groups& all, Figure figure) {
  Drawing draw(figure, all);
  for (const Group& group : all) {
    if (many(all) && group.planted()) continue;  // its mean and median are close
    const std::string of = " (" + group.state + ")";
    draw.main(group, mean_curve(group, observable::participation, "mean" + of));
    draw.detail(quantile_curve(group, observable::participation, 0.16, "16 %" + of));
    Curve median = quantile_curve(group, observable::participation, 0.5, "median" + of);
    if (many(all)) median.style = Curve::Style::line;
    draw.theory(group, std::move(median));
    draw.detail(quantile_curve(group, observable::participation, 0.84, "84 %" + of));
  }
  return figure;
}

std::optional<double> excess_ratio(const Point& p, PredictionName information) {
  const auto known = p.prediction(information), log_count = p.fact(fact::log_count);
  if (!known || !log_count) return std::nullopt;
  return std::max(0.0, 1 - *known / *log_count);
}

/// f^e/alpha: 1 minus what x tells of log N, until it tells all.
Figure excess_figure(const Groups& all, Figure figure) {
  Drawing draw(figure, all);
  for (const Group& group : all) {
    if (!group.planted()) continue;
    Curve ours = mean_curve(group, observable::excess_entropy, "f^{e}/α");
    const double alpha =
        *group.first().fact(fact::log_count) / *group.first().fact(fact::dimension);
    for (double& y : ours.y) y /= alpha;
    for (double& error : ours.error) error /= alpha;
    draw.main(group, std::move(ours));
    Curve published{.label = group.label("published data")};
    for (const Point* point : group.points) {
      const auto value = point->prediction(prediction::published_ratio);
      if (!value) continue;
      push(published, time_of(*point), {*value, *point->prediction(prediction::published_error)});
    }
    draw.detail(std::move(published));
    draw.detail(theory_curve(group, "1 − I/log N", [](const Point& p) {
      return excess_ratio(p, prediction::information);
    }));
    draw.theory(group, theory_curve(group, "theory at this N", [](const Point& p) {
                  const auto surprise = p.prediction(prediction::planted_surprise);
                  return surprise ? std::optional(*surprise / *p.fact(fact::log_count))
                                  : std::nullopt;
                }));
    Curve without = theory_curve(group, "1 − I/log N without the class bit", [](const Point& p) {
      return excess_ratio(p, prediction::information_without_class);
    });
    without.style = Curve::Style::dashed;
    draw.detail(std::move(without));
  }
  return figure;
}

}  // namespace

std::vector<Figure> figures(const Groups& all,
                            const std::vector<std::pair<double, std::string>>& lines,
                            const std::vector<Curve>& sigmoids) {
  const auto figure = [&](const std::string& name, const std::string& title,
                          const std::string& y_label) {
    Figure result = new_figure(name, title, "t", y_label, Log::x);
    result.vertical_lines = lines;
    if (many(all)) result.vertical_lines.clear();
    return result;
  };
  Figure weights =
      weights_figure(all, figure("weights", "Memorization of the data", "weight, probability"));
  weights.y_range = {{-0.02, 1.02}};
  if (many(all)) {
    mark_collapses(all, sigmoids, weights);
  } else {
    weights.curves.insert(weights.curves.end(), sigmoids.begin(), sigmoids.end());
  }
  weights.caption =
      "Planted noisy states x = y₁ + noise: E[w₁] = E[Y] = P(clones on the same datum) = P(U-turn "
      "returns) and P(MAP right) = E[max w] are exact identities. Unplanted states are independent "
      "of the dataset; the two are never averaged.";
  Figure quantiles =
      quantile_figure(all, figure("participation", "Distribution of the participation ratio", "Y"));
  quantiles.log_y = true;
  quantiles.caption = "Where the mean lies far above the median it is made by rare samples.";
  if (many(all)) quantiles.caption += " Points: means; lines: medians; unplanted states.";
  Figure patterns = figure("effective_patterns", "Data that share the posterior", "1/Y");
  patterns.log_y = true;
  patterns.caption =
      "1 where one datum holds all the weight (memorization), many where it is shared.";
  Figure entropy = figure("entropy", "Posterior entropy", "H(y|x) / nats");
  entropy.caption = "0 where the datum is known, log N where the posterior is spread over all.";
  Figure losses = figure("denoising_error", "Generalization gap: denoising error", "|⟨y⟩ − y|²/d");
  losses.log_y = true;
  losses.caption =
      "Error of the dataset's exact score on its own data (planted) and on data it has not seen "
      "(unplanted). The score generalizes where the two agree.";
  Figure likelihood =
      figure("log_likelihood", "Generalization gap: log-likelihood", "log p_t(x)/d / nats");
  likelihood.caption =
      "Of the noised dataset, at its own data (planted) and at new ones (unplanted): it "
      "generalizes "
      "where the two agree.";
  Figure generated = figure("memorized", "Generated samples that copy a datum", "fraction, ratio");
  generated.y_range = {{-0.02, 1.02}};
  generated.caption =
      "Reverse trajectories stopped at t, their clean mean taken as the sample; memorized: "
      "nearest-neighbour ratio below 1/3.";
  for (const Group& group : all) {
    const std::string of = " (" + group.state + ")";
    if (!many(all) || group.planted()) {
      Drawing(patterns, all)
          .main(group, mean_curve(group, observable::effective_patterns, "E[1/Y]" + of));
      Drawing(entropy, all).main(group, mean_curve(group, observable::entropy, "H(y|x)" + of));
    }
    Drawing(losses, all).main(group, mean_curve(group, observable::denoising_error, group.state));
    Drawing(likelihood, all)
        .main(group, mean_curve(group, observable::log_likelihood, group.state));
    int symbol = 0;
    for (const auto& [name, label] : {std::pair{observable::memorized, "memorized fraction"},
                                      {observable::nearest_ratio, "d₁/d₂"}}) {
      const std::size_t before = generated.curves.size();
      Drawing(generated, all).main(group, mean_curve(group, name, label));
      if (many(all) && generated.curves.size() > before) generated.curves.back().symbol = symbol;
      ++symbol;
    }
    Curve ceiling{.label = group.label("log N"), .style = Curve::Style::dashed};
    for (const Point* point : {group.points.front(), group.points.back()}) {
      push(ceiling, time_of(*point), *group.first().fact(fact::log_count));
    }
    if (group.points.size() > 1) Drawing(entropy, all).detail(std::move(ceiling));
  }
  Figure excess = excess_figure(all, figure("excess_entropy", "Excess entropy", "f^{e}/α"));
  excess.caption =
      "f^{e} = −E log w₁/d over α = log N/d: 0 where the datum is known, the growing share of log "
      "N "
      "that is missing above. Lines: the limit of many data, and theory at this N where there is "
      "one.";
  excess.log_x = excess.curves.empty();  // a linear axis shows both plateaus
  std::vector<Figure> drawn;
  for (const Figure& each :
       {weights, quantiles, patterns, entropy, excess, losses, likelihood, generated}) {
    if (!each.curves.empty()) drawn.push_back(each);
  }
  return drawn;
}

}  // namespace symbreak::findings::condensation
