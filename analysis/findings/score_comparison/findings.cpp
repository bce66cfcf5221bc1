// Verdict: the gap of the losses, of mean 0 for every denoiser on noisy states of the data (chi^2/n
// over the levels). Told: which score is nearest at which noise, with the crossings and their errors,
// and the antisymmetric share of the Jacobian where it is largest.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/score_comparison/followed.hpp"
#include "analysis/findings/score_comparison/observables.hpp"

namespace symbreak::findings::score_comparison {

namespace {

void losses(const Point& point, const Keys& keys, Findings& findings) {
  const Observable* gap = point.find(observable::loss_gap);
  if (gap == nullptr || point.fact(fact::own_states).value_or(0) == 0) return;
  const Observable& loss = point.at(observable::loss);
  const std::string source = "E|y - D|^2 = E|y - D'|^2 + E|D - D'|^2, D' the exact score";
  constexpr double kRounding = 1e-6;  // of the three squares: points are kept in single precision
  Squares squares;
  double worst = 0;  // of those that are rounding and nothing else: the score is the exact one
  for (Index i = 0; i < gap->estimate.mean.size(); ++i) {
    const Value found = gap->estimate.value(i);
    const double rounding = kRounding * loss.estimate.mean[i];
    if (std::hypot(found.value, found.error) > rounding) {
      squares.add(found + Value{0, rounding});
    } else if (rounding > 0) {
      worst = std::max(worst, std::abs(found.value) / loss.estimate.mean[i]);
    }
  }
  if (squares.n == 0) {
    judge(findings, "loss_identity", keys, {worst, kRounding}, {0}, source,
          "relative gap of the losses, the worst level; the error is rounding");
    return;
  }
  judge_squares(findings, "loss_identity", keys, squares, source,
                "gap of the losses over noise levels, same samples");
}

/// A score that claims to be another one is at no distance from it: the worst level.
void claims(const Point& point, const Keys& keys, Findings& findings) {
  const auto claimed = point.fact(fact::claimed);
  const std::vector<double> rounding = point.prediction_values(prediction::rounding);
  if (!claimed || rounding.empty()) return;
  const Reference& reference = kScores[static_cast<std::size_t>(*claimed)];
  const Observable* distance = point.find(reference.distance);
  if (distance == nullptr) return;
  const std::vector<double> s = point.fact_values(fact::noise);
  std::size_t worst = 0;
  const auto root = [&](std::size_t i) {
    return std::sqrt(distance->estimate.mean[static_cast<Index>(i)]);
  };
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (root(i) / rounding[i] > root(worst) / rounding[worst]) worst = i;
  }
  judge(findings, "score_distance", keys, {root(worst), rounding[worst]}, {0},
        fmt::format("it claims to be the score of {}", reference.name),
        "root mean square distance per coordinate, the worst level; the error is rounding")
      .axis = {{"s", s[worst]}};
}

void follows(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<Stretch> stretches = followed(point);
  if (stretches.empty()) return;
  std::string text = "from high to low noise it is nearest to ";
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& stretch = stretches[i];
    if (i > 0) text += ", then to ";
    text += kScores[stretch.reference].name;
    if (!stretch.until) continue;
    Verdict& row = tell(findings, "followed_until", keys, *stretch.until,
                        "noise s where another score comes nearer");
    row.criterion = kScores[stretch.reference].name;
    row.role = Role::headline;
  }
  note(findings, "follows", joined("", key_label(keys), ": ") + text);
}

void curl(const Point& point, const Keys& keys, Findings& findings) {
  const Observable* found = point.find(observable::antisymmetric);
  if (found == nullptr) return;
  const std::vector<double> s = point.fact_values(fact::noise);
  Figure figure = new_figure(keys, "curl", "Antisymmetric share of the Jacobian", "s = σ²t",
                             "|A|²/|J|²", Log::x, "0 for the gradient of any log p.");
  Curve share{.label = "random probes"};
  // Where the Jacobian has all but vanished, its share of what is left is rounding.
  constexpr double kLeft = 1e-10;
  const auto& square = point.at(observable::jacobian_square).estimate.mean;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto at = static_cast<Index>(i);
    if (!(square[at] > kLeft * square.maxCoeff())) continue;
    push(share, s[i], curl_share(point, at));
    if (share.y.back() > share.y[worst]) worst = share.y.size() - 1;
  }
  if (share.x.empty()) return;
  tell(findings, "antisymmetric_share", keys, {share.y[worst], share.error[worst]},
       "|A|^2/|J|^2 of the Jacobian, where it is largest")
      .axis = {{"s", share.x[worst]}};
  add(figure, std::move(share));
  add(findings, figure);
  const Observable* error = point.find(observable::jacobian_error);
  if (error == nullptr || !(error->estimate.mean.maxCoeff() > 0)) return;
  tell(findings, "jacobian_error", keys, {error->estimate.mean.maxCoeff()},
       "relative error of Jacobian products by differences, root mean square, the worst level");
}

void draw(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> s = point.fact_values(fact::noise);
  Figure distances = new_figure(keys, "score_distance", "Distance of the score to others",
                                "s = σ²t", "E|D − D′|²/d", Log::both);
  for (const Reference& reference : kScores) {
    if (const Observable* found = point.find(reference.distance)) {
      add(distances, lattice::curve(*found, s, reference.name));
    }
  }
  add(findings, distances);
  Figure losses =
      new_figure(keys, "denoising_loss", "Denoising losses", "s = σ²t", "E|y − D|²/d", Log::both);
  add(losses, lattice::curve(point.at(observable::loss), s, "the score"));
  if (const Observable* found = point.find(observable::loss_data)) {
    add(losses, lattice::curve(*found, s, kScores[kData].name));
  }
  losses.caption =
      "Error of the denoiser D on data with noise s. No score is below the exact one of the law; "
      "below it on its own data it has learnt them by heart.";
  add(findings, losses);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result, observable::loss)) {
    losses(point, keys, findings);
    claims(point, keys, findings);
    follows(point, keys, findings);
    draw(point, keys, findings);
    curl(point, keys, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::score_comparison
