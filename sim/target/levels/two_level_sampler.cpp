#include "sim/target/levels/two_level_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/kernel/simd/elementary.hpp"

namespace symbreak::target {

using Eigen::Index;

namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();
constexpr std::size_t kUniforms = 128, kCells = 4096;
/// 53-bit uniforms do not reach beyond log N + 37.
constexpr double kBeyond = 38;

double whole(double log_count, double removed) {
  return log_count > 36 ? std::exp(std::min(log_count, 700.0))
                        : std::round(std::exp(log_count)) - removed;
}

kernel::SmoothTable table(double from, double to, const std::function<double(double)>& f) {
  return {from, std::max(to, from + 1), 512, f};
}

}  // namespace

TwoLevelTop::TwoLevelTop(const LevelEnsemble& ensemble, const VectorXd& b, bool planted,
                         double kept)
    : planted_(planted),
      b_(b),
      classes_count_(whole(ensemble.groups->log_classes, planted ? 1 : 0)),
      members_count_(whole(ensemble.groups->log_members, 0)),
      log_members_(ensemble.groups->log_members),
      thresholds_(*ensemble.groups, std::log(classes_count_), kept) {
  const theory::LevelLaw& normal = *ensemble.law;
  rho_ = thresholds_.rho;
  kappa_ = thresholds_.kappa;
  all_classes_ = thresholds_.leader == kNothing;
  const double log_classes =
      ensemble.groups->log_classes > 36 ? ensemble.groups->log_classes : std::log(classes_count_);
  if (!all_classes_) {
    leaders_.emplace(log_classes, LevelThresholds::leaders(kept));
    class_quantile_ = table(leaders_->threshold(), log_classes + kBeyond,
                            [&](double s) { return normal.quantile(s); });
    // Classes that are drawn for a member of theirs.
    const double low = -9, width = (thresholds_.leader - low) / kCells;
    double total = 0;
    std::vector<double> cumulative;
    for (std::size_t i = 0; i <= kCells; ++i) {
      marked_g_.push_back(low + width * static_cast<double>(i));
      cumulative.push_back(total);
      const double g = marked_g_.back() + width / 2;
      const double missed = log_unmarked(normal, log_members_, thresholds_.marked(g));
      total += -std::expm1(missed) * std::exp(-g * g / 2) / std::sqrt(2 * M_PI) * width;
    }
    const double all = cumulative.back();
    marked_share_ = all / -std::expm1(-leaders_->threshold());
    for (double& each : cumulative) each /= std::max(all, 1e-300);
    marked_ = kernel::GuidedSearch(std::move(cumulative));
  }
  member_quantile_ =
      table(std::log(2.0), log_members_ + kBeyond, [&](double s) { return normal.quantile(s); });
  const double low = thresholds_.most, high = std::max(thresholds_.highest(), low + 1);
  log_limit_ = table(low, high, [&](double at) {
    return std::log(std::max(1e-300, -log_unmarked(normal, log_members_, at)));
  });
  rest_ = MemberRest(normal, b * kappa_, log_members_, low, high);
  const double planted_at[] = {thresholds_.most};
  rest_.evaluate(planted_at, planted_rest_);
  log_limit_.evaluate(planted_at, {&planted_log_limit_, 1});
  for (const double each : b) {
    if (!all_classes_) {
      bulk_.emplace_back(normal, *ensemble.groups, thresholds_, each, log_classes);
      constexpr double kNear = 1e-4;
      const auto at = [&](double b_near) {
        return ClassRest(normal, *ensemble.groups, thresholds_, b_near, log_classes).z;
      };
      const LogNormal up = at(each * (1 + kNear)), down = at(each * (1 - kNear));
      bulk_slope_.emplace_back((up.log_mean - down.log_mean) / (2 * kNear),
                               (up.deviation - down.deviation) / (2 * kNear));
    }
  }
}

double TwoLevelTop::exponential(random::Stream& stream) {
  if (next_ == uniforms_.size()) {
    uniforms_.resize(kUniforms);
    stream.uniforms(uniforms_);
    kernel::exponentials(uniforms_);
    next_ = 0;
  }
  return uniforms_[next_++];
}

void TwoLevelTop::find_classes(random::Stream& stream) {
  s_.clear();
  if (all_classes_) {
    s_.resize(static_cast<std::size_t>(classes_count_));
    stream.normals(s_);
  } else {
    double sum = 0;
    places_.resize(leaders_->uniforms_needed());
    do {
      stream.uniforms(places_);
    } while (!leaders_->draw(places_, sum, s_));
    class_quantile_.evaluate(s_, s_);
  }
  leading_ = s_.size();
  if (marked_share_ > 0) {
    const double left = classes_count_ - static_cast<double>(leading_);
    const double limit = -left * std::log1p(-marked_share_);
    double sum = 0;
    for (double drawn = 0; drawn < left; ++drawn) {
      sum += exponential(stream) * left / (left - drawn);
      if (sum > limit) break;
      const double u = std::exp(-exponential(stream));
      const std::size_t k = marked_.cell(u);
      const double below = marked_.cumulative(k - 1), width = marked_.cumulative(k) - below;
      const double share = width > 0 ? std::clamp((u - below) / width, 0.0, 1.0) : 1;
      s_.push_back(marked_g_[k - 1] + share * (marked_g_[k] - marked_g_[k - 1]));
    }
  }
  classes_.resize(s_.size());
  thresholds_of_.resize(s_.size());
  limits_.resize(s_.size());
  for (std::size_t c = 0; c < s_.size(); ++c) {
    classes_[c].g = s_[c];
    const bool marked = c >= leading_;
    thresholds_of_[c] = classes_[c].threshold = std::min(
        marked ? thresholds_.marked(s_[c]) : thresholds_.members(s_[c]), thresholds_.highest());
  }
  log_limit_.evaluate(thresholds_of_, limits_);
  kernel::exp(limits_, limits_);
}

