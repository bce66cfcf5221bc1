#include "sim/diffusion/forward.hpp"

#include <fmt/format.h>

#include "sim/deck/key_forms.hpp"

namespace symbreak::diffusion {

Forward::Forward(const deck::Parameters& parameters)
    : NoiseClock(theory::clock_named(parameters.word("forward.clock")),
                 parameters.real("forward.sigma"), parameters.real("forward.beta_min"),
                 parameters.real("forward.beta_max")) {
  const double least = parameters.real("forward.beta_min");
  const double most = parameters.real("forward.beta_max");
  if (most < least) {
    throw deck::KeyError("forward.beta_max",
                         fmt::format("beta_max = {} is below beta_min = {}", most, least));
  }
}

std::vector<deck::Key> Forward::keys() {
  return {
      deck::word_key("forward", "clock", "brownian",
                     "forward process and meaning of t: x = y + sigma sqrt(t) z (brownian), x = "
                     "e^-t y + sqrt(1 - e^-2t) z (ornstein_uhlenbeck), x = theta_t y + sqrt(1 - "
                     "theta_t^2) z with t in [0,1] (ddpm)",
                     {"brownian", "ornstein_uhlenbeck", "ddpm"}),
      deck::used_with(
          "clock=brownian",
          deck::positive_key("forward", "sigma", "1",
                             "noise strength of the Brownian clock, beta = 1/(sigma^2 t)")),
      deck::used_with(
          "clock=ddpm",
          deck::positive_key("forward", "beta_min", "0.1",
                             "theta_t = exp(-t^2 (beta_max - beta_min)/4 - t beta_min/2)")),
      deck::used_with("clock=ddpm",
                      deck::positive_key("forward", "beta_max", "20", "see beta_min")),
  };
}

void require_time(const theory::NoiseClock& clock, double t, const std::string& key) {
  if (clock.clock() != Clock::ddpm || t <= 1) return;
  throw deck::KeyError(
      key,
      "t = {:g} is beyond the end of the clock: ddpm has t in [0, 1]; step k of T is "
      "t = k/T",
      t);
}

}  // namespace symbreak::diffusion
