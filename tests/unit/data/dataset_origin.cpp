// Datasets far from 0: a shift of all points changes no posterior, whatever the storage; those near
// 0 keep their bits.
#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>

#include "sim/data/understood.hpp"
#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/npy.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

constexpr Index kCount = 60, kSide = 5;

/// Points of unit variance.
MatrixXd cloud() {
  MatrixXd points(kSide, kCount);
  for (Index j = 0; j < kCount; ++j) {
    for (Index i = 0; i < kSide; ++i) {
      points(i, j) = std::sqrt(2.0) * std::sin(1.7 * static_cast<double>(i * i) +
                                               2.3 * static_cast<double>(j) + 0.1);
    }
  }
  return points;
}

std::string write_doubles(const test::ScratchFolder& folder, const std::string& name,
                          const MatrixXd& points) {
  return folder.write(
      name, test::npy(std::to_string(points.cols()) + ", " + std::to_string(points.rows()),
                      points.data(), static_cast<std::size_t>(points.size())));
}

struct Expected {
  VectorXd largest;
  MatrixXd mean;
  VectorXd log_partition;
};

/// By the definition, differences first, in double.
Expected by_definition(const MatrixXd& points, const MatrixXd& x, double beta) {
  Expected result{VectorXd(x.cols()), MatrixXd(points.rows(), x.cols()), VectorXd(x.cols())};
  for (Index k = 0; k < x.cols(); ++k) {
    const VectorXd square = (points.colwise() - x.col(k)).colwise().squaredNorm();
    const VectorXd above = -beta / 2 * (square.array() - square.minCoeff());
    const VectorXd weight = above.array().exp();
    result.largest[k] = 1 / weight.sum();
    result.mean.col(k) = points * (weight / weight.sum());
    result.log_partition[k] = beta / 2 * (x.col(k).squaredNorm() - square.minCoeff()) +
                              std::log(weight.sum() / static_cast<double>(points.cols()));
  }
  return result;
}

void check_shifted(const std::string& storage, const std::string& how, double offset) {
  const test::ScratchFolder folder;
  const MatrixXd points = cloud().array() + offset;
  const auto target =
      test::make_target("dataset", {{"file", write_doubles(folder, "p.npy", points)},
                                    {"storage", storage},
                                    {"normalisation", how}});
  MatrixXd place = points;
  if (how == "centred") place.colwise() -= VectorXd(points.rowwise().mean());
  const double beta = 5;
  const MatrixXd x = place.leftCols(40) + 0.3 * test::states(kSide, 40);
  const VectorXd betas = VectorXd::Constant(40, beta);
  const Expected expected = by_definition(place, x, beta);
  const auto found = target->averages(x, betas);
  INFO(storage << ", " << how << ", " << offset);
  CHECK((found.largest_weight - expected.largest).cwiseAbs().maxCoeff() < 1e-5);
  CHECK((found.mean - expected.mean).cwiseAbs().maxCoeff() < 1e-5);
  // log Z carries the rounding of the points to single precision, beta |x| 6e-8 |y|.
  CHECK((found.log_partition - expected.log_partition).cwiseAbs().maxCoeff() <
        5e-5 + 1e-15 * beta * offset * offset * kSide);
  // Everything else that is about places.
  const auto* support = test::points(target);
  CHECK((support->point(7) - place.col(7)).norm() < 1e-6);
  CHECK((target->mean_of_target() - place.rowwise().mean()).norm() < 1e-6);
  const auto nearest = support->nearest(place.leftCols(9));
  for (Index k = 0; k < 9; ++k) CHECK(nearest.datum[static_cast<std::size_t>(k)] == k);
  CHECK(nearest.first.maxCoeff() < 1e-5);
  const MatrixXd v = test::states(kSide, 40, 0.5);
  const double h = 1e-3;
  const MatrixXd numeric =
      (by_definition(place, x + h * v, beta).mean - by_definition(place, x - h * v, beta).mean) /
      (2 * h);
  CHECK((target->jacobian_product(x, betas, v) - numeric).cwiseAbs().maxCoeff() < 1e-3);
  random::Stream stream({.seed = 2});
  MatrixXd y(kSide, 5);
  target->sample(stream, y);
  for (Index k = 0; k < 5; ++k) {
    CHECK((place.colwise() - VectorXd(y.col(k))).colwise().norm().minCoeff() < 1e-6);
  }
}

}  // namespace

TEST_CASE("A shift of all points changes no posterior") {
  for (const char* storage : {"memory", "stream"}) {
    for (const char* how : {"none", "centred"}) {
      for (const double offset : {0.0, 3.0, 300.0, 3000.0, 1e5}) {
        check_shifted(storage, how, offset);
      }
    }
  }
}