/// Appends -N log(1 - U), U the places of those of `count` members above the threshold of `limit`.
void TwoLevelTop::members_of(random::Stream& stream, double count, double limit,
                             bool at_least_one) {
  double sum = 0;
  for (double drawn = 0; drawn < count; ++drawn) {
    double spacing = exponential(stream);
    // The first of at least one: cut at the limit.
    if (at_least_one && drawn == 0) {
      spacing = -std::log1p(std::exp(-spacing) * std::expm1(-limit));
    }
    sum += count < 1e15 ? spacing * count / (count - drawn) : spacing;
    if (sum > limit) break;
    members_.push_back(sum);
  }
}

/// log of the number of members but `drawn` of them.
double TwoLevelTop::log_left(int drawn) {
  if (members_count_ >= 1e15) return log_members_;
  for (auto k = static_cast<int>(log_left_.size()); k <= drawn; ++k) {
    log_left_.push_back(log_members_ + std::log1p(-std::min(1.0, k / members_count_)));
  }
  return log_left_[static_cast<std::size_t>(drawn)];
}

void TwoLevelTop::find_members(random::Stream& stream) {
  members_.clear();
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    Class& each = classes_[c];
    each.first = static_cast<int>(members_.size());
    members_of(stream, members_count_, limits_[c], c >= leading_);
    each.count = static_cast<int>(members_.size()) - each.first;
    each.left = log_left(each.count);
  }
  kernel::places_of_sums(log_members_, 1 / members_count_, members_);
  member_quantile_.evaluate(members_, members_);
  for (const Class& each : classes_) {
    double* const mine = members_.data() + each.first;
    for (int k = 0; k < each.count; ++k) mine[k] = rho_ * each.g + kappa_ * mine[k];
  }
}

void TwoLevelTop::draw(random::Stream& stream, TwoLevelAverages& result) {
  next_ = uniforms_.size();
  find_classes(stream);
  find_members(stream);
  // The planted class's other members: g alone, its shift depends on b.
  const std::size_t others = members_.size();
  if (planted_ && members_count_ > 1) {
    const double share = std::log1p(-1 / members_count_);
    members_of(stream, members_count_ - 1, std::exp(planted_log_limit_ + share), false);
    const std::span<double> mine(members_.data() + others, members_.size() - others);
    kernel::places_of_sums(std::log(members_count_ - 1), 1 / (members_count_ - 1), mine);
    member_quantile_.evaluate(mine, mine);
  }
  planted_members_ = static_cast<int>(members_.size() - others);
  normals_.resize(classes_.size() + 4);
  stream.normals(normals_);
  for (std::size_t c = 0; c < classes_.size(); ++c) classes_[c].normal = normals_[c];
  average(result);
}

TwoLevelEnumeration::TwoLevelEnumeration(const LevelEnsemble& ensemble, const VectorXd& b,
                                         bool planted)
    : rho_(std::sqrt(ensemble.groups->share)),
      kappa_(std::sqrt(1 - ensemble.groups->share)),
      planted_(planted),
      b_(b),
      classes_(std::llround(std::exp(ensemble.groups->log_classes))),
      members_(std::llround(std::exp(ensemble.groups->log_members))),
      g_(classes_),
      terms_(members_),
      level_(members_, classes_) {}

void TwoLevelEnumeration::draw(random::Stream& stream, TwoLevelAverages& result) {
  stream.normals(std::span<double>(g_.data(), static_cast<std::size_t>(classes_)));
  stream.normals(std::span<double>(level_.data(), static_cast<std::size_t>(level_.size())));
  result.resize(b_.size(), planted_);
  for (Index i = 0; i < b_.size(); ++i) {
    const double A1 = b_[i] * rho_, A2 = b_[i] * kappa_;
    // Log-weights of a class; the planted one and its first member are shifted.
    const auto log_weights = [&](Index c) {
      terms_ = A2 * level_.col(c).array() + A1 * (g_[c] + (planted_ && c == 0 ? A1 : 0));
      if (planted_ && c == 0) terms_[0] += A2 * A2;
    };
    double top = kNothing;
    for (Index c = 0; c < classes_; ++c) {
      log_weights(c);
      top = std::max(top, terms_.maxCoeff());
    }
    double Z = 0, X = 0, Y = 0, classes = 0, heaviest = 0, own = 0, own_class = 0;
    for (Index c = 0; c < classes_; ++c) {
      log_weights(c);
      terms_.array() -= top;
      log_weights_ = terms_;
      const std::span<double> w(terms_.data(), static_cast<std::size_t>(members_));
      kernel::exp(w, w);
      X += terms_.dot(log_weights_);
      const double W = terms_.sum();
      if (c == 0) own = terms_[0], own_class = W;
      Z += W;
      Y += terms_.squaredNorm();
      classes += W * W;
      heaviest = std::max(heaviest, W);
    }
    result.log_partition[i] = top + std::log(Z);
    result.exponent[i] = top + X / Z;
    result.second[i] = Y / (Z * Z);
    result.class_second[i] = classes / (Z * Z);
    result.largest[i] = 1 / Z;
    result.largest_class[i] = heaviest / Z;
    if (!planted_) continue;
    result.planted[i] = own / Z;
    result.planted_class[i] = own_class / Z;
    result.success[i] = own == 1 ? 1 : 0;
    result.class_success[i] = own_class == heaviest ? 1 : 0;
  }
}

}  // namespace symbreak::target
