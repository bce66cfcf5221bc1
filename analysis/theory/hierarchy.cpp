#include "analysis/theory/hierarchy.hpp"

#include <cmath>

namespace symbreak::theory {

double hierarchy_recursion(double p, double v, double m, int s) {
  const double tuples = std::pow(v, s) - 1, q = std::pow(p, s);
  return (q + (m - 1) / tuples * (1 - q)) / (q + (m * v - 1) / tuples * (1 - q));
}

double hierarchy_belief(double p, double v, double m, int s, int layers) {
  for (int l = 0; l < layers; ++l) p = hierarchy_recursion(p, v, m, s);
  return p;
}

double hierarchy_threshold(double v, double m, int s) {
  // F(p) - p is negative just above the fixed point 1/v and positive just below 1 where a threshold
  // exists between them.
  double low = 1 / v + 1e-9, high = 1 - 1e-9;
  if (!(hierarchy_recursion(low, v, m, s) < low) || !(hierarchy_recursion(high, v, m, s) > high)) {
    return NAN;
  }
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (hierarchy_recursion(middle, v, m, s) < middle ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace symbreak::theory
