// The nearest points by products in single precision: the ones that double precision finds, also where
// single precision cannot tell them apart.
#include "sim/target/points/nearest.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/random/stream.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using target::FiniteSupport;

namespace {

MatrixXd gaussian(Index d, Index n, std::uint64_t seed) {
  random::Stream stream({.seed = seed, .purpose = random::Purpose::test});
  MatrixXd y(d, n);
  stream.normals({y.data(), static_cast<std::size_t>(y.size())});
  return y;
}

FiniteSupport::Nearest found(const MatrixXd& points, const MatrixXd& states, Index piece) {
  target::NearestSearch search(states);
  for (Index first = 0; first < points.cols(); first += piece) {
    search.add(first, points.middleCols(first, std::min(piece, points.cols() - first)));
  }
  return search.finish();
}

/// All pairs, from differences in extended precision.
FiniteSupport::Nearest by_all_pairs(const MatrixXd& points, const MatrixXd& states) {
  FiniteSupport::Nearest best{std::vector<Index>(static_cast<std::size_t>(states.cols()), -1),
                              VectorXd::Constant(states.cols(), INFINITY),
                              VectorXd::Constant(states.cols(), INFINITY)};
  for (Index k = 0; k < states.cols(); ++k) {
    Index& datum = best.datum[static_cast<std::size_t>(k)];
    const auto distance = [&](Index j) {
      return static_cast<double>((points.col(j) - states.col(k)).cast<long double>().stableNorm());
    };
    for (Index j = 0; j < points.cols(); ++j) {
      if (datum < 0 || distance(j) < distance(datum)) datum = j;
    }
    best.first[k] = distance(datum);
    for (Index j = 0; j < points.cols(); ++j) {
      if (points.col(j) != points.col(datum))
        best.second[k] = std::min(best.second[k], distance(j));
    }
  }
  return best;
}

void check_same(const MatrixXd& points, const MatrixXd& states) {
  const auto exact = by_all_pairs(points, states);
  for (const Index piece : {Index{7}, Index{512}}) {
    const auto got = found(points, states, piece);
    for (Index k = 0; k < states.cols(); ++k) {
      INFO("state " << k << " of " << states.cols() << ", pieces of " << piece);
      const auto walker = static_cast<std::size_t>(k);
      CHECK(points.col(got.datum[walker]) == points.col(exact.datum[walker]));
      CHECK(got.first[k] == Approx(exact.first[k]).epsilon(1e-13).margin(1e-300));
      CHECK((got.second[k] == exact.second[k] ||
             got.second[k] == Approx(exact.second[k]).epsilon(1e-13)));
    }
  }
}

}  // namespace

TEST_CASE("Nearest points that are kept in single precision", "[unit][points]") {
  const Index d = 30, piece = 64;
  const Eigen::MatrixXf points = gaussian(d, 200, 11).cast<float>();
  const MatrixXd fine = points.cast<double>(), states = gaussian(d, 10, 12);
  const VectorXd half_norms = fine.colwise().squaredNorm() / 2;
  target::NearestSearch search(states);
  for (Index first = 0; first < points.cols(); first += piece) {
    const Index n = std::min(piece, points.cols() - first);
    search.add(first, {points.col(first).data(), d, n}, half_norms.data() + first);
  }
  const auto got = search.finish(), exact = found(fine, states, piece);
  CHECK(got.datum == exact.datum);
  CHECK(got.first == exact.first);
  CHECK(got.second == exact.second);
}

TEST_CASE("Nearest points are those of all pairs in double", "[unit][points]") {
  for (const Index d : {1, 3, 50}) {
    const MatrixXd points = gaussian(d, 300, 1);
    check_same(points, gaussian(d, 20, 2));
    check_same(points, points.leftCols(9));  // on points
    check_same(points, points.leftCols(9) + 1e-9 * gaussian(d, 9, 3));
    check_same(points.leftCols(1), points.leftCols(3));  // no second
  }
}

