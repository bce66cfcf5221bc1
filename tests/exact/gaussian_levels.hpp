// Derrida's random-energy model at N = e^L, a = beta/beta_c, for tests.
#pragma once
#include <cmath>

#include "analysis/theory/levels/random_energy.hpp"

namespace symbreak::test {

inline theory::RandomEnergy gaussian_levels(double a, double L) {
  return {theory::level_law(theory::LevelFamily::gaussian), L, a * std::sqrt(2 * L)};
}

}  // namespace symbreak::test
