#include "analysis/theory/information.hpp"

#include <boost/math/tools/minima.hpp>
#include <cmath>

#include "analysis/theory/quadrature.hpp"

namespace symbreak::theory {

double binary_overlap(double q) {
  return gaussian_average([q](double z) { return std::tanh(q + std::sqrt(q) * z); });
}

double binary_mmse(double q) {
  // 1 - tanh without cancellation: the average is exponentially small at large q.
  return gaussian_average([q](double z) {
    const double u = q + std::sqrt(q) * z;
    return 2 / (1 + std::exp(2 * u));
  });
}

double binary_information(double q) { return std::log(2.0) - binary_entropy(q); }

double binary_entropy(double q) {
  // log 2 - q + log cosh(u) averaged, with E u = q: the average of log(1 + exp(-2u)).
  return gaussian_average(
      [q](double z) { return log_2cosh(q + std::sqrt(q) * z) - (q + std::sqrt(q) * z); });
}

double binary_dispersion(double q) {
  const auto loss = [q](double z) {
    const double u = q + std::sqrt(q) * z;
    return log_2cosh(u) - u;
  };
  const double mean = gaussian_average(loss);
  return gaussian_average([&](double z) { return std::pow(loss(z) - mean, 2); });
}

double clone_probability(double G) { return (1 + binary_overlap(G)) / 2; }

double clone_probability(double G, double log_odds) {
  const double p = 1 / (1 + std::exp(-log_odds));
  const auto same = [&](double sign) {
    return gaussian_average([&](double z) {
      const double u = 1 / (1 + std::exp(-(log_odds + sign * 2 * G + 2 * std::sqrt(G) * z)));
      return u * u + (1 - u) * (1 - u);
    });
  };
  return p * same(1) + (1 - p) * same(-1);
}

double entropy_rate_peak(double power) {
  const auto rate = [power](double q) { return -std::pow(q, 1 + power) * binary_mmse(q); };
  return boost::math::tools::brent_find_minima(rate, 0.5, 10.0, 32).first;
}

double late_start_divergence(double q) {
  return std::log1p(q) / 2 - std::log(2.0) + binary_entropy(q);
}

}  // namespace symbreak::theory