TEST_CASE("Nearest points that single precision cannot tell apart", "[unit][points]") {
  // Around a place far away: differences that are gone in a float product, or of its rounding.
  const Index d = 20;
  MatrixXd states;
  for (const auto& [norm, spread] : {std::pair{1e4, 1e-6}, {1e3, 0.05}, {300.0, 0.02}}) {
    const VectorXd away = norm * gaussian(d, 1, 4);
    states = (spread * gaussian(d, 10, 6)).colwise() + away;
    check_same((spread * gaussian(d, 200, 5)).colwise() + away, states);
  }
  // Of very different size.
  const VectorXd scale = gaussian(1, 200, 7).transpose().array().exp().pow(4);
  check_same(gaussian(d, 200, 8) * scale.asDiagonal(), 1e-3 * states);
}

TEST_CASE("A duplicate of the nearest point is no second neighbour", "[unit][points]") {
  MatrixXd points = gaussian(4, 40, 9);
  points.col(17) = points.col(3);
  points.col(31) = points.col(3);
  check_same(points, points.col(3) + 0.01 * gaussian(4, 1, 10));
  check_same(points, points.col(3));
}

TEST_CASE("Nearest points of any number of states in any dimension", "[unit][points]") {
  // States in lanes or coordinates in lanes, rows of whole registers or not, of one chunk of a dot
  // product or two, copied or not.
  for (const Index d : {7, 16, 21, 200, 256}) {
    const MatrixXd points = gaussian(d, 210, 20);
    for (const Index states : {1, 4, 5, 16, 17, 40}) check_same(points, gaussian(d, states, 21));
  }
}

TEST_CASE("Of points at the same distance the first is the nearest", "[unit][points]") {
  // +-1 in few dimensions: duplicates, and many at exactly the same distance; in pieces forwards
  // and backwards.
  const Index d = 8, count = 600, piece = 100;
  const MatrixXd points = gaussian(d, count, 22).cwiseSign();
  const MatrixXd states = (2 * gaussian(d, 30, 23)).array().round() / 2;
  target::NearestSearch backwards(states);
  for (Index first = count - piece; first >= 0; first -= piece) {
    backwards.add(first, points.middleCols(first, piece));
  }
  const auto got = found(points, states, piece), reversed = backwards.finish();
  CHECK(reversed.datum == got.datum);
  CHECK(reversed.first == got.first);
  CHECK(reversed.second == got.second);
  for (Index k = 0; k < states.cols(); ++k) {
    Index nearest = 0;
    const VectorXd squares = (points.colwise() - states.col(k)).colwise().squaredNorm();
    CHECK(std::sqrt(squares.minCoeff(&nearest)) == got.first[k]);
    CHECK(nearest == got.datum[static_cast<std::size_t>(k)]);
    double second = INFINITY;
    for (Index j = 0; j < count; ++j) {
      if (points.col(j) != points.col(nearest)) second = std::min(second, std::sqrt(squares[j]));
    }
    CHECK(second == got.second[k]);
  }
}

TEST_CASE("Few pairs are measured, duplicates among them", "[unit][points]") {
  const Index d = 100, count = 3000;
  Eigen::MatrixXf points = gaussian(d, count, 24).cast<float>();
  for (const Index states : {3, 20}) {
    for (const bool duplicates : {false, true}) {
      if (duplicates) points.rightCols(100).colwise() = Eigen::VectorXf(points.col(5));
      MatrixXd x = gaussian(d, states, 25);
      if (duplicates) x = 0.1 * x + points.col(5).cast<double>().replicate(1, states);
      const VectorXd half_norms = points.cast<double>().colwise().squaredNorm() / 2;
      kernel::NearPairs pairs(x);
      Index measured = 0;
      VectorXd first = VectorXd::Constant(states, INFINITY), second = first;
      pairs.add(points.data(), half_norms.data(), count, [&](Index k, Index j) {
        ++measured;
        const double square = (points.col(j).cast<double>() - x.col(k)).squaredNorm();
        if (square < first[k]) {
          second[k] = first[k];
          first[k] = square;
        } else if (square > first[k]) {
          second[k] = std::min(second[k], square);
        }
        return second[k];
      });
      CHECK(measured >= 2 * states);
      CHECK(measured < (duplicates ? 110 : 4) * states);
    }
  }
}
