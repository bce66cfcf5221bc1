// Kernels of random-energy models against direct sums in extended precision.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/kernel/levels/guided_search.hpp"
#include "sim/kernel/levels/level_moments.hpp"
#include "sim/kernel/levels/level_sums.hpp"
#include "sim/kernel/levels/order_statistics.hpp"
#include "sim/kernel/levels/smooth_table.hpp"
#include "sim/kernel/simd/logarithm_inline.hpp"
#include "sim/random/stream.hpp"

using namespace symbreak;

namespace {

std::vector<double> levels(std::size_t count) {
  std::vector<double> e(count);
  random::Stream({.seed = 3, .purpose = random::Purpose::test}).normals(e);
  return e;
}

/// log sum_j exp(b e_j) and <e>.
std::pair<double, double> direct(const std::vector<double>& e, long double b) {
  const long double top = b * *std::max_element(e.begin(), e.end());
  long double sum = 0, first = 0;
  for (const double x : e) {
    const long double w = std::exp(b * x - top);
    sum += w;
    first += w * x;
  }
  return {static_cast<double>(top + std::log(sum)), static_cast<double>(first / sum)};
}

}  // namespace

TEST_CASE("log agrees with the C library to an ulp") {
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    CHECK(kernel::inline_elementary::log(x) == Approx(std::log(x)).epsilon(3e-16));
  }
  CHECK(kernel::inline_elementary::log(1) == 0);
}

TEST_CASE("Boltzmann sums of many levels are those of a direct sum") {
  // 5000 levels: five blocks, so that the reference moves; the first block is the lowest.
  auto e = levels(5000);
  std::sort(e.begin(), e.begin() + 2000);
  const std::vector<double> b = {0, 0.1, 1, 3.7, 20, 400};
  kernel::LevelSums sums(b);
  sums.add(std::span(e).first(1500));
  sums.add(std::span(e).subspan(1500));
  const auto& s = sums.sums();
  for (std::size_t i = 0; i < b.size(); ++i) {
    const auto [log_sum, mean] = direct(e, b[i]);
    CHECK(b[i] * s.reference + std::log(s.first[i]) == Approx(log_sum).epsilon(1e-13));
    CHECK(s.reference + s.energy[i] / s.first[i] == Approx(mean).epsilon(1e-12).margin(1e-14));
    CHECK(2 * b[i] * s.reference + std::log(s.second[i]) ==
          Approx(direct(e, 2 * b[i]).first).epsilon(1e-13));
    CHECK(3 * b[i] * s.reference + std::log(s.third[i]) ==
          Approx(direct(e, 3 * b[i]).first).epsilon(1e-13));
    CHECK(4 * b[i] * s.reference + std::log(s.fourth[i]) ==
          Approx(direct(e, 4 * b[i]).first).epsilon(1e-13));
  }
}

TEST_CASE("Moments of binned levels give the sums of a direct sum at any temperature") {
  // Sorted, so that bins are added at both ends; a shift, so that they are far from 0.
  auto e = levels(20000);
  std::sort(e.begin() + 3000, e.end());
  const double shift = GENERATE(0.0, 40.0), steepest = GENERATE(0.3, 7.0, 150.0);
  for (double& level : e) level += shift;
  kernel::LevelMoments moments(steepest);
  moments.add(std::span(e).first(4500));
  moments.add(std::span(e).subspan(4500));
  const std::vector<double> b = {0, steepest / 3, steepest};
  const auto s = moments.sums(b);
  CHECK(s.reference == *std::max_element(e.begin(), e.end()));
  const std::array<const std::vector<double>*, 4> powers = {&s.first, &s.second, &s.third,
                                                            &s.fourth};
  for (std::size_t i = 0; i < b.size(); ++i) {
    for (std::size_t k = 0; k < 4; ++k) {
      long double sum = 0;
      for (const double x : e) {
        sum += std::exp(static_cast<long double>(k + 1) * b[i] * (x - s.reference));
      }
      // Levels far from 0 are rounded; the highest power has the largest error of its own, 3e-12.
      const double rounding = 1e-13 + static_cast<double>(k + 1) * b[i] * shift * 0x1p-53;
      CHECK((*powers[k])[i] ==
            Approx(static_cast<double>(sum)).epsilon(k == 0 ? rounding : rounding + 4e-12));
    }
    CHECK(s.energy[i] / s.first[i] ==
          Approx(direct(e, b[i]).second - s.reference).epsilon(1e-12).margin(1e-13));
  }
}

