// The values that a reader may point at. They are read by script.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "analysis/report/page/panels.hpp"

namespace symbreak::report {

namespace {

using Json = nlohmann::ordered_json;

/// Six digits: more cannot be read off a drawing, and the files beside it have all.
Json six(double value) {
  if (!std::isfinite(value)) return nullptr;
  // Not std::stod, which throws where a number is denormal.
  return value == 0 ? 0 : std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

/// Every k-th of many values.
Json some(const std::vector<double>& values, std::size_t step) {
  Json all = Json::array();
  for (std::size_t i = 0; i < values.size(); i += step) all.push_back(six(values[i]));
  return all;
}

/// Whether a point can be where an axis is logarithmic.
bool on_axes(const verdict::Figure& figure, double x, double y) {
  return std::isfinite(x) && std::isfinite(y) && (!figure.log_x || x > 0) &&
         (!figure.log_y || y > 0);
}

Json surface_of(const verdict::Surface& surface) {
  constexpr Eigen::Index kMostCells = 10000;
  if (surface.z.size() > kMostCells) return nullptr;
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < surface.z.rows(); ++i) {
    Json row = Json::array();
    for (Eigen::Index j = 0; j < surface.z.cols(); ++j) row.push_back(six(surface.z(i, j)));
    rows.push_back(row);
  }
  return {{"label", surface.label.empty() ? "height" : surface.label},
          {"x", some(surface.x, 1)},
          {"y", some(surface.y, 1)},
          {"z", rows}};
}

}  // namespace

std::string hover_data(const Panel& panel) {
  if (!panel.axes) return "";
  const verdict::Figure& figure = *panel.figure;
  constexpr std::size_t kMostPoints = 1000;
  Json curves = Json::array();
  for (const verdict::Curve& curve : figure.curves) {
    const bool any = std::ranges::any_of(
        curve.x, [&, i = 0](double x) mutable { return on_axes(figure, x, curve.y[i++]); });
    if (!any) continue;
    const std::size_t step = 1 + curve.x.size() / kMostPoints;
    Json entry = {{"label", curve.label}, {"x", some(curve.x, step)}, {"y", some(curve.y, step)}};
    if (!curve.error.empty()) entry["e"] = some(curve.error, step);
    curves.push_back(entry);
  }
  const Json surface = figure.surface ? surface_of(*figure.surface) : Json(nullptr);
  if (curves.empty() && surface.is_null()) return "";
  Json values = Json::array();
  for (const double value : panel.axes->values) values.push_back(value);
  const Json data = {
      {"edges", panel.axes->edges}, {"values", values},    {"log", {figure.log_x, figure.log_y}},
      {"x", figure.x_label},        {"y", figure.y_label}, {"curves", curves},
      {"surface", surface}};
  std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
    text.replace(at, 1, "\\u003c");  // no label ends the script
  }
  return "<script type=\"application/json\">" + text + "</script>\n";
}

}  // namespace symbreak::report
