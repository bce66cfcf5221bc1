#include "analysis/findings/three_way/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/lattice.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

constexpr const char* kTitles[] = {"uniform-patch model", "memorizing score",
                                   "patches of real images"};

Figure figure(const std::string& name, const std::string& title, const std::string& y_label) {
  Figure result;
  result.name = name;
  result.title = title;
  result.x_label = "s = σ²t";
  result.y_label = y_label;
  result.log_x = true;
  return result;
}

}  // namespace

verdict::Findings analyse_three_way(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    const std::string stem = lattice::stem(keys);
    const std::vector<double> s = lattice::numbered(point, "noise");
    const auto side = *point.prediction("lattice_side");

    Figure lengths =
        figure("three_way_length" + stem, "Correlation length of the softening", "ξ / pixels");
    for (std::size_t which = 0; which < kScores.size(); ++which) {
      const std::string name = kScores[which];
      const verdict::Observable& softening = *point.find(name + "_softening");
      const Index modes = softening.shape.at(1);
      Figure soft = figure("three_way_softening_" + name + stem,
                           fmt::format("Restoring force: {}", kTitles[which]), "−s v*Jv");
      for (Index j = 0; j < std::min<Index>(modes, 4); ++j) {
        soft.curves.push_back(
            lattice::curve(softening, s, fmt::format("k = 2π({}, 0)/L", j), modes, j));
      }
      findings.figures.push_back(soft);
      Figure structure = figure("three_way_structure_" + name + stem,
                                fmt::format("Structure factor: {}", kTitles[which]), "S(k)");
      for (Index j = 1; j < std::min<Index>(modes, 5); ++j) {
        structure.curves.push_back(lattice::curve(*point.find(name + "_structure"), s,
                                                  fmt::format("k = 2π({}, 0)/L", j), modes, j));
      }
      findings.figures.push_back(structure);
      // softening = r + c k^2: xi^2 = (soft(k_1)/soft(0) - 1)/k_1^2, k_1 = 2 sin(pi/L).
      Curve xi;
      xi.label = kTitles[which];
      xi.style = Curve::Style::line;
      for (std::size_t r = 0; r < s.size(); ++r) {
        const auto at = static_cast<Index>(r) * modes;
        const double ratio = softening.estimate.mean[at + 1] / softening.estimate.mean[at] - 1;
        if (!(ratio > 0)) continue;
        xi.x.push_back(s[r]);
        xi.y.push_back(std::sqrt(ratio) / (2 * std::sin(M_PI / side)));
      }
      if (!xi.x.empty()) lengths.curves.push_back(xi);
      findings.figures.push_back(lattice::gallery(point, name + "_images",
                                                  "three_way_images_" + name + stem,
                                                  fmt::format("Final images: {}", kTitles[which])));
    }
    findings.figures.push_back(lengths);

    const verdict::Observable& eigenvalues = *point.find("prototype_eigenvalues");
    Figure prototypes = figure("three_way_prototypes" + stem,
                               "The memorizing score at the mean image", "eigenvalues of β Cov(y)");
    prototypes.log_y = true;
    // Both ways lose digits in beta (<y y.v> - <y> <y.v>).
    const double rounding = 1e-14 * *point.prediction("largest_norm");
    double worst = 0;
    std::size_t worst_record = 0;
    Index worst_mode = 0;
    for (Index a = 0; a < kPrototypes; ++a) {
      prototypes.curves.push_back(
          lattice::curve(eigenvalues, s, fmt::format("mode {}", a + 1), kPrototypes, a));
      const std::vector<double> exact = lattice::numbered(point, fmt::format("eigenvalue_{}", a));
      for (std::size_t r = 0; r < s.size(); ++r) {
        const Index at = static_cast<Index>(r) * kPrototypes + a;
        const double off = std::abs(eigenvalues.estimate.mean[at] - exact[r]) /
                           (rounding / s[r] + 1e-11 * exact[r]);
        constexpr double condensed = 1e-6;  // below: one image holds all the weight
        if (a < 2 && exact[r] > condensed && off >= worst) {
          worst = off;
          worst_record = r;
          worst_mode = a;
        }
      }
      // Where it crosses 1, as s goes down.
      for (std::size_t r = 0; r + 1 < s.size(); ++r) {
        if (exact[r] < 1 && exact[r + 1] >= 1) prototypes.vertical_lines.push_back({s[r + 1], ""});
      }
    }
    prototypes.caption =
        "Eigenvalues cross 1 one by one as the noise decreases: each is a combination of images, "
        "not a "
        "Fourier mode.";
    findings.figures.push_back(prototypes);
    const Index at = static_cast<Index>(worst_record) * kPrototypes + worst_mode;
    const double exact =
        lattice::numbered(point, fmt::format("eigenvalue_{}", worst_mode))[worst_record];
    findings.verdicts.push_back(
        {.quantity = "prototype_eigenvalue",
         .point = keys,
         .measured = eigenvalues.estimate.mean[at],
         .error = eigenvalues.estimate.error[at],
         .predicted = exact,
         .predicted_error = rounding / s[worst_record] + 1e-11 * exact,
         .source = "Gram matrix of the images with their posterior weights",
         .from = fmt::format("Jacobian products at the mean image, s = {:.3g}; the "
                             "worst of two modes at all noise levels",
                             s[worst_record])});
  }
  return findings;
}

}  // namespace symbreak::experiment
