#include <analysis/statistics/accumulator.hpp>
#include <bit>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using symbreak::statistics::Accumulator;
using symbreak::statistics::Series;

namespace {

bool same_bits(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (std::bit_cast<std::uint64_t>(a.data()[i]) != std::bit_cast<std::uint64_t>(b.data()[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("accumulator: mean and variance of 1..n, closed form") {
  Accumulator accumulator(1, 8);
  for (int i = 1; i <= 101; ++i) accumulator.add(i);
  const Series series = accumulator.finish();
  CHECK(series.count == 101);
  CHECK(series.mean[0] == 51);
  CHECK(series.variance[0] == Approx(101 * 102 / 12.0).epsilon(1e-14));  // n(n+1)/12
  REQUIRE(series.bin_size == 16);  // 101/8 -> 16: six full bins and five samples in the open one
  REQUIRE(series.bins.cols() == 6);
  for (int i = 0; i < 6; ++i) CHECK(series.bins(0, i) == 16 * i + 8.5);
}

TEST_CASE("accumulator: a large offset costs no digits") {
  boost::random::mt19937 engine(1);
  boost::random::normal_distribution<double> normal;
  Accumulator plain(1, 64), offset(1, 64);
  for (int i = 0; i < 10000; ++i) {
    const double a = std::round(normal(engine) * 1024) / 1024;  // exact after adding 2^30
    plain.add(a);
    offset.add(a + 0x1p30);
  }
  CHECK(offset.finish().mean[0] - 0x1p30 == Approx(plain.finish().mean[0]).margin(3e-7));
  CHECK(offset.finish().variance[0] == Approx(plain.finish().variance[0]).epsilon(1e-12));
}

TEST_CASE("accumulator: the bin size doubles when the bins are full, never before") {
  Accumulator accumulator(1, 4);
  const int sizes[] = {1, 1, 1, 1, 2, 2, 2, 2, 4};
  for (int i = 0; i < 9; ++i) {
    accumulator.add(i);
    CHECK(static_cast<int>(accumulator.finish().bin_size) == sizes[i]);
    CHECK(accumulator.finish().bins.cols() == (i + 1) / sizes[i]);
  }
}

TEST_CASE("accumulator: interrupted and resumed anywhere gives the same bits") {
  const auto sample = [](int i, int e) { return std::sin(0.1 + i * (e + 1)) / 3; };
  const auto feed = [&](Accumulator& accumulator, int from, int to) {
    for (int i = from; i < to; ++i) {
      const double a[3] = {sample(i, 0), sample(i, 1),
                           i == 40 ? std::numeric_limits<double>::quiet_NaN() : sample(i, 2)};
      accumulator.add(a);
    }
  };
  Accumulator straight(3, 16);
  feed(straight, 0, 333);
  for (const int cut : {0, 1, 16, 17, 100, 256, 332}) {
    Accumulator first(3, 16);
    feed(first, 0, cut);
    Accumulator resumed = Accumulator::load(first.save());
    feed(resumed, cut, 333);
    const Series a = straight.finish(), b = resumed.finish();
    CHECK((a.count == b.count && a.bin_size == b.bin_size));
    CHECK(same_bits(a.mean, b.mean));
    CHECK(same_bits(a.variance, b.variance));
    CHECK(same_bits(a.bins, b.bins));
    CHECK(std::isnan(b.mean[2]));
    CHECK(std::isfinite(b.variance[1]));
  }
}

TEST_CASE("accumulator: constants are exact, one sample has no variance") {
  Accumulator accumulator(1, 8);
  accumulator.add(0.1);
  CHECK(std::isnan(accumulator.finish().variance[0]));
  for (int i = 0; i < 1000; ++i) accumulator.add(0.1);
  const Series series = accumulator.finish();
  CHECK(series.mean[0] == 0.1);
  CHECK(series.variance[0] == 0);
  CHECK((series.bins.array() == 0.1).all());
  CHECK(std::isnan(Accumulator(1).finish().mean[0]));
}

TEST_CASE("accumulator: wrong use is refused") {
  CHECK_THROWS_AS(Accumulator(0), std::invalid_argument);
  CHECK_THROWS_AS(Accumulator(1, 7), std::invalid_argument);
  CHECK_THROWS_AS(Accumulator(2).add(1.0), std::invalid_argument);
  const std::vector<double> state = Accumulator(2).save();
  CHECK_THROWS_AS(Accumulator::load(std::span(state).first(7)), std::invalid_argument);
  CHECK_THROWS_AS(Accumulator::load({}), std::invalid_argument);
}

TEST_CASE("A saved accumulator goes on with room for more bins, unless bins were merged") {
  const auto fed = [](Accumulator accumulator, int from, int to) {
    for (int i = from; i < to; ++i) accumulator.add(std::sin(i));
    return accumulator;
  };
  const Accumulator full = fed(Accumulator(1, 8), 0, 8);  // one sample in each bin
  const Series longer = fed(Accumulator::load(full.save(), 16), 8, 40).finish(),
               straight = fed(Accumulator(1, 16), 0, 40).finish();
  CHECK(longer.count == straight.count);
  CHECK(longer.bin_size == straight.bin_size);
  CHECK(longer.mean == straight.mean);
  CHECK(longer.variance == straight.variance);
  CHECK(longer.bins == straight.bins);
  const Accumulator merged = fed(Accumulator(1, 8), 0, 9);
  CHECK_NOTHROW(Accumulator::load(merged.save(), 8));
  CHECK_THROWS_WITH(Accumulator::load(merged.save(), 16),
                    Catch::Contains("8 bins cannot become 16"));
  CHECK_THROWS_AS(Accumulator::load(full.save(), 4), std::invalid_argument);
}
