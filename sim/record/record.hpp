// Result and segment files: one documented HDF5 schema. May depend on: HDF5, sim/measure (State),
// sim/deck (settings), analysis/{statistics,verdict}.
//
// Every file is HDF5 behind a user block of 512 bytes: one line of text with the kind of file and
// its format_version, and a checksum of all that follows. Files are written once and never changed;
// one that was damaged, cut or edited is refused before HDF5 sees it. Equal content gives equal
// bytes. Missing values are NaN.
//
// result.h5, format_version 2 (h5py: numbers are plain float64 and uint64, texts are str):
//   /                        attributes run, target, experiment, headline, fingerprint (texts),
//                            seed (uint64), format_version (uint64)
//   /deck/text               the deck, verbatim
//   /deck/{key,value,origin,role,contents}   resolved keys, one row each; contents: hashes of files
//                            ("" for other keys; absent in results of before)
//   /plan/points             ids in plan order
//   /plan/swept              key paths with more than one value
//   /points/<id>             attributes: one per physics and statistics key (section.key, canonical
//                            text); complete (0 or 1)
//   /points/<id>/units       finished units x (seed, disorder sample, replica), plan order
//   /points/<id>/observables/<name>   attributes unit, text, origin (sampled or deterministic),
//                            independent (samples without memory; absent: no), errors_agree,
//                            converged
//       mean error dof tau_int ess error_binning error_spread tau_error r_hat
//                            datasets of the observable's shape (tau_int = 1/2: independent; dof:
//                            degrees of freedom of error, infinite: known; absent in older files)
//       bins                 bins x elements: means of consecutive samples, of all units in turn
//       bins_unit            row in `units` of each bin
//       unit_mean unit_variance       units x elements
//       unit_count unit_bin_size      samples of each unit, samples per bin
//   /points/<id>/facts       what the set-up says (levels of a grid, sizes): dataset <name>, one
//                            number or an array; attribute <name>: its text
//   /points/<id>/predictions what is known independently of the measurement: dataset <quantity>,
//                            one number or an array; attribute <quantity>: its source
//   /sessions/{start,end,host,command,version,ranks,units}    one row per invocation
//   /performance             attributes, seconds and counts; unit_seconds/<id>: wall time per unit
//   /provenance              attributes: git, compiler, flags, mpi, hdf5, boost, eigen, ...
// format_version 1 is read as well: there facts and predictions were attributes of one group,
// /points/<id>/predictions (<quantity> = value, <quantity>_source), arrays as <name>_000, ...
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"
#include "sim/deck/deck.hpp"
#include "sim/measure/state.hpp"

namespace symbreak::record {

/// An unreadable, foreign, truncated or half-written file; the message names file and cause.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file that is there and cannot be read for the moment (permissions, a failing disk, a stale
/// handle of a network file system). Nothing is known of what it holds.
struct AccessError : FileError {
  using FileError::FileError;
};

/// Identity of a work unit across runs and ranks.
struct UnitId {
  std::uint64_t seed = 0;
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
  measure::State state;  ///< simulation and recorder
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

/// Everything that goes into result.h5. The units' series are in `result`, unit by unit in the
/// order of `units`.
struct ResultFile {
  verdict::Result result;
  std::string fingerprint;  ///< seed, physics and length of units: what may be continued
  std::vector<deck::Setting> settings;
  std::vector<Session> sessions;
  std::map<std::string, double> performance;
  std::map<std::string, std::vector<UnitId>> units;         ///< finished, per point id, plan order
  std::map<std::string, std::vector<double>> unit_seconds;  ///< beside `units`
};
void write_result(const std::filesystem::path& file, const ResultFile& content);
ResultFile read_result(const std::filesystem::path& file);  // throws FileError

/// "1.10.8"
std::string hdf5_version();

/// Atomic replacement of a small text file (status.json, deck.ini, SVG, HTML): temporary name,
/// fsync, rename, fsync(directory). Throws FileError (exit 1).
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace symbreak::record
