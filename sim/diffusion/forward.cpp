#include "sim/diffusion/forward.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/deck/key_forms.hpp"

namespace symbreak::diffusion {

Forward::Forward(Clock clock, double sigma, double beta_min, double beta_max)
    : clock_(clock), sigma_(sigma), beta_min_(beta_min), beta_max_(beta_max) {}

Forward::Forward(const deck::Parameters& parameters)
    : Forward(Clock::brownian, parameters.real("forward.sigma"),
              parameters.real("forward.beta_min"), parameters.real("forward.beta_max")) {
  const std::string& clock = parameters.word("forward.clock");
  if (clock == "ornstein_uhlenbeck") clock_ = Clock::ornstein_uhlenbeck;
  if (clock == "ddpm") clock_ = Clock::ddpm;
  if (beta_max_ < beta_min_) {
    throw deck::KeyError("forward.beta_max",
                         fmt::format("beta_max = {} is below beta_min = {}", beta_max_, beta_min_));
  }
}

Channel Forward::at(double t) const {
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

double Forward::time(double noise) const {
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

std::string Forward::describe() const {
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

std::vector<deck::Key> Forward::keys() {
  using deck::Key;
  using deck::Kind;
  return {
      Key{.section = "forward",
          .name = "clock",
          .kind = Kind::word,
          .fallback = "brownian",
          .text = "forward process and meaning of t: x = y + sigma sqrt(t) z (brownian), "
                  "x = e^-t y + sqrt(1 - e^-2t) z (ornstein_uhlenbeck), "
                  "x = theta_t y + sqrt(1 - theta_t^2) z with t in [0,1] (ddpm)",
          .choices = {"brownian", "ornstein_uhlenbeck", "ddpm"}},
      deck::positive_key("forward", "sigma", "1",
                         "noise strength of the Brownian clock, beta = 1/(sigma^2 t)"),
      deck::positive_key("forward", "beta_min", "0.1",
                         "DDPM clock: theta_t = exp(-t^2 (beta_max - beta_min)/4 - t beta_min/2)"),
      deck::positive_key("forward", "beta_max", "20", "DDPM clock, see beta_min"),
  };
}

}  // namespace symbreak::diffusion
