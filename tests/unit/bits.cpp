// Points of one bit per coordinate against the softmax-average of the same points in double.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/kernel/bits.hpp"
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

struct Problem {
  MatrixXd points, x;
  kernel::BitPoints bits;
  VectorXd beta;

  Problem(Index d, Index count, Index walkers, double strength)
      : points((normals(d, count, 1).array() > 0).select(MatrixXd::Ones(d, count), -1.0)),
        x(normals(d, walkers, 2)),
        bits(d, count),
        beta(VectorXd::LinSpaced(walkers, strength, 1.5 * strength)) {
    for (Index j = 0; j < count; ++j) bits.set(j, points.col(j));
    for (Index k = 0; k < walkers; ++k) x.col(k) += points.col(k % count);
  }
};

/// Largest deviation from the kernel in double; relative to the score for log_sum.
double deviation(const Problem& p, const kernel::SoftmaxAverage& measured) {
  const auto exact =
      kernel::softmax_average(p.points, VectorXd::Zero(p.points.cols()), VectorXd(), p.x, p.beta);
  double worst = 0;
  const auto take = [&](double error) {
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  };
  if (measured.mean.size() > 0) take((measured.mean - exact.mean).cwiseAbs().maxCoeff());
  take(((measured.log_sum - exact.log_sum).array() / exact.log_sum.array().abs().max(1))
           .abs()
           .maxCoeff());
  take((measured.sum_squares - exact.sum_squares).cwiseAbs().maxCoeff());
  take((measured.largest - exact.largest).cwiseAbs().maxCoeff());
  take((measured.entropy - exact.entropy).cwiseAbs().maxCoeff());
  return worst;
}

}  // namespace

TEST_CASE("Bits hold their points") {
  for (const Index d : {1, 7, 8, 9, 64, 65, 130}) {
    const Problem p(d, 70, 1, 1);
    MatrixXd back(d, 70);
    p.bits.read(0, back);
    CHECK(back == p.points);
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
    CHECK(same.memory() == static_cast<std::size_t>((d + 7) / 8 * 128));  // 70 points in two blocks
  }
}

TEST_CASE("The softmax-average of bits agrees with that of doubles for all shapes") {
  for (const Index d : {1, 3, 8, 17, 64, 100}) {
    for (const Index count : {1, 2, 63, 64, 65, 300}) {
      for (const Index walkers : {1, 3, 4, 7, 33}) {
        const Problem p(d, count, walkers, 0.3 / std::sqrt(static_cast<double>(d)));
        CAPTURE(d, count, walkers);
        CHECK(deviation(p, kernel::softmax_average(p.bits, p.x, p.beta)) < 1e-5);
      }
    }
  }
  // A factor of two in the temperature is seen.
  const Problem p(17, 300, 4, 0.1);
  CHECK(deviation(p, kernel::softmax_average(p.bits, p.x, 2 * p.beta)) > 1e-2);
}

TEST_CASE("The softmax-average of bits at all temperatures, with and without the mean") {
  for (const double strength : {1e-6, 1e-2, 1.0, 100.0, 1e4}) {
    const Problem p(50, 400, 6, strength);
    CAPTURE(strength);
    const auto full = kernel::softmax_average(p.bits, p.x, p.beta);
    const auto weights = kernel::softmax_average(p.bits, p.x, p.beta, false);
    CHECK(deviation(p, full) < 1e-5 * std::max(1.0, strength));
    CHECK(weights.mean.size() == 0);
    CHECK(weights.log_sum == full.log_sum);
    CHECK(weights.sum_squares == full.sum_squares);
    CHECK(weights.argmax == full.argmax);
  }
}
