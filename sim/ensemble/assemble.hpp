// From finished units to a result: the one place where units are combined, in plan order.
// May depend on: sim/record, analysis.
#pragma once
#include <map>
#include <vector>

#include "sim/ensemble/ensemble.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

/// What a unit measured, by observable.
struct NamedUnit {
  std::map<std::string, statistics::Series> series;
  double seconds = 0;
};
/// Finished units by identity (any seed: a merged run has several).
using Finished = std::map<record::UnitId, NamedUnit>;

/// Adds the units that a result file or a segment holds (those of the plan's points).
void collect(const record::ResultFile& file, Finished& finished);
void collect(const record::Segment& segment, const Plan& plan, Finished& finished);

/// Estimate of one observable from its units in order, by the meaning of the units: replicas of one
/// system, or disorder samples (those that still lack replicas are left out). `quenched`: another
/// seed is another disorder sample. `independent`: samples of a unit are.
statistics::Estimate estimate(const std::vector<statistics::Series>& series,
                              const std::vector<record::UnitId>& units, bool quenched,
                              bool independent);

/// The result of a plan as far as its units are finished. Sessions and performance are the
/// caller's.
record::ResultFile assemble(const deck::Deck& deck, const Plan& plan, const Finished& finished);

}  // namespace symbreak::ensemble
