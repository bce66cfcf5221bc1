#include "analysis/findings/three_way/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/turning_point.hpp"
#include "analysis/theory/patch_field.hpp"

namespace symbreak::findings::three_way {

namespace {

/// Of many numbers that are known to rounding, the one that is off the most.
struct Worst {
  double off = 0, noise = 0;
  Value measured{}, predicted{};
  Index mode = 0;

  void take(Value measured_now, Value predicted_now, double s, Index m) {
    const double off_now = std::abs(measured_now.value - predicted_now.value) / predicted_now.error;
    if (off_now >= off) *this = {off_now, s, measured_now, predicted_now, m};
  }
  void judge(Findings& findings, const std::string& quantity, const Keys& keys,
             const std::string& source, const std::string& from) const {
    if (!(noise > 0)) return;
    Verdict& row = findings::judge(findings, quantity, keys, measured, predicted, source, from);
    row.axis = {{"s", noise}, {"mode", static_cast<double>(mode)}};
    row.role = Role::check;
  }
};

/// "_2" of the second of a sort.
std::string suffix(const ScoreNames& score) {
  return score.place == 0 ? "" : fmt::format("_{}", score.place + 1);
}

/// How far a score softens: the least restoring force of its softest mode over the levels, which is
/// 1 at large and at small noise; below 0 the mode is unstable on typical states.
void tell_dip(const Drawn& drawn, const Shown& score, Findings& findings) {
  const Observable& softening = drawn.point.at(score.names.softening);
  const Index modes = softening.shape.at(1);
  Index at = 0;
  softening.estimate.mean.minCoeff(&at);
  Verdict& row = tell(findings, fmt::format("{}_softest", score.names.name), drawn.keys,
                      value_of(drawn.point, score.names.softening, at),
                      "least -s v*Jv over modes and levels, along its trajectories");
  row.axis = {{"s", drawn.noise[static_cast<std::size_t>(at / modes)]},
              {"mode", static_cast<double>(at % modes)}};
}

/// Eigenvalues of a memorizing score against the Gram matrix of its images.
void prototypes(const Drawn& drawn, const Shown& score, Findings& findings) {
  const Point& point = drawn.point;
  const std::vector<double>& s = drawn.noise;
  // Both ways lose digits in beta (<y y.v> - <y> <y.v>).
  const double rounding = 1e-14 * point.fact(fact::largest_norm).value_or(0);
  Figure figure = prototypes_figure(drawn, score, rounding);
  Worst worst;
  for (Index a = 0; a < kPrototypes; ++a) {
    const std::vector<double> exact =
        point.prediction_values(score.names.predicted[static_cast<std::size_t>(a)]);
    if (exact.size() != s.size()) continue;
    for (std::size_t r = 0; r < s.size(); ++r) {
      constexpr double condensed = 1e-6;  // below: one image holds all the weight
      if (a >= 2 || !(exact[r] > condensed)) continue;
      worst.take(value_of(point, score.names.eigenvalues, static_cast<Index>(r) * kPrototypes + a),
                 {exact[r], rounding / s[r] + 1e-11 * exact[r]}, s[r], a + 1);
    }
    // Where it crosses 1, as s goes down.
    for (std::size_t r = 0; r + 1 < s.size(); ++r) {
      if (!(exact[r] < 1 && exact[r + 1] >= 1)) continue;
      figure.vertical_lines.push_back({s[r + 1], ""});
      Verdict& row =
          tell(findings, "prototype_instability" + suffix(score.names), drawn.keys, {s[r + 1]},
               "first recorded s at which the eigenvalue of the Gram matrix is 1");
      row.axis = {{"mode", static_cast<double>(a + 1)}};
    }
  }
  findings.figures.push_back(figure);
  worst.judge(findings, "prototype_eigenvalue" + suffix(score.names), drawn.keys,
              "Gram matrix of the images with their posterior weights",
              "Jacobian products at the mean image; the worst of two modes at all noise levels");
}

/// The restoring force of the Gaussian score, which no state changes.
void gaussian(const Drawn& drawn, const Shown& score, Findings& findings) {
  const Point& point = drawn.point;
  const auto exact = point.prediction_values(prediction::gaussian_softening);
  const Index modes = point.at(score.names.softening).shape.at(1);
  if (exact.size() != drawn.noise.size() * static_cast<std::size_t>(modes)) return;
  // lambda/(lambda + s) where lambda = 0 is left of eigenvalues of this size.
  const double largest = point.fact(fact::largest_norm).value_or(0);
  Worst worst;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const auto at = static_cast<Index>(i);
    const double s = drawn.noise[i / static_cast<std::size_t>(modes)];
    worst.take(value_of(point, score.names.softening, at), {exact[i], 1e-13 + 1e-15 * largest / s},
               s, at % modes);
  }
  worst.judge(findings, "gaussian_softening", drawn.keys,
              point.source(prediction::gaussian_softening),
              "Jacobian products along trajectories; the worst of all modes at all noise levels");
}

/// The dip of the uniform mode of the solvable model, where it is known. The reference has 1000
/// steps: bridges of first order lower it by up to 0.2 of their length in ln s, which is the
/// prediction's own error here.
void model_dip(const Drawn& drawn, const Shown& score, Findings& findings) {
  const Point& point = drawn.point;
  const double window = point.fact(fact::window).value_or(0), side = std::sqrt(window),
               length =
                   std::log(point.number("experiment.s_start") / point.number("experiment.s_end")) /
                   point.number("experiment.steps");
  const auto reference = theory::softening_minimum(static_cast<int>(std::lround(side)));
  // The reference is of lattices that are wide, and the dip must lie within the levels.
  const double at = window * theory::kSofteningNoise.value;
  constexpr std::size_t kLevels = 7;
  if (!reference || point.fact(fact::lattice_side).value_or(0) < 4 * side ||
      drawn.noise.size() < kLevels || drawn.noise.front() < 10 * at ||
      drawn.noise.back() > at / 10) {
    return;
  }
  const MatrixXd rows = lattice::blocks(point, {score.names.softening});
  if (rows.rows() < 2) return;
  // At the place of the minimum, which is known: the lowest of noisy levels would be too low.
  const auto levels = static_cast<Index>(drawn.noise.size());
  const VectorXd x = vector_of(drawn.noise).array().log();
  std::vector<Index> near;
  for (double reach = 1; near.size() < kLevels; reach *= 1.25)
    near = nearby(x, std::log(at), reach);
  const auto found = statistics::jackknife(rows, [&](const VectorXd& means) -> VectorXd {
    const VectorXd uniform = means(Eigen::seqN(0, levels, means.size() / levels));
    return polynomial(x(near), uniform(near), std::log(at), 4).head(1);
  });
  judge(findings, "model_softening_minimum", drawn.keys, found.at(),
        {reference->value, std::hypot(reference->error, 0.2 * length)},
        "independent simulation of the reverse SDE; 0.2 Δ ln s of the steps as its error",
        "restoring force of the uniform mode of the model at s = .26 P^2, cubic in ln s")
      .detail = fmt::format("{} batches", rows.rows());
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) {
    const Drawn drawn{point, keys, point.fact_values(fact::noise), shown_scores(point)};
    draw_scores(drawn, findings);
    for (const Shown& score : drawn.scores) tell_dip(drawn, score, findings);
    for (const Shown& score : drawn.scores) {
      if (point.find(score.names.eigenvalues) != nullptr && score.names.sort == Sort::memorizing) {
        prototypes(drawn, score, findings);
      }
      if (score.names.sort == Sort::gaussian) gaussian(drawn, score, findings);
      if (score.names.sort == Sort::model) model_dip(drawn, score, findings);
    }
  }
  return findings;
}

}  // namespace symbreak::findings::three_way
