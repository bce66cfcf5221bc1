// Points of one bit per coordinate against sums over the same points in double, written out.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "sim/kernel/points/bits.hpp"
#include "sim/random/stream.hpp"

namespace kernel = symbreak::kernel;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd normals(Index rows, Index cols, std::uint32_t replica) {
  MatrixXd values(rows, cols);
  symbreak::random::Stream({.seed = 5, .replica = replica})
      .normals(std::span(values.data(), static_cast<std::size_t>(values.size())));
  return values;
}

kernel::BitPoints pack(const MatrixXd& points) {
  kernel::BitPoints bits(points.rows(), points.cols());
  for (Index j = 0; j < points.cols(); ++j) bits.set(j, points.col(j));
  return bits;
}

struct Problem {
  MatrixXd points, x;
  VectorXd beta;

  /// Walkers near points; a score varies by about `strength`.
  Problem(Index d, Index count, Index walkers, double strength)
      : points((normals(d, count, 1).array() > 0).select(MatrixXd::Ones(d, count), -1.0)),
        x(normals(d, walkers, 2)),
        beta(VectorXd::LinSpaced(walkers, strength, 1.5 * strength) /
             std::sqrt(static_cast<double>(d))) {
    for (Index k = 0; k < walkers; ++k) x.col(k) += points.col(k % count);
  }
  kernel::SoftmaxAverage measure(bool with_mean = true) const {
    return kernel::softmax_average(pack(points), x, beta, with_mean);
  }
  VectorXd scores(Index k) const { return beta[k] * (points.transpose() * x.col(k)); }
};

