// What the copies of a point are copies of, and how they are drawn. May depend on: sim/target.
#pragma once
#include <memory>
#include <string>

#include "sim/deck/parameters.hpp"
#include "sim/target/spins/magnetization_law.hpp"

namespace symbreak::experiment::copies {

struct Law : target::MagnetizationLaw {
  target::Index spins = 0;
  double exact_second = 0, exact_error = 0;  ///< of a measured law: <M^2>/d known otherwise; 0: not
  std::string exact_source{};
};

struct EffectiveTarget {
  std::shared_ptr<const target::Target> target;  ///< as deck, or the magnetization alone
  std::shared_ptr<const Law> law{};              ///< of the magnetization; nullptr: not used
  bool chains = false;
};

/// Throws deck::KeyError for combinations that make no sense. A law is measured once per process,
/// [target] values and run seed.
EffectiveTarget effective_target(const deck::Parameters& parameters);

}  // namespace symbreak::experiment::copies
