#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/rem/findings.hpp"
#include "analysis/theory/levels/condensation.hpp"

namespace symbreak::findings::rem {

namespace {

Curve row(const RemPoint& p, ObservableName observable, int colour, double factor = 1) {
  Curve curve{.label = p.label, .colour = colour};
  for (std::size_t i = 0; i < p.a.size(); ++i) {
    const auto [value, error, dof] = p.value(observable, i);
    push(curve, p.a[i], {factor * value, factor * error});
  }
  return curve;
}

template <class Function>
Curve line(const RemPoint& p, int colour, const Function& f) {
  Curve curve{.style = Curve::Style::line, .colour = colour, .smooth = true};
  for (std::size_t i = 0; i < p.a.size(); ++i) push(curve, p.a[i], f(i));
  return curve;
}

template <class Function>
Curve limit(const std::vector<RemPoint>& points, const std::string& label, const Function& f) {
  double low = points[0].a[0], high = low;
  for (const RemPoint& p : points) {
    for (const double a : p.a) low = std::min(low, a), high = std::max(high, a);
  }
  Curve curve{.label = label, .style = Curve::Style::dashed};
  for (int i = 0; i <= 200; ++i) {
    const double a = low + (high - low) * i / 200;
    push(curve, a, f(a));
  }
  return curve;
}

Figure against_a(const std::string& name, const std::string& title, const std::string& y_label) {
  Figure figure = new_figure(name, title, "a = β/β_c = t_c/t", y_label);
  figure.vertical_lines = {{1, "β_c"}};
  return figure;
}

void unplanted(const std::vector<RemPoint>& points, std::vector<Figure>& figures) {
  Figure mean = against_a("participation", "Condensation, unplanted", "E[Y]");
  mean.caption = "Points: disorder samples. Lines: exact quadrature at the same N; dashed: N → ∞.";
  Figure median = against_a("participation_median", "Mean and median of Y, unplanted", "Y");
  median.log_y = true;
  median.y_range = {{1e-6, 2}};
  median.caption =
      "Below the condensation temperature the mean (line, exact) is carried by rare samples; the "
      "median (points) is what a sample shows.";
  Figure variance = against_a("participation_variance", "Y does not self-average", "Var Y");
  variance.caption =
      "Points: disorder samples. Dashed: the Poisson-Dirichlet limit (1/a)(1 − 1/a)/3.";
  Figure entropy = against_a("entropy", "Entropy freezing, unplanted", "entropy / log N");
  entropy.caption = "At β_c the entropy per log N freezes; finite M round the transition.";
  int colour = 0;
  for (const RemPoint& p : points) {
    if (p.planted || p.L == 0) continue;
    mean.curves.push_back(row(p, observable::participation, colour));
    const Curve exact = line(p, colour, [&](std::size_t i) { return p.exact[i].participation(); });
    mean.curves.push_back(exact);
    Curve typical{.label = p.label, .colour = colour};
    for (std::size_t i = 0; i < p.a.size(); ++i) {
      const Value y = p.value(observable::participation_quantiles, i * kQuantiles.size() + kMedian);
      if (y.value > 0) push(typical, p.a[i], y);
    }
    median.curves.push_back(typical);
    Curve positive{.style = exact.style, .colour = colour, .smooth = true};
    for (std::size_t i = 0; i < exact.x.size(); ++i) {
      if (exact.y[i] > 0) push(positive, exact.x[i], exact.y[i]);
    }
    median.curves.push_back(positive);
    entropy.curves.push_back(row(p, observable::entropy, colour, 1 / p.L));
    Curve spread = row(p, observable::participation_square, colour);
    for (std::size_t i = 0; i < spread.y.size(); ++i) {
      spread.y[i] -= std::pow(p.value(observable::participation, i).value, 2);
    }
    variance.curves.push_back(spread);
    variance.curves.back().colour = colour;
    ++colour;
  }
  if (colour == 0) return;
  for (Figure* each : {&mean, &median, &variance, &entropy}) each->shades = colour;
  mean.curves.push_back(
      limit(points, "1 − 1/a", [](double a) { return theory::rem_participation_limit(a); }));
  if (points[0].point->parameters.at("target.law") == "gaussian") {
    entropy.curves.push_back(
        limit(points, "1 − a²", [](double a) { return std::max(0.0, 1 - a * a); }));
  }
  variance.curves.push_back(
      limit(points, "N → ∞", [](double a) { return theory::rem_participation_variance_limit(a); }));
  figures.insert(figures.end(), {mean, median, variance, entropy});
}

void planted(const std::vector<RemPoint>& points, std::vector<Figure>& figures) {
  Figure weight = against_a("true_weight", "Weight of the planted level", "E[w₁] = E[Y]");
  weight.caption = "Points: disorder samples, planted. Lines: exact quadrature at the same N.";
  Figure success = against_a("map_correct", "Planted level the highest", "P(MAP right) = E[max w]");
  success.caption = "Points: disorder samples, planted. Lines: exact quadrature at the same N.";
  int colour = 0;
  for (const RemPoint& p : points) {
    if (!p.planted || p.L == 0) continue;
    weight.curves.push_back(row(p, observable::true_weight, colour));
    weight.curves.push_back(
        line(p, colour, [&](std::size_t i) { return p.exact[i].planted_weight(); }));
    success.curves.push_back(row(p, observable::map_correct, colour));
    if (!p.law->atoms()) {
      success.curves.push_back(
          line(p, colour, [&](std::size_t i) { return p.exact[i].planted_success(); }));
    }
    ++colour;
  }
  if (colour == 0) return;
  weight.shades = success.shades = colour;
  figures.insert(figures.end(), {weight, success});
}

/// Density of Y for the largest unplanted M at the temperatures around and above beta_c.
void distribution(const std::vector<RemPoint>& points, std::vector<Figure>& figures) {
  const RemPoint* largest = nullptr;
  for (const RemPoint& p : points) {
    if (!p.planted && (largest == nullptr || p.L > largest->L)) largest = &p;
  }
  if (largest == nullptr) return;
  Figure figure = new_figure("participation_distribution", "Distribution of Y, " + largest->label,
                             "Y", "probability density", Log::none,
                             "Y does not self-average in the condensed phase.");
  std::vector<std::size_t> shown;
  for (const double wanted : {1.0, 1.25, 1.5, 2.0}) {
    const auto nearest = std::min_element(
        largest->a.begin(), largest->a.end(),
        [&](double x, double y) { return std::abs(x - wanted) < std::abs(y - wanted); });
    const auto i = static_cast<std::size_t>(nearest - largest->a.begin());
    if (std::find(shown.begin(), shown.end(), i) == shown.end()) shown.push_back(i);
  }
  figure.shades = static_cast<int>(shown.size());
  for (const std::size_t i : shown) {
    Curve curve{.label = fmt::format("a = {:.3g}", largest->a[i]),
                .colour = static_cast<int>(figure.curves.size())};
    for (std::size_t bin = 0; bin < kHistogramBins; ++bin) {
      push(curve, (static_cast<double>(bin) + 0.5) / kHistogramBins,
           largest->value(observable::participation_distribution, i * kHistogramBins + bin));
    }
    figure.curves.push_back(curve);
  }
  figures.push_back(figure);
}

/// E[Y] or E[w_1] over the plane of temperature and size, where the deck has several M.
void map(const std::vector<RemPoint>& points, bool planted, std::vector<Figure>& figures) {
  constexpr std::size_t kLeastSizes = 4;
  std::vector<const RemPoint*> rows;
  for (const RemPoint& p : points) {
    if (p.planted != planted || p.L == 0) continue;
    if (!rows.empty() && (p.a != rows[0]->a || p.point->parameters.at("target.law") !=
                                                   rows[0]->point->parameters.at("target.law"))) {
      continue;
    }
    rows.push_back(&p);
  }
  std::sort(rows.begin(), rows.end(),
            [](const RemPoint* p, const RemPoint* q) { return p->L < q->L; });
  if (rows.size() < kLeastSizes || rows[0]->a.size() < 3) return;
  if (!std::is_sorted(rows[0]->a.begin(), rows[0]->a.end())) return;
  Figure figure = against_a(planted ? "map_planted" : "map_unplanted",
                            planted ? "E[w₁] over temperature and size, planted"
                                    : "E[Y] over temperature and size, unplanted",
                            "M, N = 2^M");
  figure.caption =
      "White: spread over exponentially many levels; dark: a few hold all the weight. Below β_c "
      "(left) it falls with the size, above it stays.";
  verdict::Surface surface;
  surface.x = rows[0]->a;
  surface.z.resize(static_cast<Index>(surface.x.size()), static_cast<Index>(rows.size()));
  for (std::size_t j = 0; j < rows.size(); ++j) {
    surface.y.push_back(rows[j]->bits);
    surface.z.col(static_cast<Index>(j)) =
        rows[j]->at(planted ? observable::true_weight : observable::participation).estimate.mean;
  }
  figure.log_y = true;
  surface.label = planted ? "E[w₁]" : "E[Y]";
  surface.range = {0, 1};
  figure.surface = surface;
  figures.push_back(figure);
}

}  // namespace

std::vector<Figure> rem_figures(const std::vector<RemPoint>& points) {
  std::vector<Figure> figures;
  if (points.empty()) return figures;
  unplanted(points, figures);
  planted(points, figures);
  distribution(points, figures);
  map(points, false, figures);
  map(points, true, figures);
  return figures;
}

}  // namespace symbreak::findings::rem
