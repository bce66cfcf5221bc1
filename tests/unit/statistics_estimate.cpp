#include <analysis/statistics/estimate.hpp>
#include <analysis/statistics/tail.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace symbreak::statistics;

namespace {

Series series(const std::vector<double>& samples, Index max_bins = 64) {
  Accumulator accumulator(1, max_bins);
  for (const double a : samples) accumulator.add(a);
  return accumulator.finish();
}

std::vector<double> noise(int count, unsigned seed) {
  boost::random::mt19937 engine(seed);
  boost::random::normal_distribution<double> normal;
  std::vector<double> samples;
  for (int i = 0; i < count; ++i) samples.push_back(normal(engine));
  return samples;
}

}  // namespace

TEST_CASE("combine: constant data has error exactly 0 and tau 1/2") {
  for (const int units : {1, 3}) {
    const std::vector<Series> all(static_cast<std::size_t>(units),
                                  series(std::vector<double>(777, 0.1)));
    for (const Grouping grouping : {Grouping::replicas, Grouping::disorder}) {
      const Estimate e = combine(all, grouping);
      CHECK(e.mean[0] == 0.1);
      CHECK(e.tau_int[0] == 0.5);
      if (grouping == Grouping::disorder && units == 1) {
        CHECK(std::isnan(e.error[0]));
        CHECK_FALSE(e.converged);
        continue;
      }
      CHECK(e.error[0] == 0);
      CHECK(e.tau_error[0] == 0);
      CHECK(e.r_hat[0] == 1);
      CHECK(e.ess[0] == 777 * units);
      CHECK(e.errors_agree);
      CHECK(e.converged);
    }
  }
}

TEST_CASE("combine: a single sample has no error") {
  const Estimate e = combine(std::vector{series({1.5})}, Grouping::replicas);
  CHECK(e.mean[0] == 1.5);
  CHECK(std::isnan(e.error[0]));
  CHECK_FALSE(e.converged);
}

TEST_CASE("combine: one sample per unit is the textbook standard error") {
  const std::vector<Series> units{series({1}), series({2}), series({3}), series({6})};
  const Estimate e = combine(units, Grouping::replicas);
  CHECK(e.mean[0] == 3);
  CHECK(e.error[0] == Approx(std::sqrt(14.0 / 3 / 4)));
  CHECK(e.ess[0] == Approx(4));
  CHECK(e.dof[0] == 3);
  CHECK(std::isnan(e.error_binning[0]));
}

TEST_CASE("combine: independent samples are the textbook standard error of all of them") {
  const std::vector<Series> units{series({1, 2}), series({3, 6}), series({3, 9})};
  const Estimate e = combine(units, Grouping::replicas, 1, Sequence::independent);
  CHECK(e.mean[0] == 4);
  CHECK(e.error[0] == Approx(std::sqrt(44.0 / 5 / 6)));
  CHECK(e.dof[0] == 5);
  CHECK(e.tau_int[0] == 0.5);
  CHECK(e.ess[0] == 6);
  CHECK(e.converged);
  // Of disorder samples the means count.
  const Estimate d = combine(units, Grouping::disorder, 1, Sequence::independent);
  CHECK(d.error[0] == Approx(std::sqrt((6.25 + 0.25 + 4) / 2 / 3)));
  CHECK(d.dof[0] == 2);
  CHECK(d.ess[0] <= 6);
  // One sample has none; constants are exact; NaN says nothing.
  const Estimate one =
      combine(std::vector{series({1.5})}, Grouping::replicas, 1, Sequence::independent);
  CHECK(std::isnan(one.error[0]));
  CHECK(one.dof[0] == 0);
  CHECK_FALSE(one.converged);
  const Estimate constant = combine(std::vector{series({0.1, 0.1}), series({0.1, 0.1})},
                                    Grouping::replicas, 1, Sequence::independent);
  CHECK(constant.mean[0] == 0.1);
  CHECK(constant.error[0] == 0);
  CHECK(constant.errors_agree);
  CHECK_FALSE(
      combine(std::vector{series({1, std::nan("")})}, Grouping::replicas, 1, Sequence::independent)
          .converged);
  // Units that share something are not independent.
  std::vector<Series> shifted;
  for (unsigned u = 0; u < 4; ++u) {
    std::vector<double> samples = noise(64, u);
    for (double& a : samples) a += u;
    shifted.push_back(series(samples));
  }
  CHECK_FALSE(combine(shifted, Grouping::replicas, 1, Sequence::independent).errors_agree);
}

