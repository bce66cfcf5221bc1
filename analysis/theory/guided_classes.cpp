#include "analysis/theory/guided_classes.hpp"

#include <algorithm>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <cmath>
#include <vector>

namespace symbreak::theory {

namespace {

struct Moments {
  double A = 0, V = 0;
  Moments operator+(const Moments& other) const { return {A + other.A, V + other.V}; }
  Moments operator*(double factor) const { return {A * factor, V * factor}; }
};

class Guided {
 public:
  explicit Guided(const GuidedClass& setting) : s_(setting) {}

  /// d/dln e. Condensed: the score is that of the class.
  Moments rate(double log_e, const Moments& at, bool condensed) const {
    const double e = std::exp(log_e), w = condensed ? 0 : s_.weight(e - s_.within);
    const double pull = 1 + w - w * e / (s_.centres + e);
    const double drift = s_.flow ? 0.5 : 1;
    return {drift * (pull * at.A - 1 - w), 2 * drift * pull * at.V - (s_.flow ? 0 : e)};
  }
  Moments step(double log_e, double h, const Moments& at, bool condensed) const {
    const Moments k1 = rate(log_e, at, condensed);
    const Moments k2 = rate(log_e + h / 2, at + k1 * (h / 2), condensed);
    const Moments k3 = rate(log_e + h / 2, at + k2 * (h / 2), condensed);
    const Moments k4 = rate(log_e + h, at + k3 * h, condensed);
    return at + (k1 + k2 * 2 + k3 * 2 + k4) * (h / 6);
  }
  /// Log weight of all other classes over that of the wanted one, per dimension.
  double others(double log_e, const Moments& at) const {
    const double e = std::exp(log_e), all = s_.centres + e, off = at.A - 1;
    return s_.rate - (std::log(all) - log_e) / 2 - (s_.own * at.A * at.A + at.V) / (2 * all) +
           (s_.own * off * off + at.V) / (2 * e);
  }

 private:
  const GuidedClass& s_;
};

/// The law of |x - z|, in units of its root mean square before condensation.
class Radius {
 public:
  Radius(const GuidedClass& setting, double dimension)
      : s_(setting),
        guided_(s_),
        d_(dimension),
        signal_(setting.own * dimension),
        step_(std::min(0.005, 0.08 / std::sqrt(dimension))) {
    const double top = std::log(setting.within + setting.from);
    log_e_.push_back(top);
    moments_.push_back({0, std::exp(top) + setting.centres});
    const double end = std::log(setting.within + setting.to);
    while (log_e_.back() > end) {
      moments_.push_back(guided_.step(log_e_.back(), -step_, moments_.back(), false));
      log_e_.push_back(log_e_.back() - step_);
    }
  }

