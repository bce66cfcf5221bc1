// Result and segment files: one documented HDF5 schema. May depend on: HDF5, sim/experiment
// (types), sim/deck (settings), analysis/{statistics,verdict}.
//
// result.h5, format_version 1:
//   /                    attributes: format_version, run, target, experiment, headline, seed
//   (string) /deck                attributes: text (verbatim), file; table of resolved keys: key,
//   value, origin /plan                points (ids in plan order), swept (key paths) /points/<id>
//   attributes: one per key (section.key, canonical text); complete
//   /points/<id>/observables/<name>/{mean,error,tau_int,ess,bins}   attributes unit, text, shape,
//                        origin; bins: one row per bin, `bins_unit` the work unit of each row,
//                        `unit_mean`, `unit_variance`, `unit_count`, `unit_bin_size`: one row a
//                        unit
//   /points/<id>/predictions  attributes <quantity> = value, <quantity>_source
//   /points/<id>/derived  written by `analyze`-independent code only when there is something
//   /sessions            one row per invocation: start, end (UTC), host, ranks, command line,
//   version /performance         seconds per unit, samples per second, checkpoint seconds
//   /provenance          attributes: git, dirty, compiler, flags, mpi, hdf5, boost, eigen
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"
#include "sim/deck/deck.hpp"
#include "sim/experiment/experiment.hpp"

namespace symbreak::record {

/// An unreadable, foreign, truncated or half-written file; the message names file and cause.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Identity of a work unit across runs and ranks.
struct UnitId {
  std::string point;  ///< 16 hex digits
  std::uint32_t disorder = 0, replica = 0;
  auto operator<=>(const UnitId&) const = default;
  std::string text() const;  ///< "<point>/<disorder>/<replica>"
};

/// A finished unit.
struct FinishedUnit {
  UnitId id;
  std::vector<statistics::Series> series;  ///< in declaration order of the point's observables
  double seconds = 0;
};
/// A unit in progress.
struct UnfinishedUnit {
  UnitId id;
  std::int64_t blocks_done = 0;
  experiment::State state;  ///< simulation and recorder
  double seconds = 0;
};
/// One immutable segment file, published by temporary name + fsync + rename + fsync(directory).
struct Segment {
  std::string fingerprint;  ///< seed and physics of the run it belongs to
  std::vector<FinishedUnit> finished;
  std::vector<UnfinishedUnit> unfinished;
};
void write_segment(const std::filesystem::path& file, const Segment& segment);
Segment read_segment(const std::filesystem::path& file);  // throws FileError

struct Session {
  std::string start, end, host, command, version;
  int ranks = 1;
  std::int64_t units = 0;
};

/// Everything that goes into result.h5 besides what verdict::Result holds.
struct ResultFile {
  verdict::Result result;
  std::vector<deck::Setting> settings;
  std::vector<Session> sessions;
  std::map<std::string, double> performance;
  std::map<std::string, std::vector<UnitId>> units;  ///< per point id, plan order
};
void write_result(const std::filesystem::path& file, const ResultFile& content);
ResultFile read_result(const std::filesystem::path& file);  // throws FileError

/// Atomic replacement of a small text file (status.json, deck.ini, SVG, HTML): temporary name,
/// fsync, rename, fsync(directory). Throws FileError (exit 1).
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace symbreak::record
