#include "analysis/verdict/findings.hpp"

#include <cmath>

namespace symbreak::verdict {

double Verdict::z() const {
  const double deviation = measured - predicted;
  if (deviation == 0) return 0;
  return deviation / std::hypot(error, predicted_error);
}

bool Verdict::agrees() const { return std::abs(z()) <= 3; }  // NaN does not agree

}  // namespace symbreak::verdict
