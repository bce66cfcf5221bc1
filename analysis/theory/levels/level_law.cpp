#include "analysis/theory/levels/level_law.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "analysis/theory/gauss_legendre.hpp"
#include "analysis/theory/sphere.hpp"

namespace symbreak::theory {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Nats below its maximum at which an integrand no longer counts.
constexpr double negligible = 42;

/// Log-concave densities: everything follows from log p and its scale.
class ContinuousLaw : public LevelLaw {
 public:
  virtual double log_density(double e) const = 0;
  virtual double lower() const { return -infinity; }
  virtual double upper() const { return infinity; }
  /// Length over which log p differs from a straight line by order one.
  virtual double scale(double e) const = 0;

  /// log P(level > e): panels from e upwards, as wide as the decay allows.
  double log_tail(double e) const override {
    if (e >= upper()) return -infinity;
    if (e <= lower()) return 0;
    return integrate([this](double y) { return log_density(y); }, e, +1,
                     [](double) { return 1e300; });
  }

  double quantile(double s) const override {
    // Newton on the convex function -log P(level > e) = s: from anywhere its second iterate is to
    // the right of the root, and from there it descends to it.
    double e = std::clamp(start(s), lower_side(), upper_side());
    for (int iteration = 0; iteration < 200; ++iteration) {
      const double tail = log_tail(e);
      const double step = (tail + s) * std::exp(tail - log_density(e));
      const double next = std::clamp(e + step, lower_side(), upper_side());
      const double change = next - e;
      e = next;
      if (std::abs(change) <= 4e-16 * std::max(1.0, std::abs(e))) break;
      if (iteration > 20 && std::abs(change) <= 1e-13 * std::max(1.0, std::abs(e))) break;
    }
    return e;
  }

  double log_average(const LogFunction& f, double b, double shift) const override {
    const auto integrand = [&](double e) { return log_density(e) + f(b * e + shift); };
    // Where f bends: |b e + shift| of a few; the law itself bends on its own scale.
    const auto width = [&](double e) {
      const double u = b * e + shift;
      return u > -9 && u < 8 ? 1 / b : (u <= -9 ? std::max(1.0, -9 - u + 0.5) / b : infinity);
    };
    const double peak = maximum(integrand, shift, b);
    return log_add(integrate(integrand, peak, +1, width), integrate(integrand, peak, -1, width));
  }

  Nodes below(double s, double steepest) const override {
    const double edge = quantile(s);
    const double bottom = std::max(lower(), std::min(-1.0, edge) - 14);
    const double first = std::min(0.5, 1 / (1 + steepest));
    // Panels grow away from both ends: an integrand e^{c e} p(e) may lean on either.
    std::vector<double> breaks{bottom, edge};
    double low = bottom, high = edge, low_width = first, high_width = first;
    while (high - low > low_width + high_width) {
      breaks.insert(breaks.end(), {low += low_width, high -= high_width});
      low_width = std::min(2 * low_width, 0.5 * scale(low));
      high_width = std::min(2 * high_width, 0.5 * scale(high));
    }
    breaks.push_back((low + high) / 2);
    std::sort(breaks.begin(), breaks.end());
    const auto& rule = gauss_legendre_16();
    Nodes nodes;
    for (std::size_t i = 0; i + 1 < breaks.size(); ++i) {
      const double half = (breaks[i + 1] - breaks[i]) / 2;
      for (std::size_t k = 16; k-- > 0;) {
        nodes.level.push_back(breaks[i] + half * (1 + rule.node[k]));
        nodes.log_weight.push_back(log_density(nodes.level.back()) +
                                   std::log(half * rule.weight[k]));
      }
    }
    return nodes;
  }

  Cumulative planted(double b) const override {
    const auto tilted = [&](double e) { return log_density(e) + b * e; };
    double low = std::max(lower(), -40.0), high = std::min(upper(), b + 40.0);
    for (int step = 0; step < 200; ++step) {
      const double left = low + (high - low) / 3, right = high - (high - low) / 3;
      (tilted(left) < tilted(right) ? low : high) = tilted(left) < tilted(right) ? left : right;
    }
    const double peak = (low + high) / 2, top = tilted(peak);
    const auto reach = [&](double direction) {
      double distance = 1e-6;
      const double limit = direction < 0 ? peak - lower() : upper() - peak;
      while (distance < limit && tilted(peak + direction * distance) > top - 40) distance *= 1.1;
      return std::min(distance, limit);
    };
    const double first = peak - reach(-1), last = peak + reach(+1);
    constexpr int steps = 8192;
    Cumulative result{{first}, {0}};
    for (int i = 0; i < steps; ++i) {
      const double from = first + (last - first) * i / steps;
      const double to = first + (last - first) * (i + 1) / steps;
      result.level.push_back(to);
      result.probability.push_back(result.probability.back() +
                                   std::exp(log_panel(tilted, from, to) - top));
    }
    for (double& p : result.probability) p /= result.probability.back();
    return result;
  }

