#include "analysis/theory/levels/two_levels.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "analysis/theory/gauss_legendre.hpp"

namespace symbreak::theory {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();
/// Nats below its maximum at which a term no longer counts.
constexpr double kCut = 36;
/// Numbers above e^36 are whole to a double whatever is taken from them.
constexpr double kCountless = 36;

/// What a class contributes under the integral: K_k ell^{N_2-1}, k = 1..4; that of Y_C; of Y^2.
enum Own { own_member_1, own_member_2, own_member_3, own_member_4, own_class, own_pair };

/// The index where a concave function is largest, from anywhere.
template <class F>
int climb(const F& f, int from) {
  int best = from, stride = 4;
  double top = f(from);
  // To the right all survival underflows.
  for (; top == kNever && stride < (1 << 24); stride *= 2) top = f(best -= stride);
  stride = 4;
  for (int i = 0; i < 4000; ++i) {
    const double up = f(best + stride), down = f(best - stride);
    // Underflowed plains slope towards the side that is less negative; -inf on both ends it.
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
  return best;
}

/// sum over i of weight(i) exp(f(i) - f(best)), outwards from the maximum.
template <class F, class Weight>
double sum_around(const F& f, const Weight& weight, int best, double top) {
  double sum = weight(best);
  for (const int direction : {-1, 1}) {
    for (int i = 1; i < 10000000; ++i) {
      const double value = f(best + direction * i);
      if (!(value > top - kCut)) break;
      sum += weight(best + direction * i) * std::exp(value - top);
    }
  }
  return sum;
}

constexpr auto kUnit = [](double) { return 1.0; };

/// log(1 - exp(-e^u)), exact for u -> -infinity.
double log_hit(double u) {
  if (u < -36) return u;
  return u > 4 ? std::log1p(-std::exp(-std::exp(u))) : std::log(-std::expm1(-std::exp(u)));
}

/// log(1 - e^{log_miss}) for small misses, as log(-...): what powers need.
double log_minus_log(double log_miss) {
  return log_miss < -36 ? log_miss : std::log(-std::log1p(-std::exp(log_miss)));
}

/// (n - removed) log p, n = e^{log_count}, from log(-log p).
double log_power(double log_count, double removed, double log_minus_log_p) {
  const double left = log_count > kCountless
                          ? log_count
                          : std::log(std::max(0.0, std::round(std::exp(log_count)) - removed));
  return left == kNever ? 0 : -std::exp(left + log_minus_log_p);
}

/// log(e^{log_count} - 1).
double log_less_one(double log_count) {
  return log_count > kCountless ? log_count : std::log(std::round(std::exp(log_count)) - 1);
}

}  // namespace

TwoLevelEnergy::TwoLevelEnergy(double log_classes, double log_members, double share, double b)
    : L1_(log_classes),
      L2_(log_members),
      A1_(b * std::sqrt(share)),
      A2_(b * std::sqrt(1 - share)),
      normal_(level_law(LevelFamily::gaussian)) {
  if (!(share > 0 && share < 1 && L1_ >= 0 && L2_ >= 0 && b >= 0)) {
    throw std::invalid_argument("two levels: share in (0,1), log counts and b >= 0");
  }
  // Trapezoid in the class's shift too: its Gaussian, of width A_1, wants step <= A_1/1.25.
  step_ = std::min(0.25, std::max(A1_, 1e-3) / 1.5);
  const double L = L1_ + L2_, annealed = L + b * b / 2;
  centre_ = static_cast<int>(std::lround(-std::min(annealed, L + b * std::sqrt(2 * L)) / step_));
}

double& TwoLevelEnergy::Table::at(int index) {
  if (values.empty()) first = index;
  const int end = first + static_cast<int>(values.size());
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const auto room = static_cast<int>(values.size()) / 2 + 64;
  if (index < first) {
    values.insert(values.begin(), static_cast<std::size_t>(first - index + room), unknown);
    first = index - room;
  } else if (index >= end) {
    values.resize(static_cast<std::size_t>(index - first + 1 + room), unknown);
  }
  return values[static_cast<std::size_t>(index - first)];
}

double TwoLevelEnergy::log_moment(int k, int index) const {
  double& known = moments_[static_cast<std::size_t>(k)].at(index);
  if (!std::isnan(known)) return known;
  return known = normal_->log_average([k](double u) { return k * u - std::exp(u); }, A2_,
                                      step_ * index);
}

double TwoLevelEnergy::survival(int index) const {
  double& known = survival_.at(index);
  if (!std::isnan(known)) return known;
  const double miss = normal_->log_average(log_hit, A2_, step_ * index);
  if (miss < -1) return known = log_minus_log(miss);
  return known = std::log(
             -normal_->log_average([](double u) { return -std::exp(u); }, A2_, step_ * index));
}

double TwoLevelEnergy::log_members(int index, double removed) const {
  return log_power(L2_, removed, survival(index));
}

double TwoLevelEnergy::log_miss(int index) const {
  double& known = miss_.at(index);
  if (!std::isnan(known)) return known;
  const double survive = log_members(index, 0);
  return known = survive > -1e-300 ? survival(index) + L2_ : std::log(-std::expm1(survive));
}

template <class F>
double TwoLevelEnergy::log_class_average(const F& log_f, int index, int& hint) const {
  const double curvature = step_ * step_ / (2 * A1_ * A1_);
  const auto term = [&](int i) {
    const double distance = i - index;
    return log_f(i) - curvature * distance * distance;
  };
  const int best = climb(term, index + hint);
  hint = best - index;
  const double top = term(best);
  if (top == kNever) return kNever;
  const double sum = sum_around(term, kUnit, best, top);
  return top + std::log(sum * step_ / (A1_ * std::sqrt(2 * M_PI)));
}

double TwoLevelEnergy::log_classes(int index, int removed) const {
  double& known = classes_.at(index);
  if (std::isnan(known)) {
    // psi by what it lacks of 1, E_g[1 - ell^{N_2}], where it is close.
    const double miss = log_class_average([&](int i) { return log_miss(i); }, index, hints_[8]);
    known = miss < -1 ? log_minus_log(miss)
                      : std::log(-std::min(
                            -1e-300, log_class_average([&](int i) { return log_members(i, 0); },
                                                       index, hints_[7])));
  }
  return log_power(L1_, removed, known);
}

double TwoLevelEnergy::log_inside(int which, int index) const {
  double& known = inside_[static_cast<std::size_t>(which)].at(index);
  if (!std::isnan(known)) return known;
  const double log_others = log_less_one(L2_);
  switch (which) {
    case own_class:
      return known = log_add(log_moment(2, index) + log_members(index, 1),
                             log_others + 2 * log_moment(1, index) + log_members(index, 2));
    case own_pair:
      return known = log_others + 2 * log_moment(2, index) + log_members(index, 2);
    default:
      return known = log_moment(which + 1, index) + log_members(index, 1);
  }
}

double TwoLevelEnergy::log_own(int which, int index) const {
  const auto slot = static_cast<std::size_t>(which);
  double& known = own_[slot].at(index);
  if (!std::isnan(known)) return known;
  return known =
             log_class_average([&](int i) { return log_inside(which, i); }, index, hints_[slot]);
}

template <class F, class Weight>
double TwoLevelEnergy::integral(const F& f, const Weight& weight) const {
  const int best = climb(f, centre_);
  const double top = f(best);
  return sum_around(
             f, [&](int i) { return weight(step_ * i); }, best, top) *
         step_ * std::exp(top);
}

double TwoLevelEnergy::participation(int k) const {
  const double L = L1_ + L2_;
  if (A1_ == 0) return std::exp((1 - k) * L);
  const auto f = [&](int i) { return L + log_own(k - 1, i) + log_classes(i, 1); };
  return integral(f, kUnit) / std::tgamma(k);
}

double TwoLevelEnergy::participation_square() const {
  const double L = L1_ + L2_;
  if (A1_ == 0) return std::exp(-2 * L);
  const auto own = [&](int i) { return L + log_own(own_pair, i) + log_classes(i, 1); };
  const double same = L2_ > 0 ? integral(own, kUnit) : 0;
  const auto apart = [&](int i) {
    return L + L2_ + log_less_one(L1_) + 2 * log_own(own_member_2, i) + log_classes(i, 2);
  };
  const double other = L1_ > 0 ? integral(apart, kUnit) : 0;
  return participation(4) + (same + other) / std::tgamma(4);
}

double TwoLevelEnergy::class_participation() const {
  if (A1_ == 0) return std::exp(-L1_);
  const auto f = [&](int i) { return L1_ + L2_ + log_own(own_class, i) + log_classes(i, 1); };
  return integral(f, kUnit);
}

double TwoLevelEnergy::log_partition() const {
  if (A1_ == 0) return L1_ + L2_;
  // -sigma is log Z and an independent Gumbel variable.
  const auto f = [&](int i) { return L1_ + L2_ + log_own(own_member_1, i) + log_classes(i, 1); };
  const double shift = step_ * centre_;
  return -(shift + integral(f, [shift](double s) { return s - shift; })) -
         boost::math::constants::euler<double>();
}

double TwoLevelEnergy::log_partition_variance() const {
  if (A1_ == 0) return 0;
  const auto f = [&](int i) { return L1_ + L2_ + log_own(own_member_1, i) + log_classes(i, 1); };
  const double mean = -log_partition() - boost::math::constants::euler<double>();
  return integral(f, [mean](double s) { return (s - mean) * (s - mean); }) - M_PI * M_PI / 6;
}

double TwoLevelEnergy::exponent() const {
  return A1_ * A1_ * (1 - class_participation()) + A2_ * A2_ * (1 - participation());
}

double TwoLevelEnergy::entropy() const { return log_partition() - exponent(); }

double TwoLevelEnergy::planted_weight() const {
  if (A1_ == 0) return std::exp(-L1_ - L2_);
  const double half = (A1_ * A1_ + A2_ * A2_) / 2;
  const auto f = [&](int i) {
    return log_own(own_member_2, i) + log_classes(i, 1) - step_ * i - half;
  };
  return integral(f, kUnit);
}

double TwoLevelEnergy::planted_class_weight() const {
  if (A1_ == 0) return std::exp(-L1_);
  const double half = (A1_ * A1_ + A2_ * A2_) / 2;
  const auto f = [&](int i) {
    return log_own(own_class, i) + log_classes(i, 1) - step_ * i - half;
  };
  return integral(f, kUnit);
}

TwoLevelCritical two_level_critical(double log_classes, double log_members, double share) {
  const double L = log_classes + log_members;
  return {std::sqrt(log_classes / (share * L)), std::sqrt(log_members / ((1 - share) * L))};
}

double two_level_class_limit(const TwoLevelCritical& critical, double a) {
  const double first = critical.classes < critical.members ? critical.classes : 1;
  return std::max(0.0, 1 - first / a);
}

double two_level_member_limit(const TwoLevelCritical& critical, double a) {
  const double last = critical.classes < critical.members ? critical.members : 1;
  return std::max(0.0, 1 - last / a);
}

LevelNoises level_noises(const LevelData& data) {
  const auto noise = [&](double variance, double log_count) {
    return variance / std::expm1(2 * log_count / data.dimension);
  };
  const double classes = noise(data.between, data.log_classes) - data.within,
               members = noise(data.within, data.log_members);
  if (classes > members) return {classes, members, true};
  const double both = noise(data.between + data.within, data.log_classes + data.log_members);
  return {both, both, false};
}

}  // namespace symbreak::theory
