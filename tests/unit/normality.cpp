// Deviations that are standard normal, and some that are not. May depend on: analysis/statistics.
#include "analysis/statistics/normality.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/random/stream.hpp"

using namespace symbreak;
using statistics::Normality;

namespace {

std::vector<double> normals(std::uint64_t seed, std::size_t count, double shift = 0,
                            double width = 1) {
  random::Stream stream({.seed = seed, .purpose = random::Purpose::test});
  std::vector<double> z(count);
  for (double& value : z) value = shift + width * stream.normal();
  return z;
}

}  // namespace

TEST_CASE("the tail of A^2 has the published percentage points", "[statistics]") {
  // Stephens 1974, table 1, case 0: upper 15, 10, 5, 2.5, 1 %, to 3 % of p (Monte Carlo).
  for (const auto& [a, p] :
       {std::pair{1.610, .15}, {1.933, .10}, {2.492, .05}, {3.070, .025}, {3.857, .01}}) {
    CHECK(statistics::anderson_darling_tail(a) == Approx(p).epsilon(.03));
  }
}

TEST_CASE("normal deviations pass: p of every test is uniform", "[statistics]") {
  // 400 samples of 200: P(p < .05) within 5 standard errors (.0545), false alarm below 1e-5.
  int mean = 0, variance = 0, law = 0, tails = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Normality found = statistics::normality(normals(seed, 200));
    mean += found.mean_p < .05, variance += found.variance_p < .05, law += found.anderson_p < .05;
    tails += !found.two.fits() + !found.three.fits();
  }
  for (const int count : {mean, variance, law}) CHECK(std::abs(count / 400. - .05) < .0545);
  CHECK(tails <= 6);  // two bands of .999 and 400 samples: .8 expected
}

TEST_CASE("a bias, an error bar too small and one too large are seen", "[statistics]") {
  CHECK(statistics::normality(normals(1, 1000, .2)).mean_p < 1e-6);
  const Normality narrow = statistics::normality(normals(2, 1000, 0, .85));
  CHECK(narrow.variance_p < 1e-6);
  CHECK(narrow.anderson_p < 1e-2);
  const Normality wide = statistics::normality(normals(3, 1000, 0, 1.3));
  CHECK(wide.variance_p < 1e-6);
  CHECK_FALSE(wide.two.fits());
}

TEST_CASE("the mean of a few values is judged by Student's t", "[statistics]") {
  // t = 1/sqrt(1/3) at 2 degrees of freedom: p = 1 - t/sqrt(2 + t^2).
  const double t = std::sqrt(3.);
  CHECK(statistics::mean_tail({0, 1, 2}, 0) == Approx(1 - t / std::sqrt(2 + t * t)));
  CHECK(statistics::mean_tail({1}, 0) == 1);
  CHECK(statistics::mean_tail({2, 2}, 2) == 1);
}
