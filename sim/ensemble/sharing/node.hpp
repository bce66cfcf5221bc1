// What the ranks of one node share: the positions at hand, the halt word, sums. Plain memory and
// C++ atomics: no message, no system call, no lock. May depend on: nothing.
//
// A lease is a range of positions of the queue that belongs to this node. Workers take from the
// current one; when it is used up, whoever notices moves the next one up. The node's leader (node
// rank 0) is the only one that puts leases in.
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

namespace symbreak::ensemble {

/// Urgency of ending, the largest wins.
enum class Halt : std::int64_t { none = 0, stop = 1, usage = 2, internal = 3 };

/// Positions [begin, end) of the queue.
struct Lease {
  std::int64_t begin = 0, end = 0;
  std::int64_t size() const { return end - begin; }
  auto operator<=>(const Lease&) const = default;
};

/// Lives in shared memory: whoever makes it puts it there.
class Node {
 public:
  explicit Node(int ranks) : ranks_(ranks) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Next position of the node, each given once; none: not now, and if `exhausted` was true before,
  /// never again.
  std::optional<std::int64_t> take();
  bool exhausted() const;
  void hungry(int change) { hungry_ += change; }  ///< a worker begins or ends to wait

  Halt halt(Halt reason);  ///< tell the node; returns what was said before
  Halt halted() const { return static_cast<Halt>(halt_.load()); }
  void add_finished(std::int64_t units) { finished_ += units; }
  void add_work(std::int64_t nanoseconds) { work_ += nanoseconds; }
  std::int64_t finished() const { return finished_; }
  std::int64_t work() const { return work_; }
  void leave() { ++left_; }  ///< this rank takes no more and adds no more
  bool all_left() const { return left_ == ranks_; }
  bool over() const { return over_; }

  // For the leader.
  int ranks() const { return static_cast<int>(ranks_); }
  bool room() const { return moved_ == puts_; }  ///< for one more lease
  void put(const Lease& lease);
  void close() { closed_ = true; }  ///< no lease will follow
  bool closed() const { return closed_; }
  std::int64_t stock() const;  ///< positions put in and not taken
  bool starving() const { return hungry_ > 0; }
  void end() { over_ = true; }

 private:
  using Word = std::atomic<std::int64_t>;
  static_assert(Word::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free &&
                std::atomic<bool>::is_always_lock_free);
  // What changes at every unit has a cache line of its own.
  alignas(64) std::atomic<std::uint64_t> current_{0};
  alignas(64) std::atomic<std::uint64_t> next_{0};
  Word puts_{0}, moved_{0};  ///< leases put in, and moved to `current_`
  Word hungry_{0}, left_{0}, halt_{0};
  std::atomic<bool> closed_{false}, over_{false};
  const std::int64_t ranks_;
  alignas(64) Word finished_{0}, work_{0};
};

}  // namespace symbreak::ensemble
