#include "analysis/findings/speciation/findings.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/mean_field.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;
using verdict::Verdict;
using Keys = std::map<std::string, std::string>;
using Group = std::vector<const Point*>;

std::vector<std::pair<Keys, Group>> groups(const verdict::Result& result) {
  std::map<Keys, Group> found;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    Keys keys = swept_keys(result, point);
    keys.erase("experiment.t");
    found[keys].push_back(&point);
  }
  std::vector<std::pair<Keys, Group>> all(found.begin(), found.end());
  for (auto& [keys, points] : all) {
    std::sort(points.begin(), points.end(), [](const Point* a, const Point* b) {
      return *a->prediction("time") < *b->prediction("time");
    });
  }
  return all;
}

Verdict chi2_verdict(const std::string& quantity, const Keys& keys, double chi2, double n,
                     const std::string& source, const std::string& from) {
  return {.quantity = quantity,
          .point = keys,
          .measured = chi2 / n,
          .error = 0,
          .predicted = 1,
          .predicted_error = std::sqrt(2 / n),
          .source = source,
          .from = fmt::format("chi2/n, {} points, {}", n, from)};
}

/// Fewer expected events than this on either side have no Gaussian error.
constexpr double kFewest = 10;

/// A polynomial (quadratic; cubic from six points on) through logit(2p - 1) against ln s, solved
/// for p = phi(1) = .7752.
double crossing(const VectorXd& log_s, const VectorXd& p, const VectorXd& error) {
  const auto logit = [](double value) {
    const double q = std::clamp(2 * value - 1, 1e-6, 1 - 1e-6);
    return std::log(q / (1 - q));
  };
  const Index terms = p.size() >= 6 ? 4 : 3;
  MatrixXd design(p.size(), terms);
  VectorXd y(p.size());
  const double level = logit(theory::clone_probability(1)), centre = log_s.mean();
  for (Index i = 0; i < p.size(); ++i) {
    const double q = 2 * p[i] - 1, weight = q * (1 - q) / (2 * error[i]);
    for (Index k = 0; k < terms; ++k) design(i, k) = weight * std::pow(log_s[i] - centre, k);
    y[i] = weight * (logit(p[i]) - level);
  }
  const VectorXd c = (design.transpose() * design).ldlt().solve(design.transpose() * y);
  double u = -c[0] / c[1];
  for (int iteration = 0; iteration < 50; ++iteration) {
    double value = 0, slope = 0;
    for (Index k = terms; k-- > 0;) {
      slope = slope * u + value;
      value = value * u + c[k];
    }
    u -= value / slope;
  }
  return centre + u;
}

void speciation_time(const Keys& keys, const Group& points, std::uint64_t seed,
                     verdict::Findings& findings) {
  const auto predicted = points.front()->prediction("speciation_time_clone");
  if (!predicted || points.size() < 3) return;
  std::vector<double> log_s, value, error, times;
  for (const Point* point : points) {
    const double p = point->observables.at("clone_probability").value();
    log_s.push_back(std::log(*point->prediction("noise")));
    times.push_back(*point->prediction("time"));
    value.push_back(p);
    error.push_back(std::sqrt(p * (1 - p) / *point->prediction("samples")));
  }
  const auto found = clone_crossing(log_s, value, error, seed);
  if (!found) return;
  // The clock's time at that noise: the times of the points are exact.
  const auto time = [&](double at) { return interpolated(log_s, times, at); };
  findings.verdicts.push_back(
      {.quantity = "speciation_time",
       .point = keys,
       .measured = time(found->log_s),
       .error = std::abs(time(found->log_s + found->error) - time(found->log_s - found->error)) / 2,
       .predicted = *predicted,
       .source = "criterion: clones agree with phi(1) = .7752, G = 1; deck's clock",
       .from = fmt::format("crossing of .7752, {} points", found->points)});
}

