// The dataset target: selection, classes, normalisation, held-out data, collapse bound.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

using File = test::ScratchFile;

std::string fault(const test::Settings& settings) {
  try {
    test::make_target("dataset", settings);
  } catch (const deck::KeyError& error) {
    return error.key + ": " + error.what();
  }
  return "no error";
}

/// A file of MNIST in a directory of SYMBREAK_DATA or beside the source tree; "" when there is
/// none.
std::string find_data(const std::string& name) {
  const char* variable = std::getenv("SYMBREAK_DATA");
  std::string places =
      std::string(variable != nullptr ? variable : "") + ":" SYMBREAK_SOURCE_DIR "/../shared/data";
  while (!places.empty()) {
    const auto colon = places.find(':');
    const std::string path = places.substr(0, colon) + "/" + name;
    if (std::filesystem::exists(path)) return path;
    places = colon == places.npos ? "" : places.substr(colon + 1);
  }
  return "";
}

}  // namespace

TEST_CASE("Classes, selection, held-out data") {
  const File points("points.csv", "0,1\n2,3\n4,5\n6,7\n8,9\n2,3\n");
  const File labels("labels.csv", "7\n3\n7\n5\n3\n7\n");
  const auto all = test::make_target("dataset", {{"file", points.path()}});
  CHECK(all->dimension() == 2);
  CHECK(test::points(all)->count() == 6);
  CHECK(all->classes() == 1);
  CHECK_FALSE(all->has_law());
  CHECK(all->describe() == "6 points in 2 dimensions from " +
                               std::filesystem::path(points.path()).filename().string());

  const auto chosen = test::make_target("dataset", {{"file", points.path()},
                                                    {"labels", labels.path()},
                                                    {"select", "3, 7"},
                                                    {"n", "3"},
                                                    {"held_out", "2"}});
  CHECK(chosen->classes() == 2);  // 3 -> 0, 7 -> 1
  REQUIRE(test::points(chosen)->count() == 3);
  CHECK(test::points(chosen)->point(1) == VectorXd(Eigen::Vector2d(2, 3)));
  CHECK(test::points(chosen)->label(0) == 1);
  CHECK(test::points(chosen)->label(1) == 0);
  CHECK(chosen->class_weights()[1] == Approx(2.0 / 3));
  REQUIRE(chosen->has_law());
  random::Stream stream({.seed = 5});
  MatrixXd fresh(2, 40);
  chosen->sample_law(stream, fresh);
  for (Index k = 0; k < 40; ++k) {  // the next two of the classes 3 and 7
    const bool known = fresh(0, k) == 8 || fresh(0, k) == 2;
    CHECK(known);
  }
}

TEST_CASE("Impossible selections are refused with the key at fault") {
  const File points("points.csv", "0,0\n2,3\n4,5\n");
  const File two("two.csv", "1\n2\n"), half("half.csv", "1\n2\n2.5\n"),
      good("good.csv", "1\n2\n1\n");
  const std::string file = points.path();
  CHECK_THAT(fault({{"file", file}, {"n", "4"}}), Catch::StartsWith("target.n: "));
  CHECK_THAT(fault({{"file", file}, {"held_out", "3"}}), Catch::StartsWith("target.held_out: "));
  CHECK_THAT(fault({{"file", file}, {"select", "1"}}), Catch::StartsWith("target.select: "));
  CHECK_THAT(fault({{"file", file}, {"labels", good.path()}, {"select", "4"}}),
             Catch::Contains("no data point has label 4; the labels are 1, 2"));
  CHECK_THAT(fault({{"file", file}, {"labels", two.path()}}),
             Catch::Contains("2 labels (shape 2 x 1) for 3 data points"));
  CHECK_THAT(fault({{"file", file}, {"labels", half.path()}}),
             Catch::Contains("label 2.5 of data"));
  CHECK_THAT(fault({{"file", file}, {"normalisation", "sphere"}}),
             Catch::Contains("data point 0 is zero"));
}

TEST_CASE("Normalisations") {
  const File points("points.csv", "1,10,5\n3,30,5\n5,-10,5\n");
  const auto points_of = [&](const std::string& how) {
    const auto target =
        test::make_target("dataset", {{"file", points.path()}, {"normalisation", how}});
    MatrixXd all(3, 3);
    for (Index j = 0; j < 3; ++j) all.col(j) = test::points(target)->point(j);
    return all;
  };
  CHECK(points_of("unit")(1, 1) == Approx(30.0 / 255));
  const MatrixXd centred = points_of("centred"), standard = points_of("standardised");
  CHECK(centred.rowwise().mean().norm() < 1e-6);
  CHECK(centred(0, 2) == Approx(2));
  CHECK(standard.row(0).squaredNorm() == Approx(3));
  CHECK(standard.row(1).squaredNorm() == Approx(3));
  CHECK(standard.row(2).norm() == 0);  // a constant coordinate stays finite
  CHECK(points_of("sphere").colwise().norm().maxCoeff() == Approx(std::sqrt(3.0)));
  const MatrixXd signs = points_of("signs");  // -10 .. 30, the middle is 10
  CHECK(signs == (MatrixXd(3, 3) << -1, -1, -1, -1, 1, -1, -1, -1, -1).finished());
}

