// The state of an unfinished unit, as checkpoints keep it. May depend on: nothing.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace symbreak::measure {

/// Named arrays that make up the state of an unfinished unit (checkpoint). Doubles keep their bits.
struct State {
  std::map<std::string, std::vector<double>> reals;
  std::map<std::string, std::vector<std::uint64_t>> integers;
};

}  // namespace symbreak::measure
