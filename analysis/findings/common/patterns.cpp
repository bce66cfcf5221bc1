#include "analysis/findings/common/patterns.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/common/lattice_observables.hpp"
#include "analysis/theory/lattice.hpp"
#include "analysis/theory/patch_field.hpp"

namespace symbreak::findings {

namespace {

/// C(r) = sum_k S(k) e^{ikr}/L of the axis spectrum: correlations of row averages, whose decay is
/// purely exponential at zero transverse momentum.
VectorXd row_correlations(const VectorXd& axis, Index side) {
  VectorXd result = VectorXd::Zero(axis.size());
  for (Index r = 0; r < result.size(); ++r) {
    for (Index k = 0; k < side; ++k) {
      const Index at = std::min(k, side - k);
      result[r] +=
          axis[at] * std::cos(2 * M_PI * static_cast<double>(k * r) / static_cast<double>(side));
    }
  }
  return result / static_cast<double>(side);
}

/// (second-moment length, exponential length between r = side/8 and side/4) of axis spectra.
VectorXd lengths(const VectorXd& axis, Index side) {
  const VectorXd c = row_correlations(axis, side);
  const Index near = std::max<Index>(1, side / 8), far = std::max(near + 1, side / 4);
  const double ratio = c[near] / c[std::min(far, c.size() - 1)];
  return Eigen::Vector2d(theory::second_moment_length(axis[0], axis[1], side),
                         ratio > 1 ? static_cast<double>(far - near) / std::log(ratio) : 0);
}

}  // namespace

NoiseUnit noise_unit(const Point& point) {
  const auto window = point.fact(lattice::fact::window);
  return {window ? *window : point.fact(lattice::fact::noise_unit).value_or(1), window.has_value()};
}

bool of_uniform_patches(const Point& point) {
  // Files of schema 1 do not say; their target does.
  return point.fact(lattice::fact::uniform_patches)
             .value_or(point.parameters.at("target.kind") == "uniform_patches" ? 1 : 0) != 0;
}

void judge_mosaics(const Point& point, const Keys& keys, Findings& findings) {
  if (!of_uniform_patches(point) || point.find(lattice::observable::mosaic_order) == nullptr)
    return;
  const double window = noise_unit(point).value,
               side = point.fact(lattice::fact::lattice_side).value_or(0);
  const double last = point.fact(lattice::fact::last_noise).value_or(0) / window;
  const auto patch = static_cast<int>(std::lround(std::sqrt(window)));
  const std::string& sampler = point.parameters.at("experiment.sampler");
  if (sampler == "ddim" || point.number("experiment.corrector") != 0 || side < 4 * patch ||
      std::abs(std::log(last / 1e-4)) > 0.05) {
    return;
  }
  const auto reference = theory::mosaic_order(patch, sampler == "ode");
  if (!reference) return;
  judge(findings, "mosaic_order", keys, value_of(point, lattice::observable::mosaic_order),
        {reference->value, reference->error}, "independent simulation, s = 1e-4 P^2, L/P >= 4",
        "(L/P)^2 <M^2> of final images", "a finite number of independent patches: mosaics");
}

void draw_patterns(const Point& point, const Keys& keys, Findings& findings) {
  if (point.find(lattice::observable::snapshots) == nullptr) return;
  findings.figures.push_back(
      lattice::gallery(point, lattice::observable::snapshots, keys, "images", "Final images"));
  const auto side = static_cast<Index>(*point.fact(lattice::fact::lattice_side));
  const Observable &axis = point.at(lattice::observable::final_structure_axis),
                   &radial = point.at(lattice::observable::final_structure_radial);
  std::vector<double> k;
  for (Index j = 0; j < axis.shape.at(0); ++j) {
    k.push_back(2 * M_PI * static_cast<double>(j) / static_cast<double>(side));
  }
  Figure structure =
      new_figure(keys, "final_structure", "Structure factor of final images", "k", "S(k)", Log::y,
                 "A peak at k = 0 that does not grow with L is a mosaic: domains of finite size.");
  structure.curves = {lattice::curve(axis, k, "along the axes"),
                      lattice::curve(radial, k, "radial")};
  const auto rows = lattice::blocks(point, {lattice::observable::final_structure_axis});
  if (rows.rows() >= 2 && side >= 8) {
    const auto xi =
        statistics::jackknife(rows, [&](const VectorXd& means) { return lengths(means, side); });
    const auto add = [&](Index i, const char* criterion, const char* from) {
      Verdict& row = tell(findings, "correlation_length", keys, xi.at(i), from);
      row.criterion = criterion;
      row.unit = "sites";
    };
    add(0, "second moment", "structure factor of final images");
    add(1, "exponential", "decay of rows of final images, distances L/8 to L/4");
  }
  findings.figures.push_back(structure);

  Figure sizes = new_figure(keys, "domain_sizes", "Domain sizes", "pixels", "fraction of pixels",
                            Log::x, "Share of the image that lies in domains of this size.");
  std::vector<double> n;
  for (Index i = 0; i < theory::kDomainClasses; ++i)
    n.push_back(std::exp2(static_cast<double>(i) + 0.5));
  sizes.curves = {lattice::curve(point.at(lattice::observable::domain_size_law), n,
                                 "domains of 2ⁿ .. 2ⁿ⁺¹−1 pixels")};
  for (const ObservableName name :
       {lattice::observable::wall_density, lattice::observable::largest_domain}) {
    tell(findings, name.string(), keys, value_of(point, name), point.at(name).text);
  }
  findings.figures.push_back(sizes);
}

}  // namespace symbreak::findings
