// Shared counters of all ranks: the work queue without a controller. May depend on: MPI.
//
// A window of a few integers on rank 0, changed by atomic remote operations. Whoever needs work
// takes the next number; nobody waits for anybody. Every rank calls into MPI between blocks
// (`poll`), which keeps remote operations moving where the network needs the target's help.
#pragma once
#include <mpi.h>

#include <cstdint>

namespace symbreak::ensemble {

/// The text or numbers of rank 0 on all ranks; collective.
template <class List>
void broadcast(List& list) {
  auto size = static_cast<std::uint64_t>(list.size());
  MPI_Bcast(&size, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  list.resize(size);
  MPI_Bcast(list.data(), static_cast<int>(size * sizeof list[0]), MPI_BYTE, 0, MPI_COMM_WORLD);
}

/// Urgency of ending, the largest wins.
enum class Halt : std::int64_t { none = 0, stop = 1, usage = 2, internal = 3 };

class SharedQueue {
 public:
  explicit SharedQueue(MPI_Comm communicator);  ///< collective
  ~SharedQueue();                               ///< collective
  SharedQueue(const SharedQueue&) = delete;
  SharedQueue& operator=(const SharedQueue&) = delete;

  std::int64_t take();     ///< next position in the queue, each given once
  Halt halt(Halt reason);  ///< tell everybody; returns what was said before
  Halt halted() const;
  void add_finished(std::int64_t units);
  std::int64_t finished() const;
  void add_work(double seconds);  ///< a priori seconds of work done
  double work() const;

 private:
  enum Slot { next, halt_word, finished_units, work_nanos, slots };
  std::int64_t update(Slot slot, std::int64_t value, MPI_Op operation) const;
  MPI_Win window_ = MPI_WIN_NULL;
};

}  // namespace symbreak::ensemble
