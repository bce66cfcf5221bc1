// Which swept keys finite-size scaling is about. May depend on: analysis/verdict,
// analysis/findings/numbers.hpp.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

/// Paths of swept keys whose values are numbers.
struct ScalingKeys {
  std::string against, size;
  /// These two, and keys that have one value at each of their pairs, as a burn-in zipped to the size:
  /// points that differ in others belong to other groups.
  std::vector<std::string> together;
};

/// Words as in swept_key(). Where `size` is "": the likeliest name of a size (side, n, dimension,
/// ...), or the only other key; where `against` is "": the only other key. Throws UnknownName.
ScalingKeys scaling_keys(const verdict::Result& result, const std::string& against,
                         const std::string& size);

/// "side" of "target.side".
std::string last_word(const std::string& key);

}  // namespace symbreak::findings
