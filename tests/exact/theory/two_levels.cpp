// Quadrature of the generalised random-energy model: published values, its one-level limits (other
// quadrature code) and direct integrals over two classes of two members.
#include <catch2/catch.hpp>
#include <cmath>
#include <tuple>

#include "analysis/theory/levels/random_energy.hpp"
#include "analysis/theory/levels/two_levels.hpp"

namespace symbreak::test::two_levels {

using namespace symbreak::theory;

namespace {

const double kLog2 = std::log(2.0);
Approx near(double value, double margin) { return Approx(value).epsilon(0).margin(margin); }

TwoLevelEnergy levels(double classes, double members, double share, double a) {
  const double L = (classes + members) * kLog2;
  return {classes * kLog2, members * kLog2, share, a * std::sqrt(2 * L)};
}

RandomEnergy one_level(double bits, double b) {
  return {level_law(LevelFamily::gaussian), bits * kLog2, b};
}

}  // namespace

TEST_CASE("Quadrature reproduces the reference values of levels in classes") {
  struct Row {
    double bits, share, a, member, of_class, planted_member, planted_class;
  };
  for (const Row r : {Row{20, .8, .7, .002337491, .176424346, .005177522, .383806538},
                      Row{20, .8, .790569, .005572827, .235996291, .013935682, .565724797},
                      Row{20, .8, 1, .026081782, .359585466, .074612392, .881732878},
                      Row{20, .8, 1.581139, .183806175, .577207964, .564223982, .999944979},
                      Row{20, .8, 2, .310775015, .663734687, .879203830, .999999995},
                      Row{50, .8, 1, .001586153, .288606681, .006057348, .957646575},
                      Row{100, .8, .7, 0, .039940703, 0, .167060833},
                      Row{100, .8, .790569, 3e-9, .101152959, 1.5e-8, .531381757},
                      Row{100, .8, 1, .000023668, .256621126, .000103115, .990661435},
                      Row{100, .8, 1.581139, .088141220, .521236180, .531383986, 1},
                      Row{100, .8, 2, .243251508, .621117286, .990661254, 1},
                      Row{20, .2, 1, .161410247, .178319301, .544377413, .558142595},
                      Row{50, .2, 1, .101104382, .101447689, .531326962, .531592052},
                      Row{100, .2, 1, .070577823, .070578523, .522616262, .522616783}}) {
    INFO("M = " << r.bits << ", share = " << r.share << ", a = " << r.a);
    const TwoLevelEnergy exact = levels(r.bits / 2, r.bits / 2, r.share, r.a);
    CHECK(exact.participation(1) == near(1, 1e-12));
    CHECK(exact.participation() == near(r.member, 1.1e-9));
    CHECK(exact.class_participation() == near(r.of_class, 1.1e-9));
    CHECK(exact.planted_weight() == near(r.planted_member, 1.1e-9));
    CHECK(exact.planted_class_weight() == near(r.planted_class, 1.1e-9));
  }
  CHECK(levels(5, 5, .8, 1).participation() == near(.087123080, 1e-9));
  CHECK(levels(5, 5, .8, 1).planted_class_weight() == near(.827879659, 1e-9));
  CHECK(levels(3, 6, .5, 1.2).participation() == near(.248371081, 1e-9));
  CHECK(levels(3, 6, .5, 1.2).class_participation() == near(.593127314, 1e-9));
  // A share off by 1 % is seen in the third digit.
  CHECK(levels(10, 10, .81, 1).class_participation() != near(.359585466, 1e-3));
}

TEST_CASE("Noises at which data of two levels are told") {
  // Two stages: each where its information is the logarithm of its number.
  const LevelData apart{std::log(32.0), std::log(500.0), 1, .09, 16};
  const LevelNoises two = level_noises(apart);
  CHECK(two.two_stages);
  CHECK(8 * std::log1p(1 / (.09 + two.classes)) == near(std::log(32.0), 1e-12));
  CHECK(8 * std::log1p(.09 / two.members) == near(std::log(500.0), 1e-12));
  // Members wider than their centres are apart: both at once, though the members alone would come first.
  const LevelNoises one = level_noises({std::log(32.0), std::log(500.0), .09, 1, 16});
  CHECK_FALSE(one.two_stages);
  CHECK(one.classes == one.members);
  CHECK(8 * std::log1p(1.09 / one.members) == near(std::log(16000.0), 1e-12));
}

TEST_CASE("Classes of one member, and one class, are the random-energy model") {
  for (const double b : {0.4, 2.0, 5.0, 12.0}) {
    for (const double bits : {6.0, 60.0}) {
      INFO("b = " << b << ", bits = " << bits);
      const double share = 0.3;
      const TwoLevelEnergy single(bits * kLog2, 0, share, b), alone(0, bits * kLog2, share, b);
      const RandomEnergy all = one_level(bits, b), inside = one_level(bits, b * std::sqrt(0.7));
      for (int k = 2; k <= 4; ++k) {
        CHECK(single.participation(k) == Approx(all.participation(k)).epsilon(1e-9));
        CHECK(alone.participation(k) == Approx(inside.participation(k)).epsilon(1e-9));
      }
      CHECK(single.class_participation() == Approx(all.participation()).epsilon(1e-9));
      CHECK(alone.class_participation() == near(1, 1e-11));
      CHECK(single.participation_square() == Approx(all.participation_square()).epsilon(1e-9));
      CHECK(alone.participation_square() == Approx(inside.participation_square()).epsilon(1e-9));
      CHECK(single.planted_weight() == Approx(all.planted_weight()).epsilon(1e-9));
      CHECK(alone.planted_weight() == Approx(inside.planted_weight()).epsilon(1e-9));
      CHECK(single.log_partition() == Approx(all.log_partition()).epsilon(1e-10));
      CHECK(alone.log_partition_variance() - b * b * share ==
            near(inside.log_partition_variance(), 1e-7));
    }
  }
}

TEST_CASE("Classes of very many members follow the random-energy model of the classes") {
  // a well below a_2: members average out, and a class weighs e^{A_1 g}.
  for (const double a : {.7, std::sqrt(.5 / .8)}) {
    const TwoLevelEnergy exact = levels(100, 100, .8, a);
    const RandomEnergy classes =
        one_level(100, a * std::sqrt(.8 / .5) * std::sqrt(2 * 100 * kLog2));
    CHECK(exact.class_participation() == Approx(classes.participation()).epsilon(1e-8));
    CHECK(exact.planted_class_weight() == Approx(classes.planted_weight()).epsilon(1e-8));
  }
}

TEST_CASE("Two classes of two members by a direct sum over their Gaussians") {
  // Y and Y_C over five independent normals, by trapezoid rules on 17 points each: coarse but another
  // way. e^{-z^2/2} falls to 2e-8 at 6.
  const double A1 = 0.9, A2 = 0.7, step = 0.75;
  const TwoLevelEnergy exact(kLog2, kLog2, A1 * A1 / (A1 * A1 + A2 * A2),
                             std::sqrt(A1 * A1 + A2 * A2));
  double sums[5] = {};
  const auto weight = [&](int i) { return std::exp(-0.5 * i * i * step * step); };
  constexpr int reach = 8;
  // Only g_1 - g_2 counts between the classes: one normal of variance 2.
  for (int g = -reach; g <= reach; ++g) {
    for (int i = -reach; i <= reach; ++i) {
      for (int j = -reach; j <= reach; ++j) {
        for (int k = -reach; k <= reach; ++k) {
          for (int l = -reach; l <= reach; ++l) {
            const double w[] = {std::exp(A1 * std::sqrt(2.0) * g * step + A2 * i * step),
                                std::exp(A1 * std::sqrt(2.0) * g * step + A2 * j * step),
                                std::exp(A2 * k * step), std::exp(A2 * l * step)};
            const double Z = w[0] + w[1] + w[2] + w[3];
            const double p = weight(g) * weight(i) * weight(j) * weight(k) * weight(l);
            const double Y = (w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3]) / (Z * Z);
            const double first = (w[0] + w[1]) / Z;
            sums[0] += p;
            sums[1] += p * Y;
            sums[2] += p * (first * first + (1 - first) * (1 - first));
            sums[3] += p * Y * Y;
          }
        }
      }
    }
  }
  CHECK(exact.participation() == Approx(sums[1] / sums[0]).epsilon(1e-5));
  CHECK(exact.class_participation() == Approx(sums[2] / sums[0]).epsilon(1e-5));
  CHECK(exact.participation_square() == Approx(sums[3] / sums[0]).epsilon(1e-5));
}

