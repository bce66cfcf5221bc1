// Mixtures of two Ising chains of different coupling. May depend on: analysis/theory.
#pragma once
#include <optional>

#include "analysis/theory/channels/chain_classes.hpp"

namespace symbreak::target {

class ChainClassLaw {
 public:
  virtual ~ChainClassLaw() = default;
  /// nullopt: not two open chains without field.
  virtual std::optional<theory::ChainClasses> chain_classes() const = 0;
};

}  // namespace symbreak::target