TEST_CASE("combine: NaN propagates and is flagged, other elements are untouched") {
  Accumulator accumulator(2, 16);
  for (int i = 0; i < 100; ++i) {
    const double a[2] = {std::sin(i * i), i == 50 ? std::nan("") : 1.0};
    accumulator.add(a);
  }
  const std::vector<Series> units{accumulator.finish()};
  const Estimate e = combine(units, Grouping::replicas);
  CHECK(std::isfinite(e.error[0]));
  CHECK(std::isnan(e.mean[1]));
  CHECK(std::isnan(e.error[1]));
  CHECK(std::isnan(e.tau_int[1]));
  CHECK(std::isnan(e.ess[1]));
  CHECK_FALSE(e.converged);
}

TEST_CASE("combine: unequal units are weighted by their counts") {
  const std::vector<double> long_run = noise(3000, 0), short_run = noise(500, 1);
  const std::vector<Series> units{series(long_run), series(short_run)};
  REQUIRE(units[0].bin_size != units[1].bin_size);
  const Estimate e = combine(units, Grouping::replicas);
  CHECK(e.mean[0] == Approx((3000 * units[0].mean[0] + 500 * units[1].mean[0]) / 3500));
  CHECK(e.error[0] == Approx(std::sqrt(units[0].variance[0] / 3500)).epsilon(0.3));
  CHECK(e.converged);
}

TEST_CASE("combine: disorder takes the spread alone, replicas of one disorder form a group") {
  // Tiny noise on means 1, 1, 3, 3, 5, 5, 7, 7: four disorder samples of two replicas each.
  std::vector<Series> units;
  for (int u = 0; u < 8; ++u) {
    std::vector<double> samples = noise(400, static_cast<unsigned>(u));
    for (double& a : samples) a = 1e-6 * a + 1 + 2 * (u / 2);
    units.push_back(series(samples));
  }
  const Estimate e = combine(units, Grouping::disorder, 2);
  CHECK(e.mean[0] == Approx(4));
  CHECK(e.error[0] == Approx(std::sqrt(20.0 / 3 / 4)));
  CHECK(e.ess[0] == Approx(4).epsilon(1e-6));
  CHECK(e.errors_agree);
  CHECK(combine(units, Grouping::replicas).errors_agree == false);
  CHECK(combine(units, Grouping::replicas).converged == false);
  CHECK_THROWS_AS(combine(units, Grouping::disorder, 3), std::invalid_argument);
}

TEST_CASE("combine: frozen chains that differ are caught") {
  const std::vector<Series> units{series(std::vector<double>(200, 1.0)),
                                  series(std::vector<double>(200, -1.0))};
  const Estimate e = combine(units, Grouping::replicas);
  CHECK(e.error[0] == Approx(1));
  CHECK_FALSE(e.errors_agree);
  CHECK_FALSE(e.converged);
  CHECK(e.r_hat[0] > 2);
}

TEST_CASE("combine: a solved value keeps its numerical error") {
  Series solved;
  solved.count = 1;
  solved.mean = VectorXd::Constant(1, 2.5);
  solved.variance = VectorXd::Constant(1, 1e-20);
  solved.bins.resize(1, 0);
  const Estimate e = combine(std::vector{solved}, Grouping::replicas);
  CHECK(e.mean[0] == 2.5);
  CHECK(e.error[0] == Approx(1e-10));
  CHECK(std::isinf(e.dof[0]));
  CHECK(e.converged);
}

TEST_CASE("combine: units that do not fit together are refused") {
  CHECK_THROWS_AS(combine({}, Grouping::replicas), std::invalid_argument);
  Accumulator two(2);
  two.add(std::vector<double>{1, 2});
  CHECK_THROWS_AS(combine(std::vector{series({1}), two.finish()}, Grouping::replicas),
                  std::invalid_argument);
  CHECK_THROWS_AS(combine(std::vector{Accumulator(1).finish()}, Grouping::replicas),
                  std::invalid_argument);
}

