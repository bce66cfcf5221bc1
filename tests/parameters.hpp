// Parameters of one point, resolved through the real deck machinery from "section.key=value".
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/target.hpp"

namespace symbreak::test {

/// A key that is set again takes its last value.
inline std::vector<std::string> last_values(const std::vector<std::string>& settings) {
  std::vector<std::string> result;
  for (auto setting = settings.rbegin(); setting != settings.rend(); ++setting) {
    const std::string key = setting->substr(0, setting->find('=') + 1);
    if (std::none_of(result.begin(), result.end(),
                     [&](const std::string& later) { return later.starts_with(key); })) {
      result.insert(result.begin(), *setting);
    }
  }
  return result;
}

inline deck::Deck deck(const std::string& experiment, const std::vector<std::string>& settings) {
  deck::Catalogue catalogue = experiment::decks();
  catalogue.validate = [](const deck::Parameters&) {};
  catalogue.unused_keys = true;  // settings of several choices in one list
  const std::string text =
      "[run]\nseed = 1\n[target]\nkind = deltas\n[forward]\n[experiment]\nkind = " + experiment +
      "\n[sampling]\n";
  return deck::parse(text, "test.ini", last_values(settings), catalogue);
}

inline deck::Parameters parameters(const std::string& experiment,
                                   const std::vector<std::string>& settings) {
  return deck(experiment, settings).first();
}

}  // namespace symbreak::test
