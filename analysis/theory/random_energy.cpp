#include "analysis/theory/random_energy.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "analysis/theory/gauss_legendre.hpp"

namespace symbreak::theory {

namespace {

using Function = std::function<double(double)>;

/// Sum of weight(s) exp(f(s)) times the step: the trapezoid rule is exponentially convergent here,
/// as e^{-e^u} is analytic in |Im u| < pi/2 (error e^-49 at step 0.2). f is unimodal; `from` is
/// near its maximum.
double trapezoid(const Function& f, const Function& weight, double from) {
  constexpr double step = 0.2, negligible = 40;
  // Climb with growing steps, then sum outwards.
  double best = from, top = f(from), stride = 1;
  for (int i = 0; i < 400; ++i) {
    const double up = f(best + stride), down = f(best - stride);
    if (up > top && up >= down) {
      top = up, best += stride, stride *= 1.6;
    } else if (down > top) {
      top = down, best -= stride, stride *= 1.6;
    } else if (stride > step) {
      stride /= 4;
    } else {
      break;
    }
  }
  double sum = weight(best) * std::exp(top - top);
  for (const int direction : {-1, 1}) {
    double flat = top;
    for (int i = 1; i < 1000000; ++i) {
      const double s = best + direction * i * step, value = f(s);
      sum += weight(s) * std::exp(value - top);
      flat = value;
      if (flat < top - negligible) break;
    }
  }
  return sum * step * std::exp(top);
}

const Function kOne = [](double) { return 1.0; };

}  // namespace

RandomEnergy::RandomEnergy(std::shared_ptr<const LevelLaw> law, double L, double b)
    : law_(std::move(law)), L_(L), b_(b) {
  // Where ell(s)^N falls: -s = log Z, roughly.
  const double top = b_ * law_->quantile(L_ + 1e-3);
  const double annealed = L_ + law_->log_generating(b_);
  centre_ = -(b_ < law_->critical(L_) && std::isfinite(annealed) ? annealed
                                                                 : std::min(annealed, top + 1));
}

double RandomEnergy::log_moment(int k, double s) const {
  return law_->log_average([k](double u) { return k * u - std::exp(u); }, b_, s);
}

double RandomEnergy::log_survival(double s, int removed) const {
  const double log_tail = law_->log_average(
      [](double u) {
        return u < -36 ? u
                       : (u > 4 ? std::log1p(-std::exp(-std::exp(u)))
                                : std::log(-std::expm1(-std::exp(u))));
      },
      b_, s);
  // N - removed times log(1 - tail).
  const double log_count = L_ > 36 ? L_ : std::log(std::max(0.0, std::exp(L_) - removed));
  if (log_count == -std::numeric_limits<double>::infinity()) return 0;
  if (log_tail < -36) return -std::exp(log_count + log_tail);
  if (log_tail >= 0) return -std::numeric_limits<double>::infinity();
  return -std::exp(log_count + std::log(-std::log1p(-std::exp(log_tail))));
}

double RandomEnergy::participation(int k) const {
  if (b_ == 0) return std::exp((1 - k) * L_);
  const Function f = [&](double s) { return L_ + log_moment(k, s) + log_survival(s, 1); };
  return trapezoid(f, kOne, centre_) / std::tgamma(k);
}

double RandomEnergy::participation_variance() const {
  if (b_ == 0 || L_ == 0) return 0;
  const double log_pairs = L_ > 36 ? 2 * L_ : L_ + std::log(std::expm1(L_));
  const Function f = [&](double s) {
    return log_pairs + 2 * log_moment(2, s) + log_survival(s, 2);
  };
  const double mean = participation(2);
  return participation(4) + trapezoid(f, kOne, centre_) / std::tgamma(4) - mean * mean;
}

double RandomEnergy::log_partition() const {
  if (b_ == 0) return L_;
  const Function f = [&](double s) { return L_ + log_moment(1, s) + log_survival(s, 1); };
  const double shift = centre_;
  const double mean = trapezoid(
      f, [shift](double s) { return s - shift; }, centre_);
  return -(shift + mean) - boost::math::constants::euler<double>();
}

double RandomEnergy::log_partition_variance() const {
  if (b_ == 0) return 0;
  const Function f = [&](double s) { return L_ + log_moment(1, s) + log_survival(s, 1); };
  const double mean = -log_partition() - boost::math::constants::euler<double>();
  const double square = trapezoid(
      f, [mean](double s) { return (s - mean) * (s - mean); }, centre_);
  return square - M_PI * M_PI / 6;
}

double RandomEnergy::planted_weight() const {
  if (L_ == 0) return 1;
  if (b_ == 0) return std::exp(-L_);
  const double log_norm = law_->log_generating(b_);
  const Function f = [&](double s) {
    return -s + log_moment(2, s) + log_survival(s, 1) - log_norm;
  };
  return trapezoid(f, kOne, centre_);
}

double RandomEnergy::planted_success() const {
  if (law_->atoms()) return std::numeric_limits<double>::quiet_NaN();
  if (L_ == 0) return 1;
  // With T = -log P(level > e), density dT e^{-T} of the levels: e from its quantile.
  const double log_norm = law_->log_generating(b_);
  const double log_count = L_ > 36 ? L_ : std::log(std::expm1(L_));
  const Function f = [&](double log_s) {
    const double s = std::exp(log_s);
    const double tail = std::exp(-s);
    const double log_below =
        s > 36 ? -std::exp(log_count - s) : std::exp(log_count) * std::log1p(-tail);
    return log_s - s + b_ * law_->quantile(s) - log_norm + log_below;
  };
  // In t = log s the density is smooth; its mass lies at s >= log N - a few.
  double sum = 0, top = -std::numeric_limits<double>::infinity();
  const double first = std::log(std::max(1e-3, L_ - 8)),
               last = std::log(L_ + b_ * b_ + 40 * (1 + b_));
  constexpr int steps = 8000;
  std::vector<double> values;
  for (int i = 0; i <= steps; ++i) {
    values.push_back(f(first + (last - first) * i / steps));
    top = std::max(top, values.back());
  }
  for (const double value : values) sum += std::exp(value - top);
  return sum * std::exp(top) * (last - first) / steps;
}

}  // namespace symbreak::theory