TEST_CASE("Neighbours are told apart however far other data are") {
  // Two clumps, far from each other and not from their mean; numbers on a line as close as 1e-3.
  MatrixXd clumps = cloud(), line(1, 2000);
  for (Index j = 0; j < clumps.cols(); ++j) clumps(0, j) = j % 2 == 0 ? 5000 : -5000;
  for (Index j = 0; j < line.cols(); ++j) {
    line(0, j) = std::sin(static_cast<double>(j)) + 1e-3 * static_cast<double>(j % 7);
  }
  struct Case {
    MatrixXd points;
    double beta;
  };
  for (const Case& each : {Case{clumps, 5}, Case{line, 1e8}}) {
    const MatrixXd points = each.points.cast<float>().cast<double>();
    const test::ScratchFolder folder;
    const MatrixXd x =
        points.leftCols(40) +
        0.7 / std::sqrt(each.beta) * test::states(points.rows(), 40).array().sin().matrix();
    const Expected expected = by_definition(points, x, each.beta);
    for (const char* storage : {"memory", "stream"}) {
      INFO(storage << " " << each.beta);
      const auto target =
          test::make_target("dataset", {{"file", write_doubles(folder, "p.npy", points)},
                                        {"storage", storage},
                                        {"normalisation", "none"}});
      const auto found = target->averages(x, VectorXd::Constant(40, each.beta));
      const double scale = points.cwiseAbs().maxCoeff();
      CHECK((found.largest_weight - expected.largest).cwiseAbs().maxCoeff() < 1e-5);
      CHECK((found.mean - expected.mean).cwiseAbs().maxCoeff() < 1e-6 * scale);
      CHECK(((found.log_partition - expected.log_partition).array() /
             expected.log_partition.array().abs())
                .abs()
                .maxCoeff() < 1e-13);
      for (Index k = 0; k < 40; ++k) {
        const VectorXd square = (points.colwise() - x.col(k)).colwise().squaredNorm();
        const VectorXd weight =
            (-each.beta / 2 * (square.array() - square.minCoeff())).exp() * expected.largest[k];
        CHECK(found.participation[k] == Approx(weight.squaredNorm()).epsilon(1e-5));
        CHECK(found.entropy[k] ==
              Approx(-(weight.array() * (weight.array() + 1e-300).log()).sum()).margin(1e-5));
        CHECK(weight[found.heaviest[k]] == Approx(expected.largest[k]).epsilon(1e-5));
      }
      // Some are not decided: the test would see rounding.
      CHECK(expected.largest.minCoeff() < 0.9);
    }
  }
}

TEST_CASE("Two numbers far from 0 are kept in bits around their middle") {
  const test::ScratchFolder folder;
  MatrixXd points = cloud();
  points = (points.array() > 0).select(MatrixXd::Constant(kSide, kCount, 3001.5), 3000.5);
  const auto target =
      test::make_target("dataset", {{"file", write_doubles(folder, "b.npy", points)}});
  CHECK(target->describe().find("one bit per coordinate") != std::string::npos);
  CHECK(test::points(target)->point(3) == VectorXd(points.col(3)));
  const MatrixXd x = points.leftCols(20) + 0.4 * test::states(kSide, 20);
  const Expected expected = by_definition(points, x, 3);
  const auto found = target->averages(x, VectorXd::Constant(20, 3.0));
  CHECK((found.mean - expected.mean).cwiseAbs().maxCoeff() < 1e-5);
  CHECK((found.largest_weight - expected.largest).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("Bytes that are divided by 255 twice are warned of") {
  const test::ScratchFolder folder;
  const auto warned = [&](const std::string& name, const std::string& text) {
    const std::string file = folder.write(name, text);
    test::make_target("dataset", {{"file", file}, {"normalisation", "unit"}});
    for (const std::string& line : data::warnings()) {
      if (line.find(file) != std::string::npos) return true;
    }
    return false;
  };
  CHECK(warned("unit.csv", "0.5,1\n0.25,0\n0.1,1\n"));
  CHECK_FALSE(warned("bytes.csv", "128,255\n17,0\n3,1\n"));
}

TEST_CASE("The class asked for is blamed where it is asked for") {
  const test::ScratchFolder folder;
  const std::string points = folder.write("p.csv", "1,2\n3,4\n-1,0\n"),
                    labels = folder.write("l.csv", "0\n1\n1\n");
  for (const auto& [key, blamed] :
       {std::pair("class", "target.class"), {"select", "target.select"}}) {
    try {
      test::make_target("dataset", {{"file", points}, {"labels", labels}, {key, "11"}});
      FAIL("no data point has the label 11");
    } catch (const deck::KeyError& error) {
      CHECK(error.key == blamed);
      CHECK_THAT(error.what(), Catch::Contains("no data point has label 11; the labels are 0, 1"));
    }
  }
}
