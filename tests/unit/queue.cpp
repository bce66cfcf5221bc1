// Sharing out of work: every position once, whatever the pace of nodes, ranks and leases.
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "sim/ensemble/sharing/ledger.hpp"
#include "sim/ensemble/sharing/node.hpp"

namespace {

using namespace symbreak::ensemble;

TEST_CASE("Leases cover the queue once, and shrink with the cost that is left") {
  // Costs fall by four orders of magnitude, as in a sweep through a critical point.
  std::vector<double> costs(1000);
  for (std::size_t i = 0; i < costs.size(); ++i)
    costs[i] = std::exp(-0.01 * static_cast<double>(i));
  const double all = std::accumulate(costs.begin(), costs.end(), 0.0);
  Ledger ledger(costs);
  std::int64_t next = 0;
  double left = all;
  for (int turn = 0; !ledger.empty(); ++turn) {
    const double share = turn % 2 == 0 ? 0.75 : 0.25;  // three ranks here, one there
    const Lease lease = ledger.grant(share, 1);
    CAPTURE(turn, lease.begin, lease.end);
    REQUIRE(lease.begin == next);
    REQUIRE(lease.size() > 0);
    const double cost =
        std::accumulate(costs.begin() + lease.begin, costs.begin() + lease.end, 0.0);
    if (lease.size() > 1) {
      CHECK(cost <= left * share / 2 * (1 + 1e-9));  // never more than half of the fair share
    }
    if (turn == 0) CHECK(cost > all * share / 2 - costs[0]);
    left -= cost;
    next = lease.end;
  }
  CHECK(next == 1000);
  CHECK(ledger.grant(1, 1).size() == 0);
}

TEST_CASE("A lease is as long as asked, and never longer than what is left") {
  Ledger ledger(std::vector<double>(10, 1.0));
  CHECK(ledger.grant(0.1, 7) == Lease{0, 7});
  CHECK(ledger.grant(0.1, 7) == Lease{7, 10});
  CHECK(ledger.empty());
  CHECK(Ledger({}).grant(1, 1) == Lease{});
}

TEST_CASE("Eight workers and a leader that puts in lease after lease: every position once") {
  constexpr std::int64_t kPositions = 200'000;
  const auto node = std::make_unique<Node>(8);
  std::vector<std::atomic<int>> given(kPositions);
  std::vector<std::thread> workers;
  for (int w = 0; w < 8; ++w) {
    workers.emplace_back([&] {
      for (;;) {
        const bool last = node->exhausted();
        if (const auto position = node->take()) {
          ++given[static_cast<std::size_t>(*position)];
        } else if (last) {
          break;
        } else {
          std::this_thread::yield();
        }
      }
      node->leave();
    });
  }
  for (std::int64_t next = 0; next < kPositions;) {
    if (!node->room()) {
      std::this_thread::yield();
      continue;
    }
    const std::int64_t size = std::min<std::int64_t>(1 + next % 7, kPositions - next);
    node->put({next, next + size});
    next += size;
  }
  node->close();
  for (std::thread& worker : workers) worker.join();
  CHECK(node->all_left());
  CHECK(node->stock() == 0);
  CHECK(std::all_of(given.begin(), given.end(), [](const auto& times) { return times == 1; }));
}

TEST_CASE("The most urgent reason to end is the one that counts") {
  Node node(1);
  CHECK(node.halt(Halt::stop) == Halt::none);
  CHECK(node.halt(Halt::internal) == Halt::stop);
  CHECK(node.halt(Halt::usage) == Halt::internal);
  CHECK(node.halted() == Halt::internal);
}

}  // namespace
