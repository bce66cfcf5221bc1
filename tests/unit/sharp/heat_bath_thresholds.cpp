// The probability of an up spin, read from the tables: sampling sees a per cent in it only after
// 10^5 decisions.
#include "sim/kernel/spins/heat_bath_thresholds.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using symbreak::kernel::HeatBathThresholds;

TEST_CASE("Thresholds and their rests are 1/(1 + exp(-2(K(2n - z) + h)))") {
  const double K = 0.37;
  for (const double h : {-1.3, 0.0, 0.4}) {
    std::vector<HeatBathThresholds::Run> runs = {
        {.begin = 0, .end = 1, .ferromagnetic = 4, .opposite = 0, .neighbours = 0}};
    HeatBathThresholds thresholds;
    thresholds.set(runs, K, std::vector<double>{h}, 1);
    REQUIRE(thresholds.tables() == HeatBathThresholds::Tables::shared);
    const std::uint8_t* const table = thresholds.of(runs[0]);
    for (std::size_t n = 0; n <= 4; ++n) {
      const double p = 1 / (1 + std::exp(-2 * (K * (2 * static_cast<double>(n) - 4) + h)));
      const double found = 256 * table[n] + table[n + thresholds.to_low()] +
                           HeatBathThresholds::rest(runs[0], K, n, h);
      INFO("n = " << n << ", h = " << h);
      CHECK(found / 65536 == Approx(p).epsilon(1e-12));
    }
  }
}