TEST_CASE("Bits of a file are spins, rare ones too") {
  std::string text;  // ones are so rare that the points are far from 0
  for (int j = 0; j < 40; ++j) {
    for (int i = 0; i < 40; ++i) text += (i == 0 ? "" : ",") + std::to_string(i == j ? 0 : 1);
    text += "\n";
  }
  const File points("bits.csv", text);
  const auto target =
      test::make_target("dataset", {{"file", points.path()}, {"normalisation", "signs"}});
  for (Index j = 0; j < 40; ++j) {
    VectorXd spins = VectorXd::Ones(40);
    spins[j] = -1;
    CHECK(test::points(target)->point(j) == spins);
  }
  const File same("same.csv", "1,1\n1,1\n");
  CHECK_THAT(fault({{"file", same.path()}, {"normalisation", "signs"}}),
             Catch::Contains("signs of numbers that are all 1"));
}

TEST_CASE("The collapse bound reaches log N for Gaussian data of the same covariance") {
  const File points("points.csv", "1,0,2\n-1,2,0\n0,-1,1\n3,1,-2\n0.5,0.2,-1\n");
  const auto target = test::make_target("dataset", {{"file", points.path()}});
  const auto collapse = target->collapse_noise();
  REQUIRE(collapse);
  CHECK(collapse->is_bound);
  // log det(1 + C/s)/2 = log N.
  const MatrixXd inner = MatrixXd::Identity(3, 3) + *target->covariance() / collapse->noise;
  const double determinant = inner(0, 0) * (inner(1, 1) * inner(2, 2) - inner(1, 2) * inner(2, 1)) -
                             inner(0, 1) * (inner(1, 0) * inner(2, 2) - inner(1, 2) * inner(2, 0)) +
                             inner(0, 2) * (inner(1, 0) * inner(2, 1) - inner(1, 1) * inner(2, 0));
  CHECK(std::log(determinant) / 2 == Approx(std::log(5.0)).epsilon(1e-10));
}

TEST_CASE("Collapse of synthetic data") {
  const auto noise = [](const test::Settings& settings) {
    return test::make_target("synthetic_dataset", settings)->collapse_noise().value().noise;
  };
  CHECK(noise({{"dimension", "64"}, {"n", "1000"}, {"std", "2"}}) ==
        Approx(4 / (std::pow(1000, 2.0 / 64) - 1)).epsilon(1e-10));
  // With a vanishing class bit the two-class threshold is the Gaussian one; a real bit tells more.
  const double plain = noise({{"dimension", "64"}, {"n", "1000"}});
  CHECK(noise({{"dimension", "64"}, {"n", "1000"}, {"m", "1e-6"}}) == Approx(plain).epsilon(1e-9));
  CHECK(noise({{"dimension", "64"}, {"n", "1000"}, {"m", "1"}}) > 1.05 * plain);
}

TEST_CASE("MNIST test images") {
  const std::string images = find_data("mnist/t10k-images-idx3-ubyte.gz");
  const std::string labels = find_data("mnist/t10k-labels-idx1-ubyte.gz");
  if (images.empty() || labels.empty()) {
    WARN("skipped: no mnist/t10k-*-ubyte.gz in SYMBREAK_DATA");
    return;
  }
  const auto target = test::make_target(
      "dataset", {{"file", images}, {"labels", labels}, {"normalisation", "unit"}});
  REQUIRE(test::points(target)->count() == 10000);
  CHECK(target->dimension() == 784);
  CHECK(target->classes() == 10);
  CHECK(target->mean_of_target().mean() == Approx(0.1325).epsilon(1e-3));  // published mean
  CHECK(test::points(target)->label(0) == 7);           // the first test image is a seven
  CHECK(target->class_weights()[1] == Approx(0.1135));  // 1135 ones
  const auto ones = test::make_target(
      "dataset",
      {{"file", images}, {"labels", labels}, {"select", "1"}, {"n", "1000"}, {"held_out", "135"}});
  CHECK(test::points(ones)->count() == 1000);
}
