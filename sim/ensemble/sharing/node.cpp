#include "sim/ensemble/sharing/node.hpp"

namespace symbreak::ensemble {

namespace {

// A lease in one word, so that it changes as a whole. A plan has fewer than 2^32 units.
std::uint64_t packed(const Lease& lease) {
  return static_cast<std::uint64_t>(lease.begin) << 32 | static_cast<std::uint64_t>(lease.end);
}
Lease unpacked(std::uint64_t word) {
  return {static_cast<std::int64_t>(word >> 32), static_cast<std::int64_t>(word & 0xffffffff)};
}

}  // namespace

std::optional<std::int64_t> Node::take() {
  std::uint64_t word = current_;
  for (Lease lease = unpacked(word); lease.size() > 0; lease = unpacked(word)) {
    // No word comes twice, since no position does: an exchange never mistakes one lease for another.
    if (current_.compare_exchange_weak(word, packed({lease.begin + 1, lease.end}))) {
      return lease.begin;
    }
  }
  const Lease next = unpacked(next_.exchange(0));
  if (next.size() == 0) return std::nullopt;
  // The leader puts no other lease in before this one has been moved, so nobody else is here.
  current_ = packed({next.begin + 1, next.end});
  ++moved_;
  return next.begin;
}

bool Node::exhausted() const {
  // After `closed` nothing is put in; after `moved` has caught up, all is in `current`.
  return closed_ && moved_ == puts_;
}

Halt Node::halt(Halt reason) {
  std::int64_t before = halt_;
  while (before < static_cast<std::int64_t>(reason) &&
         !halt_.compare_exchange_weak(before, static_cast<std::int64_t>(reason))) {
  }
  return static_cast<Halt>(before);
}

void Node::put(const Lease& lease) {
  if (lease.size() <= 0) return;
  ++puts_;  // first: who sees the lease must not believe that all have been moved
  next_ = packed(lease);
}

std::int64_t Node::stock() const { return unpacked(current_).size() + unpacked(next_).size(); }

}  // namespace symbreak::ensemble
