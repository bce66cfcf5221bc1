#include "analysis/findings/copies/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/fit/finite_size.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::findings::copies {

namespace {

// Of the local curves U4(t). Crossings amplify a misfit tenfold on the way to n -> infinity: on
// exact curves a quintic misfits the window below by 1e-5, a quartic by 1e-4.
constexpr int kDegree = 5;
constexpr double kAcceptable = 0.05;  // p-value of a window

double horner(const VectorXd& coefficients, double x) {
  double sum = 0;
  for (Index j = coefficients.size(); j-- > 0;) sum = sum * x + coefficients[j];
  return sum;
}

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
fit::Fit polynomial(const std::vector<double>& x, const std::vector<Value>& y, int degree) {
  const auto count = static_cast<Index>(x.size());
  MatrixXd design(count, degree + 1);
  VectorXd values(count), sigma(count);
  for (Index i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    for (int j = 0; j <= degree; ++j) design(i, j) = std::pow(x[k], j);
    values[i] = y[k].value;
    sigma[i] = y[k].error;
  }
  return fit::linear(design, values, sigma);
}

/// One size: U4 as a quintic in (s/s_0 - 1)/width.
struct BinderCurve {
  double n = 0, centre = 1, width = 1, low = 0, high = 0;  // low..high: window in s
  std::vector<double> x;
  std::vector<Value> y;
  fit::Fit fit;
  double operator()(double s) const { return horner(fit.value, (s / centre - 1) / width); }
};

BinderCurve binder_curve(const Rows& rows) {
  BinderCurve curve;
  curve.n = rows.front().n;
  curve.low = rows.front().s;
  curve.high = rows.back().s;
  curve.centre = (curve.low + curve.high) / 2;
  curve.width = (curve.high - curve.low) / (2 * curve.centre);
  for (const Row& row : rows) {
    curve.x.push_back((row.s / curve.centre - 1) / curve.width);
    curve.y.push_back(row.binder);
  }
  curve.fit = polynomial(curve.x, curve.y, kDegree);
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

/// Crossings of successive curves as (s_1.., U_1..).
std::optional<VectorXd> all_crossings(const std::vector<BinderCurve>& curves) {
  const auto pairs = static_cast<Index>(curves.size()) - 1;
  VectorXd values(2 * pairs);
  for (Index i = 0; i < pairs; ++i) {
    const BinderCurve &a = curves[static_cast<std::size_t>(i)],
                      &b = curves[static_cast<std::size_t>(i) + 1];
    const auto s = crossing_point(a, b);
    if (!s) return std::nullopt;
    values[i] = *s;
    values[pairs + i] = b(*s);
  }
  return values;
}

/// q = q_inf + a n^{-w}; with a single pair there is nothing to extrapolate.
fit::Fit extrapolate(const std::vector<double>& n, const VectorXd& q, const MatrixXd& covariance,
                     double w) {
  const auto pairs = static_cast<Index>(n.size());
  MatrixXd design = MatrixXd::Ones(pairs, pairs > 1 ? 2 : 1);
  for (Index i = 0; pairs > 1 && i < pairs; ++i) {
    design(i, 1) = std::pow(n[static_cast<std::size_t>(i)], -w);
  }
  return fit::linear_correlated(design, q, covariance);
}

struct Window {
  double x_max, size_min;
};

std::optional<Power> power_in_window(const std::vector<ScalingSample>& samples, double w,
                                     std::optional<double> fixed, const Window& window) {
  Power result;
  for (const ScalingSample& sample : samples) {
    if (sample.x <= window.x_max && sample.size >= window.size_min && sample.y > 0) {
      result.used.push_back(sample);
    }
  }
  const auto count = static_cast<Index>(result.used.size());
  const Index terms = fixed ? 5 : 6;
  if (count < terms + 2) return std::nullopt;
  MatrixXd design(count, terms);
  VectorXd y(count), sigma(count);
  double least = window.x_max;
  for (Index i = 0; i < count; ++i) {
    const ScalingSample& sample = result.used[static_cast<std::size_t>(i)];
    const double correction = std::pow(sample.x, w), log_x = std::log(sample.x);
    Index term = 0;
    if (!fixed) design(i, term++) = log_x;
    for (double value : {1.0, correction, correction * correction, 1 / sample.size,
                         1 / (sample.size * sample.size)}) {
      design(i, term++) = value;
    }
    y[i] = std::log(sample.y) - (fixed ? *fixed * log_x : 0);
    sigma[i] = sample.error / sample.y;
    least = std::min(least, sample.x);
  }
  result.fit = fit::linear(design, y, sigma);
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

std::optional<Crossings> crossings(const Rows& rows, int components, std::uint64_t seed) {
  std::vector<BinderCurve> curves;
  Crossings result;
  for (const auto& [n, size] : critical_rows(rows, components)) {
    curves.push_back(binder_curve(size));
    result.chi2 += curves.back().fit.chi2;
    result.dof += curves.back().fit.dof;
  }
  if (curves.size() < 2) return std::nullopt;
  const auto measured = all_crossings(curves);
  if (!measured) return std::nullopt;

  constexpr int kSamples = 400;
  random::Stream stream({.seed = seed, .purpose = random::Purpose::resample});
  std::vector<VectorXd> resampled;
  for (int i = 0; i < kSamples; ++i) {
    std::vector<BinderCurve> copy = curves;
    for (BinderCurve& curve : copy) {
      for (Value& y : curve.y) y.value += y.error * stream.normal();
      curve.fit = polynomial(curve.x, curve.y, kDegree);
    }
    if (const auto values = all_crossings(copy)) resampled.push_back(*values);
  }
  if (resampled.size() < kSamples / 2) return std::nullopt;  // they do not clearly cross
  const Index pairs = measured->size() / 2;
  VectorXd mean = VectorXd::Zero(2 * pairs);
  for (const VectorXd& values : resampled) mean += values / static_cast<double>(resampled.size());
  MatrixXd covariance = MatrixXd::Zero(2 * pairs, 2 * pairs);
  for (const VectorXd& values : resampled) {
    covariance +=
        (values - mean) * (values - mean).transpose() / static_cast<double>(resampled.size() - 1);
  }
  for (Index i = 0; i < pairs; ++i) {
    result.n.push_back(curves[static_cast<std::size_t>(i)].n);
    result.s.push_back({(*measured)[i], std::sqrt(covariance(i, i))});
    result.binder.push_back({(*measured)[pairs + i], std::sqrt(covariance(pairs + i, pairs + i))});
  }
  result.critical_s =
      extrapolate(result.n, measured->head(pairs), covariance.topLeftCorner(pairs, pairs), 1);
  result.critical_binder =
      extrapolate(result.n, measured->tail(pairs), covariance.bottomRightCorner(pairs, pairs), 0.5);
  return result;
}

fit::Fit binder_scaling(const Rows& rows, int components) {
  std::vector<double> s, n, y, sigma;
  for (const auto& [size, points] : critical_rows(rows, components, 0.08, 0.8)) {
    for (const Row& row : points) {
      s.push_back(row.s);
      n.push_back(row.n);
      y.push_back(row.binder.value);
      sigma.push_back(row.binder.error);
    }
  }
  return fit::collapse(vector_of(s), vector_of(n), vector_of(y), vector_of(sigma),
                       {.degree = 6, .corrections = 3, .correction_exponent = 0.5});
}

std::optional<Critical> critical_moments(const Rows& rows, int components, Value s_c) {
  Critical result;
  std::vector<double> shifts;  // of log <|m|^2> per standard error of s_c
  for (const auto& [n, size] : critical_rows(rows, components)) {
    std::vector<double> x;
    std::vector<Value> y;
    for (const Row& row : size) {
      x.push_back((row.s / s_c.value - 1) * std::sqrt(n));
      y.push_back({std::log(row.second.value), row.second.error / row.second.value});
    }
    const fit::Fit curve = polynomial(x, y, kDegree);
    result.n.push_back(n);
    result.second.push_back({curve.value[0], curve.error[0]});
    shifts.push_back(curve.value[1] * std::sqrt(n) * s_c.error / s_c.value);
  }
  const auto count = static_cast<Index>(result.n.size());
  if (count < 3) return std::nullopt;
  MatrixXd design(count, 3), covariance = MatrixXd::Zero(count, count);
  VectorXd y(count);
  for (Index i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    y[i] = result.second[k].value;
    design.row(i) << -std::log(result.n[k]), 1, 1 / std::sqrt(result.n[k]);
    covariance(i, i) = std::pow(result.second[k].error, 2);
    for (Index j = 0; j < count; ++j) {
      covariance(i, j) += shifts[k] * shifts[static_cast<std::size_t>(j)];
    }
  }
  result.power = fit::linear_correlated(design, y, covariance);
  result.amplitude =
      fit::linear_correlated(design.rightCols(2), y - 0.5 * design.col(0), covariance);
  for (std::size_t k = 0; k < result.n.size(); ++k) {
    const double value = std::exp(result.second[k].value);
    result.second[k] = {value, value * result.second[k].error};
  }
  return result;
}

double Power::error() const { return std::hypot(fit.error[0], fit.window_shift); }

std::optional<Power> power_law(const std::vector<ScalingSample>& samples, double w,
                               std::optional<double> fixed) {
  double widest = 0;
  for (const ScalingSample& sample : samples) widest = std::max(widest, sample.x);
  const std::vector<double> reaches = {1, 0.7, 0.5, 0.35, 0.25, 0.17, 0.12},
                            sizes = {16, 25, 40, 64};
  const auto at = [&](std::size_t i, std::size_t j) {
    return power_in_window(samples, w, fixed, {widest * reaches[i], sizes[j]});
  };
  for (std::size_t diagonal = 0; diagonal < reaches.size() + sizes.size() - 1; ++diagonal) {
    for (std::size_t j = 0; j <= std::min(diagonal, sizes.size() - 1); ++j) {
      const std::size_t i = diagonal - j;
      if (i >= reaches.size()) continue;
      auto found = at(i, j);
      if (!found || found->fit.p_value < kAcceptable) continue;
      for (const auto& [next_i, next_j] : {std::pair{i + 1, j}, {i, j + 1}}) {
        if (next_i >= reaches.size() || next_j >= sizes.size()) continue;
        if (const auto next = at(next_i, next_j)) {
          // Nested windows: the difference has variance (error'^2 - error^2); only what exceeds
          // it is systematic.
          const double change = next->fit.value[0] - found->fit.value[0];
          const double noise = std::pow(next->fit.error[0], 2) - std::pow(found->fit.error[0], 2);
          const double excess = change * change - std::max(0.0, noise);
          found->fit.window_shift =
              std::max(found->fit.window_shift, std::sqrt(std::max(0.0, excess)));
        }
      }
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace symbreak::findings::copies
