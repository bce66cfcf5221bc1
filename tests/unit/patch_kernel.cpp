// Kernels of patch scores against the same formulas written out in double.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/kernel/patch/box_sum.hpp"
#include "sim/kernel/patch/patch_softmax.hpp"
#include "sim/kernel/points/sign_cube.hpp"
#include "sim/random/stream.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

struct Problem {
  MatrixXd patches, queries;  ///< d x K, Q x d
  VectorXd log_weights;
};

Problem problem(Index d, Index count, Index queries, bool signs) {
  random::Stream stream({.seed = 3, .point = static_cast<std::uint64_t>(d)});
  const auto fill = [&](auto& values) {
    stream.normals(std::span<double>(values.data(), static_cast<std::size_t>(values.size())));
  };
  Problem p{MatrixXd(d, count), MatrixXd(queries, d), VectorXd(count)};
  fill(p.patches);
  fill(p.queries);
  fill(p.log_weights);
  if (signs) p.patches = (p.patches.array() > 0).select(MatrixXd::Ones(d, count), -1.0);
  return p;
}

/// Weights of all patches for query q.
VectorXd weights(const Problem& p, double beta, Index q) {
  const VectorXd half_norms = p.patches.colwise().squaredNorm() / 2;
  const VectorXd s =
      beta * (p.patches.transpose() * p.queries.row(q).transpose() - half_norms) + p.log_weights;
  const VectorXd w = (s.array() - s.maxCoeff()).exp();
  return w / w.sum();
}

}  // namespace

TEST_CASE("Patch averages, squares and covariances in double and float") {
  for (const Index d : {1, 7, 9, 25, 49, 50}) {
    for (const double beta : {0.1, 1.0, 15.0}) {
      const Problem p = problem(d, 1003, 77, false);
      const Index centre = d / 2;
      const kernel::PatchTable<double> exact(p.patches, p.log_weights, {centre, 0});
      const kernel::PatchTable<float> single(p.patches.cast<float>(), p.log_weights, {centre, 0});
      MatrixXd mean(77, 2), square(77, 2), mean_single(77, 2);
      exact.average(p.queries, beta, mean, &square);
      single.average(p.queries.cast<float>().eval(), beta, mean_single);
      const MatrixXd covariance = exact.covariances(p.queries, beta);
      double worst = 0, worst_single = 0;
      for (Index q = 0; q < 77; ++q) {
        const VectorXd w = weights(p, beta, q);
        const VectorXd average = p.patches * w;
        for (Index c = 0; c < 2; ++c) {
          const Index row = c == 0 ? centre : 0;
          const VectorXd phi = p.patches.row(row).transpose();
          const VectorXd expected = p.patches * w.cwiseProduct(phi) - average[row] * average;
          worst = std::max({worst, std::abs(mean(q, c) - average[row]),
                            std::abs(square(q, c) - phi.cwiseAbs2().dot(w)),
                            (covariance.col(c * 77 + q) - expected).cwiseAbs().maxCoeff()});
          worst_single = std::max(worst_single, std::abs(mean_single(q, c) - average[row]));
        }
      }
      INFO(fmt::format("d = {}, beta = {}", d, beta));
      CHECK(worst < 1e-11);
      // 1e-7 beta |x| |phi| for the scores, times the spread of the centres.
      CHECK(worst_single < 1e-6 * (1 + beta * static_cast<double>(d)));
    }
  }
}

TEST_CASE("Sums of many equal float weights do not drift") {
  // 3e5 patches of equal weight: one running float sum would be 1e-4 off.
  const Index count = 300000;
  Eigen::MatrixXf patches = Eigen::MatrixXf::Zero(9, count);
  for (Index k = 0; k < count; ++k) patches(4, k) = k % 3 == 0 ? 1.0f : 0.0f;
  const kernel::PatchTable<float> table(patches, VectorXd::Zero(count), {4});
  MatrixXd mean(1, 1);
  table.average(Eigen::MatrixXf::Constant(1, 9, 0.5f), 1, mean);
  // (x - phi)^2 is the same for phi = 0 and 1 at x = 1/2.
  CHECK(mean(0, 0) == Approx(1.0 / 3).epsilon(2e-6));
}

TEST_CASE("Sign tables and the cube of all sign patterns") {
  for (const Index d : {5, 9, 25, 49}) {
    for (const double beta : {0.1, 1.0, 10.0}) {
      INFO(fmt::format("d = {}, beta = {}", d, beta));
      const Problem p = problem(d, 700, 37, true);
      const kernel::SignTable table(p.patches.cast<float>(), p.log_weights, d / 2);
      VectorXd mean(37), cube_mean = VectorXd::Zero(37), expected(37);
      table.average(p.queries.cast<float>().eval(), beta, mean);
      for (Index q = 0; q < 37; ++q) expected[q] = p.patches.row(d / 2) * weights(p, beta, q);
      CHECK((mean - expected).cwiseAbs().maxCoeff() < 1e-6 * (1 + beta * static_cast<double>(d)));
      if (d > kernel::SignCube::most_signs) continue;
      VectorXd counts = VectorXd::Zero(Index{1} << d);
      for (Index k = 0; k < 700; ++k) {
        Index code = 0;
        for (Index j = 0; j < d; ++j) code |= p.patches(j, k) > 0 ? Index{1} << j : 0;
        counts[code] += std::exp(p.log_weights[k]);
      }
      kernel::SignCube(counts, d / 2).average(p.queries, beta, cube_mean);
      CHECK((cube_mean - expected).cwiseAbs().maxCoeff() < 1e-12);
    }
  }
}

TEST_CASE("All patches of one centre sign") {
  Problem p = problem(9, 40, 5, true);
  for (const double sign : {1.0, -1.0}) {
    p.patches.row(4).setConstant(sign);
    VectorXd mean(5);
    kernel::SignTable(p.patches.cast<float>(), p.log_weights, 4)
        .average(p.queries.cast<float>().eval(), 1, mean);
    CHECK((mean.array() - sign).abs().maxCoeff() < 1e-6);
  }
}

TEST_CASE("Box sums wrap around, tanh is accurate") {
  const std::size_t height = 5, width = 7;
  std::vector<double> in(2 * height * width), out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = std::sin(1.7 * static_cast<double>(i));
  for (const std::size_t side : {1, 3, 5}) {
    kernel::box_sum(in, height, width, side, out);
    double worst = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::size_t lattice = i / (height * width), y = i % (height * width) / width,
                        x = i % width;
      double sum = 0;
      for (std::size_t a = 0; a < side; ++a) {
        for (std::size_t b = 0; b < side; ++b) {
          sum += in[lattice * height * width + (y + height + a - side / 2) % height * width +
                    (x + width + b - side / 2) % width];
        }
      }
      worst = std::max(worst, std::abs(out[i] - sum));
    }
    CHECK(worst < 1e-14);
  }
  std::vector<double> u, t;
  for (double x = -30; x <= 30; x += 0.0137) u.push_back(x);
  for (const double x : {0.0, 1e-300, -1e-9, 0.0199999, 0.0200001, -800.0, 800.0}) u.push_back(x);
  t.resize(u.size());
  kernel::tanh(u, t);
  double worst = 0;
  for (std::size_t i = 0; i < u.size(); ++i)
    worst = std::max(worst, std::abs(t[i] - std::tanh(u[i])));
  CHECK(worst < 4e-16);
}
