// Random-energy samplers against brute force and against exact quadrature. Fixed seeds; tolerances
// in standard errors are stated at each check.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/levels/condensation.hpp"
#include "analysis/theory/levels/random_energy.hpp"
#include "sim/target/levels/level_sampler.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::VectorXd;

namespace {

using theory::LevelFamily;

target::LevelEnsemble ensemble(double bits, LevelFamily family = LevelFamily::gaussian,
                               double dimension = 0) {
  return {family, theory::level_law(family, dimension), bits, bits * std::log(2.0), dimension};
}

/// Samples of one quantity at one temperature.
struct Samples {
  std::vector<double> values;
  double mean() const {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
  }
  double variance() const {
    const double centre = mean();
    double sum = 0;
    for (const double v : values) sum += (v - centre) * (v - centre);
    return sum / static_cast<double>(values.size() - 1);
  }
  double error() const { return std::sqrt(variance() / static_cast<double>(values.size())); }
};

/// Deviation of a mean from an exact value, in standard errors.
double deviation(const Samples& samples, double exact) {
  const double z = (samples.mean() - exact) / samples.error();
  UNSCOPED_INFO(fmt::format("measured {} +- {}, exact {}: {:.2f} standard errors", samples.mean(),
                            samples.error(), exact, z));
  return z;
}

struct Run {
  VectorXd b;
  std::vector<Samples> participation, square, third, log_partition, entropy, weight, success;
};

enum class Method { top, enumerate };

Run run(const target::LevelEnsemble& levels, const std::vector<double>& a, int count, Method method,
        bool planted, std::uint64_t seed, double kept = 64) {
  const auto n = static_cast<Index>(a.size());
  Run result;
  result.b = Eigen::Map<const VectorXd>(a.data(), n) * levels.critical();
  for (auto* all : {&result.participation, &result.square, &result.third, &result.log_partition,
                    &result.entropy, &result.weight, &result.success}) {
    all->resize(a.size());
  }
  random::Stream stream({.seed = seed, .purpose = random::Purpose::levels});
  target::LevelAverages sample;
  std::optional<target::TopLevels> top;
  std::optional<target::LevelEnumeration> all;
  if (method == Method::top) top.emplace(levels, result.b, planted, kept);
  if (method == Method::enumerate) all.emplace(levels, result.b, planted);
  for (int s = 0; s < count; ++s) {
    if (top) top->draw(stream, sample);
    while (all && !all->advance(stream, std::uint64_t{1} << 16, sample)) {
    }
    for (Index i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      result.participation[k].values.push_back(sample.second[i]);
      result.square[k].values.push_back(sample.second[i] * sample.second[i]);
      result.third[k].values.push_back(sample.third[i]);
      result.log_partition[k].values.push_back(sample.log_partition[i]);
      result.entropy[k].values.push_back(sample.entropy[i]);
      if (!planted) continue;
      result.weight[k].values.push_back(sample.planted[i]);
      result.success[k].values.push_back(sample.success[i]);
    }
  }
  return result;
}

/// Kolmogorov-Smirnov distance of two samples over its 1 % critical value.
double kolmogorov_smirnov(std::vector<double> x, std::vector<double> y) {
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  const double n = static_cast<double>(x.size()), m = static_cast<double>(y.size());
  double distance = 0;
  for (std::size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    const double at = std::min(x[i], y[j]);
    while (i < x.size() && x[i] <= at) ++i;
    while (j < y.size() && y[j] <= at) ++j;
    distance =
        std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  return distance / (1.628 * std::sqrt((n + m) / (n * m)));
}

double two_sample(const Samples& x, const Samples& y) {
  const double z = (x.mean() - y.mean()) / std::hypot(x.error(), y.error());
  UNSCOPED_INFO(fmt::format("{} +- {} against {} +- {}: {:.2f} standard errors", x.mean(),
                            x.error(), y.mean(), y.error(), z));
  return z;
}

}  // namespace

TEST_CASE("The highest levels and the truncated bulk agree with brute force") {
  // Means within 3 standard errors, Kolmogorov-Smirnov at 1 %.
  const double bits = GENERATE(12.0, 20.0);
  const std::vector<double> a = {0.5, 0.75, 1, 1.25, 1.5, 2};
  const auto levels = ensemble(bits);
  const Run brute = run(levels, a, bits < 15 ? 10000 : 600, Method::enumerate, false, 41);
  const Run top = run(levels, a, 20000, Method::top, false, 42);
  for (std::size_t i = 0; i < a.size(); ++i) {
    INFO("M = " << bits << ", a = " << a[i]);
    CHECK(std::abs(two_sample(top.participation[i], brute.participation[i])) < 3);
    CHECK(std::abs(two_sample(top.third[i], brute.third[i])) < 3);
    CHECK(std::abs(two_sample(top.log_partition[i], brute.log_partition[i])) < 3);
    CHECK(std::abs(two_sample(top.entropy[i], brute.entropy[i])) < 3);
    CHECK(kolmogorov_smirnov(top.participation[i].values, brute.participation[i].values) < 1);
    CHECK(kolmogorov_smirnov(top.log_partition[i].values, brute.log_partition[i].values) < 1);
    // Twin: temperatures off by 3 %.
    const Run wrong = run(levels, {1.03 * a[i]}, 20000, Method::top, false, 43);
    CHECK(kolmogorov_smirnov(wrong.log_partition[0].values, brute.log_partition[i].values) > 1.5);
  }
}

TEST_CASE("Samples of the random-energy model have their tabulated means") {
  // Within 3 standard errors, which are below 1 %.
  struct Row {
    double bits, a, value;
    Method method;
  };
  for (const Row r :
       {Row{10, .5, .02078849412, Method::enumerate}, Row{10, 1, .2355261284, Method::enumerate},
        Row{10, 1.5, .4448954787, Method::enumerate}, Row{10, 2, .5736049802, Method::enumerate},
        Row{20, .8, .05899382285, Method::top}, Row{20, 1, .1634269194, Method::top},
        Row{20, 2, .5431536937, Method::top}, Row{100, 1, .07057793085, Method::top},
        Row{100, 2, .5115919746, Method::top}, Row{1000, 1, .02173634053, Method::top}}) {
    INFO("M = " << r.bits << ", a = " << r.a);
    const int count = r.bits == 1000 ? 400000 : (r.bits == 100 ? 120000 : 40000);
    const Run samples = run(ensemble(r.bits), {r.a}, count, r.method, false, 51);
    CHECK(std::abs(deviation(samples.participation[0], r.value)) < 3);
    CHECK(samples.participation[0].error() < 0.01 * r.value);
  }
  const Run critical = run(ensemble(20), {1}, 200000, Method::top, false, 52);
  const double mean = .1634269194;
  CHECK(std::abs(deviation(critical.square[0], .03453636868 + mean * mean)) < 3);
  CHECK(critical.square[0].error() < 0.01 * .03453636868);
  // Planted.
  for (const auto& [bits, a, value] : {std::array{20.0, .8, .1439232557},
                                       {20.0, 1.0, .5476420648},
                                       {20.0, 1.25, .9311972756},
                                       {100.0, .9, .1121131582},
                                       {100.0, 1.0, .5226163672}}) {
    const Run planted = run(ensemble(bits), {a}, 100000, Method::top, true, 53);
    INFO("planted, M = " << bits << ", a = " << a);
    CHECK(std::abs(deviation(planted.participation[0], value)) < 3);
    CHECK(std::abs(deviation(planted.weight[0], value)) < 3);
    CHECK(planted.weight[0].error() < 0.01 * value);
    CHECK(std::abs(
              deviation(planted.success[0],
                        theory::RandomEnergy(ensemble(bits).law, bits * std::log(2.0), planted.b[0])
                            .planted_success())) < 3);
    // Twin: the unplanted law is another one.
    CHECK(std::abs(deviation(
              run(ensemble(bits), {a}, 60000, Method::top, false, 53).participation[0], value)) >
          20);
  }
}

TEST_CASE("The sampler agrees with quadrature at any number of levels, for every law") {
  // Within 3 standard errors at every row (some 60 of them at this fixed seed).
  struct Case {
    double bits;
    LevelFamily family;
    double dimension;
    bool planted;
  };
  for (const Case c :
       {Case{100, LevelFamily::gaussian, 0, false}, Case{1000, LevelFamily::gaussian, 0, false},
        Case{1e4, LevelFamily::gaussian, 0, false}, Case{1e6, LevelFamily::gaussian, 0, false},
        Case{1000, LevelFamily::gaussian, 0, true}, Case{30, LevelFamily::exponential, 0, false},
        Case{30, LevelFamily::sphere, 64, false}, Case{14, LevelFamily::sphere, 16, true},
        Case{30, LevelFamily::binary, 64, false}, Case{14, LevelFamily::binary, 64, true}}) {
    const std::vector<double> a = {0.95, 1, 1.25, 2, 5};
    const auto levels = ensemble(c.bits, c.family, c.dimension);
    const Run samples = run(levels, a, 40000, Method::top, c.planted, 61);
    for (std::size_t i = 0; i < a.size(); ++i) {
      INFO(levels.describe() << (c.planted ? ", planted" : "") << ", a = " << a[i]);
      const theory::RandomEnergy exact(levels.law, levels.log_count,
                                       samples.b[static_cast<Index>(i)]);
      const double mean = c.planted ? exact.planted_weight() : exact.participation();
      if (!c.planted && c.bits <= 1e4) {  // S = (1 - b d/db) log Z
        const double b = samples.b[static_cast<Index>(i)], step = 1e-4 * b;
        const auto log_z = [&](double at) {
          return theory::RandomEnergy(levels.law, levels.log_count, at).log_partition();
        };
        const double entropy = log_z(b) - b * (log_z(b + step) - log_z(b - step)) / (2 * step);
        CHECK(std::abs(samples.entropy[i].mean() - entropy) <
              3 * samples.entropy[i].error() + 0.02 + 1e-5 * entropy);
      }
      // Means that a few rare samples carry have no error bar.
      if (40000 * std::min(mean, 1 - mean) < 200) continue;
      CHECK(std::abs(deviation(samples.participation[i], mean)) < 3);
      if (c.planted) continue;
      CHECK(std::abs(deviation(samples.square[i], exact.participation_square())) < 3);
      CHECK(std::abs(deviation(samples.log_partition[i], exact.log_partition())) < 3);
      // The spread of the sample variance of a nearly Gaussian-tailed quantity is below 2 %.
      CHECK(samples.log_partition[i].variance() ==
            Approx(exact.log_partition_variance()).epsilon(0.2));
    }
  }
}

TEST_CASE("log Z and a Gumbel variable together follow the Laplace function") {
  // Kolmogorov-Smirnov at 1 % against ell(-x)^N.
  const auto levels = ensemble(100);
  const double a = GENERATE(0.9, 1.5);
  Run samples = run(levels, {a}, 4000, Method::top, false, 71);
  random::Stream noise({.seed = 72, .purpose = random::Purpose::test});
  const theory::RandomEnergy exact(levels.law, levels.log_count, samples.b[0]);
  std::vector<double> x;
  for (const double value : samples.log_partition[0].values) {
    x.push_back(value - std::log(-std::log(noise.uniform())));
  }
  std::sort(x.begin(), x.end());
  double distance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double F = exact.log_partition_distribution(x[i]), n = static_cast<double>(x.size());
    distance = std::max({distance, std::abs(F - static_cast<double>(i) / n),
                         std::abs(F - static_cast<double>(i + 1) / n)});
  }
  CHECK(distance * std::sqrt(4000.0) < 1.628);
}