TEST_CASE("resampling: linear functions give the textbook error, squares lose their bias") {
  Eigen::MatrixXd rows(5, 1);
  rows << 1, 2, 4, 8, 16;
  const double mean = 6.2, variance = (rows.array() - mean).square().sum() / 4;
  const auto identity = [](const VectorXd& m) { return m; };
  const auto square = [](const VectorXd& m) -> VectorXd { return m.cwiseAbs2(); };
  CHECK(jackknife(rows, identity).value[0] == Approx(mean));
  CHECK(jackknife(rows, identity).error[0] == Approx(std::sqrt(variance / 5)));
  // <m>^2 overestimates by Var(m): the jackknife removes exactly variance/n for a square.
  CHECK(jackknife(rows, square).value[0] == Approx(mean * mean - variance / 5));
  const Derived b = bootstrap(rows, identity, 20000, 7);
  CHECK(b.value[0] == Approx(mean).epsilon(0.01));
  CHECK(b.error[0] == Approx(std::sqrt(variance / 5)).epsilon(0.02));
  CHECK(bootstrap(rows, square, 400, 7).value == bootstrap(rows, square, 400, 7).value);
  CHECK_THROWS_AS(jackknife(rows.topRows(0), identity), std::invalid_argument);
  const Derived single = jackknife(rows.topRows(1), square);
  CHECK(single.value[0] == 1);
  CHECK(std::isnan(single.error[0]));
  CHECK_THROWS_AS(bootstrap(rows, identity, 10, 7), std::invalid_argument);
  // Equal rows have an error of exactly zero, whatever the function rounds to.
  const Eigen::MatrixXd equal = Eigen::MatrixXd::Constant(51, 2, 0.1);
  const Derived constant =
      jackknife(equal, [](const VectorXd& m) -> VectorXd { return m.array().pow(4) / 3; });
  CHECK(constant.error == VectorXd::Zero(2));
  CHECK(constant.value[0] == std::pow(0.1, 4) / 3);
  // A cumulant of two samples: without one of them it is that of the other, 2/3 to rounding.
  Eigen::MatrixXd two(2, 2);
  two << 0.7, 0.49, 1.3, 1.69;
  const Derived binder = jackknife(two, [](const VectorXd& m) -> VectorXd {
    return VectorXd::Constant(1, 1 - m[1] / (3 * m[0] * m[0]));
  });
  CHECK(binder.error[0] == 0);
}

TEST_CASE("Degrees of freedom of an error that few samples make") {
  // Two events among n: p = 2/n, excess kurtosis (1 - 6 p (1 - p))/(p (1 - p)).
  const int n = 51;
  const double p = 2.0 / n, q = p * (1 - p), rare = 2 / (2.0 / (n - 1) + (1 - 6 * q) / q / n);
  CHECK(rare == Approx(4.5).epsilon(0.01));
  std::vector<double> values(n, 0.0);
  values[7] = 1;
  CHECK(degrees_of_freedom(values, n - 1) == 0.5);  // one is no error
  values[9] = 1;
  CHECK(degrees_of_freedom(values, n - 1) == Approx(rare));
  Accumulator samples(1, 64);
  for (const double value : values) samples.add(value);
  const std::vector<Series> units{samples.finish()};
  const auto dof = [&](Grouping grouping, const std::vector<Series>& of) {
    return combine(of, grouping, 1, Sequence::independent).dof[0];
  };
  CHECK(dof(Grouping::replicas, units) == Approx(rare));
  // As disorder samples, and as rows of a jackknife.
  std::vector<Series> each;
  for (const double value : values) {
    Accumulator one(1, 64);
    one.add(value);
    each.push_back(one.finish());
  }
  CHECK(dof(Grouping::disorder, each) == Approx(rare));
  const Eigen::MatrixXd rows = Eigen::Map<const VectorXd>(values.data(), n);
  const Derived mean = jackknife(rows, [](const VectorXd& m) { return m; });
  CHECK(mean.dof[0] == Approx(rare));
  CHECK(mean.at().dof == Approx(rare));
  // Half and half, a ramp, and equal values: as for normal ones.
  for (int i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = i % 2;
  CHECK(degrees_of_freedom(values, n - 1) == n - 1);
  for (int i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = i;
  CHECK(degrees_of_freedom(values, n - 1) == n - 1);
  CHECK(degrees_of_freedom(std::vector<double>(5, 1.0), 4) == 4);
  CHECK(degrees_of_freedom({}, 4) == 4);
}

TEST_CASE("rebin: equal blocks, the remainder is left out at the start") {
  Eigen::MatrixXd bins(1, 7);
  bins << 100, 1, 2, 3, 4, 5, 6;
  const Eigen::MatrixXd rows = rebin(bins, 3);
  REQUIRE(rows.rows() == 2);  // blocks of ceil(7/3) = 3
  CHECK(rows(0, 0) == 2);
  CHECK(rows(1, 0) == 5);
  CHECK(rebin(bins, 100) == bins.transpose());
}
