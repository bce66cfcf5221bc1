#include <algorithm>
#include <cmath>

#include "sim/kernel/simd/elementary.hpp"
#include "sim/target/levels/two_level_sampler.hpp"

namespace symbreak::target {

using Eigen::Index;

namespace {

/// Of plain numbers, for loops along the lanes.
auto array(double* values, std::size_t size) {
  return Eigen::Map<Eigen::ArrayXd>(values, static_cast<Index>(size));
}

}  // namespace

void TwoLevelAverages::resize(Index temperatures, bool is_planted) {
  for (VectorXd* v :
       {&log_partition, &exponent, &second, &class_second, &largest, &largest_class}) {
    v->resize(temperatures);
  }
  for (VectorXd* v : {&planted, &planted_class, &success, &class_success}) {
    v->resize(is_planted ? temperatures : 0);
  }
}

/// From the classes and members drawn.
void TwoLevelTop::average(TwoLevelAverages& result) {
  const std::size_t others = members_.size() - static_cast<std::size_t>(planted_members_);
  highest_ = Sums::none;
  for (std::size_t k = 0; k < others; ++k) highest_ = std::max(highest_, members_[k]);
  rest_.evaluate(thresholds_of_, rest_values_);
  log_others_ = std::log(std::max(1.0, classes_count_ - static_cast<double>(classes_.size())));
  planted_share_ = std::log1p(-std::min(1.0, (1.0 + planted_members_) / members_count_));
  const auto temperatures = static_cast<std::size_t>(b_.size());
  weights_.resize(temperatures * members_.size());
  sums_.resize(temperatures);
  for (std::size_t i = 0; i < temperatures; ++i) weigh(i);
  std::size_t done = 0;
  for (; done + 4 <= temperatures; done += 4) add_classes<4>(done);
  for (; done + 2 <= temperatures; done += 2) add_classes<2>(done);
  if (done < temperatures) add_classes<1>(done);
  result.resize(b_.size(), planted_);
  for (Index i = 0; i < b_.size(); ++i) finish(i, result);
}

double* TwoLevelTop::rest(std::size_t temperature, MemberRest::Quantity quantity) {
  return rest_values_.data() + (temperature * MemberRest::quantities + quantity) * classes_.size();
}

void TwoLevelTop::weigh(std::size_t slot) {
  const double b = b_[static_cast<Index>(slot)], A1 = b * rho_, A2 = b * kappa_;
  const std::size_t n = classes_.size();
  const std::size_t others = members_.size() - static_cast<std::size_t>(planted_members_);
  const double* const extra = normals_.data() + n;  // bulk, planted class, member, its rest
  double *const weight = rest(slot, MemberRest::mean),
                *const square = rest(slot, MemberRest::square_mean),
                *const slope = rest(slot, MemberRest::mean_slope);
  const double *const deviation = rest(slot, MemberRest::deviation),
                      *const square_deviation = rest(slot, MemberRest::square_deviation),
                      *const deviation_slope = rest(slot, MemberRest::deviation_slope);
  double top = b * highest_;
  for (std::size_t c = 0; c < n; ++c) {
    const Class& each = classes_[c];
    const double left = each.left + A1 * each.g;
    const double s = deviation[c], t = square_deviation[c];
    weight[c] += left + s * (each.normal - s / 2);
    // Log-weight of the rest on average, A_1 g and that of the members.
    slope[c] += A1 * each.g + deviation_slope[c] * (each.normal - s);
    square[c] += left + A1 * each.g + t * (each.normal - t / 2);
    top = std::max(top, weight[c]);
  }
  Sums& sums = sums_[slot];
  sums = {};
  if (!all_classes_) {
    const LogNormal& z = bulk_[slot].z;
    sums.bulk = log_others_ + z.log_mean + z.deviation * (extra[0] - z.deviation / 2);
    top = std::max(top, sums.bulk);
  }
  if (planted_) {
    const double g = sums.own_g = A1 + extra[1];
    sums.own = A1 * g + A2 * (A2 + extra[2]);
    if (members_count_ > 1) {
      const double* const mine = &planted_rest_[slot * MemberRest::quantities];
      const double s = mine[MemberRest::deviation], t = mine[MemberRest::square_deviation];
      const double left = A1 * g + log_members_ + planted_share_;
      sums.own_rest = left + mine[MemberRest::mean] + s * (extra[3] - s / 2);
      sums.own_square = left + A1 * g + mine[MemberRest::square_mean] + t * (extra[3] - t / 2);
      sums.own_slope = mine[MemberRest::mean_slope];
      sums.own_slope += A1 * g + mine[MemberRest::deviation_slope] * (extra[3] - s);
      for (std::size_t k = others; k < members_.size(); ++k) {
        sums.own_best = std::max(sums.own_best, A1 * g + A2 * members_[k]);
      }
    }
    top = std::max({top, sums.own, sums.own_rest, sums.own_best});
  }
  sums.top = top;

  const std::span<double> member(weights_.data() + slot * members_.size(), members_.size());
  array(member.data(), others) = b * array(members_.data(), others) - top;
  for (std::size_t k = others; k < members_.size(); ++k) {
    member[k] = std::fma(A2, members_[k], A1 * sums.own_g) - top;
  }
  kernel::exp(member, member);
  array(weight, n) -= top;
  array(square, n) -= 2 * top;
  static_assert(MemberRest::square_mean == MemberRest::mean + 1);
  const std::span<double> both(weight, 2 * n);
  kernel::exp(both, both);
}

/// Several temperatures at once: sums that do not wait for each other, and have the same bits
/// however many there are.
template <std::size_t many>
void TwoLevelTop::add_classes(std::size_t first) {
  const std::size_t n = classes_.size(), all = members_.size();
  const double* const weight = rest(first, MemberRest::mean);
  const double* const square = rest(first, MemberRest::square_mean);
  const double* const slope = rest(first, MemberRest::mean_slope);
  const double* const member = weights_.data() + first * all;
  Sums* const sums = &sums_[first];
  double Z[many] = {}, X[many] = {}, Y[many] = {}, classes[many] = {};
  double largest[many] = {}, heaviest[many] = {}, b[many];
  for (std::size_t i = 0; i < many; ++i) b[i] = b_[static_cast<Index>(first + i)];
  for (std::size_t c = 0; c < n; ++c) {
    double W[many];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < many; ++i) {
      const std::size_t at = i * MemberRest::quantities * n + c;
      W[i] = weight[at];
      X[i] = std::fma(weight[at], slope[at], X[i]);
    }
    const auto begin = static_cast<std::size_t>(classes_[c].first);
    const std::size_t end = begin + static_cast<std::size_t>(classes_[c].count);
    for (std::size_t k = begin; k < end; ++k) {
#pragma GCC unroll 4
      for (std::size_t i = 0; i < many; ++i) {
        const double w = member[i * all + k];
        W[i] += w;
        X[i] = std::fma(w * b[i], members_[k], X[i]);
        Y[i] = std::fma(w, w, Y[i]);
        largest[i] = std::max(largest[i], w);
      }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < many; ++i) {
      Z[i] += W[i];
      Y[i] += square[i * MemberRest::quantities * n + c];
      classes[i] += W[i] * W[i];
      heaviest[i] = std::max(heaviest[i], W[i]);
    }
  }
  for (std::size_t i = 0; i < many; ++i) {
    sums[i].Z = Z[i];
    sums[i].X = X[i];
    sums[i].Y = Y[i];
    sums[i].classes = classes[i];
    sums[i].largest = largest[i];
    sums[i].heaviest = heaviest[i];
  }
}

