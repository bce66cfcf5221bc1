// The columns of result.h5: many points of several shapes, read back in any order, small on disk.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "sim/record/column.hpp"
#include "sim/record/record.hpp"
#include "tests/scratch.hpp"

namespace {

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Point p of a sweep in which much differs from point to point: shapes, texts, keys, units.
record::PointRecord point_of(std::size_t p) {
  record::PointRecord record;
  record.point.id = fmt::format("{:016x}", 0x9e3779b97f4a7c15 * (p + 1));
  record.point.complete = p % 5 != 0;
  record.point.parameters = {{"experiment.t", fmt::format("{}", 0.1 * static_cast<double>(p))},
                             {"target.kind", "deltas"},
                             {"target.states", p % 2 == 0 ? "σ = 1" : ""}};
  if (p % 3 != 0) record.point.parameters["experiment.n"] = fmt::format("{}", 1 << (p % 20));
  if (p % 4 == 1) record.point.parameters["experiment.window"] = "";
  const std::size_t levels = 1 + p % 3;
  record.point.facts = {{verdict::FactName{"noise"}, std::vector<double>(levels, 0.5), "a grid"}};
  record.point.predictions = {{verdict::PredictionName{"critical_time"}, static_cast<double>(p) / 3,
                               fmt::format("root {}", p)}};
  const std::size_t units = p % 4;
  for (std::uint32_t u = 0; u < units; ++u) {
    record.units.push_back({7, record.point.id, 0, u});
    record.unit_seconds.push_back(0.25 * u);
  }
  const auto observable = [&](const std::string& name, std::vector<Index> shape) {
    verdict::Observable result;
    result.name = name;
    result.text = p % 10 == 9 ? "another formula" : "formula";
    result.shape = shape;
    Index elements = 1;
    for (const Index extent : shape) elements *= extent;
    result.estimate.mean = VectorXd::LinSpaced(elements, std::sqrt(p + 2.0), 1e-300);
    result.estimate.error = VectorXd::Constant(elements, std::nan(""));
    result.estimate.converged = p % 2 == 0;
    for (std::uint32_t u = 0; u < units; ++u) {
      statistics::Series series;
      series.count = p + u;
      series.bin_size = 2;
      series.mean = VectorXd::Constant(elements, std::cbrt(p + u));
      series.variance = VectorXd::Constant(elements, -0.0);
      series.bins = MatrixXd(elements, static_cast<Index>((p + u) % 7));
      for (Index i = 0; i < series.bins.size(); ++i) series.bins(i) = std::sin(p + 0.1 * i);
      result.units.push_back(series);
    }
    record.point.observables.emplace(name, result);
  };
  if (units == 0) return record;
  observable("magnetization", {});
  if (p % 2 == 0) observable("profile", {2, static_cast<Index>(1 + p % 3)});
  return record;
}

void check_same(const record::PointRecord& a, const record::PointRecord& b) {
  CHECK(a.point.id == b.point.id);
  CHECK(a.point.complete == b.point.complete);
  CHECK(a.point.parameters == b.point.parameters);
  CHECK(a.units == b.units);
  CHECK(a.unit_seconds == b.unit_seconds);
  REQUIRE(a.point.facts.size() == b.point.facts.size());
  CHECK(a.point.facts[0].values == b.point.facts[0].values);
  CHECK(a.point.facts[0].text == b.point.facts[0].text);
  REQUIRE(b.point.predictions.size() == 1);
  CHECK(a.point.predictions[0].values == b.point.predictions[0].values);
  CHECK(a.point.predictions[0].source == b.point.predictions[0].source);
  REQUIRE(a.point.observables.size() == b.point.observables.size());
  for (const auto& [name, observable] : a.point.observables) {
    INFO(name);
    const verdict::Observable& read = b.point.observables.at(name);
    CHECK(read.text == observable.text);
    CHECK(read.shape == observable.shape);
    CHECK(read.estimate.mean == observable.estimate.mean);
    CHECK(read.estimate.error.array().isNaN().all());
    CHECK(read.estimate.converged == observable.estimate.converged);
    REQUIRE(read.units.size() == observable.units.size());
    for (std::size_t u = 0; u < read.units.size(); ++u) {
      const statistics::Series &before = observable.units[u], &after = read.units[u];
      CHECK(after.count == before.count);
      CHECK(after.mean == before.mean);
      CHECK(std::signbit(after.variance[0]));
      REQUIRE(after.bins.cols() == before.bins.cols());
      CHECK(after.bins == before.bins);
    }
  }
}

}  // namespace

TEST_CASE("Points of many shapes come back from columns in any order", "[unit][record]") {
  const test::ScratchFolder scratch;
  const auto file = scratch.path() / "result.h5";
  constexpr std::size_t kPoints = 20'000;  // columns of more than one chunk
  {
    record::ResultWriter writer(file);
    for (std::size_t p = 0; p < kPoints; ++p) writer.add(point_of(p));
    CHECK_FALSE(std::filesystem::exists(file));  // nothing is seen before it is whole
    record::ResultFile head;
    head.result.swept = {"experiment.t"};
    writer.publish(head);
  }
  const record::ResultReader reader(file);
  REQUIRE(reader.ids().size() == kPoints);
  for (const std::size_t p :
       {0, 1, 2, 3, 9, 17, 19'999, 10'000, 4'999, 59, 16'383, 16'384, 8'191}) {
    INFO("point " << p);
    check_same(point_of(p), reader.read(p));
    CHECK(reader.units(p) == point_of(p).units);
  }
  // 1.5 units of 20 to 60 numbers a point, and 9 numbers of each estimate.
  CHECK(std::filesystem::file_size(file) < 700 * kPoints);
}

TEST_CASE("A result that is given up leaves nothing behind", "[unit][record]") {
  const test::ScratchFolder scratch;
  {
    record::ResultWriter writer(scratch.path() / "result.h5");
    for (std::size_t p = 0; p < 10; ++p) writer.add(point_of(p));
  }
  CHECK(std::filesystem::is_empty(scratch.path()));
  CHECK_THROWS_WITH(record::ResultWriter(scratch.path() / "missing" / "result.h5").publish({}),
                    Catch::Contains("cannot write") && Catch::Contains("missing/result.h5"));
}

TEST_CASE("A column is compressed where that pays", "[unit][record]") {
  const test::ScratchFolder scratch;
  const auto bytes = [&](const auto& number) {
    const auto file = scratch.path() / "column.h5";
    const record::hdf5::Image image;
    record::Column<double> column(image.root(), "x");
    for (int i = 0; i < 100'000; ++i) column.add(number(i));
    column.finish();
    record::hdf5::write_file(file, "result", 3, image);
    return std::filesystem::file_size(file);
  };
  CHECK(bytes([](int) { return 0.1; }) < 30'000);
  CHECK(bytes([](int i) { return static_cast<double>(i); }) < 400'000);
  CHECK(bytes([](int i) { return std::sin(1e9 * i * i); }) > 790'000);  // noise is left alone
}
