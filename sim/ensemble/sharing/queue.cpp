#include "sim/ensemble/sharing/queue.hpp"

#include <cmath>
#include <memory>
#include <new>
#include <stdexcept>

namespace symbreak::ensemble {

SharedQueue::SharedQueue(MPI_Comm communicator, const std::vector<double>& costs) {
  int rank = 0, place = 0, ranks = 1;
  MPI_Comm_rank(communicator, &rank);
  MPI_Comm_split_type(communicator, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &ranks_);
  MPI_Comm_rank(ranks_, &place);
  MPI_Comm_size(ranks_, &ranks);
  MPI_Comm_split(communicator, place == 0 ? 0 : MPI_UNDEFINED, rank, &leaders_);
  if (place == 0) MPI_Comm_size(leaders_, &nodes_);
  MPI_Bcast(&nodes_, 1, MPI_INT, 0, ranks_);
  int threads = MPI_THREAD_SINGLE;
  MPI_Query_thread(&threads);
  if (nodes_ > 1 && threads < MPI_THREAD_SERIALIZED) {
    throw std::runtime_error(
        "a run on several nodes needs an MPI library with threads (MPI_THREAD_SERIALIZED)");
  }
  void* memory = nullptr;
  const auto bytes = static_cast<MPI_Aint>(place == 0 ? sizeof(Node) + alignof(Node) : 0);
  MPI_Win_allocate_shared(bytes, 1, MPI_INFO_NULL, ranks_, &memory, &window_);
  MPI_Aint size = 0;
  int unit = 0;
  MPI_Win_shared_query(window_, 0, &size, &unit, &memory);
  auto space = static_cast<std::size_t>(size);
  std::align(alignof(Node), sizeof(Node), memory, space);  // the same place in every mapping
  node_ = place == 0 ? new (memory) Node(ranks) : static_cast<Node*>(memory);
  MPI_Barrier(ranks_);
  if (nodes_ > 1) {
    if (place == 0) courier_.emplace(leaders_, *node_, costs);
    return;
  }
  // One node: all is at hand, and there is nobody to write to.
  if (place == 0) {
    node_->put({0, static_cast<std::int64_t>(costs.size())});
    node_->close();
  }
  MPI_Barrier(ranks_);
}

SharedQueue::~SharedQueue() {
  courier_.reset();
  MPI_Win_free(&window_);
  if (leaders_ != MPI_COMM_NULL) MPI_Comm_free(&leaders_);
  MPI_Comm_free(&ranks_);
}

std::optional<std::int64_t> SharedQueue::take(const std::function<bool()>& wait) {
  std::optional<std::int64_t> position = node_->take();
  if (position) return position;
  node_->hungry(1);
  for (;;) {
    const bool last = node_->exhausted();  // before looking, so that "nothing" is the last word
    position = node_->take();
    if (position || last || !wait()) break;
  }
  node_->hungry(-1);
  return position;
}

Halt SharedQueue::halt(Halt reason) { return node_->halt(reason); }
void SharedQueue::add_work(double seconds) { node_->add_work(std::llround(seconds * 1e9)); }

std::int64_t SharedQueue::finished() const {
  return node_->finished() + (courier_ ? courier_->finished_elsewhere() : 0);
}

double SharedQueue::work() const {
  return 1e-9 * static_cast<double>(node_->work() + (courier_ ? courier_->work_elsewhere() : 0));
}

void SharedQueue::finish(const std::function<void()>& meanwhile) {
  node_->leave();
  while (nodes_ > 1 ? !node_->over() : !node_->all_left()) meanwhile();
  if (courier_) courier_->finish();
}

}  // namespace symbreak::ensemble
