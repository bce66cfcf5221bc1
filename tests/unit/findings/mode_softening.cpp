// Findings of the three ensembles of mode_softening on exact relations.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/theory/patch_field.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::mode_softening {

namespace {

const std::vector<std::string> kUniform = {"target.kind=uniform_patches", "target.patch=3"};

verdict::Result made(std::vector<std::string> settings) {
  settings.insert(settings.end(), kUniform.begin(), kUniform.end());
  return test::hand_made("mode_softening", settings);
}

std::vector<verdict::Fact> window_facts(double side) {
  return {{fact::window, 9.0, "P^2"},
          {fact::lattice_side, side, "L"},
          {fact::uniform_patches, 1.0, "yes"}};
}

/// Largest root of m = tanh(q m + h), bisected: Newton's method is the simulation's.
double uniform_state(double q, double h) {
  double low = 1e-12, high = 1;
  if (!(std::tanh(q * low + h) > low)) return 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (std::tanh(q * middle + h) > middle ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// The branch of uniform patches, m = tanh(9 m/t), but with m^power for its magnetization.
verdict::Result noiseless(double power = 1, const std::string& times = "lin(6.3, 11.7, 40)") {
  verdict::Result result =
      made({"target.side=16", "experiment.states=noiseless", "experiment.t=" + times});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t"), q = 9 / t, m = uniform_state(q, 0);
    const double slope = q * (1 - m * m), rounding = 4e-15 / std::abs(1 - slope);
    point.predictions = {{prediction::critical_time, 9.0, "P^2"},
                         {prediction::mode_threshold, 8.5, "next mode"},
                         {prediction::correlation_amplitude, theory::patch_length(3), "amplitude"}};
    const auto solved = [&](verdict::ObservableName name, double value) {
      test::put_solved(point, name, {value}, value * rounding);
    };
    test::put_solved(point, observable::mode_margin, {1 - q, 1 - 8.5 / t, 1 - 7 / t, 1 - 5 / t},
                     4e-15, {4});
    solved(observable::magnetization, std::pow(m, power));
    solved(observable::susceptibility, slope / (1 - slope));
    solved(observable::correlation_length, theory::uniform_patch_correlation_length(3, 1 / q));
    std::vector<double> isotherm;
    for (const double h : point.numbers("experiment.isotherm")) {
      isotherm.push_back(uniform_state(1, h));
    }
    test::put_solved(point, observable::critical_isotherm, isotherm, 1e-13,
                     {static_cast<Eigen::Index>(isotherm.size())});
  }
  return result;
}

/// U4 of sides 12 and 18 cross at q = crossing + step.
verdict::Result equilibrium_run(double crossing, const std::string& steps) {
  std::string times;
  for (int i = -2; i <= 2; ++i) {
    times += fmt::format("{}{:.17g}", i > -2 ? "," : "", 9 / (crossing + 0.4 * i));
  }
  verdict::Result result = made({"target.side=12, 18", "experiment.states=equilibrium",
                                 "experiment.langevin_step=" + steps, "experiment.t=" + times});
  for (verdict::Point& point : result.points) {
    const double q = 9 / point.number("experiment.t"), side = point.number("target.side"),
                 step = point.number("experiment.langevin_step");
    const double binder = 0.5 + 0.01 * side * (q - crossing - step);
    point.facts = window_facts(side);
    point.facts.push_back({fact::signal_to_noise, q, "q"});
    test::put_sampled(point, observable::m2, {0.5}, 1e-4);
    test::put_sampled(point, observable::m4, {0.75 * (1 - binder)}, 1e-4);
  }
  return result;
}

/// 41 levels in x = ln q: a dip of depth `least` at s/P^2 = .26, ln S_x(0)/s linear through ln 2.08,
/// a best pulse at q = 2.5.
verdict::Result trajectories_run(double least, double order = 4.2) {
  verdict::Result result = made({"target.side=12", "experiment.pulses=0.8,1.2,1.8,2.5,3.5,5,7"});
  verdict::Point& point = result.points[0];
  std::vector<double> noise, softening, structure, trace;
  for (int i = 0; i < 41; ++i) {
    const double x = -1.5 + 0.1 * i, dip = x + std::log(0.26);
    noise.push_back(9 * std::exp(-x));
    for (const double mode : {0.0, 0.1}) softening.push_back(least + mode + 0.2 * dip * dip);
    for (const double mode : {1.0, 0.5}) structure.push_back(mode * 2.08 * std::exp(0.4 * x));
    trace.push_back(0.5);
  }
  std::vector<double> response;
  for (const double q : point.numbers("experiment.pulses")) {
    response.push_back(1 - 0.3 * std::pow(std::log(q / 2.5), 2));
  }
  point.facts = window_facts(12);
  point.facts.push_back({fact::last_noise, 9e-4, "s"});
  point.facts.push_back({fact::noise, noise, "s"});
  test::put_sampled(point, observable::softening, softening, 1e-3, {41, 2});
  test::put_sampled(point, observable::state_structure, structure, 1e-3, {41, 2});
  for (const verdict::ObservableName name :
       {observable::gradient_term, observable::local_variance, observable::score_norm,
        observable::antisymmetric_share}) {
    test::put_sampled(point, name, trace, 1e-3, {41});
  }
  test::put_sampled(point, observable::pulse_response, response, 1e-3, {7});
  test::put_sampled(point, observable::mosaic_order, {order}, 0.1);
  test::put_sampled(point, observable::final_structure_axis, {4, 2, 1, 0.5, 0.4, 0.3, 0.2}, 1e-3,
                    {7});
  test::put_sampled(point, observable::final_structure_radial, {4, 2, 1, 0.5, 0.4, 0.3, 0.2}, 1e-3,
                    {7});
  test::put_sampled(point, observable::wall_density, {0.2}, 1e-3);
  test::put_sampled(point, observable::largest_domain, {0.6}, 1e-3);
  test::put_sampled(point, observable::domain_size_law, std::vector<double>(16, 1.0 / 16), 1e-3,
                    {16});
  test::put_sampled(point, observable::snapshots, std::vector<double>(2 * 144, 0.5), 1e-3,
                    {2, 12, 12});
  return result;
}

/// The only verdict of a quantity.
verdict::Verdict only(const verdict::Findings& findings, const std::string& quantity) {
  INFO(quantity);
  const auto all = test::verdicts(findings, quantity);
  REQUIRE(all.size() == 1);
  return all[0];
}

}  // namespace

TEST_CASE("Findings of mode_softening: the branch of uniform patches is mean field",
          "[unit][findings]") {
  const auto found = findings::analyse(noiseless());
  CHECK(only(found, "critical_time").measured == Approx(9).epsilon(1e-9));
  CHECK(only(found, "mode_threshold").measured == Approx(8.5).epsilon(1e-9));
  CHECK(only(found, "exponent_beta").measured == Approx(0.5).epsilon(1e-4));
  CHECK(only(found, "exponent_gamma").measured == Approx(1).epsilon(1e-4));
  CHECK(only(found, "exponent_gamma_prime").measured == Approx(1).epsilon(1e-4));
  CHECK(only(found, "exponent_nu").measured == Approx(0.5).epsilon(1e-4));
  CHECK(only(found, "exponent_nu_prime").measured == Approx(0.5).epsilon(1e-4));
  CHECK(only(found, "correlation_amplitude").measured ==
        Approx(theory::patch_length(3)).epsilon(1e-4));
  CHECK(only(found, "exponent_delta").measured == Approx(3).epsilon(1e-4));
  for (const verdict::Verdict& row : found.verdicts) {
    INFO(row.quantity << " " << row.measured << " +- " << row.error);
    CHECK(row.agrees());
    CHECK(row.point.empty());
  }
  CHECK(found.verdicts.size() == 9);
  CHECK(found.diagnostics.empty());
  CHECK(found.figures.size() == 4);
}

TEST_CASE("Findings of mode_softening: another exponent fails, and it alone", "[unit][findings]") {
  for (const verdict::Verdict& row : findings::analyse(noiseless(0.8)).verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees() == (row.quantity != "exponent_beta"));
  }
}

