// Counters that all ranks share, in memory of rank 0, without rank 0 taking part (MPI one-sided
// communication): the queue of units, the stop word, how much is done. May depend on: MPI.
#pragma once
#include <mpi.h>

#include <cstdint>

namespace symbreak::ensemble {

/// Why the ranks stop, in order of precedence; the stop word only ever rises.
enum class Stop : std::int64_t { none = 0, walltime, file, signal, refused, failed };

/// Collective over the communicator in construction and destruction, never in between.
class Board {
 public:
  explicit Board(MPI_Comm communicator);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  std::int64_t next() { return update(kNext, 1, MPI_SUM); }  ///< place in the queue, once each
  Stop stop() { return static_cast<Stop>(update(kStop, 0, MPI_NO_OP)); }
  /// Raises the stop word; returns what it was.
  Stop raise(Stop stop) {
    return static_cast<Stop>(update(kStop, static_cast<std::int64_t>(stop), MPI_MAX));
  }
  void add_units(std::int64_t units) { update(kUnits, units, MPI_SUM); }
  void add_work(std::int64_t work) { update(kWork, work, MPI_SUM); }
  std::int64_t units() { return update(kUnits, 0, MPI_NO_OP); }
  std::int64_t work() { return update(kWork, 0, MPI_NO_OP); }

 private:
  enum Slot : int { kNext, kStop, kUnits, kWork, kSlots };
  std::int64_t update(Slot slot, std::int64_t operand, MPI_Op operation);

  MPI_Win window_ = MPI_WIN_NULL;
  std::int64_t* memory_ = nullptr;
};

}  // namespace symbreak::ensemble
