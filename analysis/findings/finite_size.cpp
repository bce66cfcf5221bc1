#include "analysis/findings/finite_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/numbers.hpp"
#include "analysis/findings/scaling_keys.hpp"
#include "analysis/fit/scaling.hpp"

namespace symbreak::findings {

namespace {

/// One group of points on its way to rows and a figure.
class Scaling {
 public:
  Scaling(const PointGroup& group, const NamedNumber& number, const std::string& against,
          const std::string& size, const ScalingRequest& request, Findings& findings)
      : group_(group),
        number_(number),
        against_(against),
        size_(size),
        request_(request),
        findings_(findings) {
    const std::string name = last_word(against);
    critical_ = "critical_" + (name == "t" ? std::string("time") : name);
    read();
  }

  /// Whether there are curves of two sizes: points of an isotherm beside a sweep of sizes have none.
  bool possible() const { return curves_.size() > 1; }

  void run(std::uint64_t seed) {
    try {
      request_.kind == ScalingRequest::Kind::crossing ? cross(seed) : collapse();
    } catch (const std::invalid_argument& why) {
      warn(findings_, number_.name, joined("", group_.label(), ": ") + why.what(),
           "more values, or a lower --degree");
    }
  }

 private:
  static constexpr std::size_t kFewest = 2;

  void read() {
    std::map<double, std::vector<std::pair<double, Value>>> sizes;
    for (const Point* point : group_.points) {
      const auto value = number_.of(*point);
      const double x = point->number(against_);
      if (!value || !std::isfinite(value->value) || x < request_.low || x > request_.high) continue;
      if (!(value->error > 0) || !std::isfinite(value->error)) {
        ++without_error_;
        continue;
      }
      sizes[point->number(size_)].push_back({x, *value});
    }
    for (auto& [size, rows] : sizes) {
      if (rows.size() < kFewest || !(size > 0)) continue;
      std::ranges::sort(rows, {}, [](const auto& row) { return row.first; });
      std::vector<double> x;
      std::vector<Value> y;
      for (const auto& [at, value] : rows) x.push_back(at), y.push_back(value);
      curves_.push_back({size, vector_of(x), fit::values_of(y), fit::errors_of(y)});
    }
    if (without_error_ > 0) {
      note(findings_, number_.name, "values without an error are left out",
           "more units, or more bins a unit, give them one");
    }
  }

  Verdict& add(const std::string& quantity, const std::string& criterion, Value value,
               const std::string& how) {
    Verdict& row = tell(findings_, quantity, group_.keys, value, how);
    row.criterion = criterion;
    row.role = Role::headline;
    return row;
  }

  Figure figure(const std::string& kind, const std::string& title) const {
    Figure drawn = new_figure(group_.keys, kind + "_" + number_.name, title, last_word(against_),
                              number_.name + joined(" (", number_.unit, ")"));
    drawn.shades = static_cast<int>(curves_.size());
    return drawn;
  }

  std::string size_label(double size) const {
    return fmt::format("{} = {:g}", last_word(size_), size);
  }

  void cross(std::uint64_t seed) {
    const fit::Crossings found = fit::crossings(
        curves_, {.degree = request_.degree, .correction = request_.correction, .seed = seed});
    const std::string of = "crossing of " + number_.name, at = "at the crossing",
                      how = fmt::format("polynomials through {} of neighbouring {}", number_.name,
                                        last_word(size_));
    if (found.x) {
      const auto pairs =
          fmt::format("{} of {} pairs, {} from {:g}", found.pairs.size() - found.first,
                      found.pairs.size(), last_word(size_), found.pairs[found.first].small);
      const std::string pooled = how + "; one value of all pairs from the first on that agree";
      of_fit(add(critical_, of + ", pooled", found.x->at(0), pooled), *found.x).detail = pairs;
      of_fit(add(number_.name, at + ", pooled", found.y->at(0), pooled), *found.y).detail = pairs;
    }
    if (found.extrapolated) {
      const fit::Fit& fit = *found.extrapolated;
      of_fit(add(critical_, of + ", extrapolated", fit.at(0),
                 fmt::format("{}; x + a {}^-{:g}", how, last_word(size_), request_.correction)),
             fit)
          .detail = fmt::format("{} pairs", found.pairs.size());
    }
    for (const fit::PairCrossing& pair : found.pairs) {
      for (int k : {0, 1}) {
        Verdict& row =
            add(k == 0 ? critical_ : number_.name, k == 0 ? of : at, pair.fit.at(k), how);
        row.axis = {{size_, pair.small}, {"larger " + last_word(size_), pair.large}};
        of_fit(row, pair.fit);
        row.role = Role::quantity;
      }
    }
    if (!found.missing.empty()) {
      note(findings_, number_.name,
           joined("", group_.label(), ": ") + "some neighbouring sizes have no crossing: " +
               found.missing.front().substr(found.missing.front().find(": ") + 2),
           "more values of " + last_word(against_) + " around it, or other sizes");
    }
    draw_crossings(found);
  }

