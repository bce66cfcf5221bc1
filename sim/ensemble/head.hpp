// The run as rank 0 knows it before and after the work: what earlier sessions left, what is to do,
// and the result that comes of it. May depend on: sim/ensemble/{store,assemble}.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/ensemble/store.hpp"

namespace symbreak::ensemble {

class Head {
 public:
  /// mine: the units that are this run's, empty: all.
  Head(const std::filesystem::path& run, const deck::Deck& deck, const Plan& plan,
       std::vector<bool> mine)
      : store(run), deck_(deck), plan_(plan), mine_(std::move(mine)) {}

  Store store;
  std::optional<Store::Found> found;     ///< rank 0 only
  std::vector<std::uint64_t> todo;       ///< plan units without a result, in plan order
  std::vector<std::uint64_t> resumable;  ///< plan units with a saved state
  double work_before = 0;                ///< a priori seconds already done

  /// Opens the directory and finds what is there. From here on it says which deck it belongs to,
  /// even if nothing ever finishes. `overrides` are recorded there; without any those of an earlier
  /// session stay.
  void start(const std::vector<std::string>& overrides);
  /// After the work: all that the ranks have published (`files`) goes into result.h5.
  void finish(const std::vector<std::filesystem::path>& files, record::Session session,
              const std::map<std::string, double>& performance);
  /// Seconds that `finish` will take: measured by earlier sessions, else predicted.
  double reserve() const;
  std::size_t finished() const { return found->finished.count(); }

 private:
  std::filesystem::path target() const;  ///< of what is written
  bool is_mine(std::size_t unit) const { return mine_.empty() || mine_[unit]; }
  bool complete() const;
  void write(const std::map<std::string, double>& performance);
  const deck::Deck& deck_;
  const Plan& plan_;
  const std::vector<bool> mine_;
};

}  // namespace symbreak::ensemble
