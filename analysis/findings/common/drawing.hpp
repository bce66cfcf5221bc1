// What figures of all experiments are built from. May depend on: analysis/{statistics,verdict}.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/statistics/value.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

enum class Log { none, x, y, both };  ///< logarithmic axes

/// A figure with nothing drawn in it yet.
inline verdict::Figure new_figure(const std::string& name, const std::string& title,
                                  const std::string& x_label, const std::string& y_label,
                                  Log log = Log::none, const std::string& caption = "") {
  verdict::Figure figure;
  figure.name = name, figure.title = title, figure.caption = caption;
  figure.x_label = x_label, figure.y_label = y_label;
  figure.log_x = log == Log::x || log == Log::both;
  figure.log_y = log == Log::y || log == Log::both;
  return figure;
}

/// Adds a point to a curve, the second with an error bar.
inline void push(verdict::Curve& curve, double x, double y) {
  curve.x.push_back(x);
  curve.y.push_back(y);
}
inline void push(verdict::Curve& curve, double x, statistics::Value y) {
  push(curve, x, y.value);
  curve.error.push_back(y.error);
}
/// What a point measured of this, if it did.
inline void push(verdict::Curve& curve, double x, const verdict::Point& point,
                 verdict::ObservableName name) {
  if (const auto* found = point.find(name)) push(curve, x, {found->value(), found->error()});
}

}  // namespace symbreak::findings
