#include "analysis/theory/spins/curie_weiss.hpp"

#include <cmath>

#include "analysis/theory/mean_field.hpp"

namespace symbreak::theory {

double curie_weiss_second_moment(int d, double K) {
  double norm = 0, moment = 0;
  const double n = d;
  const auto log_term = [=](int up) {
    const double M = 2.0 * up - n;
    return std::lgamma(n + 1) - std::lgamma(up + 1.0) - std::lgamma(n - up + 1) +
           K * M * M / (2 * n);
  };
  double top = log_term(0);
  for (int up = 1; up <= d; ++up) top = std::fmax(top, log_term(up));
  for (int up = 0; up <= d; ++up) {
    const double M = 2.0 * up - n, term = std::exp(log_term(up) - top);
    norm += term;
    moment += term * M * M;
  }
  return moment / norm / n;
}

double curie_weiss_magnetization(double K, double beta, double h) {
  // A two-delta model of temperature 1/(K + beta).
  const double coupling = K + beta;
  return two_deltas_magnetization(1 / coupling, beta * h / coupling);
}

double curie_weiss_spontaneous(double K) { return two_deltas_magnetization(1 / K, 0); }

double curie_weiss_class_signal(int d, double K, double noise) {
  const double m = curie_weiss_spontaneous(K), slack = 1 - m * m;
  return d * m * m / (noise + slack / (1 - K * slack));
}

}  // namespace symbreak::theory
