#include "analysis/findings/copies/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/fit/finite_size.hpp"
#include "analysis/fit/polynomial.hpp"

namespace symbreak::findings::copies {

namespace {

// Of the local curves U4(t). Crossings amplify a misfit tenfold on the way to n -> infinity: on
// exact curves a quintic misfits the window below by 1e-5, a quartic by 1e-4.
constexpr int kDegree = 5;
// p-value of a window, and of one where none has it: errors are then widened by the root of chi2/dof.
constexpr double kAcceptable = 0.05, kTolerable = 0.001;

/// Rows inside the critical window, by size. U4 itself says what is critical: no exponent enters.
/// `low` and `high`: fraction of the way of U4 from its disordered to its ordered value.
std::map<double, Rows> critical_rows(const Rows& rows, int components, double low = 0.18,
                                     double high = 0.675) {
  const double disordered = 1 - (components + 2) / (3.0 * components), ordered = 2.0 / 3;
  auto sizes = by_size(rows, [&](const Row& row) {
    const double fraction = (row.binder.value - disordered) / (ordered - disordered);
    return fraction > low && fraction < high;
  });
  std::erase_if(sizes, [](const auto& size) { return size.second.size() < kDegree + 2; });
  return sizes;
}

/// Polynomial in x weighted by errors; value are the coefficients, lowest first.
fit::Fit through(const std::vector<double>& x, const std::vector<Value>& y, int degree) {
  return fit::linear(fit::powers_of(vector_of(x), degree), fit::values_of(y), fit::errors_of(y));
}

/// One size: U4 as a quintic in (s/s_0 - 1)/width.
struct BinderCurve {
  double n = 0, centre = 1, width = 1, low = 0, high = 0;  // low..high: window in s
  fit::Fit fit;
  double x(double s) const { return (s / centre - 1) / width; }
  double operator()(double s) const { return fit::polynomial(fit.value, x(s)).value; }
  /// d U4/ds.
  double slope(double s) const { return fit::polynomial(fit.value, x(s)).slope / (centre * width); }
  /// Of U4 at s.
  fit::Noise noise(double s) const { return fit.noise.of(fit::powers_of(x(s), kDegree)); }
};

BinderCurve binder_curve(const Rows& rows) {
  BinderCurve curve;
  curve.n = rows.front().n;
  curve.low = rows.front().s;
  curve.high = rows.back().s;
  curve.centre = (curve.low + curve.high) / 2;
  curve.width = (curve.high - curve.low) / (2 * curve.centre);
  std::vector<double> x;
  std::vector<Value> y;
  for (const Row& row : rows) {
    x.push_back(curve.x(row.s));
    y.push_back(row.binder);
  }
  curve.fit = through(x, y, kDegree);
  return curve;
}

/// s where two curves cross: the sign change nearest to the middle of the narrower window.
std::optional<double> crossing_point(const BinderCurve& a, const BinderCurve& b) {
  const double low = std::max(a.low, b.low), high = std::min(a.high, b.high);
  constexpr int kGrid = 64;
  std::optional<double> best;
  const auto difference = [&](double s) { return a(s) - b(s); };
  for (int i = 0; i < kGrid; ++i) {
    double left = low + (high - low) * i / kGrid, right = low + (high - low) * (i + 1) / kGrid;
    const bool falls = difference(left) > 0;
    if (falls == (difference(right) > 0)) continue;
    for (int step = 0; step < 60; ++step) {
      const double middle = (left + right) / 2;
      ((difference(middle) > 0) == falls ? left : right) = middle;
    }
    const double centre = (low + high) / 2;
    if (!best || std::abs(left - centre) < std::abs(*best - centre)) best = left;
  }
  return best;
}

/// Of (s, U4) where curves `at` and `at` + 1 cross, to first order in the data of all curves.
fit::Noise crossing_noise(const std::vector<BinderCurve>& curves, std::size_t at, double s) {
  const double small = curves[at].slope(s), large = curves[at + 1].slope(s);
  fit::Noise all;
  for (std::size_t c = 0; c < curves.size(); ++c) {
    // ds = (dU_small - dU_large)/(U_large' - U_small'), dU = dU_large + U_large' ds.
    const double moves = c == at ? 1 : c == at + 1 ? -1 : 0, ds = moves / (large - small);
    const fit::Noise part =
        curves[c].noise(s).of(Eigen::Vector2d(ds, (c == at + 1 ? 1 : 0) + large * ds));
    all = c == 0 ? part : fit::joined(all, part);
  }
  return all;
}

/// q = q_inf + a n^{-w}; with a single pair there is nothing to extrapolate.
fit::Fit extrapolate(const std::vector<double>& n, const VectorXd& q, const fit::Noise& noise,
                     double w) {
  const auto pairs = static_cast<Index>(n.size());
  MatrixXd design = MatrixXd::Ones(pairs, pairs > 1 ? 2 : 1);
  for (Index i = 0; pairs > 1 && i < pairs; ++i) {
    design(i, 1) = std::pow(n[static_cast<std::size_t>(i)], -w);
  }
  return fit::linear_correlated(design, q, noise.covariance(), noise);
}

struct Window {
  double x_max, size_min;
};

/// log y = p log x + sum_k c_k x^{a_k} size^{-b_k}; value = (p, c_0, ...), without p where it is fixed.
class PowerModel {
 public:
  /// Of exact curves two powers of x and no mixed term move exponents by more than the errors of 10^5
  /// samples; with more terms few points would say nothing.
  PowerModel(double w, std::optional<double> fixed, std::ptrdiff_t samples)
      : fixed_(fixed), many_(samples >= kMany) {
    for (int k = 0; k <= (many_ ? 4 : 2); ++k) terms_.push_back({k * w, 0});
    terms_.push_back({0, 1});
    terms_.push_back({0, 2});
    if (many_) terms_.push_back({w, 1});
  }
  bool many() const { return many_; }  ///< samples
  Index parameters() const { return static_cast<Index>(terms_.size()) + (fixed_ ? 0 : 1); }
  /// The fixed part of log y.
  double known(const ScalingSample& sample) const {
    return fixed_ ? *fixed_ * std::log(sample.x) : 0;
  }
  Eigen::RowVectorXd row(const ScalingSample& sample) const {
    Eigen::RowVectorXd all(parameters());
    Index at = 0;
    if (!fixed_) all[at++] = std::log(sample.x);
    for (const auto& [a, b] : terms_) all[at++] = std::pow(sample.x, a) * std::pow(sample.size, -b);
    return all;
  }
  /// d log y / d log x with size ~ x^2.
  double slope(const ScalingSample& sample, const VectorXd& value) const {
    Index at = 0;
    double sum = fixed_ ? *fixed_ : value[at++];
    for (const auto& [a, b] : terms_) {
      sum += value[at++] * (a - 2 * b) * std::pow(sample.x, a) * std::pow(sample.size, -b);
    }
    return sum;
  }