 protected:
  virtual double start(double s) const {
    return std::sqrt(std::max(0.0, 2 * s - std::log1p(4 * M_PI * s)));
  }

 private:
  // Strictly inside a bounded support.
  double upper_side() const { return upper() == infinity ? 1e300 : upper() * (1 - 1e-15); }
  double lower_side() const { return lower() == -infinity ? -1e300 : lower(); }

  /// log of the integral of exp(f) from `from` outwards: f is concave, panels hold at most some 5
  /// nats of change and are no wider than `width` and half the law's own scale.
  template <class Function, class Width>
  double integrate(const Function& f, double from, int direction, const Width& width) const {
    const double end = direction > 0 ? upper() : lower();
    double x = from, total = -infinity, top = f(from);
    double last_width = infinity;
    for (int panel = 0; panel < 100000; ++panel) {
      const double left = direction > 0 ? end - x : x - end;
      if (!(left > 0)) break;
      double w = std::min(0.5 * scale(x), width(x));
      if (w == infinity) w = 1;
      w = std::min({w, left, 4 * last_width});
      const double here = f(x);
      double change = std::abs(f(x + direction * w) - here);
      while (!(change < 5) && w > 1e-12 * (1 + std::abs(x))) {
        w *= std::isfinite(change) ? std::max(0.2, 4 / change) : 0.5;
        change = std::abs(f(x + direction * w) - here);
      }
      // Towards an endpoint where the density vanishes or ends: halve the distance each time.
      if (left < infinity && w > left / 2 && left > 1e-13 * (1 + std::abs(end))) w = left / 2;
      const double to = x + direction * w;
      const double part = log_panel(f, std::min(x, to), std::max(x, to));
      total = log_add(total, part);
      top = std::max(top, here);
      last_width = w;
      x = to;
      if (f(x) < top - negligible && part < total - negligible + 6) break;
      if (w <= 0) break;
    }
    return total;
  }

  /// Where the concave integrand is largest.
  template <class Function>
  double maximum(const Function& f, double shift, double b) const {
    double low = std::max(lower(), std::min(-1.0, -shift / b) - 10 / b - 45);
    double high = std::min(upper(), std::max(1.0, (10 - shift) / b) + 4 * b + 45);
    const double precision = 0.02 * std::min(1.0, 1 / b);
    while (high - low > precision) {
      const double left = low + 0.382 * (high - low), right = low + 0.618 * (high - low);
      (f(left) < f(right) ? low : high) = f(left) < f(right) ? left : right;
    }
    return (low + high) / 2;
  }
};

class GaussianLaw final : public ContinuousLaw {
 public:
  double critical(double L) const override { return std::sqrt(2 * L); }
  double energy_unit(double L) const override { return std::sqrt(L / (2 * std::log(2.0))); }
  double log_density(double e) const override { return -e * e / 2 - std::log(2 * M_PI) / 2; }
  double scale(double) const override { return 1; }
  double log_tail(double e) const override {
    if (e < 20) return std::log(std::erfc(e / std::sqrt(2.0)) / 2);
    // Mills' ratio by its asymptotic series: at e = 20 the terms fall to 1e-17.
    const double y = 1 / (e * e);
    double sum = 1, term = 1;
    for (int k = 1; k < 40; ++k) {
      const double next = term * -(2 * k - 1) * y;
      if (std::abs(next) >= std::abs(term) || std::abs(next) < 1e-18) break;
      sum += term = next;
    }
    return log_density(e) - std::log(e) + std::log(sum);
  }
  double log_generating(double b) const override { return b * b / 2; }
};

class ExponentialLaw final : public ContinuousLaw {
 public:
  double critical(double L) const override { return L > 0 ? 1 : 0; }
  double energy_unit(double) const override { return 1; }
  double log_density(double e) const override { return e >= 0 ? -e : -infinity; }
  double lower() const override { return 0; }
  double scale(double) const override { return infinity; }
  double log_tail(double e) const override { return -std::max(0.0, e); }
  double quantile(double s) const override { return s; }
  double log_generating(double b) const override { return b < 1 ? -std::log1p(-b) : infinity; }
};

class SphereLaw final : public ContinuousLaw {
 public:
  explicit SphereLaw(double dimension)
      : d_(dimension),
        log_norm_(std::lgamma(d_ / 2) - std::lgamma((d_ - 1) / 2) - std::log(M_PI * d_) / 2) {}
  double critical(double L) const override {
    const double alpha = L / d_;
    return std::sqrt(d_) * std::exp(2 * alpha) * std::sqrt(-std::expm1(-2 * alpha));
  }
  double energy_unit(double) const override { return std::sqrt(d_); }
  double log_density(double e) const override {
    const double square = e * e / d_;
    if (square >= 1) return -infinity;
    return log_norm_ + (d_ - 3) / 2 * std::log1p(-square);
  }
  double lower() const override { return -std::sqrt(d_); }
  double upper() const override { return std::sqrt(d_); }
  double scale(double e) const override {
    const double square = std::min(1.0, e * e / d_);
    return std::max((1 - square) / std::sqrt(1 + square), 1e-9) * std::sqrt(d_ / (d_ + 3));
  }
  double log_generating(double b) const override {
    return log_sphere_average(d_, b * std::sqrt(d_));
  }