TEST_CASE("Saved moments go on with the same bits") {
  const auto e = levels(2500);
  kernel::LevelMoments whole(2), first(2), second(2);
  whole.add(std::span(e).first(1024));
  whole.add(std::span(e).subspan(1024));
  first.add(std::span(e).first(1024));
  second.load(first.save());
  second.add(std::span(e).subspan(1024));
  CHECK(second.save() == whole.save());
  CHECK_THROWS(second.load(std::vector<double>(7)));
  CHECK_THROWS(kernel::LevelMoments(0));
}

TEST_CASE("A smooth table interpolates to rounding") {
  const kernel::SmoothTable table(2, 60, 512, [](double s) { return std::sqrt(2 * s); });
  std::vector<double> x, y(1001);
  for (int i = 0; i <= 1000; ++i) x.push_back(2 + 0.058 * i);
  table.evaluate(x, y);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    worst = std::max(worst, std::abs(y[i] / std::sqrt(2 * x[i]) - 1));
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("Order statistics follow Renyi's formula and stop at the threshold") {
  const std::vector<double> u = {0.9, 0.4, 0.7, 0.2, 0.1, 0.5};
  SECTION("ten levels") {
    const kernel::OrderStatistics order(std::log(10.0), 4);
    double sum = 0;
    std::vector<double> s;
    CHECK(order.draw(u, sum, s));
    double spacings = 0;
    for (std::size_t k = 0; k < s.size(); ++k) {
      spacings -= std::log(u[k]) / (10 - static_cast<double>(k));
      CHECK(s[k] == Approx(-std::log(-std::expm1(-spacings))).epsilon(1e-12));
      CHECK(std::exp(-s[k]) < 0.4);
    }
    // The next one lies beyond the threshold u_0 = 0.4.
    spacings -= std::log(u[s.size()]) / (10 - static_cast<double>(s.size()));
    CHECK(-std::expm1(-spacings) > 0.4);
  }
  SECTION("a draw goes on where the uniforms ran out") {
    const kernel::OrderStatistics order(1000, 4);
    double whole_sum = 0, sum = 0;
    std::vector<double> whole, parts;
    REQUIRE(order.draw(u, whole_sum, whole));
    CHECK_FALSE(order.draw(std::span(u).first(2), sum, parts));
    CHECK(order.draw(std::span(u).subspan(2), sum, parts));
    CHECK(parts == whole);
    CHECK(parts[0] == Approx(1000 - std::log(-std::log(0.9))).epsilon(1e-14));
  }
}

TEST_CASE("Tables beside each other are the tables alone", "[unit][rem]") {
  std::vector<kernel::SmoothTable> alone;
  for (int k = 1; k <= 7; ++k) {
    alone.emplace_back(-1, 3, 40, [k](double x) { return std::exp(-k * x) * std::sin(k + x); });
  }
  const kernel::SmoothTables together(alone);
  std::vector<double> x;
  for (int i = 0; i < 23; ++i) x.push_back(-1.3 + 0.2 * i);  // beyond both ends, too
  std::vector<double> one(x.size()), all(x.size() * alone.size());
  together.evaluate(x, all);
  for (std::size_t k = 0; k < alone.size(); ++k) {
    alone[k].evaluate(x, one);
    CHECK(std::equal(one.begin(), one.end(),
                     all.begin() + static_cast<std::ptrdiff_t>(k * x.size())));
  }
}

TEST_CASE("A guided search finds what a search by halves does", "[unit][rem]") {
  // Cells of very different chances, some of none.
  std::vector<double> cumulative{0};
  for (int i = 0; i < 200; ++i) {
    cumulative.push_back(cumulative.back() + (i % 7 == 3 ? 0 : std::exp(-0.1 * i)));
  }
  const double all = cumulative.back();
  for (double& each : cumulative) each /= all;
  const kernel::GuidedSearch search(cumulative);
  const auto check = [&](double u) {
    const auto found = std::lower_bound(cumulative.begin() + 1, cumulative.end() - 1, u);
    CHECK(search.cell(u) == static_cast<std::size_t>(found - cumulative.begin()));
  };
  for (int i = 0; i <= 1000; ++i) check(i / 1000.0);
  for (const double each : cumulative) {
    check(each);
    check(std::nextafter(each, 0));
    check(std::min(1.0, std::nextafter(each, 2)));
  }
}