 private:
  static constexpr std::ptrdiff_t kMany = 48;
  std::optional<double> fixed_;
  bool many_;
  std::vector<std::pair<double, double>> terms_;  ///< (a, b)
};

std::optional<Power> power_in_window(const std::vector<ScalingSample>& samples,
                                     const PowerModel& model, double shared_dof,
                                     const Window& window) {
  constexpr double kMostMoved = 0.3;
  Power result;
  for (const ScalingSample& sample : samples) {
    if (sample.x <= window.x_max && sample.size >= window.size_min && sample.y.value > 0 &&
        std::abs(sample.moved) < kMostMoved) {
      result.used.push_back(sample);
    }
  }
  const auto count = static_cast<Index>(result.used.size());
  if (count < model.parameters() + 2) return std::nullopt;
  MatrixXd design(count, model.parameters());
  std::vector<Value> y;
  double least = window.x_max;
  for (Index i = 0; i < count; ++i) {
    const ScalingSample& sample = result.used[static_cast<std::size_t>(i)];
    design.row(i) = model.row(sample);
    const auto& [value, error, dof] = sample.y;
    y.push_back({std::log(value) - model.known(sample), error / value, dof});
    least = std::min(least, sample.x);
  }
  const VectorXd values = fit::values_of(y);
  const fit::Errors errors = fit::moderated(fit::errors_of(y));
  result.fit = fit::linear(design, values, errors);
  if (std::ranges::any_of(result.used, [](const auto& sample) { return sample.moved != 0; })) {
    VectorXd shared(count);
    for (Index i = 0; i < count; ++i) {
      const ScalingSample& sample = result.used[static_cast<std::size_t>(i)];
      shared[i] = model.slope(sample, result.fit.value) * sample.moved;
    }
    const fit::Noise noise = fit::joined({errors.sigma.asDiagonal(), errors.freedom()},
                                         {shared, VectorXd::Constant(1, shared_dof)});
    result.fit = fit::linear_correlated(design, values, noise.covariance(), noise);
    result.shared = result.fit.noise.parts(0, count);
  }
  result.fit.window = fmt::format("{} points, {:.3g} <= x <= {:.3g}, size >= {:.3g}", count, least,
                                  window.x_max, window.size_min);
  return result;
}

}  // namespace

std::map<double, Rows> by_size(const Rows& rows, const std::function<bool(const Row&)>& wanted) {
  std::map<double, Rows> sizes;
  for (const Row& row : rows) {
    if (row.h == 0 && (!wanted || wanted(row))) sizes[row.n].push_back(row);
  }
  for (auto& [n, size] : sizes) {
    std::sort(size.begin(), size.end(), [](const Row& a, const Row& b) { return a.s < b.s; });
  }
  return sizes;
}

std::optional<Crossings> crossings(const Rows& rows, int components) {
  std::vector<BinderCurve> curves;
  Crossings result;
  for (const auto& [n, size] : critical_rows(rows, components)) {
    curves.push_back(binder_curve(size));
    result.chi2 += curves.back().fit.chi2;
    result.dof += curves.back().fit.dof;
  }
  if (curves.size() < 2) return std::nullopt;
  fit::Noise s_noise, binder_noise;
  for (std::size_t i = 0; i + 1 < curves.size(); ++i) {
    const auto s = crossing_point(curves[i], curves[i + 1]);
    if (!s) return std::nullopt;
    const fit::Noise noise = crossing_noise(curves, i, *s);
    const VectorXd error = noise.error(), dof = noise.freedom();
    // An error as wide as what they were looked for in: they do not clearly cross.
    if (!(error[0] < curves[i + 1].high - curves[i + 1].low)) return std::nullopt;
    result.n.push_back(curves[i].n);
    result.s.push_back({*s, error[0], dof[0]});
    result.binder.push_back({curves[i + 1](*s), error[1], dof[1]});
    for (const auto& [all, row] : {std::pair(&s_noise, 0), {&binder_noise, 1}}) {
      all->parts.conservativeResize(static_cast<Index>(i) + 1, noise.dof.size());
      all->parts.row(static_cast<Index>(i)) = noise.parts.row(row);
      all->dof = noise.dof;
    }
  }
  result.critical_s = extrapolate(result.n, fit::values_of(result.s), s_noise, 1);
  result.critical_binder = extrapolate(result.n, fit::values_of(result.binder), binder_noise, 0.5);
  return result;
}

fit::Fit binder_scaling(const Rows& rows, int components) {
  std::vector<double> s, n;
  std::vector<Value> y;
  for (const auto& [size, points] : critical_rows(rows, components, 0.08, 0.8)) {
    for (const Row& row : points) {
      s.push_back(row.s);
      n.push_back(row.n);
      y.push_back(row.binder);
    }
  }
  // Of exact curves a series cut one term earlier moves nu_bar by half the error of 10^5 samples.
  return fit::collapse(vector_of(s), vector_of(n), fit::values_of(y), fit::errors_of(y),
                       {.degree = 7, .corrections = 3, .correction_exponent = 0.5});
}

std::optional<Critical> critical_moments(const Rows& rows, int components, Value s_c) {
  Critical result;
  std::vector<double> shifts;  // of log <|m|^2> per standard error of s_c
  for (const auto& [n, size] : critical_rows(rows, components)) {
    std::vector<double> x;
    std::vector<Value> y;
    for (const Row& row : size) {
      x.push_back((row.s / s_c.value - 1) * std::sqrt(n));
      y.push_back(
          {std::log(row.second.value), row.second.error / row.second.value, row.second.dof});
    }
    const fit::Fit curve = through(x, y, kDegree);
    result.n.push_back(n);
    result.second.push_back(curve.at(0));
    shifts.push_back(curve.value[1] * std::sqrt(n) * s_c.error / s_c.value);
  }
  const auto count = static_cast<Index>(result.n.size());
  if (count < 3) return std::nullopt;
  MatrixXd design(count, 3);
  const VectorXd y = fit::values_of(result.second);
  for (Index i = 0; i < count; ++i) {
    const double n = result.n[static_cast<std::size_t>(i)];
    design.row(i) << -std::log(n), 1, 1 / std::sqrt(n);
  }
  // Each size's own noise, and that of s_c, which all share.
  const fit::Errors own = fit::errors_of(result.second);
  const fit::Noise noise = fit::joined({own.sigma.asDiagonal(), own.dof},
                                       {vector_of(shifts), VectorXd::Constant(1, s_c.dof)});
  const MatrixXd covariance = noise.covariance();
  result.power = fit::linear_correlated(design, y, covariance, noise);
  result.amplitude =
      fit::linear_correlated(design.rightCols(2), y - 0.5 * design.col(0), covariance, noise);
  for (std::size_t k = 0; k < result.n.size(); ++k) {
    const double value = std::exp(result.second[k].value);
    result.second[k] = {value, value * result.second[k].error, result.second[k].dof};
  }
  return result;
}

void Power::window_moved(const fit::Fit& next) {
  // Nested windows: the difference has variance (error'^2 - error^2); only what exceeds it is
  // systematic.
  const double change = next.value[0] - fit.value[0];
  const double noise = std::pow(next.error[0], 2) - std::pow(fit.error[0], 2);
  const double excess = change * change - std::max(0.0, noise);
  fit.window_shift = std::max(fit.window_shift, std::sqrt(std::max(0.0, excess)));
}

double Power::error() const { return std::hypot(fit.error[0], fit.window_shift); }

std::optional<Power> power_law(const std::vector<ScalingSample>& samples, double w,
                               std::optional<double> fixed, double shared_dof) {
  double widest = 0;
  for (const ScalingSample& sample : samples) widest = std::max(widest, sample.x);
  const std::vector<double> reaches = {1, 0.7, 0.5, 0.35, 0.25, 0.17, 0.12},
                            sizes = {16, 25, 40, 64};
  const PowerModel model(w, fixed, std::ranges::count_if(samples, [&](const auto& sample) {
                           return sample.size >= sizes.front();
                         }));
  const auto at = [&](std::size_t i, std::size_t j) -> std::optional<Power> {
    if (i >= reaches.size() || j >= sizes.size()) return std::nullopt;
    return power_in_window(samples, model, shared_dof, {widest * reaches[i], sizes[j]});
  };
  const auto accepted = [&](double p_value) -> std::optional<Power> {
    for (std::size_t diagonal = 0; diagonal < reaches.size() + sizes.size() - 1; ++diagonal) {
      for (std::size_t j = 0; j <= std::min(diagonal, sizes.size() - 1); ++j) {
        const std::size_t i = diagonal - j;
        auto found = at(i, j);
        if (!found || found->fit.p_value < p_value) continue;
        // What chi^2 just fails to see in the widest window is a fraction of it in the next.
        const auto step = static_cast<std::size_t>(model.many());
        if (const auto inner = at(i + step, j + step); inner && inner->fit.p_value >= p_value) {
          found = inner;
        }
        // The narrower ones next to it.
        for (const auto& next : {at(i + step + 1, j + step), at(i + step, j + step + 1)}) {
          if (next) found->window_moved(next->fit);
        }
        return found;
      }
    }
    return std::nullopt;
  };
  if (auto found = accepted(kAcceptable)) return found;
  auto found = accepted(kTolerable);
  if (found) found->fit.error *= std::sqrt(std::max(1.0, found->fit.chi2_per_dof()));
  return found;
}

}  // namespace symbreak::findings::copies
