// Datasets in memory, in bits and streamed from their file: the same numbers.
#include <hdf5.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/npy.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

using File = test::ScratchFile;

constexpr std::size_t kRows = 700, kColumns = 12;

std::vector<float> numbers() {
  std::vector<float> values(kRows * kColumns);
  random::Stream({.seed = 9}).normals(std::span<float>(values));
  return values;
}

void write_npy(const std::string& path, const std::vector<float>& values) {
  std::ofstream(path, std::ios::binary) << test::npy("700, 3, 4", values);
}

void write_hdf5(const std::string& path, const std::vector<float>& values) {
  const hsize_t extents[2] = {kRows, kColumns};
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
              space = H5Screate_simple(2, extents, nullptr),
              data = H5Dcreate2(file, "images", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT,
                                H5P_DEFAULT);
  H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(data);
  H5Sclose(space);
  H5Fclose(file);
}

/// Bytes 0..255, plain IDX.
void write_idx(const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  const unsigned char head[] = {0, 0, 8, 2, 0, 0, 2, 188, 0, 0, 0, 12};
  file.write(reinterpret_cast<const char*>(head), sizeof head);
  for (std::size_t i = 0; i < kRows * kColumns; ++i) file.put(static_cast<char>(i * 37 % 251));
}

void check_same(const std::string& path, const std::string& normalisation) {
  const auto make = [&](const std::string& storage) {
    return test::make_target("dataset", {{"file", path},
                                         {"storage", storage},
                                         {"normalisation", normalisation},
                                         {"n", "650"},
                                         {"held_out", "20"}});
  };
  const auto memory = make("memory"), stream = make("stream");
  INFO(path << ", " << normalisation);
  CHECK(memory->describe().find("streamed") == std::string::npos);
  CHECK(stream->describe().find("streamed") != std::string::npos);
  for (const Index walkers : {1, 40}) {
    const MatrixXd x = test::states(12, walkers, 1.5);
    const VectorXd beta = VectorXd::Constant(walkers, 0.7);
    const auto a = memory->averages(x, beta), b = stream->averages(x, beta);
    CHECK(a.mean == b.mean);
    CHECK(a.log_partition == b.log_partition);
    CHECK(a.participation == b.participation);
    CHECK(memory->jacobian_product(x, beta, x) == stream->jacobian_product(x, beta, x));
    const auto p = test::points(memory)->nearest(x), q = test::points(stream)->nearest(x);
    CHECK(p.datum == q.datum);
    CHECK(p.second == q.second);
  }
  CHECK(memory->mean_of_target() == stream->mean_of_target());
  CHECK(*memory->covariance() == *stream->covariance());
  random::Stream one({.seed = 3}), two({.seed = 3});
  MatrixXd y(12, 9), z(12, 9);
  memory->sample_law(one, y);
  stream->sample_law(two, z);
  CHECK(y == z);
}

std::string fault(const test::Settings& settings) {
  try {
    test::make_target("dataset", settings);
  } catch (const deck::KeyError& error) {
    return error.key + ": " + error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("Streamed points give the bits of points in memory") {
  const File npy("points.npy"), hdf5("points.h5"), idx("points.idx");
  write_npy(npy.path(), numbers());
  write_hdf5(hdf5.path(), numbers());
  write_idx(idx.path());
  for (const char* normalisation : {"none", "standardised", "sphere"}) {
    check_same(npy.path(), normalisation);
  }
  check_same(hdf5.path(), "centred");
  check_same(idx.path(), "unit");
}

TEST_CASE("The memory of streamed points does not grow with their number") {
  const File npy("points.npy");
  write_npy(npy.path(), numbers());
  const auto memory = [&](const std::string& n) {
    return test::make_target("dataset", {{"file", npy.path()}, {"storage", "stream"}, {"n", n}})
        ->memory();
  };
  CHECK(memory("600") == memory("700"));
}

TEST_CASE("What cannot be streamed is refused") {
  const File text("points.csv"), zipped("points.idx.gz"), bad("bad.npy"), labels("labels.csv");
  std::ofstream(text.path()) << "1,2\n3,4\n";
  std::ofstream(zipped.path(), std::ios::binary) << "\x1f\x8b something";
  auto values = numbers();
  values[500 * kColumns + 7] = NAN;
  write_npy(bad.path(), values);
  const auto asked = [](const File& file) {
    return fault({{"file", file.path()}, {"storage", "stream"}});
  };
  CHECK_THAT(asked(text), Catch::Contains("a text table cannot be read in parts"));
  CHECK_THAT(asked(zipped), Catch::Contains("is compressed and cannot be read in parts"));
  CHECK_THAT(asked(bad), Catch::Contains("NaN at data point 500, coordinate 7"));
  std::ofstream(labels.path()) << "1\n2\n";
  CHECK_THAT(fault({{"file", text.path()},
                    {"labels", labels.path()},
                    {"storage", "stream"},
                    {"select", "1"}}),
             Catch::StartsWith("target.storage: "));
}

TEST_CASE("A file of +-c is kept in bits and keeps its values") {
  const File text("signs.csv");
  std::ofstream(text.path()) << "0.5,-0.5,0.5\n-0.5,-0.5,0.5\n0.5,0.5,0.5\n";
  const auto target = test::make_target("dataset", {{"file", text.path()}});
  CHECK(target->describe().find("one bit per coordinate") != std::string::npos);
  CHECK(test::points(target)->point(1) == VectorXd(Eigen::Vector3d(-0.5, -0.5, 0.5)));
  const MatrixXd x = test::states(3, 5);
  const VectorXd beta = VectorXd::Constant(5, 2.0);
  const auto posterior = target->averages(x, beta);
  for (Index k = 0; k < 5; ++k) {  // by the definition
    double z = 0;
    VectorXd mean = VectorXd::Zero(3);
    for (Index j = 0; j < 3; ++j) {
      const VectorXd y = test::points(target)->point(j);
      const double w = std::exp(2 * (x.col(k).dot(y) - y.squaredNorm() / 2)) / 3;
      z += w;
      mean += w * y;
    }
    CHECK(posterior.log_partition[k] == Approx(std::log(z)).epsilon(1e-6));
    CHECK((posterior.mean.col(k) - mean / z).norm() < 1e-6);
  }
}

TEST_CASE("One class at a time") {
  const File points("points.csv"), labels("labels.csv");
  std::ofstream(points.path()) << "0,1\n2,3\n4,5\n6,7\n";
  std::ofstream(labels.path()) << "7\n3\n7\n5\n";
  const auto seven = test::make_target(
      "dataset", {{"file", points.path()}, {"labels", labels.path()}, {"class", "7"}});
  REQUIRE(test::points(seven)->count() == 2);
  CHECK(test::points(seven)->point(1) == VectorXd(Eigen::Vector2d(4, 5)));
  CHECK_THAT(fault({{"file", points.path()}, {"class", "7"}}), Catch::StartsWith("target.class: "));
}