TEST_CASE("Without its bulk the sampler is wrong") {
  // K = 8 with the bulk is right; the bulk carries most of Z at a = 0.8.
  const auto levels = ensemble(40);
  const Run few = run(levels, {0.9, 1.25}, 40000, Method::top, false, 81, 16);
  const Run many = run(levels, {0.9, 1.25}, 40000, Method::top, false, 82, 256);
  for (const std::size_t i : {0u, 1u}) {
    CHECK(std::abs(two_sample(few.participation[i], many.participation[i])) < 3);
    CHECK(kolmogorov_smirnov(few.log_partition[i].values, many.log_partition[i].values) < 1);
  }
  kernel::OrderStatistics order(levels.log_count, 64);
  random::Stream stream({.seed = 83, .purpose = random::Purpose::levels});
  kernel::LevelSums sums(std::vector<double>{0.9 * levels.critical()});
  Samples bare;
  for (int s = 0; s < 2000; ++s) {
    std::vector<double> uniforms(order.uniforms_needed()), kept;
    double sum = 0;
    do {
      stream.uniforms(uniforms);
    } while (!order.draw(uniforms, sum, kept));
    for (double& e : kept) e = levels.law->quantile(e);
    sums.reset();
    sums.add(kept);
    bare.values.push_back(sums.sums().second[0] / std::pow(sums.sums().first[0], 2));
  }
  CHECK(std::abs(two_sample(bare, many.participation[0])) > 10);
}

TEST_CASE("Error bars of the random-energy model cover 68 percent") {
  // 400 experiments of 24 units at M = 10, a = 1.25: Student's t with 23 degrees of freedom covers
  // 67.2 %; binomial band of 3 standard deviations, 7 %.
  const auto levels = ensemble(10);
  const VectorXd b = VectorXd::Constant(1, 1.25 * levels.critical());
  target::TopLevels sampler(levels, b, false, 64);
  random::Stream stream({.seed = 91, .purpose = random::Purpose::levels});
  target::LevelAverages sample;
  const double exact = theory::RandomEnergy(levels.law, levels.log_count, b[0]).participation();
  int covered = 0;
  for (int experiment = 0; experiment < 400; ++experiment) {
    Samples units;
    for (int unit = 0; unit < 24; ++unit) {
      double sum = 0;
      for (int s = 0; s < 50; ++s) {
        sampler.draw(stream, sample);
        sum += sample.second[0];
      }
      units.values.push_back(sum / 50);
    }
    covered += std::abs(units.mean() - exact) < units.error();
  }
  CHECK(covered / 400.0 == Approx(0.672).margin(0.07));
}