void draw(const Keys& keys, const Group& points, verdict::Findings& findings) {
  Figure figure;
  figure.name = "clone_probability" + (keys.empty() ? "" : "_" + key_label(keys));
  figure.title = "Clones that end in the same class";
  figure.x_label = "t of the split";
  figure.y_label = "probability";
  Curve clones{.label = "clones"}, exact{.label = "E Σ P(c|x)²"},
      theory{.label = "φ(G)", .style = Curve::Style::line}, published{.label = "published"};
  for (const Point* point : points) {
    const double t = *point->prediction("time");
    const auto put = [&](Curve& curve, const char* name) {
      curve.x.push_back(t);
      curve.y.push_back(point->observables.at(name).value());
      curve.error.push_back(point->observables.at(name).error());
    };
    put(clones, "clone_probability");
    put(exact, "clone_probability_exact");
    if (const auto value = point->prediction("clone_probability")) {
      theory.x.push_back(t);
      theory.y.push_back(*value);
    }
  }
  published.x = numbered(*points.front(), "published_time");
  published.y = numbered(*points.front(), "published_clone");
  figure.curves = {clones, exact};
  if (!theory.x.empty()) figure.curves.push_back(theory);
  if (!published.x.empty()) figure.curves.push_back(published);
  if (const auto time = points.front()->prediction("speciation_time_clone")) {
    figure.vertical_lines = {{*time, "G = 1"}};
  }
  findings.figures.push_back(figure);
}

}  // namespace

std::optional<CloneCrossing> clone_crossing(const std::vector<double>& log_s,
                                            const std::vector<double>& probability,
                                            const std::vector<double>& error, std::uint64_t seed) {
  std::vector<double> x, y, e;
  for (std::size_t i = 0; i < log_s.size(); ++i) {
    if (probability[i] < 0.63 || probability[i] > 0.9) continue;
    x.push_back(log_s[i]);
    y.push_back(probability[i]);
    e.push_back(error[i]);
  }
  if (x.size() < 4) return std::nullopt;
  const auto map = [](const std::vector<double>& v) -> VectorXd {
    return Eigen::Map<const VectorXd>(v.data(), static_cast<Index>(v.size()));
  };
  const VectorXd at = map(x), p = map(y), sigma = map(e);
  random::Stream stream({.seed = seed, .purpose = random::Purpose::resample});
  const double found = crossing(at, p, sigma);
  double squares = 0;
  constexpr int kResamples = 200;
  for (int r = 0; r < kResamples; ++r) {
    VectorXd shaken = p;
    for (Index i = 0; i < p.size(); ++i) shaken[i] += sigma[i] * stream.normal();
    squares += std::pow(crossing(at, shaken, sigma) - found, 2) / kResamples;
  }
  return CloneCrossing{found, std::sqrt(squares), static_cast<int>(x.size())};
}

double interpolated(const std::vector<double>& x, const std::vector<double>& y, double at) {
  // Lagrange's polynomial through the two nodes on either side, fewer where there are fewer.
  const std::size_t nodes = std::min<std::size_t>(4, x.size());
  std::size_t first = 0;
  while (first + nodes < x.size() && x[first + nodes / 2] < at) ++first;
  double sum = 0;
  for (std::size_t j = first; j < first + nodes; ++j) {
    double basis = 1;
    for (std::size_t k = first; k < first + nodes; ++k) {
      if (k != j) basis *= (at - x[k]) / (x[j] - x[k]);
    }
    sum += basis * y[j];
  }
  return sum;
}

