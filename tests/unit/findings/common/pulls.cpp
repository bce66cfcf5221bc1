#include "analysis/findings/common/pulls.hpp"

#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>

namespace {

using namespace symbreak;

/// n verdicts whose deviations are the quantiles of a normal law of this width.
verdict::Findings spread(int n, double width) {
  verdict::Findings findings;
  for (int i = n - 1; i >= 0; --i) {
    const double z = width * boost::math::quantile(boost::math::normal(), (i + 0.5) / n);
    findings.verdicts.push_back(
        {.quantity = "q", .measured = 5 + 0.1 * z, .error = 0.1, .predicted = 5});
  }
  return findings;
}

}  // namespace

TEST_CASE("Deviations with honest errors lie on the diagonal", "[unit][findings]") {
  const auto honest = findings::pulls(spread(25, 1));
  REQUIRE(honest);
  const verdict::Curve& points = honest->curves.at(1);
  REQUIRE(points.x.size() == 25);
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    CHECK(points.y[i] == Approx(points.x[i]).margin(1e-9));
  }
  CHECK(points.label == "25 verdicts");
  // Errors too small by a factor of 2 are steeper.
  const auto small = findings::pulls(spread(25, 2));
  REQUIRE(small);
  CHECK(small->curves[1].y.back() == Approx(2 * points.x.back()));

  verdict::Findings few = spread(9, 1);
  CHECK_FALSE(findings::pulls(few));
  few.verdicts.push_back({.quantity = "known", .measured = 1, .predicted = 2});  // z infinite
  few.verdicts.push_back({.quantity = "none", .measured = NAN, .error = 1, .predicted = 2});
  CHECK_FALSE(findings::pulls(few));
}