TEST_CASE("Findings of mode_softening: without windows there are no lengths", "[unit][findings]") {
  verdict::Result result = noiseless();
  for (verdict::Point& point : result.points) {
    point.observables.erase(observable::correlation_length.string());
    point.predictions.pop_back();
  }
  const auto found = findings::analyse(result);
  CHECK(found.verdicts.size() == 6);
  CHECK(found.figures.size() == 3);
  // Judged exponents in logarithms: data and leading power of m, and of chi on both sides.
  const verdict::Figure& powers = found.figures[2];
  CHECK(powers.name == "noise_free_exponents");
  CHECK((powers.log_x && powers.log_y));
  REQUIRE(powers.curves.size() == 6);
  const verdict::Curve &data = powers.curves[0], &law = powers.curves[1];
  CHECK(data.label == "magnetization, t < t_c");
  CHECK(std::log(law.y[1] / law.y[0]) / std::log(law.x[1] / law.x[0]) == Approx(0.5).epsilon(1e-3));
  CHECK(law.y[0] == Approx(*std::min_element(data.y.begin(), data.y.end())).epsilon(0.05));
  // Times on one side alone contain no critical one.
  const auto above = findings::analyse(noiseless(1, "lin(10, 11, 9)"));
  CHECK(above.verdicts.empty());
  REQUIRE(above.diagnostics.size() == 1);
  CHECK(above.diagnostics[0].severity == verdict::Severity::warning);
  CHECK(findings::analyse(made({"target.side=16"})).verdicts.empty());
}

