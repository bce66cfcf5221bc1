#include "analysis/theory/spins/ising_square.hpp"

#include <cmath>

namespace symbreak::theory {

double ising_square_tau(double T) {
  const double s = std::sinh(2 / T);
  return (1 / s - s) / 2;
}

}  // namespace symbreak::theory
