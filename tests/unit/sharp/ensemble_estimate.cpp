// What the engine makes of units: batches that are independent, chains, disorder samples.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/accumulator.hpp"
#include "sim/ensemble/assemble.hpp"
#include "sim/measure/recorder.hpp"

using namespace symbreak;

namespace {

statistics::Series unit_of(const std::vector<double>& samples) {
  statistics::Accumulator accumulator(1, 64);
  for (const double sample : samples) accumulator.add(sample);
  return accumulator.finish();
}

record::UnitId id_of(std::uint64_t seed, std::uint32_t disorder, std::uint32_t replica) {
  return {seed, "point", disorder, replica};
}

}  // namespace

TEST_CASE("Independent batches have the textbook error, whatever their order looks like") {
  // Blocks of equal batches: a chain would be blamed for its memory.
  std::vector<double> samples;
  for (int i = 0; i < 64; ++i) samples.push_back(i / 8 % 2 == 0 ? 1 : -1);
  const std::vector<statistics::Series> units = {unit_of(samples), unit_of(samples)};
  const std::vector<record::UnitId> ids = {id_of(1, 0, 0), id_of(1, 0, 1)};
  const auto independent = ensemble::estimate(units, ids, false, true);
  CHECK(independent.error[0] == Approx(1 / std::sqrt(127.0)));
  CHECK(independent.dof[0] == 127);
  CHECK(independent.tau_int[0] == 0.5);
  const auto chain = ensemble::estimate(units, ids, false, false);
  CHECK(chain.error_binning[0] > 1.4 / std::sqrt(127.0));
  // A kind says so once for all that it measures.
  for (const auto& info : measure::independent(
           {{.name = verdict::ObservableName{"a"}}, {.name = verdict::ObservableName{"b"}}})) {
    CHECK(info.independent);
  }
}

TEST_CASE("Disorder samples count as wholes, another seed of a quenched target as another") {
  const std::vector<statistics::Series> units = {unit_of({1, 2}), unit_of({3, 2}), unit_of({5, 6}),
                                                 unit_of({7, 6}), unit_of({9, 8})};
  const std::vector<record::UnitId> ids = {id_of(1, 0, 0), id_of(1, 0, 1), id_of(1, 1, 0),
                                           id_of(1, 1, 1), id_of(1, 2, 0)};
  // The third sample lacks a replica: means 2 and 6.
  const auto two = ensemble::estimate(units, ids, true, true);
  CHECK(two.mean[0] == Approx(4));
  CHECK(two.error[0] == Approx(2));
  CHECK(two.dof[0] == 1);
  const std::vector<record::UnitId> seeds = {id_of(1, 0, 0), id_of(2, 0, 0), id_of(3, 0, 0),
                                             id_of(4, 0, 0), id_of(5, 0, 0)};
  CHECK(ensemble::estimate(units, seeds, true, true).dof[0] == 4);
  CHECK(ensemble::estimate(units, seeds, false, true).dof[0] == 9);
}
