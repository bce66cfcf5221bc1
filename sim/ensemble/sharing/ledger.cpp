#include "sim/ensemble/sharing/ledger.hpp"

#include <algorithm>
#include <numeric>

namespace symbreak::ensemble {

Ledger::Ledger(const std::vector<double>& costs) : until_(costs.size()) {
  std::partial_sum(costs.begin(), costs.end(), until_.begin());
}

Lease Ledger::grant(double share, std::int64_t least) {
  if (empty()) return {};
  const double before = next_ == 0 ? 0 : until_[static_cast<std::size_t>(next_) - 1];
  const double target = before + (until_.back() - before) * share / 2;
  const auto end = std::upper_bound(until_.begin() + next_, until_.end(), target);
  const Lease lease{
      next_, std::clamp(end - until_.begin(), next_ + std::min(least, size() - next_), size())};
  next_ = lease.end;
  return lease;
}

}  // namespace symbreak::ensemble
