// Points on curved manifolds: the Jacobian of their score against the law they were drawn from, a
// closed form (torus: circles that are independent) or sums over the angle with another code (curve).
// Fixed seeds; 4 standard errors and 2 e^I/N, what N points are off.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/run.hpp"

using namespace symbreak;

namespace {

test::Run spectrum(const std::string& law, const std::string& dimensions) {
  return test::run("score_spectrum",
                   {"target.kind=synthetic_dataset", "target.law=" + law, "target.n=20000",
                    "target.dimension=10", "target.intrinsic_dimension=" + dimensions,
                    "experiment.t=0.3,1,3", "experiment.eigenvalues=5", "sampling.walkers=40",
                    "sampling.blocks=4", "sampling.replicas=2"},
                   {.seed = 21});
}

}  // namespace

TEST_CASE("The trace of a torus is that of its circles") {
  const test::Run run = spectrum("torus", "4");
  std::vector<double> law, error;
  for (const auto& known : run.experiment->predictions()) {
    if (known.quantity == "trace_of_law") law = known.values;
    if (known.quantity == "trace_of_law_error") error = known.values;
  }
  REQUIRE(law.size() == 3);
  // Two circles of radius sqrt 2; of another code (errors .006, .004, .0012 of one).
  const double circle[] = {1.1069, .9318, .4951};
  const auto& trace = run.estimates.at("trace");
  for (int i = 0; i < 3; ++i) {
    CHECK(law[static_cast<std::size_t>(i)] == Approx(2 * circle[i]).margin(.025));
    CHECK(std::abs(trace.mean[i] - law[static_cast<std::size_t>(i)]) <
          4 * trace.error[i] + error[static_cast<std::size_t>(i)]);
  }
  // Nothing off the four coordinates; two directions along it where noise is small.
  const auto& values = run.estimates.at("eigenvalues");
  CHECK(std::abs(values.mean[4]) < 1e-6);
  CHECK(run.estimates.at("gap_dimension").mean[0] == Approx(2).margin(.3));
  CHECK(run.fact("collapse")[0] < 0.01);
}

TEST_CASE("A closed curve in a space: one dimension, that bends") {
  const test::Run run = spectrum("curve", "4");
  const double exact[] = {1.1831, 1.5100, .9481}, error[] = {.007, .006, .002};
  const auto& trace = run.estimates.at("trace");
  for (int i = 0; i < 3; ++i) {
    CHECK(std::abs(trace.mean[i] - exact[i]) < 4 * std::hypot(trace.error[i], error[i]) + .01);
  }
  // A circle has another trace.
  CHECK(std::abs(trace.mean[1] - .9318) > 10 * trace.error[1]);
}
