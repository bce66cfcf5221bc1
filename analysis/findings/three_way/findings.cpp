#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/three_way/observables.hpp"

namespace symbreak::findings::three_way {

namespace {

Figure figure(const Keys& keys, const std::string& name, const std::string& title,
              const std::string& y_label) {
  return new_figure(keys, name, title, "s = σ²t", y_label, Log::x);
}

/// How far a score softens: the least restoring force of its softest mode over the levels, which is
/// 1 at large and at small noise; below 0 the mode is unstable on typical states.
void tell_dips(const Point& point, const Keys& keys, const std::vector<double>& s,
               Findings& findings) {
  for (std::size_t which = 0; which < kScores.size(); ++which) {
    const Observable* softening = point.find(kScores[which].softening);
    if (softening == nullptr) continue;
    const Index modes = softening->shape.at(1);
    Index at = 0;
    softening->estimate.mean.minCoeff(&at);
    Verdict& row = tell(findings, fmt::format("{}_softest", kScores[which].name), keys,
                        value_of(point, kScores[which].softening, at),
                        "least -s v*Jv over modes and levels, along its trajectories");
    row.axis = {{"s", s[static_cast<std::size_t>(at / modes)]},
                {"mode", static_cast<double>(at % modes)}};
  }
}

/// Per score: restoring force, structure factor, final images; and the lengths of all of them.
void draw_scores(const Point& point, const Keys& keys, const std::vector<double>& s,
                 Findings& findings) {
  const double side = point.fact(fact::lattice_side).value_or(1);
  Figure lengths =
      figure(keys, "three_way_length", "Correlation length of the softening", "ξ / pixels");
  std::pair<double, double> grey{1e300, -1e300};  // of the images of all scores
  std::vector<ScoreNames> scores;
  for (const ScoreNames& score : kScores) {
    if (point.find(score.softening) != nullptr) scores.push_back(score);
  }
  for (const ScoreNames& score : scores) {
    const VectorXd& images = point.at(score.images).units.at(0).mean;
    grey = {std::min(grey.first, images.minCoeff()), std::max(grey.second, images.maxCoeff())};
  }
  for (const ScoreNames& score : scores) {
    const Observable& softening = point.at(score.softening);
    Figure soft = figure(keys, std::string("three_way_softening_") + score.name,
                         fmt::format("Restoring force: {}", score.title), "−s v*Jv");
    soft.caption = "Where a mode's force reaches 0 the uniform state gives way to it.";
    soft.curves = lattice::mode_curves(softening, s);
    findings.figures.push_back(soft);
    Figure structure = figure(keys, std::string("three_way_structure_") + score.name,
                              fmt::format("Structure factor: {}", score.title), "S(k)");
    structure.caption = "Of the clean mean, along the reverse trajectories.";
    structure.curves = lattice::mode_curves(point.at(score.structure), s, 1);
    findings.figures.push_back(structure);
    // softening = r + c k^2: xi^2 = (soft(k_1)/soft(0) - 1)/k_1^2, k_1 = 2 sin(pi/L).
    Curve xi = line(score.title);
    for (std::size_t r = 0; r < s.size(); ++r) {
      const auto at = static_cast<Index>(r) * softening.shape.at(1);
      const double ratio = softening.estimate.mean[at + 1] / softening.estimate.mean[at] - 1;
      // No length where the mode is not softest: the line is broken there.
      push(xi, s[r], ratio > 0 ? std::sqrt(ratio) / (2 * std::sin(M_PI / side)) : NAN);
    }
    add(lengths, xi);
    findings.figures.push_back(
        lattice::gallery(point, score.images, keys, fmt::format("three_way_images_{}", score.name),
                         fmt::format("Final images: {}", score.title), grey));
  }
  lengths.caption = "The scores soften at different noise and over different lengths.";
  findings.figures.push_back(lengths);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result, observable::prototype_eigenvalues)) {
    const Observable& eigenvalues = point.at(observable::prototype_eigenvalues);
    const std::vector<double> s = point.fact_values(fact::noise);
    draw_scores(point, keys, s, findings);
    tell_dips(point, keys, s, findings);

    Figure prototypes = figure(keys, "three_way_prototypes",
                               "The memorizing score at the mean image", "eigenvalues of β Cov(y)");
    prototypes.log_y = true;
    // Both ways lose digits in beta (<y y.v> - <y> <y.v>).
    const double rounding = 1e-14 * point.fact(fact::largest_norm).value_or(0);
    struct {
      double off = 0, noise = 0;
      Value predicted{};
      Index at = 0;
    } worst;
    for (Index a = 0; a < kPrototypes; ++a) {
      Curve curve = lattice::curve(eigenvalues, s, fmt::format("mode {}", a + 1), kPrototypes, a);
      while (!curve.y.empty() && curve.y.back() < 10 * rounding / curve.x.back()) {
        for (auto* values : {&curve.x, &curve.y, &curve.error}) {
          if (!values->empty()) values->pop_back();
        }
      }
      prototypes.curves.push_back(std::move(curve));
      const std::vector<double> exact =
          point.prediction_values(prediction::eigenvalues[static_cast<std::size_t>(a)]);
      if (exact.size() != s.size()) continue;
      for (std::size_t r = 0; r < s.size(); ++r) {
        const Index at = static_cast<Index>(r) * kPrototypes + a;
        const Value predicted{exact[r], rounding / s[r] + 1e-11 * exact[r]};
        const double off =
            std::abs(eigenvalues.estimate.mean[at] - predicted.value) / predicted.error;
        constexpr double condensed = 1e-6;  // below: one image holds all the weight
        if (a < 2 && exact[r] > condensed && off >= worst.off) worst = {off, s[r], predicted, at};
      }
      // Where it crosses 1, as s goes down.
      for (std::size_t r = 0; r + 1 < s.size(); ++r) {
        if (!(exact[r] < 1 && exact[r + 1] >= 1)) continue;
        prototypes.vertical_lines.push_back({s[r + 1], ""});
        Verdict& row = tell(findings, "prototype_instability", keys, {s[r + 1]},
                            "first recorded s at which the eigenvalue of the Gram matrix is 1");
        row.axis = {{"mode", static_cast<double>(a + 1)}};
      }
    }
    prototypes.caption =
        "Eigenvalues cross 1 one by one as the noise decreases: each is a combination of images, "
        "not a Fourier mode. What rounding left at the smallest noise is not drawn.";
    findings.figures.push_back(prototypes);
    if (!(worst.noise > 0)) continue;
    Verdict& row = judge(findings, "prototype_eigenvalue", keys,
                         value_of(point, observable::prototype_eigenvalues, worst.at),
                         worst.predicted, "Gram matrix of the images with their posterior weights",
                         "Jacobian products at the mean image; the worst of two modes at all noise "
                         "levels");
    row.axis = {{"s", worst.noise}, {"mode", static_cast<double>(worst.at % kPrototypes + 1)}};
    row.role = Role::check;
  }
  return findings;
}

}  // namespace symbreak::findings::three_way
