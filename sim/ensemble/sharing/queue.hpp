// The work queue of all ranks, without a controller. May depend on: MPI.
//
// Positions of the queue are shared out in two steps: a node leases ranges of them from rank 0, the
// ranks of a node take single ones from shared memory. Workers never call MPI, and nobody waits for
// anybody: not for a rank that is deep in a block either.
#pragma once
#include <mpi.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/ensemble/sharing/courier.hpp"
#include "sim/ensemble/sharing/node.hpp"

namespace symbreak::ensemble {

/// The text or numbers of one rank on all ranks; collective.
template <class List>
void broadcast(List& list, int root = 0) {
  auto size = static_cast<std::uint64_t>(list.size());
  MPI_Bcast(&size, 1, MPI_UINT64_T, root, MPI_COMM_WORLD);
  list.resize(size);
  MPI_Bcast(list.data(), static_cast<int>(size * sizeof list[0]), MPI_BYTE, root, MPI_COMM_WORLD);
}

class SharedQueue {
 public:
  /// Collective. `costs` of the positions, a priori and positive, count on rank 0. From here to the
  /// end of `finish` no rank may call MPI. Throws where there are several nodes and an MPI library
  /// that knows no threads.
  SharedQueue(MPI_Comm communicator, const std::vector<double>& costs);
  ~SharedQueue();  ///< collective
  SharedQueue(const SharedQueue&) = delete;
  SharedQueue& operator=(const SharedQueue&) = delete;

  /// Next position, each given once. While none is at hand `wait` is called, which sleeps a little
  /// and says whether to go on. Nothing: all are given away, or `wait` said no.
  std::optional<std::int64_t> take(const std::function<bool()>& wait);
  Halt halt(Halt reason);  ///< tell everybody; returns what was said on this node before
  Halt halted() const { return node_->halted(); }
  void add_finished(std::int64_t units) { node_->add_finished(units); }
  void add_work(double seconds);  ///< a priori seconds of work done
  /// Sums: on rank 0 of all ranks (others at most a second late), elsewhere of the node.
  std::int64_t finished() const;
  double work() const;
  /// Collective: until every rank is here; `meanwhile` is called again and again, and sleeps. The
  /// halt word and rank 0's sums are final afterwards.
  void finish(const std::function<void()>& meanwhile);
  int nodes() const { return nodes_; }

 private:
  MPI_Comm ranks_ = MPI_COMM_NULL, leaders_ = MPI_COMM_NULL;
  int nodes_ = 1;
  MPI_Win window_ = MPI_WIN_NULL;  ///< memory of the node
  Node* node_ = nullptr;
  std::optional<Courier> courier_;
};

}  // namespace symbreak::ensemble
