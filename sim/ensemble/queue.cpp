#include "sim/ensemble/queue.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::ensemble {

SharedQueue::SharedQueue(MPI_Comm communicator) {
  int rank = 0;
  MPI_Comm_rank(communicator, &rank);
  std::int64_t* counters = nullptr;
  const MPI_Aint size = rank == 0 ? slots * static_cast<MPI_Aint>(sizeof(std::int64_t)) : 0;
  MPI_Win_allocate(size, sizeof(std::int64_t), MPI_INFO_NULL, communicator, &counters, &window_);
  if (rank == 0) {
    MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, window_);
    std::fill(counters, counters + slots, 0);
    MPI_Win_unlock(0, window_);
  }
  MPI_Barrier(communicator);
  MPI_Win_lock_all(0, window_);
}

SharedQueue::~SharedQueue() {
  MPI_Win_unlock_all(window_);
  MPI_Win_free(&window_);
}

std::int64_t SharedQueue::update(Slot slot, std::int64_t value, MPI_Op operation) const {
  std::int64_t before = 0;
  MPI_Fetch_and_op(&value, &before, MPI_INT64_T, 0, slot, operation, window_);
  MPI_Win_flush(0, window_);
  return before;
}

std::int64_t SharedQueue::take() { return update(next, 1, MPI_SUM); }
Halt SharedQueue::halt(Halt reason) {
  return static_cast<Halt>(update(halt_word, static_cast<std::int64_t>(reason), MPI_MAX));
}
Halt SharedQueue::halted() const { return static_cast<Halt>(update(halt_word, 0, MPI_NO_OP)); }
void SharedQueue::add_finished(std::int64_t units) { update(finished_units, units, MPI_SUM); }
std::int64_t SharedQueue::finished() const { return update(finished_units, 0, MPI_NO_OP); }
void SharedQueue::add_work(double seconds) {
  update(work_nanos, std::llround(seconds * 1e9), MPI_SUM);
}
double SharedQueue::work() const {
  return static_cast<double>(update(work_nanos, 0, MPI_NO_OP)) * 1e-9;
}

}  // namespace symbreak::ensemble
