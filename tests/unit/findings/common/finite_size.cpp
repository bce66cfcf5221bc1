#include "analysis/findings/finite_size.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/fluctuations/observables.hpp"
#include "analysis/findings/numbers.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings {

namespace {

namespace observable = fluctuations::observable;
using Kind = ScalingRequest::Kind;

constexpr double kCritical = 2.3, kInverseNu = 0.8, kExponent = 1.75;

/// chi = L^1.75 f(z), U4 = g(z), exactly: both have the curves of a true critical point.
verdict::Result ising(const std::string& field = "0") {
  verdict::Result result = test::hand_made(
      "fluctuations", {"target.kind=ising_lattice", "target.side=8,16,32",
                       "target.temperature=2.2,2.22,2.24,2.26,2.28,2.3,2.32,2.34,2.36,2.38,2.4",
                       "target.field=" + field});
  for (verdict::Point& point : result.points) {
    const double L = point.number("target.side");
    const double z = (point.number("target.temperature") - kCritical) * std::pow(L, kInverseNu);
    const double second = std::pow(L, kExponent) * std::exp(-0.2 * z);
    const double binder = 0.4 - 0.2 * std::tanh(0.3 * z);
    const double fourth = 3 * second * second * (1 - binder);
    test::put_sampled(point, observable::magnetization_second, {second}, 0.01 * second);
    test::put_sampled(point, observable::magnetization_square, {second}, 0.01 * second);
    test::put_sampled(point, observable::magnetization_fourth, {fourth}, 0.03 * fourth);
    test::put_sampled(point, observable::structure_factor, {second, second / 3}, 0.01 * second,
                      {2});
  }
  return result;
}

verdict::Findings asked(const verdict::Result& result, const ScalingRequest& request) {
  verdict::Findings findings;
  finite_size(result, {}, request, findings);
  return findings;
}

}  // namespace

TEST_CASE("crossing: rows of pairs and one of all", "[finite size]") {
  const auto findings = asked(ising(), {.kind = Kind::crossing, .number = "binder_cumulant"});
  const auto pooled =
      test::measured(findings, "critical_temperature", "crossing of binder_cumulant, pooled");
  REQUIRE(pooled.size() == 1);
  CHECK(std::abs(pooled[0].measured - kCritical) < 3 * pooled[0].error);
  CHECK(pooled[0].role == verdict::Role::headline);
  CHECK(pooled[0].units == 33 * 4);
  const auto pairs =
      test::measured(findings, "critical_temperature", "crossing of binder_cumulant");
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[1].axis[0] == std::pair<std::string, double>("target.side", 16));
  CHECK(pairs[1].axis[1] == std::pair<std::string, double>("larger side", 32));
  const auto heights = test::measured(findings, "binder_cumulant", "at the crossing");
  REQUIRE(heights.size() == 2);
  CHECK(std::abs(heights[0].measured - 0.4) < 3 * heights[0].error + 0.01);
  REQUIRE(findings.figures.size() == 1);
  const verdict::Figure& figure = findings.figures[0];
  CHECK(figure.shades == 3);
  REQUIRE(figure.curves.size() == 7);  // three sizes, joined, the crossings
  CHECK(figure.curves[2].label == "side = 16");
  CHECK(figure.curves[3].y == figure.curves[2].y);
  CHECK(figure.curves[6].x.size() == 2);
  CHECK(figure.vertical_lines.at(0).first == pooled[0].measured);
}

TEST_CASE("collapse: critical point, 1/nu and exponent of any number", "[finite size]") {
  const verdict::Result result = ising();
  for (const char* name : {"magnetization_second", "structure_factor[1]"}) {
    const auto findings = asked(result, {.kind = Kind::collapse, .number = name});
    const std::string of = std::string("collapse of ") + name;
    const auto value = [&](const char* quantity) {
      const auto rows = test::measured(findings, quantity, of);
      REQUIRE(rows.size() == 1);
      return rows[0];
    };
    CHECK(std::abs(value("critical_temperature").measured - kCritical) <
          3 * value("critical_temperature").error);
    CHECK(std::abs(value("inverse_nu").measured - kInverseNu) < 3 * value("inverse_nu").error);
    CHECK(std::abs(value("exponent").measured - kExponent) < 3 * value("exponent").error);
    CHECK(test::measured(findings, "collapse").size() == 1);  // chi2/dof
    REQUIRE(findings.figures.size() == 1);
    // Drawn: y L^-exponent of all sizes, one function of z.
    const verdict::Figure& figure = findings.figures[0];
    REQUIRE(figure.curves.size() == 4);
    const std::size_t middle = 5;  // T = 2.3
    for (std::size_t size = 0; size < 3; ++size) {
      CHECK(std::abs(figure.curves[size].x[middle]) < 0.1);
      CHECK(figure.curves[size].y[middle] == Approx(figure.curves[0].y[middle]).epsilon(0.02));
    }
  }
  const auto binder = asked(result, {.kind = Kind::collapse, .number = "binder_cumulant"});
  CHECK(test::measured(binder, "inverse_nu").size() == 1);
  CHECK(test::measured(binder, "exponent").empty());  // 0 is known
  const auto fixed = asked(
      result, {.kind = Kind::collapse, .number = "magnetization_second", .nu = 1 / kInverseNu});
  CHECK(test::measured(fixed, "inverse_nu").empty());
  CHECK(test::measured(fixed, "exponent").size() == 1);
}

TEST_CASE("groups, keys and names of finite-size scaling", "[finite size]") {
  // Another swept key: a row for each of its values.
  const auto groups =
      asked(ising("0,0.1"), {.number = "binder_cumulant", .against = "temperature"});
  CHECK(test::measured(groups, "critical_temperature", "crossing of binder_cumulant, pooled")
            .size() == 2);
  const auto complaint = [](const ScalingRequest& request) -> std::string {
    try {
      asked(ising(), request);
    } catch (const UnknownName& error) {
      return error.what();
    }
    return "";
  };
  CHECK(complaint({.number = "bindr"}) == "no number of this run is called bindr");
  CHECK(complaint({.number = "structure_factor"}) ==
        "no number of this run is called structure_factor");
  CHECK(complaint({.number = "binder_cumulant", .against = "tmperature"}) ==
        "points do not differ in tmperature");
  CHECK(complaint({.number = "binder_cumulant", .against = "side", .size = "side"}) ==
        "--size and --against are the same key");
  const auto names = number_names(ising(), {});
  CHECK(std::ranges::find(names, "binder_cumulant") != names.end());
  CHECK(std::ranges::find(names, "structure_factor[0]") != names.end());
  // One value of the key along the curves: nothing to say but that.
  const auto narrow = asked(ising(), {.number = "binder_cumulant", .low = 2.3, .high = 2.3});
  CHECK(narrow.measured.empty());
  REQUIRE(narrow.diagnostics.size() == 1);
  CHECK(narrow.diagnostics[0].severity == verdict::Severity::warning);
}

}  // namespace symbreak::findings
