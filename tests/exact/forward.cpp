// The clocks: one channel, three names for time.
#include "sim/diffusion/forward.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using symbreak::diffusion::Clock;
using symbreak::diffusion::Forward;

TEST_CASE("Every clock gives its scale, variance and inverse temperature") {
  const Forward brownian(Clock::brownian, 0.5);
  CHECK(brownian.at(3).scale == 1);
  CHECK(brownian.beta(3) == Approx(1 / 0.75));

  const Forward ou(Clock::ornstein_uhlenbeck, 1);
  CHECK(ou.at(0.7).scale == Approx(std::exp(-0.7)));
  CHECK(ou.beta(0.7) == Approx(1 / (std::exp(1.4) - 1)));

  const Forward ddpm(Clock::ddpm, 1);
  const double theta = std::exp(-0.3 * 0.3 * 19.9 / 4 - 0.3 * 0.1 / 2);
  CHECK(ddpm.at(0.3).scale == Approx(theta));
  CHECK(ddpm.beta(0.3) == Approx(theta * theta / (1 - theta * theta)));
}

TEST_CASE("Time is the inverse of noise on every clock") {
  for (Clock clock : {Clock::brownian, Clock::ornstein_uhlenbeck, Clock::ddpm}) {
    const Forward forward(clock, 1.3);
    for (double noise : {1e-10, 1e-3, 1.0, 37.0, 1e4}) {
      CHECK(forward.at(forward.time(noise)).noise() == Approx(noise).epsilon(1e-12));
    }
  }
  // Raya & Ambrogioni 2023: theta_c = sqrt(sqrt 2 - 1) is reached at s_c = 0.2926416543.
  const double theta2 = std::sqrt(2.0) - 1;
  CHECK(Forward(Clock::ddpm, 1).time(1 / theta2 - 1) == Approx(0.2926416543).epsilon(1e-9));
}
