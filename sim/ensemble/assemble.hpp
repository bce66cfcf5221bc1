// From finished units to a result: the one place where units are combined, in plan order.
// May depend on: sim/record, analysis.
#pragma once
#include <filesystem>
#include <vector>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/finished.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

/// Estimate of one observable from its units in order, by the meaning of the units: replicas of one
/// system, or disorder samples (those that still lack replicas are left out). `quenched`: another
/// seed is another disorder sample. `independent`: samples of a unit are.
statistics::Estimate estimate(const std::vector<statistics::Series>& series,
                              const std::vector<record::UnitId>& units, bool quenched,
                              bool independent);

/// Writes the result of a plan as far as its units are finished, point by point: memory holds one
/// of them. `head`: sessions and performance, to which the seconds that it took are added as
/// `timed`.
void assemble(const std::filesystem::path& result, const deck::Deck& deck, const Plan& plan,
              Finished& finished, record::ResultFile head, const std::string& timed);
/// The result before anything is finished: it says of which deck it is, and has no points.
void assemble_nothing(const std::filesystem::path& result, const deck::Deck& deck,
                      const Plan& plan);
/// Seconds that `assemble` will take, by rates measured on a slow machine.
double assembly_seconds(const Plan& plan);

}  // namespace symbreak::ensemble
