#include "analysis/theory/levels/random_energy.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "analysis/theory/gauss_legendre.hpp"

namespace symbreak::theory {

namespace {

/// Step of the trapezoid rule in s: exponentially convergent, as e^{-e^u} is analytic in |Im u| <
/// pi/2 (error e^-49).
constexpr double kStep = 0.2;

using Function = std::function<double(int)>;

/// Sum over the grid s = index kStep of weight(s) exp(f(index)) kStep. f is unimodal; `from` is
/// near its maximum.
template <class Weight>
double trapezoid(const Function& f, const Weight& weight, int from) {
  constexpr double cut = 40;
  // Climb with growing strides, then sum outwards.
  int best = from, stride = 8;
  double top = f(from);
  for (int i = 0; i < 400; ++i) {
    const double up = f(best + stride), down = f(best - stride);
    if (up > top && up >= down) {
      top = up, best += stride, stride += (stride + 1) / 2;
    } else if (down > top) {
      top = down, best -= stride, stride += (stride + 1) / 2;
    } else if (stride > 1) {
      stride = std::max(1, stride / 4);
    } else {
      break;
    }
  }
  double sum = weight(kStep * best);
  for (const int direction : {-1, 1}) {
    for (int i = 1; i < 1000000; ++i) {
      const int index = best + direction * i;
      const double value = f(index);
      sum += weight(kStep * index) * std::exp(value - top);
      if (value < top - cut) break;
    }
  }
  return sum * kStep * std::exp(top);
}

constexpr auto kOne = [](double) { return 1.0; };

}  // namespace

RandomEnergy::RandomEnergy(std::shared_ptr<const LevelLaw> law, double L, double b)
    : law_(std::move(law)), L_(L), b_(b) {
  // Where ell(s)^N falls: -s = log Z, roughly.
  const double top = b_ * law_->quantile(L_ + 1e-3);
  const double annealed = L_ + law_->log_generating(b_);
  const double log_z =
      b_ < law_->critical(L_) && std::isfinite(annealed) ? annealed : std::min(annealed, top + 1);
  centre_ = static_cast<int>(std::lround(-log_z / kStep));
}

double RandomEnergy::log_moment(int k, int index) const {
  auto& known = moments_[static_cast<std::size_t>(k)];
  if (const auto found = known.find(index); found != known.end()) return found->second;
  return known[index] =
             law_->log_average([k](double u) { return k * u - std::exp(u); }, b_, kStep * index);
}

double RandomEnergy::log_survival(int index, int removed) const {
  auto found = tails_.find(index);
  if (found == tails_.end()) {
    const double tail = law_->log_average(
        [](double u) {
          if (u < -36) return u;
          return u > 4 ? std::log1p(-std::exp(-std::exp(u))) : std::log(-std::expm1(-std::exp(u)));
        },
        b_, kStep * index);
    found = tails_.emplace(index, tail).first;
  }
  const double log_tail = found->second;
  // N - removed times log(1 - tail).
  const double log_count = L_ > 36 ? L_ : std::log(std::max(0.0, std::exp(L_) - removed));
  if (log_count == -std::numeric_limits<double>::infinity()) return 0;
  if (log_tail < -36) return -std::exp(log_count + log_tail);
  if (log_tail >= 0) return -std::numeric_limits<double>::infinity();
  return -std::exp(log_count + std::log(-std::log1p(-std::exp(log_tail))));
}

double RandomEnergy::participation(int k) const {
  if (b_ == 0) return std::exp((1 - k) * L_);
  if (L_ == 0) return 1;
  const Function f = [&](int i) { return L_ + log_moment(k, i) + log_survival(i, 1); };
  return trapezoid(f, kOne, centre_) / std::tgamma(k);
}

double RandomEnergy::participation_square() const {
  if (b_ == 0 || L_ == 0) return std::exp(-2 * L_);
  const double log_pairs = L_ > 36 ? 2 * L_ : L_ + std::log(std::expm1(L_));
  const Function f = [&](int i) { return log_pairs + 2 * log_moment(2, i) + log_survival(i, 2); };
  return participation(4) + trapezoid(f, kOne, centre_) / std::tgamma(4);
}

double RandomEnergy::log_partition() const {
  if (b_ == 0) return L_;
  const Function f = [&](int i) { return L_ + log_moment(1, i) + log_survival(i, 1); };
  const double shift = kStep * centre_;
  const double mean = trapezoid(
      f, [shift](double s) { return s - shift; }, centre_);
  return -(shift + mean) - boost::math::constants::euler<double>();
}

double RandomEnergy::log_partition_variance() const {
  if (b_ == 0) return 0;
  const Function f = [&](int i) { return L_ + log_moment(1, i) + log_survival(i, 1); };
  const double mean = -log_partition() - boost::math::constants::euler<double>();
  const double square = trapezoid(
      f, [mean](double s) { return (s - mean) * (s - mean); }, centre_);
  return square - M_PI * M_PI / 6;
}

double RandomEnergy::planted_weight() const {
  if (L_ == 0) return 1;
  if (b_ == 0) return std::exp(-L_);
  // By parts: the density of log Z' + Gumbel of the N - 1 others, which is narrow, against
  // E_planted[1 - e^{-e^u}], which rises over the whole range of the planted level.
  const double log_norm = law_->log_generating(b_);
  const double log_others = L_ > 36 ? L_ : std::log(std::expm1(L_));
  const Function f = [&](int i) {
    const double s = kStep * i;
    const double log_rise = law_->log_average(
        [](double u) {
          return u < -36 ? 2 * u
                         : u + (u > 4 ? std::log1p(-std::exp(-std::exp(u)))
                                      : std::log(-std::expm1(-std::exp(u))));
        },
        b_, s);
    return log_others + log_moment(1, i) + log_survival(i, 2) + log_rise - s - log_norm;
  };
  return trapezoid(f, kOne, centre_);
}

double RandomEnergy::log_partition_distribution(double x) const {
  const double s = -x;
  const double tail = std::exp(law_->log_average(
      [](double u) { return u < -36 ? u : std::log(-std::expm1(-std::exp(std::min(u, 700.0)))); },
      b_, s));
  return tail < 1 ? std::exp(std::exp(std::min(L_, 700.0)) * std::log1p(-tail)) : 0;
}

double RandomEnergy::planted_success() const {
  if (law_->atoms()) return std::numeric_limits<double>::quiet_NaN();
  if (L_ == 0) return 1;
  if (b_ == 0) return std::exp(-L_);
  // E over the planted level of P(all others below it), a function that rises around the highest of
  // N levels; u = 0 there, on whose scale b/b_c it is smooth.
  const double log_count = L_ > 36 ? L_ : std::log(std::expm1(L_));
  const double shift = -b_ * law_->quantile(std::max(L_, 0.5));
  const auto f = [&](double u) {
    const double log_tail = law_->log_tail((u - shift) / b_);
    if (log_tail > -1e-300) return -std::numeric_limits<double>::infinity();
    const double log_hit = log_tail < -36 ? log_tail : std::log(-std::log1p(-std::exp(log_tail)));
    return u - std::exp(log_count + log_hit);
  };
  return std::exp(law_->log_average(f, b_, shift) - shift - law_->log_generating(b_));
}

}  // namespace symbreak::theory
