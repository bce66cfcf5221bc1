// Result and segment files: one documented HDF5 schema. May depend on: HDF5, sim/measure (State),
// sim/deck (settings), analysis/{statistics,verdict}.
//
// Every file is HDF5 behind a user block of 512 bytes: one line of text with the kind of file and
// its format_version, and a checksum of all that follows. Files are written once and never changed;
// one that was damaged, cut or edited is refused before HDF5 sees it. Equal content gives equal
// bytes. Missing values are NaN.
//
// result.h5, format_version 3, has columns over all points. With h5py: numbers are plain float64
// and uint64, texts are str (`.asstr()`). "Rows of X" go with those of X one for one.
//   /                        attributes run, target, experiment, headline, fingerprint (texts),
//                            seed (uint64), format_version (uint64)
//   /deck/text               the deck, verbatim
//   /deck/{key,value,origin,role,contents}   resolved keys, one row each; contents: hashes of files
//                            ("" for other keys; absent in results of before)
//   /plan/swept              key paths with more than one value
//   /points/id               16 hex digits a point, in plan order
//   /points/complete         0 or 1
//   /points/first_unit       points + 1: the finished units of point i are rows first_unit[i] ..
//                            first_unit[i + 1] of `units`
//   /points/keys/<section.key>   physics and statistics keys: a row a point, or one scalar where
//                            all points have the same; numbers, or text
//   /points/present/<section.key>   0 or 1: where some points do not have the key
//   /units/{seed,disorder,replica}   finished units, plan order within each point
//   /observables/<name>      attributes name, unit, text, origin (sampled or deterministic),
//                            independent (samples without memory). Observables whose points have
//                            several shapes go on in <name>~2, <name>~3, ...
//       point                row in `points`, rising: all of them where all points measured it
//       mean error dof tau_int ess error_binning error_spread tau_error r_hat
//                            rows of `point` x the observable's shape (tau_int = 1/2: independent;
//                            dof: degrees of freedom of error, infinite: known)
//       errors_agree converged   0 or 1
//       unit text            only where they differ between points
//       first_unit           rows + 1: units of row i in unit_*, in the order of /units
//       unit_mean unit_variance       units x elements
//       unit_count unit_bin_size      samples of each unit, samples per bin
//       first_bin            units + 1: bins of unit u in `bins`
//       bins                 bins x elements: means of consecutive samples
//   /facts/<name>            what the set-up says (levels of a grid, sizes): point, value (rows, or
//                            rows x length where it is an array; several lengths: <name>~2), text
//   /predictions/<quantity>  the same for what is known independently of the measurement: point,
//                            value, source
//   /sessions/{start,end,host,command,version,ranks,units}    one row per invocation
//   /performance             attributes, seconds and counts; unit_seconds: rows of `units`
//   /provenance              attributes: git, compiler, flags, mpi, hdf5, boost, eigen, ...
// Columns are chunked, and shuffled and deflated where that saves space.
//
// format_version 2 is read as well: there each point was a group, /points/<id>, with keys as
// attributes, `units`, observables/<name>/, facts and predictions; /plan/points gave the order. In
// version 1 facts and predictions were attributes of one group, /points/<id>/predictions
// (<quantity> = value, <quantity>_source), arrays as <name>_000, ...
#pragma once
#include <filesystem>
#include <map>
#include <memory>
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
/// How far a unit is: in progress, or at its end, from where more blocks can go on.
struct UnitState {
  UnitId id;
  std::int64_t blocks_done = 0;
  measure::State state;  ///< simulation and recorder
  double seconds = 0;
};
/// One immutable segment file, published by temporary name + fsync + rename + fsync(directory).
struct Segment {
  std::string fingerprint;   ///< seed, physics and length of the units of the run it belongs to
  std::string continuation;  ///< the same without their length: what states may go on in
  std::vector<FinishedUnit> finished;
  std::vector<UnitState> states;
};
/// Units are packed into arrays over all of them. Read as well: version 2, a group a state; version
/// 1, a group a unit.
void write_segment(const std::filesystem::path& file, const Segment& segment);
Segment read_segment(const std::filesystem::path& file);  // throws FileError
std::size_t bytes_of(const FinishedUnit& unit);           ///< of memory
std::size_t bytes_of(const UnitState& state);

/// A segment whose states come one after the other: memory holds the file that comes of them.
class SegmentWriter {
 public:
  explicit SegmentWriter(const Segment& head);  ///< has no say in states
  ~SegmentWriter();
  void add(const UnitState& state);
  void publish(const std::filesystem::path& file);

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// A segment of which single units are read.
class SegmentReader {
 public:
  /// `trusted`: was read before by this process; the checksum is not computed again.
  explicit SegmentReader(const std::filesystem::path& file, bool trusted = false);
  ~SegmentReader();
  SegmentReader(SegmentReader&&) noexcept;
  const std::string& fingerprint() const;
  const std::string& continuation() const;  ///< "": of a version before
  const std::vector<UnitId>& finished() const;
  FinishedUnit read(std::size_t unit) const;  ///< of `finished`; fastest in rising order
  const std::vector<UnitId>& states() const;
  std::int64_t blocks_done(std::size_t state) const;  ///< of `states`
  UnitState read_state(std::size_t state) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

using Session = verdict::Session;

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
/// All of it at once; throw FileError.
void write_result(const std::filesystem::path& file, const ResultFile& content);
ResultFile read_result(const std::filesystem::path& file);

/// A point with its finished units.
struct PointRecord {
  verdict::Point point;
  std::vector<UnitId> units;
  std::vector<double> unit_seconds;  ///< beside `units`; empty: not known
};

/// Point by point, however many there are: memory holds one of them beside the file that comes of
/// them, which the disk sees as one finished run of bytes.
class ResultWriter {
 public:
  explicit ResultWriter(const std::filesystem::path& file);
  ~ResultWriter();
  void add(const PointRecord& record);  ///< in plan order
  /// Everything else; `head` has no say in points and units. Nothing is seen of the file before.
  void publish(const ResultFile& head);

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

class ResultReader {
 public:
  explicit ResultReader(const std::filesystem::path& file);
  ~ResultReader();
  ResultReader(ResultReader&&) noexcept;
  const ResultFile& head() const;               ///< without points and units
  const std::vector<std::string>& ids() const;  ///< of the points, plan order
  std::vector<UnitId> units(std::size_t point) const;
  bool any_units() const;
  bool complete(std::size_t point) const;     ///< all units of the point are finished
  PointRecord read(std::size_t point) const;  ///< fastest in rising order

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// "1.10.8"
std::string hdf5_version();

/// Atomic replacement of a small text file (status.json, deck.ini, SVG, HTML): temporary name,
/// fsync, rename, fsync(directory). Throws FileError (exit 1).
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace symbreak::record