/// The largest deviation from the direct sums; of log_sum and of the score at argmax relative to
/// the size of the scores.
double deviation(const Problem& p, const kernel::SoftmaxAverage& measured) {
  double worst = 0;
  const auto take = [&](double error) {
    worst = std::isnan(error) ? INFINITY : std::max(worst, std::abs(error));
  };
  for (Index k = 0; k < p.x.cols(); ++k) {
    const VectorXd score = p.scores(k);
    const double top = score.maxCoeff(), size = std::max(1.0, score.cwiseAbs().maxCoeff());
    const VectorXd above = score.array() - top;
    const double sum = above.array().exp().sum();
    const VectorXd weight = above.array().exp() / sum;
    take((measured.log_sum[k] - top - std::log(sum)) / size);
    take(measured.sum_squares[k] - weight.squaredNorm());
    take(measured.largest[k] - weight.maxCoeff());
    take(measured.entropy[k] - std::log(sum) + weight.dot(above));
    take((score[measured.argmax[k]] - top) / size);
    if (measured.mean.size() > 0) {
      take((measured.mean.col(k) - p.points * weight).cwiseAbs().maxCoeff());
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("Bits hold their points") {
  for (const Index d : {1, 7, 29, 30, 31, 33, 60, 63, 64, 65, 91, 130, 250}) {
    const Problem p(d, 70, 1, 1);
    const kernel::BitPoints bits = pack(p.points);
    CAPTURE(d);
    MatrixXd back(d, 70);
    bits.read(0, back);
    CHECK(back == p.points);
    MatrixXd some(d, 3);
    bits.read(30, some);
    CHECK(some == p.points.middleCols(30, 3));
    // Words of 64 signs.
    kernel::BitPoints same(d, 70);
    std::vector<std::uint64_t> words(static_cast<std::size_t>((d + 63) / 64));
    for (Index j = 0; j < 70; ++j) {
      std::fill(words.begin(), words.end(), ~std::uint64_t{0});  // beyond d they do not matter
      for (Index i = 0; i < d; ++i) {
        if (p.points(i, j) < 0) words[static_cast<std::size_t>(i / 64)] &= ~(1ull << i % 64);
      }
      same.set(j, words);
    }
    same.read(0, back);
    CHECK(back == p.points);
    // 70 points in 5 rows of 16; 30 coordinates in 4 bytes.
    CHECK(same.memory() == static_cast<std::size_t>((d + 29) / 30 * 4 * 80));
    // Setting a point again replaces it.
    same.set(69, VectorXd::Constant(d, -1.0));
    same.set(69, p.points.col(0));
    same.read(69, some.leftCols(1));
    CHECK(some.col(0) == p.points.col(0));
    CHECK(same.copies(69) >= 2);  // of words with and without bits beyond d
  }
}

TEST_CASE("Copies of a point are counted") {
  for (const Index d : {1, 5, 30, 31, 64, 100}) {
    for (const Index count : {1, 16, 17, 100, 481}) {
      Problem p(d, count, 1, 1);
      p.points.col(count / 2) = p.points.col(0);
      p.points.col(count - 1) = p.points.col(0);
      p.points.col(count / 3).setConstant(-1);  // looks like the bits of no point
      if (count > 20) {                         // differs from another in the last coordinate alone
        p.points.col(20) = p.points.col(7);
        p.points(d - 1, 20) *= -1;
      }
      const kernel::BitPoints bits = pack(p.points);
      for (Index j = 0; j < count; ++j) {
        Index found = 0;
        for (Index i = 0; i < count; ++i) found += p.points.col(i) == p.points.col(j);
        CAPTURE(d, count, j);
        REQUIRE(bits.copies(j) == found);
      }
    }
  }
}

TEST_CASE("The softmax-average of bits agrees with direct sums for all shapes") {
  for (const Index d : {1,  2,  3,  4,  5,  6,  14, 15, 16, 17,  29,  30,  31,
                        45, 46, 47, 59, 60, 61, 64, 65, 91, 119, 121, 151, 784}) {
    for (const Index count : {1, 2, 15, 17, 64, 300, 479, 481, 1000}) {
      for (const Index walkers : {1, 3, 4, 9}) {
        const Problem p(d, count, walkers, 0.7);
        CAPTURE(d, count, walkers);
        CHECK(deviation(p, p.measure()) < 2e-6);
      }
    }
  }
  // A change of the temperature in the fourth digit is seen.
  Problem p(17, 300, 4, 0.7);
  const auto measured = p.measure();
  p.beta *= 1 + 1e-4;
  CHECK(deviation(p, measured) > 1e-5);
}

TEST_CASE("The softmax-average of bits at all temperatures, with and without the mean") {
  for (const double strength : {0.0, 1e-30, 1e-6, 1e-2, 1.0, 3.0, 10.0, 100.0, 1e4, 1e6, 1e12}) {
    for (const double sign : {1.0, -1.0}) {
      Problem p(50, 1100, 6, strength);
      p.beta *= sign;
      CAPTURE(strength, sign);
      const auto full = p.measure(), weights = p.measure(false);
      CHECK(deviation(p, full) < 2e-6);
      CHECK(weights.mean.size() == 0);
      CHECK(weights.log_sum == full.log_sum);
      CHECK(weights.sum_squares == full.sum_squares);
      CHECK(weights.largest == full.largest);
      CHECK(weights.entropy == full.entropy);
      CHECK(weights.argmax == full.argmax);
    }
  }
}

TEST_CASE("The softmax-average of bits does not depend on the order of the points") {
  for (const double strength : {0.5, 3.0, 20.0}) {
    Problem p(40, 2000, 5, strength);
    const VectorXd score = p.scores(0);
    std::vector<Index> order(2000);
    std::iota(order.begin(), order.end(), 0);
    // The largest score last: the reference moves all the time. First: it never does.
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return score[a] < score[b]; });
    CAPTURE(strength);
    for (int direction = 0; direction < 2; ++direction) {
      Problem sorted = p;
      for (Index j = 0; j < 2000; ++j) {
        sorted.points.col(j) = p.points.col(order[static_cast<std::size_t>(j)]);
      }
      CHECK(deviation(sorted, sorted.measure()) < 2e-6);
      std::reverse(order.begin(), order.end());
    }
  }
}

TEST_CASE("The softmax-average of bits: walkers without a preference, ties, and no numbers") {
  Problem p(33, 700, 5, 1);
  p.x.col(1).setZero();
  p.x.col(2) = 1e3 * p.points.col(600);
  p.points.col(650) = p.points.col(600);
  p.x(7, 3) = std::numeric_limits<double>::quiet_NaN();
  p.x(8, 4) = std::numeric_limits<double>::infinity();
  const auto measured = p.measure();
  CHECK(measured.largest[1] == Approx(1.0 / 700).epsilon(1e-6));
  CHECK(measured.entropy[1] == Approx(std::log(700.0)).epsilon(1e-7));
  CHECK((measured.mean.col(1) - p.points.rowwise().mean()).cwiseAbs().maxCoeff() < 1e-7);
  CHECK(measured.largest[2] == Approx(0.5).epsilon(1e-6));
  CHECK((measured.argmax[2] == 600 || measured.argmax[2] == 650));
  CHECK((measured.mean.col(2) - p.points.col(600)).cwiseAbs().maxCoeff() < 2e-6);
  for (const Index k : {3, 4}) {
    CHECK(std::isnan(measured.log_sum[k]));
    CHECK(std::isnan(measured.largest[k]));
    CHECK(measured.mean.col(k).array().isNaN().all());
  }
  // The others are as without them.
  const auto alone = kernel::softmax_average(pack(p.points), p.x.leftCols(1), p.beta.head(1));
  CHECK(measured.log_sum[0] == Approx(alone.log_sum[0]).epsilon(1e-12));
}
