// Which keys of a deck nothing reads, by what the others say (Key::used_with).
// May depend on: sim/deck/expand.
#pragma once
#include <string>
#include <vector>

#include "sim/deck/expand.hpp"

namespace symbreak::deck {

/// One condition of Key::used_with, read.
struct Condition {
  enum class Test { equal, other, given, absent };
  std::string path;  ///< "target.preset"
  Test test = Test::given;
  std::vector<std::string> values{};
};

/// All of them must hold, each by one of its alternatives. Throws std::logic_error at one that
/// cannot be read.
std::vector<std::vector<Condition>> conditions(const Key& key);

/// "used with preset = custom and without file"; "" for a key that is always used.
std::string usage(const Key& key);

/// Complains about every key that is set and that no value of the others has a use for. Of a zip
/// all combinations count. Keys whose condition could not be read are passed over: they have a
/// complaint of their own.
void complain_of_unused(const std::vector<Entry>& entries, const std::vector<Field>& fields,
                        Complaints& complaints);

}  // namespace symbreak::deck
