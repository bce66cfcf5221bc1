#include "sim/kernel/simd/cosine.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace symbreak::kernel {

TEST_CASE("Cosines and sines of arrays", "[unit][kernel]") {
  std::vector<double> x;
  for (int i = -4000; i <= 4000; ++i) {
    x.push_back(0.01 * i);
    x.push_back(M_PI / 4 * i);
    x.push_back(1.3e2 * i + 0.1);
  }
  for (const double far : {1e6, -3e7, 1e12, 1e300}) x.push_back(far);
  std::vector<double> c(x.size()), s(x.size()), alone(x.size());
  sine_cosine(x, s, c);
  cosine(x, alone);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    worst = std::max({worst, std::abs(c[i] - std::cos(x[i])), std::abs(s[i] - std::sin(x[i]))});
    CHECK(alone[i] == c[i]);
  }
  CHECK(worst < 3e-16);
  cosine(x, x);  // in place
  CHECK(x == alone);
  std::vector<double> odd = {INFINITY, NAN, 0}, result(3);
  cosine(odd, result);
  CHECK(std::isnan(result[0]));
  CHECK(std::isnan(result[1]));
  CHECK(result[2] == 1);
  CHECK_THROWS(cosine(odd, alone));
}

}  // namespace symbreak::kernel