TEST_CASE("The energy of levels in classes is the slope of log Z") {
  // <X> = b d/db E log Z, by differences of another integral; S = log Z - <X>.
  for (const auto& [classes, members, share, a] :
       {std::tuple{10., 10., .8, 1.}, {5., 5., .2, 1.7}, {50., 50., .8, .7}, {3., 8., .5, 1.2}}) {
    const double h = 1e-3;
    const auto log_z = [&, c = classes, m = members, r = share](double at) {
      return levels(c, m, r, at).log_partition();
    };
    const double slope = (8 * (log_z(a * (1 + h)) - log_z(a * (1 - h))) -
                          (log_z(a * (1 + 2 * h)) - log_z(a * (1 - 2 * h)))) /
                         (12 * h);
    const TwoLevelEnergy exact = levels(classes, members, share, a);
    CHECK(exact.exponent() == Approx(slope).epsilon(1e-7));
    CHECK(exact.entropy() == Approx(log_z(a) - slope).epsilon(0).margin(1e-5));
    CHECK(exact.entropy() > 0);
  }
}

TEST_CASE("Transitions of levels in classes, and their limits") {
  const TwoLevelCritical two = two_level_critical(1, 1, .8), one = two_level_critical(1, 1, .2);
  CHECK(two.classes == near(.790569415, 1e-9));
  CHECK(two.members == near(1.581138830, 1e-9));
  CHECK(two_level_class_limit(two, 1) == near(1 - .790569415, 1e-9));
  CHECK(two_level_member_limit(two, 1) == 0);
  CHECK(two_level_member_limit(two, 2) == near(1 - .790569415, 1e-9));
  CHECK(two_level_class_limit(one, 2) == 0.5);
  CHECK(two_level_member_limit(one, 0.9) == 0);
  // Large sizes approach them from above, as 1/L.
  const double at = levels(200, 200, .8, 2).participation();
  CHECK(at > 1 - .790569415);
  CHECK(at == near(1 - .790569415, .02));
}

}  // namespace symbreak::test::two_levels