 protected:
  double start(double s) const override {
    return std::sqrt(d_ * -std::expm1(-2 * s / d_)) * (1 - 1e-9);
  }

 private:
  double d_, log_norm_;
};

class BinaryLaw final : public LevelLaw {
 public:
  explicit BinaryLaw(double dimension) : d_(dimension) {
    const auto count = static_cast<std::size_t>(d_);
    double tail = -infinity;
    for (std::size_t down = 0; down <= count; ++down) {
      const double k = static_cast<double>(down);
      level_.push_back((d_ - 2 * k) / std::sqrt(d_));
      log_mass_.push_back(std::lgamma(d_ + 1) - std::lgamma(k + 1) - std::lgamma(d_ - k + 1) -
                          d_ * std::log(2.0));
      log_upto_.push_back(tail = std::min(0.0, log_add(tail, log_mass_.back())));
    }
    log_upto_.back() = 0;
  }
  bool atoms() const override { return true; }
  double critical(double L) const override {
    // s(m) = log 2 - [(1+m) log(1+m) + (1-m) log(1-m)]/2 has slope -atanh m and equals log 2 -
    // alpha at the highest level.
    const double alpha = L / d_;
    if (alpha >= std::log(2.0)) return infinity;
    double low = 0, high = 1;
    for (int i = 0; i < 200; ++i) {
      const double m = (low + high) / 2;
      const double rate = ((1 + m) * std::log1p(m) + (m < 1 ? (1 - m) * std::log1p(-m) : 0)) / 2;
      (rate < alpha ? low : high) = m;
    }
    return std::sqrt(d_) * std::atanh((low + high) / 2);
  }
  double energy_unit(double) const override { return std::sqrt(d_); }
  double quantile(double s) const override {
    const auto found = std::lower_bound(log_upto_.begin(), log_upto_.end(), -s);
    return level_[static_cast<std::size_t>(std::min<std::ptrdiff_t>(
        found - log_upto_.begin(), static_cast<std::ptrdiff_t>(level_.size()) - 1))];
  }
  double log_tail(double e) const override {
    double tail = -infinity;
    for (std::size_t i = 0; i < level_.size() && level_[i] >= e; ++i) tail = log_upto_[i];
    return tail;
  }
  double log_generating(double b) const override {
    const double h = std::abs(b) / std::sqrt(d_);
    return d_ * (h + std::log1p(std::exp(-2 * h)) - std::log(2.0));
  }
  double log_average(const LogFunction& f, double b, double shift) const override {
    double total = -infinity;
    for (std::size_t i = 0; i < level_.size(); ++i) {
      total = log_add(total, log_mass_[i] + f(b * level_[i] + shift));
    }
    return total;
  }
  Nodes below(double s, double) const override {
    Nodes nodes;
    for (std::size_t i = 0; i < level_.size(); ++i) {
      if (log_upto_[i] <= -s) continue;
      nodes.level.push_back(level_[i]);
      // The atom that the threshold cuts keeps what is beyond it.
      const bool cut = i == 0 || log_upto_[i - 1] <= -s;
      nodes.log_weight.push_back(cut ? log_upto_[i] + std::log(-std::expm1(-s - log_upto_[i]))
                                     : log_mass_[i]);
    }
    return nodes;
  }
  Cumulative planted(double b) const override {
    Cumulative result;
    const double log_norm = log_generating(b);
    double sum = 0;
    for (std::size_t i = level_.size(); i-- > 0;) {
      sum += std::exp(log_mass_[i] + b * level_[i] - log_norm);
      result.level.push_back(level_[i]);
      result.probability.push_back(sum);
    }
    for (double& p : result.probability) p /= sum;
    return result;
  }

 private:
  double d_;
  std::vector<double> level_, log_mass_, log_upto_;  // from the highest level down
};

}  // namespace

std::shared_ptr<const LevelLaw> level_law(LevelFamily family, double dimension) {
  switch (family) {
    case LevelFamily::gaussian:
      return std::make_shared<GaussianLaw>();
    case LevelFamily::exponential:
      return std::make_shared<ExponentialLaw>();
    case LevelFamily::sphere:
      return std::make_shared<SphereLaw>(dimension);
    case LevelFamily::binary:
      break;
  }
  return std::make_shared<BinaryLaw>(dimension);
}

}  // namespace symbreak::theory
