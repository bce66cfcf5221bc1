// Clones of two chains through erasures: all states and masks of few spins, and values found by
// simulation with another code.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/channels/chain_classes.hpp"

namespace symbreak::theory {

namespace {

/// Likelihood of the kept spins of a state, summed over all others.
double likelihood(int sites, double K, int mask, int state) {
  double sum = 0, all = 0;
  for (int y = 0; y < 1 << sites; ++y) {
    int bonds = 0;
    for (int i = 0; i + 1 < sites; ++i) bonds += (y >> i & 1) == (y >> (i + 1) & 1) ? 1 : -1;
    const double weight = std::exp(K * bonds);
    all += weight;
    if ((y & mask) == (state & mask)) sum += weight;
  }
  return sum / all;
}

double brute_force(const ChainClasses& classes, double erasure) {
  const int n = classes.sites;
  const double share = 1 / (1 + std::exp(-classes.log_odds));
  double clones = 0;
  for (int mask = 0; mask < 1 << n; ++mask) {
    double of_mask = 1;
    for (int i = 0; i < n; ++i) of_mask *= (mask >> i & 1) != 0 ? 1 - erasure : erasure;
    for (int state = 0; state < 1 << n; ++state) {
      if ((state & mask) != state) continue;  // each set of kept values once
      const double a = share * likelihood(n, classes.couplings[0], mask, state),
                   b = (1 - share) * likelihood(n, classes.couplings[1], mask, state);
      clones += of_mask * (a * a + b * b) / (a + b);
    }
  }
  return clones;
}

}  // namespace

TEST_CASE("Clones of erased chains are those of all their states", "[exact][channels]") {
  for (const ChainClasses& classes :
       {ChainClasses{.sites = 6, .couplings = {.3, .9}},
        ChainClasses{.sites = 5, .couplings = {1.2, -.4}, .log_odds = .7},
        ChainClasses{.sites = 1, .couplings = {.3, .9}, .log_odds = 1}}) {
    for (const double e : {0.0, .2, .5, .9}) {
      INFO(classes.sites << " " << e);
      CHECK(erased_clones(classes, e) == Approx(brute_force(classes, e)).epsilon(0).margin(1e-9));
    }
  }
  CHECK(erased_clones({.sites = 10, .couplings = {.3, .9}}, 1) == Approx(.5));
}

TEST_CASE("Clones of long erased chains against simulations", "[exact][channels]") {
  const ChainClasses classes{.sites = 96, .couplings = {.3, .9}};
  const double erasure[] = {.5, .8, .9, .95}, clones[] = {.90787, .67802, .56180, .51899},
               error[] = {.00097, .00119, .00083, .00047};
  for (int i = 0; i < 4; ++i) {
    CHECK(std::abs(erased_clones(classes, erasure[i]) - clones[i]) < 3 * error[i]);
  }
}

}  // namespace symbreak::theory
