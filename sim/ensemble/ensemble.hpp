// The ensemble engine: runs all work units of a deck on any number of MPI ranks.
// Knows no target and no kind of experiment: main hands it the catalogue. May depend on: MPI,
// sim/{measure,record,deck,random}, analysis/{statistics,verdict}.
#pragma once
#include <algorithm>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

/// One registry of exit statuses (the contract of the command line).
enum class Exit : int { done = 0, internal = 1, usage = 2, stopped = 3, disagrees = 4 };

/// Experiments of the points of a plan, made when they are asked for. Cheap ones are made again, so
/// that many points cost no memory; the last few, and those that take time to make, are kept.
class Experiments {
 public:
  using Make = std::function<std::unique_ptr<measure::Experiment>(const deck::Parameters&)>;
  explicit Experiments(Make make) : make_(std::move(make)) {}
  std::shared_ptr<const measure::Experiment> get(std::size_t point, const deck::Parameters&);

 private:
  using Kept = std::pair<std::size_t, std::shared_ptr<const measure::Experiment>>;
  Make make_;
  std::unordered_map<std::size_t, std::shared_ptr<const measure::Experiment>> slow_;
  std::deque<Kept> last_;
};

/// All points and units of a deck, identical on all ranks.
struct Plan {
  struct Point {
    std::string id;
    deck::Parameters parameters;
    std::size_t first_unit = 0;  ///< its units follow one another: replicas fastest
    std::uint32_t disorder = 0, replicas = 0;
    std::size_t units() const { return std::size_t{disorder} * replicas; }
  };
  std::string run, target, experiment, headline;
  std::uint64_t seed = 0;
  std::vector<std::string> swept;
  std::vector<deck::Setting> settings;  ///< resolved keys of the deck
  bool share_disorder = false;
  bool quenched = false;      ///< another seed is another disorder sample
  std::vector<Point> points;  ///< plan order
  struct Unit {
    std::size_t point;
    std::uint32_t disorder, replica;
    double seconds;  ///< a priori cost
  };
  std::vector<Unit> units;  ///< plan order
  std::size_t timed = 0;    ///< points by which costs were measured (trial.hpp); 0: a priori
  struct Totals {
    std::string fingerprint, continuation;
    std::size_t result = 0;  ///< predicted bytes of result.h5
    std::size_t unit = 0;    ///< bytes of the largest unit while it runs
    std::size_t point = 0;   ///< bytes of what the largest point records
  } totals;
  std::shared_ptr<Experiments> experiments;

  std::shared_ptr<const measure::Experiment> experiment_of(std::size_t point) const {
    return experiments->get(point, points[point].parameters);
  }
  /// Expensive units first, plan order among equals: a straggler does not hold the rest.
  void sort_by_cost(std::vector<std::size_t>& some) const {
    std::ranges::stable_sort(some, std::greater(), [&](std::size_t u) { return units[u].seconds; });
  }
  /// What decides the bits of a unit.
  measure::UnitAddress address(const Unit& unit) const {
    const std::uint64_t hash = points[unit.point].parameters.identity();
    return {.seed = seed,
            .point = hash,
            .disorder_point = share_disorder ? 0 : hash,
            .disorder = unit.disorder,
            .replica = unit.replica};
  }
  record::UnitId id(const Unit& unit) const {
    return {seed, points[unit.point].id, unit.disorder, unit.replica};
  }
  /// Weight of a unit in progress and time left: its cost, but never nothing.
  static double work(const Unit& unit) { return std::max(unit.seconds, 1e-8); }
  double seconds() const;                                     ///< serial cost estimate
  std::size_t result_bytes() const { return totals.result; }  ///< predicted, of result.h5
  std::size_t memory_bytes() const;                           ///< predicted peak per rank
  std::size_t state_bytes() const;  ///< that the state of a finished unit may take to be kept
  /// Hash of all that decides the bits of units: seed, physics, length of units, observables; not
  /// deck::kUnitCounts, so that these can be raised and units be kept.
  const std::string& fingerprint() const { return totals.fingerprint; }
  /// The same without deck::kUnitLength: what the states of units may go on in.
  const std::string& continuation() const { return totals.continuation; }
};
/// Throws deck::KeyError for points that make no sense.
Plan plan(const deck::Deck& deck, const measure::Catalogue& catalogue);

