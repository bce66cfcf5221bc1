// The fused softmax-average against a naive one in long double.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "sim/kernel/points/softmax.hpp"
#include "sim/random/stream.hpp"

namespace kernel = symbreak::kernel;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

struct Problem {
  MatrixXd points, x;
  VectorXd half_norms, log_weights, beta;
};

MatrixXd normals(Index rows, Index cols, std::uint32_t replica) {
  MatrixXd values(rows, cols);
  symbreak::random::Stream({.seed = 20240229, .replica = replica})
      .normals(std::span(values.data(), static_cast<std::size_t>(values.size())));
  return values;
}

/// Gaussian points, states that are noised points, all of float precision.
Problem problem(Index d, Index count, Index walkers, double beta) {
  Problem p;
  p.points = normals(d, count, 1).cast<float>().cast<double>();
  p.half_norms = 0.5 * p.points.colwise().squaredNorm();
  p.log_weights = -std::log(static_cast<double>(count)) + 0.1 * normals(count, 1, 2).array();
  p.x = normals(d, walkers, 3) / std::sqrt(std::max(beta, 1e-6));
  for (Index k = 0; k < walkers; ++k) p.x.col(k) += p.points.col(k % count);
  p.x = p.x.cast<float>().cast<double>();
  p.beta = VectorXd::LinSpaced(walkers, beta, 1.5 * beta);
  return p;
}

struct Errors {
  double mean = 0, log_sum = 0, sum_squares = 0, largest = 0, entropy = 0;
  Index wrong_argmax = 0;
  double worst() const {
    return std::max({mean, log_sum, sum_squares, largest, entropy, 1.0 * wrong_argmax});
  }
};

/// Largest deviation over the walkers from the definition evaluated in long double; the mean
/// relative to the largest coordinate of any point, the other sums relative to max(1, value).
Errors errors(const Problem& p, const kernel::SoftmaxAverage& measured) {
  const Index d = p.points.rows(), count = p.points.cols();
  Errors worst;
  for (Index k = 0; k < p.x.cols(); ++k) {
    std::vector<long double> s(static_cast<std::size_t>(count));
    for (Index j = 0; j < count; ++j) {
      long double dot = 0;
      for (Index i = 0; i < d; ++i) {
        dot += static_cast<long double>(p.x(i, k)) * p.points(i, j);
      }
      s[static_cast<std::size_t>(j)] = p.beta[k] * (dot - p.half_norms[j]) + p.log_weights[j];
    }
    const auto top = std::max_element(s.begin(), s.end());
    long double sum = 0, squares = 0, energy = 0;
    std::vector<long double> mean(static_cast<std::size_t>(d), 0);
    for (Index j = 0; j < count; ++j) {
      const long double e = s[static_cast<std::size_t>(j)] - *top, w = std::exp(e);
      if (w == 0) continue;
      sum += w;
      squares += w * w;
      energy += w * e;
      for (Index i = 0; i < d; ++i) mean[static_cast<std::size_t>(i)] += w * p.points(i, j);
    }
    const auto take = [](double& into, long double error, long double scale = 1) {
      const auto relative = static_cast<double>(std::abs(error) / scale);
      into = std::isnan(relative) ? relative : std::max(into, relative);
    };
    const double size = p.points.cwiseAbs().maxCoeff();
    for (Index i = 0; i < d; ++i) {
      take(worst.mean, measured.mean(i, k) - mean[static_cast<std::size_t>(i)] / sum, size);
    }
    const long double log_sum = *top + std::log(sum);
    take(worst.log_sum, measured.log_sum[k] - log_sum, std::max(1.0L, std::abs(log_sum)));
    take(worst.sum_squares, measured.sum_squares[k] - squares / (sum * sum));
    take(worst.largest, measured.largest[k] - 1 / sum);
    take(worst.entropy, measured.entropy[k] - (std::log(sum) - energy / sum));
    if (s[static_cast<std::size_t>(measured.argmax[k])] < *top - 1e-6L * std::abs(*top)) {
      ++worst.wrong_argmax;
    }
  }
  return worst;
}

Errors double_errors(const Problem& p) {
  return errors(p, kernel::softmax_average(p.points, p.half_norms, p.log_weights, p.x, p.beta));
}

Errors float_errors(const Problem& p) {
  const Eigen::MatrixXf points = p.points.cast<float>();
  return errors(p, kernel::softmax_average(points, p.half_norms, p.log_weights, p.x, p.beta));
}

}  // namespace

TEST_CASE("The softmax-average agrees with its definition for all shapes") {
  for (const Index d : {1, 2, 5, 8, 31, 100}) {
    for (const Index count : {1, 2, 7, 96, 97, 500}) {
      for (const Index walkers : {1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 65}) {
        const auto p = problem(d, count, walkers, 1.0 / static_cast<double>(d));
        CAPTURE(d, count, walkers);
        CHECK(double_errors(p).worst() < 1e-13);
        CHECK(float_errors(p).worst() < 2e-6);
      }
    }
  }
}

