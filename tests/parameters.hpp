// Parameters of one point, resolved through the real deck machinery from "section.key=value".
#pragma once
#include <string>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::test {

inline deck::Deck deck(const std::string& experiment, const std::vector<std::string>& settings) {
  deck::Catalogue catalogue;
  catalogue.common = deck::common_keys();
  for (const deck::Key& key : diffusion::Forward::keys()) catalogue.common.push_back(key);
  for (const auto& kind : target::kinds()) {
    catalogue.targets.push_back({kind.name, kind.text, kind.keys});
  }
  for (const auto& kind : experiment::kinds()) {
    catalogue.experiments.push_back({kind.name, kind.text, kind.keys});
  }
  catalogue.critical = [](const deck::Parameters& point) {
    return experiment::kind(point.word("experiment.kind")).critical(point);
  };
  catalogue.validate = [](const deck::Parameters&) {};
  const std::string text =
      "[run]\nseed = 1\n[target]\nkind = deltas\n[forward]\n[experiment]\nkind = " + experiment +
      "\n[sampling]\n";
  return deck::parse(text, "test.ini", settings, catalogue);
}

inline deck::Parameters parameters(const std::string& experiment,
                                   const std::vector<std::string>& settings) {
  return deck(experiment, settings).first();
}

}  // namespace symbreak::test