TEST_CASE("Findings of mode_softening: Binder curves cross", "[unit][findings]") {
  const auto at_one = only(findings::analyse(equilibrium_run(6.6, "0.1")), "binder_crossing");
  CHECK(at_one.measured == Approx(6.7).margin(4 * at_one.error));
  CHECK(at_one.error < 0.01);
  CHECK(at_one.predicted == Approx(6.7));
  CHECK(at_one.agrees());
  CHECK(at_one.detail == "1 steps");
  // Two steps are extrapolated to none.
  const auto limit = only(findings::analyse(equilibrium_run(6.6, "0.1, 0.3")), "binder_crossing");
  CHECK(limit.measured == Approx(6.6).margin(4 * limit.error));
  CHECK_THAT(limit.from, Catch::EndsWith("linear in the step to 0"));
  CHECK(limit.detail == "2 steps");
  CHECK_FALSE(only(findings::analyse(equilibrium_run(8.5, "0.1")), "binder_crossing").agrees());
}

TEST_CASE("Findings of mode_softening: a crossing without a reference is measured",
          "[unit][findings]") {
  verdict::Result result = equilibrium_run(6.6, "0.1");
  for (verdict::Point& point : result.points) point.facts[2].values[0] = 0;
  auto found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  CHECK(found.diagnostics.empty());
  const auto rows = test::measured(found, "binder_crossing");
  REQUIRE(rows.size() == 2);  // of the step, and of the limit
  CHECK(rows[0].axis.at(0) == std::pair<std::string, double>("experiment.langevin_step", 0.1));
  for (const verdict::Verdict& row : rows) CHECK(row.measured == Approx(6.7).margin(4 * row.error));
  result.points.resize(5);  // one size only
  found = findings::analyse(result);
  CHECK(found.diagnostics.empty());
  CHECK(found.figures.size() == 1);
}

TEST_CASE("Findings of mode_softening: the dip of typical trajectories", "[unit][findings]") {
  const auto found = findings::analyse(trajectories_run(0.287));
  CHECK(only(found, "softening_minimum").measured == Approx(0.287).epsilon(1e-6));
  CHECK(only(found, "softening_noise").measured == Approx(0.26).epsilon(1e-6));
  CHECK(only(found, "critical_fluctuation").measured == Approx(2.08).epsilon(1e-6));
  CHECK(only(found, "pulse_peak").measured == Approx(2.5).epsilon(1e-6));
  CHECK(only(found, "mosaic_order").measured == Approx(4.2).epsilon(1e-9));
  for (const verdict::Verdict& row : found.verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
    // All of its blocks are equal.
    CHECK((row.error > 0) == (row.quantity != "softening_noise"));
  }
  CHECK(found.verdicts.size() == 5);
  CHECK(found.figures.size() == 8);
  const auto wrong = findings::analyse(trajectories_run(0.35, 8));
  CHECK_FALSE(only(wrong, "softening_minimum").agrees());
  CHECK_FALSE(only(wrong, "mosaic_order").agrees());
  CHECK(only(wrong, "softening_noise").agrees());
}

TEST_CASE("Findings of mode_softening: other scores have figures, no references",
          "[unit][findings]") {
  verdict::Result result = trajectories_run(0.287);
  verdict::Point& point = result.points[0];
  point.facts[0] = {fact::noise_unit, 9.0, "lambda_max"};
  point.facts[2].values[0] = 0;
  for (const verdict::ObservableName name :
       {observable::gradient_term, observable::local_variance, observable::antisymmetric_share,
        observable::mosaic_order, observable::pulse_response}) {
    point.observables.erase(name.string());
  }
  const auto found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  CHECK(found.figures.size() == 5);
  CHECK(found.figures[0].x_label == "q = λ_max(C)/s");
  test::unfinished(point);
  CHECK(findings::analyse(result).figures.empty());
}

}  // namespace symbreak::findings::mode_softening