verdict::Findings analyse_speciation(const verdict::Result& result) {
  verdict::Findings findings;
  for (const auto& [keys, points] : groups(result)) {
    double chi2 = 0, n = 0, identity = 0, identities = 0;
    for (const Point* point : points) {
      const auto& gap = point->observables.at("clone_identity");
      if (gap.error() > 0) {
        const double events = *point->prediction("samples") *
                              (1 - point->observables.at("clone_probability").value());
        if (events > kFewest) {
          identity += std::pow(gap.value() / gap.error(), 2);
          ++identities;
        }
      }
      const auto exact = point->prediction("clone_probability");
      if (!exact) continue;
      const double samples = *point->prediction("samples");
      if (samples * (1 - *exact) < kFewest) continue;
      const double variance = *exact * (1 - *exact) / samples;
      chi2 += std::pow(point->observables.at("clone_probability").value() - *exact, 2) / variance;
      ++n;
    }
    if (n > 0) {
      findings.verdicts.push_back(
          chi2_verdict("clone_probability", keys, chi2, n, "phi(G), binomial errors", "clones"));
    }
    if (identities > 0) {
      findings.verdicts.push_back(chi2_verdict("clone_identity", keys, identity, identities,
                                               "class probabilities at the split", "clones"));
    }
    const std::vector<double> value = numbered(*points.front(), "published_clone"),
                              exact = numbered(*points.front(), "published_theory");
    if (!value.empty()) {
      double sum = 0, count = 0;
      const double pairs = *points.front()->prediction("published_pairs");
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (pairs * (1 - exact[i]) < kFewest) continue;
        sum += std::pow(value[i] - exact[i], 2) * pairs / (exact[i] * (1 - exact[i]));
        ++count;
      }
      findings.verdicts.push_back(chi2_verdict("published_clone_probability", keys, sum, count,
                                               "phi(G), binomial errors", "published data"));
    }
    speciation_time(keys, points, result.seed, findings);
    draw(keys, points, findings);
  }
  return findings;
}

verdict::Findings analyse_u_turn(const verdict::Result& result) {
  verdict::Findings findings;
  for (const auto& [keys, points] : groups(result)) {
    Figure figure;
    figure.name = "u_turn" + (keys.empty() ? "" : "_" + key_label(keys));
    figure.title = "U-turns";
    figure.x_label = "t of the turn";
    figure.log_x = true;
    Curve kept{.label = "class kept"}, overlap{.label = "y·y′/d"},
        mean{.label = "1 − mmse", .style = Curve::Style::line}, back{.label = "datum returned"};
    for (const Point* point : points) {
      Keys here = swept_keys(result, *point);
      const auto add = [&](const std::string& quantity, const std::string& name, double predicted,
                           const std::string& source) {
        const verdict::Observable* observable = point->find(name);
        if (observable == nullptr) return;
        findings.verdicts.push_back({.quantity = quantity,
                                     .point = here,
                                     .measured = observable->value(),
                                     .error = observable->error(),
                                     .predicted = predicted,
                                     .source = source,
                                     .from = observable->text});
      };
      add("overlap_identity", "overlap_identity", 0, "E y.y' = E|<y>|^2 for an exact score");
      add("return_identity", "return_identity", 0, "P(return) = E sum_j w_j^2");
      const auto exact = point->prediction("clone_probability");
      if (exact) {
        add("class_kept", "class_kept", *exact, "phi(G), quadrature (two deltas: 1 - mmse/2)");
      } else if (point->find("class_identity") != nullptr &&
                 point->observables.at("class_identity").error() > 0) {
        add("class_identity", "class_identity", 0, "P(class kept) = E sum_c P(c|x)^2");
      }
      const double t = *point->prediction("time");
      const auto put = [&](Curve& curve, const char* name) {
        if (point->find(name) == nullptr) return;
        curve.x.push_back(t);
        curve.y.push_back(point->observables.at(name).value());
        curve.error.push_back(point->observables.at(name).error());
      };
      put(kept, "class_kept");
      put(overlap, "overlap_return");
      put(mean, "overlap");
      put(back, "returned");
    }
    mean.error.clear();
    figure.curves = {kept, overlap, mean};
    if (!back.x.empty()) figure.curves.push_back(back);
    figure.caption = "For an exact score the return is the posterior: points lie on the lines.";
    findings.figures.push_back(figure);
  }
  return findings;
}

}  // namespace symbreak::experiment
