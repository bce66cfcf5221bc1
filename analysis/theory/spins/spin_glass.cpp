#include "analysis/theory/spins/spin_glass.hpp"

#include <cmath>

namespace symbreak::theory {

double sherrington_kirkpatrick_eigenvalue(double T) { return 1 / ((1 - 1 / T) * (1 - 1 / T)); }

double hopfield_eigenvalue(double T, double alpha) {
  const double K = 1 / T;
  return 1 / (1 + alpha * K * K / (1 - K) - K * (1 + 2 * std::sqrt(alpha)));
}

}  // namespace symbreak::theory