void TwoLevelTop::finish(Index temperature, TwoLevelAverages& result) {
  const double b = b_[temperature], A1 = b * rho_, A2 = b * kappa_;
  const auto slot = static_cast<std::size_t>(temperature);
  const double* const extra = normals_.data() + classes_.size();
  const std::size_t others = members_.size() - static_cast<std::size_t>(planted_members_);
  const double* const member = weights_.data() + slot * members_.size();
  Sums& sums = sums_[slot];
  auto& [top, bulk, own, own_g, own_rest, own_square, own_best, own_slope, Z, X, Y, classes,
         largest, heaviest] = sums;
  if (!all_classes_) {
    const ClassRest& rest = bulk_[slot];
    const auto sum = [&](const LogNormal& law, double unit) {
      return std::exp(log_others_ + law.log_mean + law.deviation * (extra[0] - law.deviation / 2) -
                      unit);
    };
    Z += std::exp(bulk - top);
    const auto [mean_slope, change] = bulk_slope_[slot];
    X += std::exp(bulk - top) * (mean_slope + change * (extra[0] - rest.z.deviation));
    Y += sum(rest.s, 2 * top);
    classes += sum(rest.square, 2 * top);
  }
  if (planted_) {
    const double w = std::exp(own - top);
    double W = w + std::exp(own_rest - top);
    X += w * own + std::exp(own_rest - top) * own_slope;
    Y += w * w + std::exp(own_square - 2 * top);
    for (std::size_t k = others; k < members_.size(); ++k) {
      W += member[k];
      X = std::fma(member[k], A1 * own_g + A2 * members_[k], X);
      Y = std::fma(member[k], member[k], Y);
    }
    const double rival = std::max(b * highest_, own_best);
    result.success[temperature] = own > rival ? 1 : 0;
    result.class_success[temperature] = W > heaviest ? 1 : 0;
    largest = std::max({largest, w, std::exp(own_best - top)});
    heaviest = std::max(heaviest, W);
    Z += W;
    classes = std::fma(W, W, classes);
    result.planted[temperature] = w / Z;
    result.planted_class[temperature] = W / Z;
  }
  result.log_partition[temperature] = top + std::log(Z);
  result.exponent[temperature] = X / Z;
  result.second[temperature] = std::min(1.0, Y / (Z * Z));
  result.class_second[temperature] = std::min(1.0, classes / (Z * Z));
  result.largest[temperature] = std::min(1.0, largest / Z);
  result.largest_class[temperature] = std::min(1.0, heaviest / Z);
}

}  // namespace symbreak::target
