// Predictions against reference values that were computed independently (arbitrary-precision
// quadrature, enumeration) and against limits.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/levels/condensation.hpp"
#include "analysis/theory/mean_field.hpp"

using namespace symbreak::theory;

namespace {
Approx near(double value, double digits = 1e-9) { return Approx(value).epsilon(digits).margin(0); }
}  // namespace

TEST_CASE("Two deltas: magnetization, susceptibility, critical isotherm") {
  CHECK(two_deltas_magnetization(0.5, 0) == near(.957504024077, 1e-11));
  CHECK(two_deltas_magnetization(0.9, 0) == near(.525429512658, 1e-11));
  CHECK(two_deltas_magnetization(0.99, 0) == near(.172511069975, 1e-11));
  CHECK(two_deltas_magnetization(1.2, 0) == 0);
  CHECK(two_deltas_susceptibility(0.99, 0) * 2 * 0.01 == near(.98202, 1e-5));
  CHECK(two_deltas_susceptibility(1.25, 0) == near(4));
  for (double m : {1e-3, 0.1, 0.9}) {  // h = atanh m - m at t_c
    CHECK(two_deltas_magnetization(1, std::atanh(m) - m) == near(m, 1e-9));
  }
}

TEST_CASE("Critical Binder cumulants and amplitude") {
  CHECK(critical_binder(1) == near(0.270520128258, 1e-11));
  CHECK(two_deltas_critical_amplitude() == near(1.170828656608, 1e-11));
  // Many components: |m| concentrates, U4 -> 2/3.
  CHECK(critical_binder(400) == Approx(2.0 / 3).epsilon(2e-3));
}

TEST_CASE("Critical times under the variance-preserving clocks, by criterion") {
  const auto time = [](double signal) { return -std::log(signal) / 2; };
  CHECK(time(score_signal(10)) == near(1.1989476364));
  CHECK(time(drift_signal(10)) == near(1.4991114751));
  CHECK(time(speciation_signal(10)) == near(1.1512925465));
  CHECK(std::sqrt(drift_signal(1)) == near(0.6435942529));
  CHECK(std::sqrt(drift_signal(1.0 / 2)) == near(.7861513778));  // circle
  CHECK(std::sqrt(drift_signal(1.0 / 3)) == near(.8489753943));  // sphere
}

TEST_CASE("Unequal and three deltas") {
  CHECK(minority_spinodal(0.8) == near(.4502260733));
  CHECK(minority_spinodal(0.6) == near(.6704036560));
  CHECK(three_deltas_instability(0.2).lower == near(.1670631436));
  CHECK(three_deltas_instability(0.2).upper == near(.6493844031));
  CHECK(three_deltas_instability(0.4).upper == 0);
  CHECK(three_deltas_instability(0).upper == near(1));
  CHECK(three_deltas_outer_birth(0.4) == near(.18033049, 1e-7));
  CHECK(three_deltas_tricritical().w0 == near(0.308561545964));
}

TEST_CASE("Overlap, mmse, entropy and clones of two deltas") {
  CHECK(binary_entropy(.1) == near(.645497946663229, 1e-13));
  CHECK(binary_mmse(.1) == near(.9086593987951221, 1e-13));
  CHECK(binary_entropy(1) == near(.3563163602131137, 1e-13));
  CHECK(binary_mmse(1) == near(.4495995092066728, 1e-13));
  CHECK(binary_entropy(5) == near(.0344127994660657, 1e-12));
  CHECK(binary_mmse(5) == near(.03846281136938268, 1e-12));
  CHECK(clone_probability(1) == near(.775200245397, 1e-11));
  CHECK(clone_probability(.25) == near(.602027132817, 1e-11));
  CHECK(clone_probability(4) == near(.965701295605, 1e-11));
  // I-MMSE: dI/dq = mmse/2.
  const double step = 1e-4;
  CHECK((binary_information(0.7 + step) - binary_information(0.7 - step)) / (2 * step) ==
        near(binary_mmse(0.7) / 2, 1e-7));
}

TEST_CASE("Collapse times of datasets") {
  CHECK(collapse_noise(DataLaw::gaussian, .1, 1) == near(4.5166555661));
  CHECK(collapse_noise(DataLaw::binary, .1, 1) == near(4.5116848930));
  CHECK(collapse_noise(DataLaw::gaussian, .5, 1) == near(.5819767069));
  CHECK(collapse_noise(DataLaw::binary, .5, 1) == near(.5001561440));
  CHECK(collapse_noise(DataLaw::binary, 0.7, 1) == 0);
  // Published deviations from the theory without the class bit, d = 256, N = 20000, OU t = 2.120.
  const double t = 2.120, g = 1 / std::expm1(2 * t),
               G = 256 * std::exp(-2 * t) / (std::exp(-2 * t) - std::expm1(-2 * t));
  CHECK(two_class_excess(g, G, 256, std::log(20000.0)) == Approx(.7497).margin(2e-4));
  CHECK(two_class_excess(g, 0, 256, std::log(20000.0)) == Approx(.8124).margin(2e-4));
}
