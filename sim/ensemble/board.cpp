#include "sim/ensemble/board.hpp"

#include <algorithm>

namespace symbreak::ensemble {

Board::Board(MPI_Comm communicator) {
  int rank = 0;
  MPI_Comm_rank(communicator, &rank);
  const MPI_Aint bytes = rank == 0 ? kSlots * static_cast<MPI_Aint>(sizeof(std::int64_t)) : 0;
  MPI_Win_allocate(bytes, sizeof(std::int64_t), MPI_INFO_NULL, communicator, &memory_, &window_);
  MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
  if (rank == 0) {
    std::fill_n(memory_, static_cast<int>(kSlots), std::int64_t{0});
    MPI_Win_sync(window_);
  }
  MPI_Barrier(communicator);
}

Board::~Board() {
  MPI_Win_unlock_all(window_);
  MPI_Win_free(&window_);
}

std::int64_t Board::update(Slot slot, std::int64_t operand, MPI_Op operation) {
  std::int64_t before = 0;
  MPI_Fetch_and_op(&operand, &before, MPI_INT64_T, 0, slot, operation, window_);
  MPI_Win_flush(0, window_);
  return before;
}

}  // namespace symbreak::ensemble
