#include "analysis/findings/common/patterns.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/fit/critical.hpp"
#include "analysis/theory/patch_field.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "sim/experiment/common/lattice_fields.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

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
  return Eigen::Vector2d(second_moment_length(axis[0], axis[1], side),
                         ratio > 1 ? static_cast<double>(far - near) / std::log(ratio) : 0);
}

}  // namespace

void judge_mosaics(const Point& point, const std::map<std::string, std::string>& keys,
                   verdict::Findings& findings) {
  const double window = *point.prediction("window"), side = *point.prediction("lattice_side");
  const double last = *point.prediction("last_noise") / window;
  const auto patch = static_cast<int>(std::lround(std::sqrt(window)));
  const std::string& sampler = point.parameters.at("experiment.sampler");
  if (point.parameters.at("target.kind") != "uniform_patches" || sampler == "ddim" ||
      point.number("experiment.corrector") != 0 || side < 4 * patch ||
      std::abs(std::log(last / 1e-4)) > 0.05) {
    return;
  }
  const auto reference = theory::mosaic_order(patch, sampler == "ode");
  if (!reference) return;
  const verdict::Observable& order = *point.find("mosaic_order");
  findings.verdicts.push_back({.quantity = "mosaic_order",
                               .point = keys,
                               .measured = order.value(),
                               .error = order.error(),
                               .predicted = reference->value,
                               .predicted_error = reference->error,
                               .source = "independent simulation, s = 1e-4 P^2, L/P >= 4",
                               .from = "(L/P)^2 <M^2> of final images",
                               .note = "a finite number of independent patches: mosaics"});
}

void draw_patterns(const Point& point, const std::map<std::string, std::string>& keys,
                   verdict::Findings& findings) {
  const std::string stem = lattice::stem(keys);
  const std::string text = key_label(keys);
  findings.figures.push_back(lattice::gallery(point, "snapshots", "images" + stem,
                                              "Final images" + (text.empty() ? "" : ", " + text)));
  const auto side = static_cast<Index>(*point.prediction("lattice_side"));
  const verdict::Observable &axis = *point.find("final_structure_axis"),
                            &radial = *point.find("final_structure_radial");
  std::vector<double> k;
  for (Index j = 0; j < axis.shape.at(0); ++j) {
    k.push_back(2 * M_PI * static_cast<double>(j) / static_cast<double>(side));
  }
  Figure structure;
  structure.name = "final_structure" + stem;
  structure.title = "Structure factor of final images";
  structure.x_label = "k";
  structure.y_label = "S(k)";
  structure.log_y = true;
  structure.curves = {lattice::curve(axis, k, "along the axes"),
                      lattice::curve(radial, k, "radial")};
  const auto rows = lattice::blocks(point, {"final_structure_axis"});
  if (rows.rows() >= 2 && side >= 8) {
    const auto xi =
        statistics::jackknife(rows, [&](const VectorXd& means) { return lengths(means, side); });
    structure.caption = fmt::format(
        "Correlation lengths in sites: second moment {:.2f} ± {:.2f}, exponential (rows, "
        "distances L/8 to L/4) {:.2f} ± {:.2f}.",
        xi.value[0], xi.error[0], xi.value[1], xi.error[1]);
  }
  findings.figures.push_back(structure);

  Figure sizes;
  sizes.name = "domain_sizes" + stem;
  sizes.title = "Domain sizes";
  sizes.x_label = "pixels";
  sizes.y_label = "fraction of pixels";
  sizes.log_x = true;
  std::vector<double> n;
  for (Index i = 0; i < kDomainClasses; ++i) n.push_back(std::exp2(static_cast<double>(i) + 0.5));
  sizes.curves = {
      lattice::curve(*point.find("domain_size_law"), n, "domains of 2ⁿ .. 2ⁿ⁺¹−1 pixels")};
  sizes.caption =
      fmt::format("Wall density {:.4f}, largest domain {:.3f} of the lattice.",
                  point.find("wall_density")->value(), point.find("largest_domain")->value());
  findings.figures.push_back(sizes);
}

verdict::Findings analyse_patterns(const verdict::Result& result) {
  verdict::Findings findings;
  std::map<std::string, Curve> by_size, by_rate;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    judge_mosaics(point, keys, findings);
    draw_patterns(point, keys, findings);
    const double window = *point.prediction("window"), side = *point.prediction("lattice_side");
    const double rate = point.number("experiment.corrector");
    const verdict::Observable &order = *point.find("mosaic_order"),
                              &squared = *point.find("final_magnetization_squared");
    const auto others = [&](const std::string& left_out) {
      auto rest = keys;
      rest.erase(left_out);
      return key_label(rest);
    };
    const auto push = [](Curve& curve, const std::string& text, double x,
                         const verdict::Observable& y) {
      curve.label = text.empty() ? "measured" : text;
      curve.x.push_back(x);
      curve.y.push_back(y.value());
      curve.error.push_back(y.error());
    };
    const std::string size_label = others("target.side"),
                      rate_label = others("experiment.corrector");
    push(by_size[size_label], size_label, side / std::sqrt(window), order);
    if (rate > 0) push(by_rate[rate_label], rate_label, rate, squared);
  }
  const auto figure = [&](const std::string& name, const std::string& title, const std::string& x,
                          const std::string& y, const std::map<std::string, Curve>& curves) {
    Figure result_figure;
    result_figure.name = name;
    result_figure.title = title;
    result_figure.x_label = x;
    result_figure.y_label = y;
    result_figure.log_x = result_figure.log_y = true;
    for (const auto& [label, curve] : curves) {
      if (curve.x.size() > 1) result_figure.curves.push_back(curve);
    }
    if (!result_figure.curves.empty()) findings.figures.push_back(result_figure);
  };
  figure("order_by_size", "Order of final images against size", "L/P", "(L/P)² ⟨M²⟩", by_size);
  figure("order_by_rate", "Order of final images against the slowness of the sweep",
         "R / Langevin time per unit ln s", "⟨M²⟩", by_rate);
  for (const auto& [label, curve] : by_rate) {
    if (curve.x.size() < 3) continue;
    const auto map = [](const std::vector<double>& v) {
      return VectorXd(Eigen::Map<const VectorXd>(v.data(), static_cast<Index>(v.size())));
    };
    const fit::Fit power =
        fit::power_law(map(curve.x), map(curve.y), map(curve.error), {.corrections = 0});
    findings.diagnostics.push_back(
        {verdict::Severity::note, "order_by_rate" + (label.empty() ? "" : " (" + label + ")"),
         fmt::format("<M^2> grows as R^{:.2f}({:.2f}), chi2/dof {:.1f}", power.value[0],
                     power.error[0], power.chi2_per_dof()),
         "the published value for <M^2> is about R^0.7"});
  }
  return findings;
}

}  // namespace symbreak::experiment
