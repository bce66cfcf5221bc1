// Pictures of clean lattice magnets over temperature and size.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/spin_moments.hpp"
#include "analysis/findings/fluctuations/findings.hpp"
#include "analysis/findings/fluctuations/observables.hpp"

namespace symbreak::findings::fluctuations {

namespace {

constexpr std::size_t kFewestTemperatures = 3;  // of a curve
constexpr const char *kSide = "target.side", *kTemperature = "target.temperature";

/// One quantity against T, and how it scales at the critical point: y = L^power f(tau L^{1/nu}).
struct Scaled {
  const char *name, *title, *symbol, *scaled;
  std::function<std::optional<Value>(const Point&)> value;
  double power;  ///< in units of gamma/nu, and of beta/nu
  bool beta;
  const char* caption;
};

std::vector<Scaled> scaled() {
  const auto of = [](ObservableName name) {
    return [name](const Point& point) -> std::optional<Value> {
      if (point.find(name) == nullptr) return std::nullopt;
      return value_of(point, name);
    };
  };
  const auto binder = [](const Point& point) -> std::optional<Value> {
    if (point.find(observable::magnetization_square) == nullptr) return std::nullopt;
    return derived(point, {observable::magnetization_square, observable::magnetization_fourth},
                   [](const VectorXd& m) { return 1 - m[1] / (3 * m[0] * m[0]); });
  };
  const auto ratio = [](const Point& point) -> std::optional<Value> {
    const auto xi = correlation_length(point);
    const double L = point.number(kSide);
    if (!xi) return std::nullopt;
    return Value{xi->value / L, xi->error / L};
  };
  return {{"binder", "Binder cumulant", "U₄ = 1 − ⟨M⁴⟩/3⟨M²⟩²", "U₄", binder, 0, false,
           "Curves of different L cross at the target's critical temperature."},
          {"correlation_length", "Correlation length", "ξ/L", "ξ/L", ratio, 0, false,
           "Curves of different L cross at the target's critical temperature."},
          {"magnetization", "Magnetization", "⟨|m|⟩", "⟨|m|⟩ L^{β/ν}",
           of(observable::magnetization_abs), 1, true,
           "Below T_c it stays as L grows, above it falls to 0."},
          {"susceptibility", "Second moment of the magnetization", "χ = ⟨M²⟩/N = σ²t_c",
           "χ L^{−γ/ν}", of(observable::magnetization_second), -1, false,
           "The largest eigenvalue of the covariance of the data, which is the critical time of "
           "their diffusion."}};
}

}  // namespace

void draw_over_temperature(const PointGroup& group, Findings& findings) {
  std::map<double, std::vector<const Point*>> sizes;
  for (const Point* point : group.points) {
    if (point->find(observable::magnetization_second) == nullptr ||
        point->parameters.count(kSide) == 0 || point->parameters.count(kTemperature) == 0) {
      return;  // not on a lattice
    }
    sizes[point->number(kSide)].push_back(point);
  }
  for (auto& [L, points] : sizes) {
    std::ranges::sort(points, {}, [](const Point* p) { return p->number(kTemperature); });
  }
  std::erase_if(sizes, [](const auto& each) { return each.second.size() < kFewestTemperatures; });
  if (sizes.empty()) return;
  const auto known = class_of(group.first());
  for (const Scaled& quantity : scaled()) {
    Figure plain = new_figure(group.keys, quantity.name, quantity.title, "T", quantity.symbol,
                              Log::none, quantity.caption);
    plain.log_y = quantity.power < 0;
    Figure collapsed = new_figure("collapse_" + plain.name, plain.title, "(T/T_c − 1) L^{1/ν}",
                                  quantity.scaled, Log::none,
                                  "Finite-size scaling: with T_c and the exponents of the class, "
                                  "none of them fitted, all sizes fall on one curve near 0.");
    collapsed.log_y = plain.log_y;
    plain.shades = collapsed.shades = static_cast<int>(sizes.size());
    for (const auto& [L, points] : sizes) {
      Curve curve{.label = fmt::format("L = {:g}", L),
                  .colour = static_cast<int>(plain.curves.size())};
      curve = along(points, kTemperature, quantity.value, std::move(curve));
      Curve moved = curve;
      for (std::size_t i = 0; known && i < moved.x.size(); ++i) {
        const double power =
            quantity.power * (quantity.beta ? known->beta_over_nu() : known->gamma_over_nu);
        moved.x[i] = (moved.x[i] / known->critical_temperature - 1) *
                     std::pow(L, known->gamma_over_nu / known->gamma);
        moved.y[i] *= std::pow(L, power);
        if (!moved.error.empty()) moved.error[i] *= std::pow(L, power);
      }
      add(plain, std::move(curve));
      if (known) add(collapsed, std::move(moved));
    }
    if (known) plain.vertical_lines = {{known->critical_temperature, "T_c"}};
    add(findings, std::move(plain));
    if (collapsed.curves.size() > 1) add(findings, std::move(collapsed));
  }
}

void draw_structure(const Result& result, Findings& findings) {
  constexpr std::size_t kTogether = 8;  // curves that a figure holds without being taken apart
  const auto& swept = result.swept;
  const bool many = measured_points(result, observable::structure_factor).size() > kTogether;
  // A figure for each size, whose curves differ in temperature.
  const bool along_T = std::find(swept.begin(), swept.end(), kTemperature) != swept.end();
  const std::vector<std::string> varying =
      !many ? swept : std::vector<std::string>{along_T ? kTemperature : kSide};
  for (const PointGroup& group : group_points(result, varying)) {
    Figure figure = new_figure(
        group.keys, "structure_factor", "Structure factor of the clean data", "k", "S(k)", Log::y,
        "S(0) = σ²t_c. Each mode k would by itself destabilise at σ²t = S(k).");
    std::vector<const Point*> points;
    for (const Point* point : group.points) {
      if (point->find(observable::structure_factor) != nullptr) points.push_back(point);
    }
    if (many) {
      std::ranges::sort(points, {},
                        [&](const Point* point) { return point->number(varying.front()); });
    }
    figure.shades = static_cast<int>(points.size());
    for (const Point* point : points) {
      Keys keys = swept_keys(result, *point);
      for (const auto& [key, value] : group.keys) keys.erase(key);
      Curve curve{.label = key_label(keys), .colour = static_cast<int>(figure.curves.size())};
      const Index count = point->at(observable::structure_factor).shape.at(0);
      for (Index j = 0; j < count; ++j) {
        push(curve, M_PI * static_cast<double>(j) / static_cast<double>(count - 1),
             value_of(*point, observable::structure_factor, j));
      }
      figure.curves.push_back(curve);
    }
    add(findings, std::move(figure));
  }
}

}  // namespace symbreak::findings::fluctuations