TEST_CASE("The softmax-average of images") {
  for (const Index d : {784, 517}) {
    for (const Index walkers : {1, 3, 64}) {
      const auto p = problem(d, 700, walkers, 0.01);
      CAPTURE(d, walkers);
      CHECK(double_errors(p).worst() < 1e-13);
      CHECK(float_errors(p).worst() < 1e-5);
    }
  }
}

TEST_CASE("The softmax-average survives extreme temperatures") {
  for (const double beta : {1e-12, 1e-6, 1e3, 1e6, 1e12}) {
    for (const Index walkers : {1, 6, 64}) {
      auto p = problem(20, 300, walkers, beta);
      CAPTURE(beta, walkers);
      CHECK(double_errors(p).worst() < 1e-13 * std::max(1.0, 1e-2 * beta));
      // Far states: scores of 1e6 and more, all weight on one point.
      p.x *= 1e6;
      const auto measured =
          kernel::softmax_average(p.points, p.half_norms, p.log_weights, p.x, p.beta);
      CHECK(measured.mean.allFinite());
      CHECK(measured.log_sum.allFinite());
      CHECK(errors(p, measured).log_sum < 1e-13);
    }
  }
}

TEST_CASE("A rising sequence of scores is rescaled without loss") {
  // Each point beats all before it by more than a double can hold: every tile moves the reference.
  const Index count = 2000;
  for (const Index walkers : {1, 4, 64, 101, 104}) {
    const Index d = walkers > 100 ? 20 : 3;  // in memory once, piece by piece
    auto p = problem(d, count, walkers % 100, 1.0);
    for (const double step : {0.01, 1.0, 30.0, 1000.0}) {
      p.log_weights = VectorXd::LinSpaced(count, 0, step * static_cast<double>(count - 1));
      CAPTURE(walkers, step);
      CHECK(double_errors(p).worst() < 1e-12);
      CHECK(float_errors(p).worst() < 2e-6);
      p.log_weights.reverseInPlace();
      CHECK(double_errors(p).worst() < 1e-12);
    }
  }
}

TEST_CASE("Points of weight zero do not count") {
  for (const Index walkers : {1, 4, 5, 64}) {
    auto p = problem(10, 400, walkers, 0.1);
    const auto all = problem(10, 400, walkers, 0.1);
    p.log_weights.head(250).setConstant(-std::numeric_limits<double>::infinity());
    p.log_weights[399] = -std::numeric_limits<double>::infinity();
    CHECK(double_errors(p).worst() < 1e-13);
    CHECK(float_errors(p).worst() < 4e-6);
    const auto measured =
        kernel::softmax_average(p.points, p.half_norms, p.log_weights, p.x, p.beta);
    CHECK(measured.argmax.minCoeff() >= 250);
    CHECK(double_errors(all).worst() < 1e-13);
  }
}

TEST_CASE("Equal points share the weight") {
  for (const Index walkers : {1, 64}) {
    auto p = problem(10, 300, walkers, 0.1);
    p.points.colwise() = p.points.col(0).eval();
    p.half_norms.setConstant(p.half_norms[0]);
    p.log_weights.setZero();
    const auto measured =
        kernel::softmax_average(p.points, p.half_norms, p.log_weights, p.x, p.beta);
    CHECK((measured.mean.colwise() - p.points.col(0)).cwiseAbs().maxCoeff() < 1e-13);
    CHECK(measured.sum_squares.maxCoeff() == Approx(1.0 / 300).epsilon(1e-13));
    CHECK(measured.entropy.minCoeff() == Approx(std::log(300.0)).epsilon(1e-13));
  }
}

TEST_CASE("Points that arrive in pieces give the same bits") {
  for (const Index walkers : {1, 64}) {
    const auto p = problem(20, 1000, walkers, 0.1);
    const Eigen::MatrixXf points = p.points.cast<float>();
    const auto whole = kernel::softmax_average(points, p.half_norms, p.log_weights, p.x, p.beta);
    kernel::SoftmaxAccumulator<float> sums(p.x, p.beta);
    const Index piece = 3 * sums.tile();
    for (Index first = 0; first < 1000; first += piece) {
      sums.add(points.data() + 20 * first, p.half_norms.data() + first,
               p.log_weights.data() + first, std::min(piece, 1000 - first));
    }
    const auto pieces = sums.finish();
    CHECK(pieces.mean == whole.mean);
    CHECK(pieces.log_sum == whole.log_sum);
    CHECK(pieces.argmax == whole.argmax);
    const auto weights =
        kernel::softmax_average(points, p.half_norms, p.log_weights, p.x, p.beta, false);
    CHECK(weights.mean.size() == 0);
    CHECK(weights.log_sum == whole.log_sum);
    CHECK(weights.entropy == whole.entropy);
  }
}
