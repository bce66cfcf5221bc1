// The exponential against the long double one of the C library.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "sim/kernel/simd/elementary.hpp"

namespace kernel = symbreak::kernel;

namespace {

/// Largest error over the array, in units of the last place of the exact value.
template <class Real>
double worst_ulp(const std::vector<Real>& x, const std::vector<Real>& y) {
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = std::exp(static_cast<long double>(x[i]));
    const auto rounded = static_cast<Real>(exact);
    const Real ulp = std::nextafter(rounded, std::numeric_limits<Real>::max()) - rounded;
    worst = std::max(worst, static_cast<double>(std::abs(y[i] - exact) / ulp));
  }
  return worst;
}

template <class Real>
std::vector<Real> grid(Real from, Real to, std::size_t count) {
  std::vector<Real> x(count);
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = from + (to - from) * static_cast<Real>(i) / static_cast<Real>(count - 1);
  }
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("exp of an array is within 2 ulp and has the bits of the scalar", "", double,
                   float) {
  using Real = TestType;
  const bool is_float = sizeof(Real) == sizeof(float);
  const Real low = is_float ? -87 : -708, high = is_float ? 88 : 709;
  for (const auto& x : {grid<Real>(low, high, 400'001), grid<Real>(-1, 1, 100'003)}) {
    std::vector<Real> y(x.size());
    kernel::exp(x, y);
    CHECK(worst_ulp(x, y) <= 2);
    std::vector<Real> scalar(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) scalar[i] = kernel::exp(x[i]);
    CHECK(std::memcmp(scalar.data(), y.data(), y.size() * sizeof(Real)) == 0);
    auto in_place = x;
    kernel::exp(in_place, in_place);
    CHECK(std::memcmp(in_place.data(), y.data(), y.size() * sizeof(Real)) == 0);
  }
}

TEMPLATE_TEST_CASE("exp saturates and propagates NaN", "", double, float) {
  using Real = TestType;
  constexpr Real infinity = std::numeric_limits<Real>::infinity();
  const std::vector<Real> x = {0, -infinity, infinity, -1e6, 1e6, std::numeric_limits<Real>::max()};
  std::vector<Real> y(x.size());
  kernel::exp(x, y);
  CHECK(y == std::vector<Real>{1, 0, infinity, 0, infinity, infinity});
  CHECK(std::isnan(kernel::exp(std::numeric_limits<Real>::quiet_NaN())));
}

TEST_CASE("exp refuses arrays of different lengths") {
  std::vector<double> x(3), y(2);
  CHECK_THROWS_AS(kernel::exp(x, y), std::invalid_argument);
}