  void draw_crossings(const fit::Crossings& found) {
    Figure drawn = figure("crossing", "Where curves of " + number_.name + " cross");
    drawn.caption = fmt::format(
        "Black: where neighbouring sizes cross. Where the number depends on {0} times a power of "
        "{1} alone, all curves cross at one point; crossings that move with {1} are corrections "
        "to that.",
        "the distance from the critical point", last_word(size_));
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      drawn.curves.push_back(points(curves_[i], static_cast<int>(i)));
      Curve between{.style = Curve::Style::line, .colour = static_cast<int>(i)};
      between.x.assign(curves_[i].x.begin(), curves_[i].x.end());
      between.y.assign(curves_[i].y.begin(), curves_[i].y.end());
      drawn.curves.push_back(std::move(between));
    }
    Curve crossings{.label = "crossings"};
    for (const fit::PairCrossing& pair : found.pairs) {
      push(crossings, pair.fit.value[0], pair.fit.at(1));
    }
    findings::add(drawn, crossings);
    if (found.x) {
      const double x = found.x->value[0], error = found.x->error[0];
      drawn.vertical_lines = {{x, "pooled crossing"}};
      drawn.bands = {{x - error, x + error}};
    }
    findings::add(findings_, drawn);
  }

  Curve points(const fit::SizeCurve& curve, int colour) const {
    Curve drawn{.label = size_label(curve.size), .colour = colour};
    for (Index i = 0; i < curve.x.size(); ++i)
      push(drawn, curve.x[i], {curve.y[i], curve.errors.sigma[i]});
    return drawn;
  }

  void collapse() {
    fit::CollapseOptions options{
        .critical = request_.critical, .exponent = request_.exponent, .degree = request_.degree};
    if (request_.nu) options.inverse_nu = 1 / *request_.nu;
    if (number_.scale_free && !options.exponent) options.exponent = 0;
    const fit::ScalingCollapse found = fit::scaling_collapse(curves_, options);
    const std::string size = last_word(size_), x = last_word(against_),
                      of = "collapse of " + number_.name,
                      how = fmt::format(
                          "{0} {1}^-exponent = f(({2} - {3}) {1}^(1/nu)), f a polynomial",
                          number_.name, size, x, critical_);
    const std::array<std::string, 3> names = {critical_, "inverse_nu", "exponent"};
    const std::array<bool, 3> fixed = {options.critical.has_value(), options.inverse_nu.has_value(),
                                       options.exponent.has_value()};
    for (std::size_t k = 0; k < 3; ++k) {
      if (fixed[k]) continue;
      const auto at = static_cast<Index>(k);
      of_fit(add(names[k], of, found.fit.at(at), how), found.fit);
    }
    Verdict& quality =
        add("collapse", "chi2/dof, " + number_.name,
            {found.fit.chi2_per_dof(),
             std::sqrt(2.0 / std::max<double>(1, static_cast<double>(found.fit.dof)))},
            how);
    quality.detail = fmt::format("{} degrees of freedom", found.fit.dof);
    quality.p_value = found.fit.p_value;
    if (!found.fit.converged) {
      warn(findings_, number_.name,
           joined("", group_.label(), ": ") + "no window around the critical point collapses",
           "leave out what is far from it (--window) or small sizes, or fix what is known "
           "(--critical, "
           "--nu, --exponent)");
    }
    draw_collapse(found);
  }

  void draw_collapse(const fit::ScalingCollapse& found) {
    const double critical = found.fit.value[0], inverse = found.fit.value[1],
                 exponent = found.fit.value[2];
    Figure drawn = figure("scaling", "Finite-size scaling of " + number_.name);
    const std::string size = last_word(size_), x = last_word(against_);
    drawn.x_label = fmt::format("({} − {:.5g}) {}^{{{:.3g}}}", x, critical, size, inverse);
    if (exponent != 0)
      drawn.y_label = fmt::format("{} {}^{{{:.3g}}}", number_.name, size, -exponent);
    drawn.caption = fmt::format(
        "All sizes on one function, with the fitted values of the axes; the line is the polynomial "
        "that was fitted, over the window where chance explains what is left. What falls off it is "
        "too small or too far from the critical point.");
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      const fit::SizeCurve& curve = curves_[i];
      Curve moved = points(curve, static_cast<int>(i));
      const double factor = std::pow(curve.size, -exponent);
      for (std::size_t k = 0; k < moved.x.size(); ++k) {
        moved.x[k] = (moved.x[k] - critical) * std::pow(curve.size, inverse);
        moved.y[k] *= factor, moved.error[k] *= factor;
        least = std::min(least, moved.y[k]), most = std::max(most, moved.y[k]);
      }
      drawn.curves.push_back(std::move(moved));
    }
    drawn.curves.push_back(line("scaling function", found.z, found.f));
    constexpr double kDecades = 30;
    drawn.log_y = least > 0 && most > kDecades * least;
    findings::add(findings_, drawn);
  }

  const PointGroup& group_;
  const NamedNumber& number_;
  const std::string against_, size_;
  const ScalingRequest& request_;
  Findings& findings_;
  std::string critical_;
  std::vector<fit::SizeCurve> curves_;
  std::size_t without_error_ = 0;
};

}  // namespace

void finite_size(const Result& result, const Findings& analysis, const ScalingRequest& request,
                 Findings& findings) {
  const NamedNumber number = named_number(result, analysis, request.number);
  const ScalingKeys keys = scaling_keys(result, request.against, request.size);
  bool any = false;
  for (const PointGroup& group : group_points(result, keys.together)) {
    Scaling scaling(group, number, keys.against, keys.size, request, findings);
    if (!scaling.possible()) continue;
    any = true;
    scaling.run(result.seed);
  }
  if (!any) {
    warn(findings, number.name,
         fmt::format("no two values of {} have it, with an error, at two values of {} or more",
                     last_word(keys.size), last_word(keys.against)),
         "sweep both keys, or widen the window");
  }
  verdict::count_units(result, findings);
}

}  // namespace symbreak::findings
