// Rank 0's ledger of the queue: what is left, and how much of it a node gets. Pure.
#pragma once
#include <cstdint>
#include <vector>

#include "sim/ensemble/sharing/node.hpp"

namespace symbreak::ensemble {

/// Guided self-scheduling (Polychronopoulos & Kuck, IEEE Trans. Comput. C-36, 1425 (1987)) by cost:
/// a node gets half of its fair share of the cost that is left, so that leases shrink and the last
/// ones are single units. What is wrong about a priori costs is put right by the second half.
class Ledger {
 public:
  /// `costs` of the positions in queue order, all positive.
  explicit Ledger(const std::vector<double>& costs);
  /// The next lease of a node with `share` of all ranks, at least `least` positions while there are
  /// as many; empty when nothing is left. O(log positions).
  Lease grant(double share, std::int64_t least);
  bool empty() const { return next_ == size(); }

 private:
  std::int64_t size() const { return static_cast<std::int64_t>(until_.size()); }
  std::vector<double> until_;  ///< cost of a position and all before it
  std::int64_t next_ = 0;
};

}  // namespace symbreak::ensemble
