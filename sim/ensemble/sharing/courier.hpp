// Between nodes: leases down, halts and sums up, by ordinary messages. May depend on: MPI.
//
// The leaders of the nodes each have one courier, a thread that wakes up every few milliseconds.
// While it lives it is the only one of its process that calls MPI, so workers may be deep in a block
// for minutes, on rank 0 too, and no node waits for them. Courier 0 keeps the ledger.
#pragma once
#include <mpi.h>

#include <array>
#include <atomic>
#include <list>
#include <thread>
#include <vector>

#include "sim/ensemble/sharing/ledger.hpp"
#include "sim/ensemble/sharing/node.hpp"

namespace symbreak::ensemble {

class Courier {
 public:
  /// Collective over the leaders. `costs` of all positions count on leader 0.
  Courier(MPI_Comm leaders, Node& node, const std::vector<double>& costs);
  ~Courier() { finish(); }
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  void finish();  ///< waits until the queue is over for all nodes and nothing is to be sent

  /// On leader 0: sums over the other nodes, at most a second old, exact once the queue is over.
  std::int64_t finished_elsewhere() const { return finished_; }
  std::int64_t work_elsewhere() const { return work_; }

 private:
  /// From a node to leader 0.
  struct Report {
    std::int64_t ask = 0;  ///< least size of the lease wanted, 0: none
    std::int64_t halt = 0, finished = 0, work = 0;
    std::int64_t all_left = 0;  ///< the last report of a node
  };
  /// From leader 0 to a node.
  struct Order {
    std::int64_t begin = 0, end = 0;  ///< a lease
    std::int64_t closed = 0;          ///< no lease will follow
    std::int64_t halt = 0, over = 0;
  };
  using Words = std::array<std::int64_t, 5>;
  static_assert(sizeof(Report) == sizeof(Words) && sizeof(Order) == sizeof(Words));
  struct Sent {
    Words words;
    MPI_Request request;
  };

  void run();
  void receive();
  void report();
  std::int64_t wanted(double time);
  void hear(int node, const Report& report);  // leader 0
  void settle();                              // leader 0
  void obey(const Order& order);
  template <class Content>
  void send(int to, const Content& content);
  void order(int node, const Order& order);

  MPI_Comm leaders_;
  Node& node_;
  int rank_ = 0, nodes_ = 1;
  std::atomic<std::int64_t> finished_{0}, work_{0};
  // Of the thread alone from here on.
  std::list<Sent> sent_;
  Report last_;  ///< what leader 0 knows of this node
  double reported_at_ = -1e9, heard_at_ = -1e9;
  bool asked_ = false;  ///< a lease is on its way
  double pace_ = 0;     ///< units a second
  struct {
    double time = 0;
    std::int64_t finished = 0;
  } paced_at_;
  bool over_ = false;
  // Leader 0.
  Ledger ledger_;
  std::vector<Report> known_;  ///< last reports
  std::vector<double> share_;  ///< of all ranks
  std::int64_t halt_ = 0;
  std::thread thread_;
};

}  // namespace symbreak::ensemble
