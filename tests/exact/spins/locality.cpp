// Windows of a noisy Ising chain: limits in closed form, tabulated values of another code, and a
// short chain by enumeration.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/spins/locality.hpp"

namespace symbreak::theory {

TEST_CASE("A window of the site alone is a single spin", "[exact][locality]") {
  for (const double beta : {0.25, 1.0, 4.0}) {
    const ChainWindows windows = chain_windows(0.7, beta, 1);
    CHECK(windows.mmse[0] == Approx(binary_mmse(beta)).epsilon(1e-10));
    CHECK(windows.entropy[0] == Approx(binary_entropy(beta)).epsilon(1e-10));
    CHECK(windows.mmse[1] > windows.whole_mmse);
    CHECK(chain_windows(-0.7, beta, 1).mmse[1] == Approx(windows.mmse[1]).epsilon(1e-12));
    CHECK(chain_windows(0, beta, 1).whole_mmse == Approx(windows.mmse[0]).epsilon(1e-12));
  }
}

TEST_CASE("Windows against tabulated values", "[exact][locality]") {
  const ChainWindows strong = chain_windows(1, 0.25, 4);
  CHECK(strong.mmse[1] == Approx(.642744083211).epsilon(1e-11));
  CHECK(strong.mmse[4] == Approx(.553182059926).epsilon(1e-11));
  CHECK(strong.whole_mmse == Approx(.546495510042).epsilon(1e-10));
  CHECK(strong.whole_entropy == Approx(.424775150356).epsilon(1e-10));
  CHECK(strong.factor == Approx(.4186190771).epsilon(1e-9));
  const ChainWindows middle = chain_windows(1, 1, 3);
  CHECK(middle.entropy[1] - middle.whole_entropy == Approx(.03256260).epsilon(1e-6));
  CHECK(middle.entropy[3] - middle.whole_entropy == Approx(.001465527).epsilon(1e-6));
}

TEST_CASE("Windows of masked spins against tabulated values", "[exact][locality]") {
  const ChainWindows weak = masked_chain_windows(.5, .25, 3);
  CHECK(weak.mmse[0] == Approx(.25).epsilon(1e-14));
  CHECK(weak.mmse[1] == Approx(.180487107200).epsilon(1e-11));
  CHECK(weak.whole_mmse == Approx(.177282211982).epsilon(1e-11));
  CHECK(weak.whole_entropy == Approx(.133011610911).epsilon(1e-11));
  const ChainWindows strong = masked_chain_windows(1, .75, 6);
  CHECK(strong.mmse[6] == Approx(.434592543957).epsilon(1e-11));
  CHECK(strong.whole_mmse == Approx(.433020856997).epsilon(1e-11));
  CHECK(strong.factor == Approx(.4350192438).epsilon(1e-9));
  const ChainWindows half = masked_chain_windows(1, .5, 4);
  CHECK(half.entropy[1] - half.whole_entropy == Approx(.04124330).epsilon(1e-6));
  CHECK(half.entropy[4] - half.whole_entropy == Approx(.0008677847).epsilon(1e-6));
}

TEST_CASE("The Markov length is longest at infinite noise", "[exact][locality]") {
  const double rho = std::tanh(1.0);
  CHECK(chain_windows(1, 0.001, 0).factor == Approx(rho * rho).epsilon(2e-3));
  CHECK(chain_windows(1, 1, 0).factor < rho * rho);
}

}  // namespace symbreak::theory
