// What figures of all experiments are built from. May depend on: analysis.
#pragma once
#include <concepts>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

enum class Log { none, x, y, both };  ///< logarithmic axes

/// A figure with nothing drawn in it yet.
inline Figure new_figure(const std::string& name, const std::string& title,
                         const std::string& x_label, const std::string& y_label,
                         Log log = Log::none, const std::string& caption = "") {
  Figure figure;
  figure.name = name, figure.title = title, figure.caption = caption;
  figure.x_label = x_label, figure.y_label = y_label;
  figure.log_x = log == Log::x || log == Log::both;
  figure.log_y = log == Log::y || log == Log::both;
  return figure;
}

/// One of these points alone: the names of its file and on top say so.
inline Figure new_figure(const Keys& keys, const std::string& name, const std::string& title,
                         const std::string& x_label, const std::string& y_label,
                         Log log = Log::none, const std::string& caption = "") {
  return new_figure(name + key_stem(keys), title + joined(", ", key_label(keys)), x_label, y_label,
                    log, caption);
}

/// Adds a point to a curve, the second with an error bar.
inline void push(Curve& curve, double x, double y) {
  curve.x.push_back(x);
  curve.y.push_back(y);
}
inline void push(Curve& curve, double x, statistics::Value y) {
  push(curve, x, y.value);
  curve.error.push_back(y.error);
}
/// What a point measured of this, or knows of it, if it does.
inline void push(Curve& curve, double x, const Point& point, ObservableName name) {
  if (const auto* found = point.find(name)) push(curve, x, {found->value(), found->error()});
}
inline void push(Curve& curve, double x, const Point& point, PredictionName name) {
  if (const auto known = point.prediction(name)) push(curve, x, *known);
}
inline void push(Curve& curve, double x, const Point& point, FactName name) {
  if (const auto known = point.fact(name)) push(curve, x, *known);
}
/// What a function of the point says: an optional number or Value.
template <class Function>
requires std::invocable<Function, const Point&>
void push(Curve& curve, double x, const Point& point, const Function& y) {
  if (const auto known = y(point)) push(curve, x, *known);
}

/// Adds to a curve all of these points: y against x, a key, a fact or a function of the point. Theory
/// that is known at few of them is marks: between them it is anybody's guess.
template <class X, class Y>
Curve along(const std::vector<const Point*>& points, const X& x, const Y& y, Curve curve) {
  for (const Point* point : points) {
    if constexpr (std::is_same_v<X, FactName>) {
      push(curve, point->fact(x).value(), *point, y);
    } else if constexpr (std::invocable<X, const Point&>) {
      push(curve, x(*point), *point, y);
    } else {
      push(curve, point->number(x), *point, y);
    }
  }
  constexpr std::size_t kLine = 6;
  if (curve.smooth && curve.x.size() < kLine) {
    curve.smooth = false, curve.style = Curve::Style::points;
  }
  return curve;
}

/// A line through these: theory, or what is known without errors. Drawn smooth.
inline Curve line(const std::string& label, std::vector<double> x = {}, std::vector<double> y = {},
                  Curve::Style style = Curve::Style::line) {
  return {.label = label, .x = std::move(x), .y = std::move(y), .style = style, .smooth = true};
}

/// Adds what is not empty.
inline void add(Figure& figure, Curve curve) {
  if (!curve.x.empty()) figure.curves.push_back(std::move(curve));
}
inline void add(Findings& findings, Figure figure) {
  if (!figure.curves.empty()) findings.figures.push_back(std::move(figure));
}

}  // namespace symbreak::findings
