// The ensemble engine: runs all work units of a deck on any number of MPI ranks.
// May depend on: MPI, sim/{experiment,record,deck,random,target,diffusion}.
//
// Units are handed out by a counter in shared memory of rank 0 (MPI one-sided), advanced block by
// block, and published as segment files keyed by unit, never by rank. The end combines them in plan
// order. Hence the same bits for any number of ranks, any schedule and any kills and resumes (one
// build, one type of machine).
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/experiment/experiment.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

/// One registry of exit statuses (the contract of the command line).
enum class Exit : int { done = 0, internal = 1, usage = 2, stopped = 3, disagrees = 4 };

/// All points and units of a deck, identical on all ranks.
struct Plan {
  struct Point {
    std::string id;                    ///< `identity` as 16 hex digits
    std::uint64_t identity = 0;        ///< content hash of the physics keys
    std::uint64_t disorder_point = 0;  ///< where disorder is drawn: shared under share_disorder
    deck::Parameters parameters;
    std::shared_ptr<const experiment::Experiment> experiment;
    std::vector<experiment::ObservableInfo> observables;
  };
  std::string run, target, experiment, headline;
  std::uint64_t seed = 0;
  std::vector<std::string> swept;
  std::vector<deck::Setting> settings;  ///< resolved keys of the deck
  bool share_disorder = false;
  std::vector<Point> points;  ///< plan order
  struct Unit {
    std::size_t point;
    std::uint32_t disorder, replica;
    double seconds;  ///< a priori cost
  };
  std::vector<Unit> units;           ///< plan order
  double seconds() const;            ///< serial cost estimate
  std::size_t result_bytes() const;  ///< predicted size of result.h5
  std::size_t memory_bytes() const;  ///< predicted peak per rank
  /// Hash of all that decides the bits of a unit: seed, physics, length of units, observables; not
  /// the number of replicas and disorder samples, so that these can be raised and units be kept.
  std::string fingerprint() const;
  experiment::UnitAddress address(const Unit& unit) const;
  record::UnitId id(const Unit& unit) const;
};
/// Throws deck::KeyError or deck::Errors (two points with the same physics).
Plan plan(const deck::Deck& deck);

struct Options {
  std::filesystem::path output;    ///< RUN directory
  std::optional<double> walltime;  ///< seconds; else deck, else SLURM_JOB_END_TIME
  std::string command;             ///< for provenance
};

/// Run or resume; collective over MPI_COMM_WORLD; every rank returns the same status. Errors on any
/// rank end the run for all of them with one message (rank 0 or the failing rank) and status 1 or
/// 2; nothing finished is lost.
///
/// Resuming: a deck that differs in physics, seed or lowered statistics is refused with the diff.
/// More replicas or disorder samples keep every finished unit; longer units (more blocks) are done
/// again. A finished run says so and ends with status 0.
/// Stops (status 3) at the walltime, at SIGTERM, SIGINT or SIGUSR1 (the second, at least half a
/// second after the first: at once), or at a file STOP in RUN, removed at the next start.
Exit run(const deck::Deck& deck, const Plan& plan, const Options& options);

/// How far a run is, from the status.json that it publishes every two seconds; says so when a run
/// is no longer alive. Throws record::FileError when `run` is no run.
std::string status(const std::filesystem::path& run, bool json);

/// Union of the units of several runs of the same experiment: other seeds add replicas (disorder
/// samples, where there is disorder) to a point, other points add to the list. Refuses duplicates
/// (the same unit of the same seed) and existing output. Throws record::FileError.
void merge(const std::filesystem::path& out, const std::vector<std::filesystem::path>& runs);

/// Text of the plan for `symbreak check`: points, units, memory, disk, estimated time, predictions.
std::string summary(const Plan& plan);

/// Version of the program and of what it is built on, as in the result file.
std::map<std::string, std::string> provenance();

}  // namespace symbreak::ensemble
