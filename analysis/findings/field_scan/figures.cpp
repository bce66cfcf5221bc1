#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/field_scan/findings.hpp"

#include <cmath>

namespace symbreak::findings::field_scan {

namespace {

/// d log m/d log s between neighbouring fields.
Curve local_exponents(const Scan& scan, const std::string& label) {
  Curve curve{.label = label};
  for (std::size_t i = 0; i + 1 < scan.H.size(); ++i) {
    const double step = std::log(scan.s(i + 1) / scan.s(i));
    const double a = scan.error[i] / scan.m[i], b = scan.error[i + 1] / scan.m[i + 1];
    const double value = std::log(scan.m[i + 1] / scan.m[i]) / step;
    const double error = std::hypot(a, b) * std::abs(1 - value) / std::abs(step);
    if (!(std::abs(value) < 5) || !(error < 0.3)) continue;
    push(curve, std::sqrt(scan.s(i) * scan.s(i + 1)), {value, error});
  }
  return curve;
}

}  // namespace

void draw(const Result& result, Findings& findings) {
  const auto figure = [](const char* name, const char* title, const char* x, const char* y) {
    return new_figure(name, title, x, y, Log::x);
  };
  Figure branches = figure("branch", "Equation of state", "s = σ²t", "m");
  branches.caption = "m = M(H), s = M(H)/H, parametric in the uniform field.";
  Figure isotherms =
      figure("magnetization", "Magnetization of the target in a uniform field", "H", "m");
  isotherms.log_y = true;
  isotherms.caption =
      "M(H) of the clean data: linear in a weak field above their critical temperature, a power "
      "law "
      "H^{1/δ} at it. The equation of state is this curve, read in s = M(H)/H.";
  Figure local =
      figure("local_exponents", "Local exponent of the branch", "s = σ²t", "d log m/d log s");
  local.y_range = std::pair{-2.0, 0.1};
  local.caption =
      "A mean-field branch ends at a finite s_c, where the slope falls without bound. At the "
      "target's T_c a plateau at −1/14 grows with L instead.";
  int colour = 0;
  for (const auto& [point, keys] : measured_points(result)) {
    const Scan scan = scan_of(point);
    const std::string label = key_label(keys);
    Curve branch_curve{.label = label, .y = scan.m, .error = scan.error, .colour = colour};
    for (std::size_t i = 0; i < scan.H.size(); ++i) branch_curve.x.push_back(scan.s(i));
    branches.curves.push_back(branch_curve);
    isotherms.curves.push_back(
        {.label = label, .x = scan.H, .y = scan.m, .error = scan.error, .colour = colour});
    local.curves.push_back(local_exponents(scan, label));
    local.curves.back().colour = colour++;
    if (at_square_criticality(point) && local.vertical_lines.empty() && local.curves.size() == 1 &&
        !local.curves[0].x.empty()) {
      const std::vector<double> ends = {local.curves[0].x.back(), local.curves[0].x.front()};
      local.curves.insert(local.curves.begin(),
                          line("−1/14", ends, {-1.0 / 14, -1.0 / 14}, Curve::Style::dashed));
    }
  }
  for (Figure* each : {&branches, &isotherms, &local}) each->shades = colour;
  for (const Figure& each : {branches, isotherms, local}) findings.figures.push_back(each);
}

}  // namespace symbreak::findings::field_scan
