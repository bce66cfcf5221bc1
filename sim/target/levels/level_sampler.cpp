#include "sim/target/levels/level_sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace symbreak::target {

using Eigen::Index;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::span<const double> span(const VectorXd& v) {
  return {v.data(), static_cast<std::size_t>(v.size())};
}

/// log(N - 1) when one level is planted.
double log_others(const LevelEnsemble& ensemble, bool planted) {
  if (!planted || ensemble.log_count > 36) return ensemble.log_count;
  return std::log(std::round(std::exp(ensemble.log_count)) - 1);
}

}  // namespace

PlantedLevels::PlantedLevels(const LevelEnsemble& ensemble, const VectorXd& b)
    : gaussian_(ensemble.family == theory::LevelFamily::gaussian),
      atoms_(ensemble.law->atoms()),
      b_(b) {
  if (gaussian_) return;
  for (const double value : b) laws_.push_back(ensemble.law->planted(value));
}

void PlantedLevels::draw(double normal, VectorXd& levels) const {
  levels.resize(b_.size());
  if (gaussian_) {
    levels = b_.array() + normal;
    return;
  }
  const double u = std::erfc(-normal / std::sqrt(2.0)) / 2;
  for (Index i = 0; i < b_.size(); ++i) {
    const auto& law = laws_[static_cast<std::size_t>(i)];
    const auto above = std::lower_bound(law.probability.begin(), law.probability.end(), u);
    const auto k = static_cast<std::size_t>(std::min(
        above - law.probability.begin(), static_cast<std::ptrdiff_t>(law.probability.size()) - 1));
    levels[i] = law.level[k];
    if (atoms_ || k == 0) continue;
    const double width = law.probability[k] - law.probability[k - 1];
    const double share = width > 0 ? (u - law.probability[k - 1]) / width : 1;
    levels[i] = law.level[k - 1] + share * (law.level[k] - law.level[k - 1]);
  }
}

void averages(const VectorXd& b, const kernel::BoltzmannSums& sums, const VectorXd& planted,
              double ties, LevelAverages& result) {
  const Index n = b.size();
  const bool has_planted = planted.size() > 0;
  for (VectorXd* v : {&result.log_partition, &result.level, &result.entropy, &result.second,
                      &result.third, &result.fourth, &result.largest}) {
    v->resize(n);
  }
  result.planted.resize(planted.size());
  result.success.resize(planted.size());
  for (Index i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    double first = sums.first[k], energy = sums.energy[k], second = sums.second[k];
    double third = sums.third[k], fourth = sums.fourth[k], log_scale = sums.log_scale[k];
    double top = std::exp(-log_scale), own = 0;  // weights of the highest drawn and planted levels
    if (has_planted) {
      const bool alone = first == 0;
      const double gap = planted[i] - sums.reference, log_own = b[i] * gap - log_scale;
      result.success[i] = gap > 0 || alone ? 1 : (gap == 0 ? 1 / (1 + ties) : 0);
      if (log_own > 0 || alone) {
        // The planted weight becomes the unit.
        const double factor = alone ? 0 : std::exp(-log_own), square = factor * factor;
        top *= factor;
        first *= factor;
        energy *= factor;
        second *= square;
        third *= square * factor;
        fourth *= square * square;
        log_scale = b[i] * gap;
        own = 1;
      } else {
        own = std::exp(log_own);
      }
      const double square = own * own;
      energy += own * gap;
      first += own;
      second += square;
      third += square * own;
      fourth += square * square;
      result.planted[i] = own / first;
    }
    const double inverse = 1 / first, log_first = log_scale + std::log(first);
    const double mean = energy * inverse;
    result.log_partition[i] = b[i] * sums.reference + log_first;
    result.level[i] = sums.reference + mean;
    result.entropy[i] = std::max(0.0, log_first - b[i] * mean);
    result.second[i] = std::min(1.0, second * inverse * inverse);
    result.third[i] = std::min(1.0, third * inverse * inverse * inverse);
    result.fourth[i] = std::min(1.0, fourth * (inverse * inverse) * (inverse * inverse));
    result.largest[i] = std::min(1.0, std::max(top, own) * inverse);
  }
}

TopLevels::TopLevels(const LevelEnsemble& ensemble, const VectorXd& b, bool planted, double kept)
    : law_(ensemble.law),
      b_(b),
      kept_(kept),
      count_(std::exp(log_others(ensemble, planted))),
      origin_(ensemble.law->quantile(log_others(ensemble, planted))),
      order_(log_others(ensemble, planted), kept),
      sums_(span(b)) {
  const double log_count = log_others(ensemble, planted);
  const double threshold = order_.threshold();
  // s = log N - log Gamma_k: 53-bit uniforms do not reach beyond log N + 37.
  if (!law_->atoms()) {
    quantile_ = kernel::SmoothTable(threshold, log_count + 38, 512,
                                    [&](double s) { return law_->quantile(s) - origin_; });
  }
  bulk_.emplace(*law_, log_count, threshold, origin_, b);
  if (planted) planted_.emplace(ensemble, b);
  uniforms_.resize(order_.uniforms_needed());
  normals_.resize(bulk_->normals_needed() + 1);
}

