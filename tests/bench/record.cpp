// The engine's own cost of points and units: written to files of results and segments, and read
// back, against the same numbers written and read as plain bytes.
#include <benchmark/benchmark.h>

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

#include "sim/record/record.hpp"
#include "tests/bench/reference.hpp"

namespace {

using namespace symbreak;
namespace fs = std::filesystem;

constexpr std::size_t kPoints = 2000, kObservables = 4;
constexpr Eigen::Index kBins = 16;

/// In memory where there is such a place: what is measured is ours, not the disk's.
fs::path scratch(const char* name) {
  const fs::path shared = "/dev/shm";
  return (fs::exists(shared) ? shared : fs::temp_directory_path()) /
         fmt::format("symbreak_bench_{}", name);
}

statistics::Series series(std::size_t seed) {
  statistics::Series result;
  result.count = 32;
  result.bin_size = 2;
  result.mean = Eigen::VectorXd::Constant(1, std::sin(static_cast<double>(seed)));
  result.variance = Eigen::VectorXd::Constant(1, 1.5);
  result.bins.resize(1, kBins);
  for (Eigen::Index i = 0; i < kBins; ++i) {
    result.bins(i) = std::sin(1e3 * static_cast<double>(seed) + static_cast<double>(i));
  }
  return result;
}

record::FinishedUnit unit(std::size_t p) {
  record::FinishedUnit result{{1, fmt::format("{:016x}", p), 0, 0}, {}, 0.5};
  for (std::size_t k = 0; k < kObservables; ++k) result.series.push_back(series(p + k));
  return result;
}

record::PointRecord point(std::size_t p) {
  record::PointRecord result;
  result.point.id = fmt::format("{:016x}", p);
  result.units = {unit(p).id};
  result.unit_seconds = {0.5};
  for (int k = 0; k < 20; ++k) result.point.parameters[fmt::format("target.key_{}", k)] = "1";
  result.point.parameters["experiment.t"] = fmt::format("{}", static_cast<double>(p) / 7);
  for (std::size_t k = 0; k < kObservables; ++k) {
    verdict::Observable observable;
    observable.name = fmt::format("observable_{}", k);
    observable.units = {series(p + k)};
    observable.estimate = statistics::combine(observable.units, statistics::Grouping::replicas);
    result.point.observables.emplace(observable.name, observable);
  }
  return result;
}

/// Seconds to write and read back so many bytes.
double plain_seconds(std::size_t bytes) {
  const fs::path file = scratch("plain");
  std::vector<char> data(bytes, 'x');
  const double seconds = bench::median_seconds([&] {
    std::ofstream(file, std::ios::binary).write(data.data(), static_cast<std::streamsize>(bytes));
    std::ifstream(file, std::ios::binary).read(data.data(), static_cast<std::streamsize>(bytes));
  });
  fs::remove(file);
  return seconds;
}

void report(benchmark::State& state, double seconds, const fs::path& file) {
  const auto bytes = static_cast<std::size_t>(fs::file_size(file));
  state.counters["us_each"] = 1e6 * seconds / kPoints;
  state.counters["bytes_each"] = static_cast<double>(bytes) / kPoints;
  state.counters["times_plain_bytes"] = seconds / plain_seconds(bytes);
  fs::remove(file);
}

void result_points(benchmark::State& state) {
  std::vector<record::PointRecord> points;
  for (std::size_t p = 0; p < kPoints; ++p) points.push_back(point(p));
  const fs::path file = scratch("result.h5");
  const auto work = [&] {
    record::ResultWriter writer(file);
    for (const record::PointRecord& each : points) writer.add(each);
    writer.publish({});
    const record::ResultReader reader(file);
    for (std::size_t p = 0; p < kPoints; ++p) benchmark::DoNotOptimize(reader.read(p));
  };
  for (auto _ : state) work();
  report(state, bench::median_seconds(work), file);
}
BENCHMARK(result_points)->Name("record/points")->Iterations(1);

void segment_units(benchmark::State& state) {
  record::Segment segment;
  for (std::size_t p = 0; p < kPoints; ++p) segment.finished.push_back(unit(p));
  const fs::path file = scratch("segment.h5");
  const auto work = [&] {
    record::write_segment(file, segment);
    const record::SegmentReader reader(file);
    for (std::size_t p = 0; p < kPoints; ++p) benchmark::DoNotOptimize(reader.read(p));
  };
  for (auto _ : state) work();
  report(state, bench::median_seconds(work), file);
}
BENCHMARK(segment_units)->Name("record/units")->Iterations(1);

}  // namespace