  std::optional<double> half() {
    cut();
    std::size_t i = start();
    spread_out(i);
    double before = mean_class(i);
    for (; i + 2 < log_e_.size(); i += 2) {
      step(i);
      const double now = mean_class(i + 2);
      if (before < 0.5 && now >= 0.5) {
        const auto logit = [](double p) { return std::log(p / (1 - p)); };
        const double share = logit(before) / (logit(before) - logit(now));
        return std::exp(log_e_[i] - 2 * step_ * share) - s_.within;
      }
      before = now;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kCells = 800;

  double square(std::size_t i) const {  // E |x - z|^2 before condensation
    const double off = offset(i);
    return d_ * moments_[i].V + off * off * signal_;
  }
  double offset(std::size_t i) const {
    return moments_[i].A - 1 - std::exp(log_e_[i]) / s_.centres;
  }
  double log_odds(std::size_t i, double squared) const {
    const double e = std::exp(log_e_[i]), c = s_.centres, count = s_.rate * d_;
    const double others = count + std::log1p(-std::exp(-count));
    return -others + d_ / 2 * std::log1p(c / e) - c / (e * (c + e)) * squared / 2 +
           signal_ / (2 * c);
  }
  static double probability(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

  /// Before it hardly any run has condensed, E P < 1e-7 by a Gaussian D; but not before the law is as
  /// wide as three cells (of few classes P is e^{-alpha d} from the start, which then pushes nothing).
  std::size_t start() const {
    constexpr double kFew = -16, kCellsWide = 3;
    for (std::size_t i = 0; i < log_e_.size(); ++i) {
      const double e = std::exp(log_e_[i]), V = moments_[i].V, off = offset(i);
      const double variance = 2 * d_ * V * V + 4 * V * off * off * signal_;
      if (std::sqrt(variance) / (2 * square(i)) < kCellsWide * cell_) continue;
      const double slope = s_.centres / (2 * e * (s_.centres + e));
      if (log_odds(i, square(i)) + slope * slope * variance / 2 > kFew) return i > 0 ? i - 1 : 0;
    }
    return log_e_.size() - 1;
  }
  void cut() {
    const double width = 9 / std::sqrt(2 * d_), low = std::max(1e-3, 1 - width);
    const double lag = std::min(1.0, width);  // of those that have condensed
    cell_ = (1 + width + lag - low) / static_cast<double>(kCells);
    for (std::size_t k = 0; k <= kCells; ++k) edge_.push_back(low + cell_ * static_cast<double>(k));
  }
  /// The exact law at step i: V times a non-central chi^2.
  void spread_out(std::size_t i) {
    const double off = offset(i), V = moments_[i].V;
    const boost::math::non_central_chi_squared law(d_, off * off * signal_ / V);
    double below = 0;
    for (std::size_t k = 0; k < kCells; ++k) {
      const double up = boost::math::cdf(law, edge_[k + 1] * edge_[k + 1] * square(i) / V);
      density_.push_back((up - below) / cell_);
      below = up;
    }
  }
  double mean_class(std::size_t i) const {
    double sum = 0;
    for (std::size_t k = 0; k < kCells; ++k) {
      const double r = (edge_[k] + edge_[k + 1]) / 2;
      sum += density_[k] * probability(log_odds(i, r * r * square(i)));
    }
    return sum * cell_;
  }
  /// Two steps of the table at once, with the fluxes of Scharfetter and Gummel half-way.
  void step(std::size_t i) {
    const double e = std::exp(log_e_[i + 1]), c = s_.centres, R2 = square(i + 1);
    const double w = s_.weight(e - s_.within), h = 2 * step_;
    const double growth = (std::log(square(i + 2)) - std::log(square(i))) / (2 * h);
    const double diffusion = e / (2 * R2);
    std::vector<double> up(kCells + 1, 0), down(kCells + 1, 0);  // through an edge, a unit density
    for (std::size_t k = 1; k < kCells; ++k) {
      const double r = edge_[k], P = probability(log_odds(i + 1, r * r * R2));
      const double drift =
          -(1 + w * (1 - P) * c / (c + e)) * r + (d_ - 1) * diffusion / r - growth * r;
      const double peclet = drift * cell_ / diffusion;
      const auto bernoulli = [](double x) {
        return std::abs(x) < 1e-8 ? 1 - x / 2 : x / std::expm1(x);
      };
      up[k] = diffusion / cell_ * bernoulli(-peclet);
      down[k] = diffusion / cell_ * bernoulli(peclet);
    }
    const auto& p = density_;
    const double half = h / (2 * cell_);
    std::vector<double> right(kCells), ratio(kCells);
    for (std::size_t k = 0; k < kCells; ++k) {
      right[k] = p[k] * (1 - half * (up[k + 1] + down[k]));
      if (k > 0) right[k] += half * up[k] * p[k - 1];
      if (k + 1 < kCells) right[k] += half * down[k + 1] * p[k + 1];
    }
    for (std::size_t k = 0; k < kCells; ++k) {  // elimination from below, then back
      double pivot = 1 + half * (up[k + 1] + down[k]);
      if (k > 0) {
        pivot -= half * up[k] * ratio[k - 1];
        right[k] += half * up[k] * right[k - 1];
      }
      ratio[k] = half * down[k + 1] / pivot;
      right[k] /= pivot;
    }
    for (std::size_t k = kCells - 1; k-- > 0;) right[k] += ratio[k] * right[k + 1];
    density_ = std::move(right);
  }

  GuidedClass s_;
  Guided guided_;
  double d_, signal_;
  double step_;  ///< of ln e in the table: transitions are as narrow as 1/sqrt(d)
  double cell_ = 0;
  std::vector<double> log_e_, edge_, density_;
  std::vector<Moments> moments_;
};

}  // namespace

std::optional<double> finite_condensation(const GuidedClass& setting, double dimension) {
  return Radius(setting, dimension).half();
}

ManyClassLaw guided_class(const GuidedClass& setting) {
  constexpr double kStep = 0.005;
  const Guided guided(setting);
  const double end = std::log(setting.within + setting.to);
  double at = std::log(setting.within + setting.from);
  Moments moments{0, std::exp(at) + setting.centres};
  bool condensed = false;
  ManyClassLaw law;
  const auto steps = std::max(1.0, std::ceil((at - end) / kStep));
  const double h = (end - at) / steps;
  while (at > end + 1e-9 * kStep) {
    double length = std::max(h, end - at);
    Moments next = guided.step(at, length, moments, condensed);
    if (!condensed && guided.others(at + length, next) <= 0) {
      // The step ends where it condenses.
      double low = 0, high = length;
      for (int i = 0; i < 60; ++i) {
        length = (low + high) / 2;
        next = guided.step(at, length, moments, false);
        (guided.others(at + length, next) > 0 ? low : high) = length;
      }
      condensed = true;
      law.condensation = std::exp(at + length) - setting.within;
      const Moments before = guided.step(at + length, kStep, next, false);
      law.drift =
          (guided.others(at + length + kStep, before) - guided.others(at + length, next)) / kStep;
    }
    at += length;
    moments = next;
  }
  law.shift = moments.A - 1;
  law.variance = moments.V / (setting.within + setting.to);
  return law;
}

}  // namespace symbreak::theory