void TopLevels::find_levels(random::Stream& stream) {
  s_.clear();
  double sum = 0;
  do {
    stream.uniforms(uniforms_);
  } while (!order_.draw(uniforms_, sum, s_));
  levels_.resize(s_.size());
  if (!law_->atoms()) {
    quantile_.evaluate(s_, levels_);  // relative to the origin
    return;
  }
  for (std::size_t i = 0; i < s_.size(); ++i) levels_[i] = law_->quantile(s_[i]) - origin_;
}

void TopLevels::draw(random::Stream& stream, LevelAverages& result) {
  find_levels(stream);
  stream.normals(std::span<double>(normals_.data(), static_cast<std::size_t>(normals_.size())));
  sums_.reset();
  sums_.add(levels_);
  kernel::BoltzmannSums sums = sums_.sums();
  // No level above the threshold (probability e^-K): all is bulk, seen from the origin.
  sums.reference = origin_ + (levels_.empty() ? 0 : sums.reference);
  const double excess =
      count_ < 1e15 ? (kept_ - static_cast<double>(levels_.size())) / (count_ - kept_) : 0;
  bulk_->add(normals_.head(bulk_->normals_needed()), excess, sums);
  double ties = 0;
  if (planted_) {
    planted_->draw(normals_[bulk_->normals_needed()], planted_levels_);
    while (ties < static_cast<double>(levels_.size()) &&
           levels_[static_cast<std::size_t>(ties)] == levels_[0]) {
      ++ties;
    }
  }
  averages(b_, sums, planted_levels_, ties, result);
}

double LevelEnumeration::bins(const LevelEnsemble& ensemble, const VectorXd& b) {
  if (b.size() == 0 || !(b.maxCoeff() > 0)) return 0;
  const double range = 2 * ensemble.law->quantile(ensemble.log_count + 3);
  const double bins = kernel::LevelMoments::bins(b.maxCoeff(), range);
  // A bin costs as much at each temperature as some thirty levels at none.
  return 32 * bins < std::exp(ensemble.log_count) ? bins : 0;
}

LevelEnumeration::LevelEnumeration(const LevelEnsemble& ensemble, const VectorXd& b, bool planted)
    : b_(b),
      count_(static_cast<std::uint64_t>(std::llround(std::exp(ensemble.log_count))) -
             (planted ? 1 : 0)),
      source_(ensemble),
      sums_(span(b)),
      highest_(-infinity) {
  if (planted) planted_.emplace(ensemble, b);
  if (bins(ensemble, b) > 0) moments_.emplace(b.maxCoeff());
}

bool LevelEnumeration::advance(random::Stream& stream, std::uint64_t most, LevelAverages& result) {
  std::array<double, 1024> block;
  for (std::uint64_t left = std::min(most, count_ - done_); left > 0;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, block.size()));
    const std::span<double> levels(block.data(), size);
    source_.draw(stream, levels);
    if (moments_) {
      moments_->add(levels);
    } else {
      sums_.add(levels);
    }
    if (planted_) {
      const double top = *std::max_element(levels.begin(), levels.end());
      if (top > highest_) highest_ = top, ties_ = 0;
      if (top == highest_) {
        ties_ += static_cast<double>(std::count(levels.begin(), levels.end(), top));
      }
    }
    left -= size;
    done_ += size;
  }
  if (done_ < count_) return false;

  VectorXd planted_levels;
  if (planted_) planted_->draw(stream.normal(), planted_levels);
  const kernel::BoltzmannSums sums = moments_ ? moments_->sums(span(b_)) : sums_.sums();
  averages(b_, sums, planted_levels, ties_, result);
  if (moments_) moments_->reset();
  sums_.reset();
  done_ = 0;
  highest_ = -infinity;
  ties_ = 0;
  return true;
}

std::vector<double> LevelEnumeration::save() const {
  std::vector<double> state = moments_ ? moments_->save() : sums_.save();
  state.insert(state.end(), {static_cast<double>(done_), highest_, ties_});
  return state;
}

void LevelEnumeration::load(std::span<const double> state) {
  const std::size_t size = state.size() - 3;
  if (moments_) {
    moments_->load(state.first(size));
  } else {
    sums_.load(state.first(size));
  }
  done_ = static_cast<std::uint64_t>(state[size]);
  highest_ = state[size + 1];
  ties_ = state[size + 2];
}

}  // namespace symbreak::target
