#include "analysis/theory/clock.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace symbreak::theory {

Channel NoiseClock::at(double t) const {
  switch (clock_) {
    case Clock::brownian:
      return {1, sigma_ * sigma_ * t};
    case Clock::ornstein_uhlenbeck:
      return {std::exp(-t), -std::expm1(-2 * t)};
    case Clock::ddpm:
      break;
  }
  const double log_theta = -t * t * (beta_max_ - beta_min_) / 4 - t * beta_min_ / 2;
  return {std::exp(log_theta), -std::expm1(2 * log_theta)};
}

double NoiseClock::time(double noise) const {
  switch (clock_) {
    case Clock::brownian:
      return noise / (sigma_ * sigma_);
    case Clock::ornstein_uhlenbeck:
      return std::log1p(noise) / 2;
    case Clock::ddpm:
      break;
  }
  // noise = 1/theta^2 - 1, so a s^2 + b s = log(1 + noise) with the two coefficients of -2 log
  // theta; the root in the form that is stable for small noise and for a = 0.
  const double a = (beta_max_ - beta_min_) / 2, b = beta_min_, c = std::log1p(noise);
  return 2 * c / (b + std::sqrt(b * b + 4 * a * c));
}

std::string NoiseClock::describe() const {
  switch (clock_) {
    case Clock::brownian:
      return fmt::format("Brownian forward process, sigma = {}", sigma_);
    case Clock::ornstein_uhlenbeck:
      return "Ornstein-Uhlenbeck forward process";
    case Clock::ddpm:
      break;
  }
  return fmt::format("DDPM forward process, beta from {} to {}", beta_min_, beta_max_);
}

Clock clock_named(const std::string& name) {
  if (name == "brownian") return Clock::brownian;
  if (name == "ornstein_uhlenbeck") return Clock::ornstein_uhlenbeck;
  if (name == "ddpm") return Clock::ddpm;
  throw std::invalid_argument(fmt::format("unknown clock '{}'", name));
}

}  // namespace symbreak::theory
