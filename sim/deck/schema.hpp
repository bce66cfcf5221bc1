// Which keys a deck may have, given its kinds, and what to say of any other.
// May depend on: sim/deck/{deck,scan,spelling}.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/deck/scan.hpp"

namespace symbreak::deck {

/// Sections in the order of the resolved deck: [run] [target] [forward] [experiment] [sampling].
std::vector<std::string> sections(const Catalogue& catalogue);

class Schema {
 public:
  /// `target`, `experiment`: the kinds the deck names, "" if it does not.
  Schema(const Catalogue& catalogue, const std::string& target, const std::string& experiment);

  const std::vector<Key>& keys() const { return keys_; }  ///< in the order of the resolved deck
  /// nullptr when the deck may not have this key.
  const Key* find(const std::string& path) const;
  /// The key that has this path as its alias; nullptr: none.
  const Key* find_alias(const std::string& path) const;
  /// What is wrong with an entry that `find` does not know; nullopt when that cannot be said
  /// because the kind it may belong to is unknown. Remembers which key was probably meant.
  std::optional<std::string> complaint(const Entry& entry);
  /// True when an entry was complained about as a misspelling of this key: it is not missing too.
  bool meant(const Key& key) const { return meant_.contains(key.path()); }

 private:
  struct Other {
    std::string owner, kind;  ///< "target", "sphere"
    Key key;
    bool open;  ///< the deck's own kind is not known
  };
  std::vector<Key> keys_;
  std::vector<Other> others_;  ///< keys of kinds that the deck does not use
  std::string target_, experiment_;
  std::set<std::string> meant_;
};

}  // namespace symbreak::deck
