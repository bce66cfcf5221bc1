// Samplers of levels in classes against exact quadrature and each other. Fixed seeds; means of
// 20000 samples within 4 standard errors, unless a mean lives on few samples.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "analysis/theory/levels/two_levels.hpp"
#include "sim/target/levels/two_level_sampler.hpp"

using namespace symbreak;
using Eigen::ArrayXd;
using Eigen::VectorXd;

namespace {

target::LevelEnsemble in_classes(double classes, double members, double share) {
  target::LevelEnsemble ensemble;
  ensemble.law = theory::level_law(theory::LevelFamily::gaussian);
  ensemble.bits = classes + members;
  ensemble.log_count = ensemble.bits * std::log(2.0);
  ensemble.groups = target::LevelGroups{classes * std::log(2.0), members * std::log(2.0), share};
  return ensemble;
}

/// Sums of a quantity and of its square, one entry per temperature.
struct Mean {
  ArrayXd sum, squares;
  double count = 0;
  void add(const VectorXd& v) {
    if (count++ == 0) sum = squares = ArrayXd::Zero(v.size());
    sum += v.array();
    squares += v.array().square();
  }
  double deviation(Eigen::Index i, double exact) const {
    const double mean = sum[i] / count;
    const double error = std::sqrt((squares[i] / count - mean * mean) / (count - 1));
    UNSCOPED_INFO(fmt::format("measured {} +- {}, exact {}", mean, error, exact));
    return (mean - exact) / error;
  }
};

struct Means {
  Mean second, class_second, log_partition, exponent, entropy, planted, planted_class, map_gap,
      class_map_gap, weight_gap, class_weight_gap;
};

template <class Sampler>
Means sample(Sampler sampler, bool planted, int count, std::uint64_t seed) {
  random::Stream stream({.seed = seed, .purpose = random::Purpose::levels});
  target::TwoLevelAverages one;
  Means means;
  for (int i = 0; i < count; ++i) {
    sampler.draw(stream, one);
    means.second.add(one.second);
    means.class_second.add(one.class_second);
    means.log_partition.add(one.log_partition);
    means.exponent.add(one.exponent);
    means.entropy.add(one.log_partition - one.exponent);
    if (!planted) continue;
    means.planted.add(one.planted);
    means.planted_class.add(one.planted_class);
    means.map_gap.add(one.success - one.largest);
    means.class_map_gap.add(one.class_success - one.largest_class);
    means.weight_gap.add(one.planted - one.second);
    means.class_weight_gap.add(one.planted_class - one.class_second);
  }
  return means;
}

constexpr int kCount = 20000;
constexpr double kSigmas = 4;

/// All means at these a against quadrature of `share`.
void check(const Means& means, const target::LevelEnsemble& ensemble, double share,
           const VectorXd& a, bool planted) {
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    INFO(ensemble.describe() << ", share " << share << ", a = " << a[i]
                             << (planted ? ", planted" : ", unplanted"));
    const theory::TwoLevelEnergy exact(ensemble.groups->log_classes, ensemble.groups->log_members,
                                       share, a[i] * ensemble.critical());
    const auto judge = [&](const Mean& mean, double value) {
      // Means of few samples have no error bar.
      if (std::min(value, std::abs(1 - value)) * kCount < 200) return;
      CHECK(std::abs(mean.deviation(i, value)) < kSigmas);
    };
    if (planted) {
      judge(means.planted, exact.planted_weight());
      judge(means.planted_class, exact.planted_class_weight());
      judge(means.second, exact.planted_weight());
      judge(means.class_second, exact.planted_class_weight());
      const double b = a[i] * ensemble.critical();
      CHECK(std::abs(means.exponent.deviation(i, b * b)) < kSigmas);
      if (exact.planted_weight() > 0.05 && exact.planted_weight() < 0.95) {
        CHECK(std::abs(means.map_gap.deviation(i, 0)) < kSigmas);
        CHECK(std::abs(means.weight_gap.deviation(i, 0)) < kSigmas);
      }
      if (exact.planted_class_weight() > 0.05 && exact.planted_class_weight() < 0.95) {
        CHECK(std::abs(means.class_map_gap.deviation(i, 0)) < kSigmas);
        CHECK(std::abs(means.class_weight_gap.deviation(i, 0)) < kSigmas);
      }
    } else {
      judge(means.second, exact.participation());
      judge(means.class_second, exact.class_participation());
      CHECK(std::abs(means.log_partition.deviation(i, exact.log_partition())) < kSigmas);
      // Unless rare samples carry what participation takes off.
      const auto seen = [](double value) { return value < 1e-5 || value * kCount > 200; };
      if (seen(exact.participation()) && seen(exact.class_participation())) {
        CHECK(std::abs(means.exponent.deviation(i, exact.exponent())) < kSigmas);
        CHECK(std::abs(means.entropy.deviation(i, exact.entropy())) < kSigmas);
      }
    }
  }
}

}  // namespace

TEST_CASE("Leading classes and members against quadrature, from 2^10 levels to 2^200") {
  struct Case {
    double classes, members, share;
    bool planted;
  };
  for (const Case c : {Case{5, 5, .8, false}, Case{5, 5, .2, true}, Case{3, 8, .5, false},
                       Case{9, 2, .5, true}, Case{10, 10, .8, true}, Case{10, 10, .2, false},
                       Case{50, 50, .8, false}, Case{50, 50, .2, true}, Case{100, 100, .8, true}}) {
    const target::LevelEnsemble ensemble = in_classes(c.classes, c.members, c.share);
    VectorXd a(3);
    a << 0.8, 1, 1.7;
    const target::TwoLevelTop sampler(ensemble, a * ensemble.critical(), c.planted, 64);
    check(sample(sampler, c.planted, kCount, 11), ensemble, c.share, a, c.planted);
  }
}

TEST_CASE("Levels in classes by enumeration agree with quadrature and with the leading ones") {
  for (const bool planted : {false, true}) {
    const target::LevelEnsemble ensemble = in_classes(5, 5, .8);
    VectorXd a(2);
    a << 1, 1.5;
    const target::TwoLevelEnumeration all(ensemble, a * ensemble.critical(), planted);
    check(sample(all, planted, kCount, 12), ensemble, .8, a, planted);
  }
}

TEST_CASE("A share of the variance off by a tenth is seen") {
  const target::LevelEnsemble wrong = in_classes(50, 50, .72);
  const VectorXd a = VectorXd::Ones(1);
  const target::TwoLevelTop sampler(wrong, a * wrong.critical(), false, 64);
  const Means means = sample(sampler, false, kCount, 13);
  const theory::TwoLevelEnergy exact(wrong.groups->log_classes, wrong.groups->log_members, .8,
                                     wrong.critical());
  CHECK(std::abs(means.class_second.deviation(0, exact.class_participation())) > 5);
}