/// In place of a fingerprint: the result of `merge` cannot be continued.
inline constexpr const char* kMerged = "merged";

/// What --set said when the run in this directory was begun, "section.key=value" each.
std::vector<std::string> recorded_overrides(const std::filesystem::path& run);

/// Part `number` of `count` of a run's units, in a directory of its own: one task of a job array.
/// The run itself takes in what its slices have finished.
struct Slice {
  std::size_t number = 1, count = 1;  ///< from 1
  /// "3/8". Throws deck::KeyError.
  static Slice parse(const std::string& text);
  /// RUN/slices/3-of-8
  std::filesystem::path directory(const std::filesystem::path& run) const;
  /// Every `count`-th unit, where the expensive ones come first: slices cost the same.
  std::vector<bool> units(const Plan& plan) const;
};

struct Options {
  std::filesystem::path output;        ///< RUN directory
  std::optional<Slice> slice;          ///< only these units; `output` is their directory
  std::optional<double> walltime;      ///< seconds, 0: none; else deck, else SLURM_JOB_END_TIME
  std::optional<double> begun;         ///< steady(), from when the walltime counts; else from `run`
  std::string command;                 ///< for provenance
  bool quiet = false;                  ///< nothing on standard output
  std::vector<std::string> overrides;  ///< of --set: recorded, so that the plain command goes on
};

/// Run or resume; collective over MPI_COMM_WORLD; every rank returns the same status. Errors on any
/// rank end the run for all of them with one message (rank 0 or the failing rank) and status 1 or
/// 2; nothing finished is lost.
///
/// Resuming: a deck that differs in physics, seed or lowered statistics is refused with the diff.
/// More replicas or disorder samples keep every finished unit; with more blocks units go on where
/// they ended; other amounts that change a unit do it again. A finished run says so and ends with
/// status 0.
/// Stops (status 3) at the walltime, at SIGTERM, SIGINT, SIGHUP or SIGUSR1 (the second, at least
/// half a second after the first: at once), or at a file STOP in RUN, removed at the next start.
Exit run(const deck::Deck& deck, const Plan& plan, const Options& options);

/// This program and its libraries, by name: "version", "git", "mpi", ...
std::map<std::string, std::string> provenance();
/// "1.0.0 (1a2b3c4, modified)"
std::string version_text();

/// status.json of a run, as published while it runs.
std::string status(const std::filesystem::path& run, bool json);
/// The same of several, one line each, in lines of `width`; merged results and what is no run say
/// so. `json`: an array.
std::string status(const std::vector<std::filesystem::path>& runs, bool json, std::size_t width);

/// Union of the units of several runs of the same experiment: other seeds add replicas (disorder
/// samples, where there is disorder) to a point, other points add to the list. Refuses duplicates
/// (the same unit of the same seed) and existing output. `quenched`: measure::Catalogue's. Returns
/// the number of points that lack units of some run. Throws record::FileError.
std::size_t merge(const std::filesystem::path& out, const std::vector<std::filesystem::path>& runs,
                  const std::function<bool(const std::string& target)>& quenched);

/// What a Slurm job of this plan should ask for: ranks that stay busy, the time they take with a
/// margin of one half, at most a day (the job goes on when it is requeued), and the predicted
/// memory.
struct JobSize {
  std::size_t ranks = 1, minutes = 1, megabytes = 1;
  std::string header() const;  ///< "#SBATCH --ntasks=..."
};
JobSize job_size(const Plan& plan);

/// Text of the plan for `symbreak check`: points, units, memory, disk, estimated time, what will be
/// recorded, predictions; no line wider than `width`. `files`: what was understood of those that
/// were read, one line each.
std::string summary(const Plan& plan, const std::vector<std::string>& files = {},
                    std::size_t width = 80);

}  // namespace symbreak::ensemble
