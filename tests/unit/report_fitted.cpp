// Text of results fitted to a width: whatever the numbers, keys and names.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <sstream>

#include "analysis/layout/layout.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"

namespace {

using namespace symbreak;
using verdict::Findings;
using verdict::Role;
using verdict::Verdict;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Verdict row(const std::string& quantity, double measured, double error, double predicted,
            Role role = Role::quantity) {
  Verdict verdict;
  verdict.quantity = quantity;
  verdict.measured = measured;
  verdict.error = error;
  verdict.predicted = predicted;
  verdict.role = role;
  return verdict;
}

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, layout::width(line));
  return most;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("words are wrapped, tables padded, definitions in two columns", "[report]") {
  CHECK(layout::wrapped("one two three", 9) == "one two\nthree\n");
  CHECK(layout::wrapped("one two three", 12, "[1] ") == "[1] one two\n    three\n");
  CHECK(layout::wrapped("abcdefghijkl", 10) == "abcdefghij\nkl\n");
  CHECK(layout::wrapped("ééééééééééé", 10) == "éééééééééé\né\n");
  CHECK(layout::wrapped("", 10).empty());
  CHECK(layout::aligned({{"a", "1"}, {"bbb", "10"}}, {false, true}) == "a     1\nbbb  10\n");
  CHECK(layout::definitions({{"a", "first"}, {"bb", "second one"}}, 14) ==
        "  a   first\n  bb  second\n      one\n");
  CHECK(layout::definitions({{"a_long_term", "x"}, {"b", "y"}}, 20) ==
        "  a_long_term\n     x\n  b  y\n");
}

TEST_CASE("six digits, and more where six do not tell coordinates apart", "[report]") {
  CHECK(report::six_digits({"2.26918531421302", "3", "-", "deltas"}) ==
        std::vector<std::string>{"2.26919", "3", "-", "deltas"});
  CHECK(report::six_digits({"1.0000001", "1"}) == std::vector<std::string>{"1.0000001", "1"});
  CHECK(report::six_digits({"0.1, 0.2"}) == std::vector<std::string>{"0.1, 0.2"});
}

TEST_CASE("headlines come first, criteria of a quantity beside each other", "[report]") {
  Findings findings;
  findings.verdicts = {row("identity", 0, 1, 0, Role::check), row("energy", 1, 0.1, 1),
                       row("critical_time", 2, 0.1, 2, Role::headline)};
  findings.measured = {row("collapse_time", 3, 0.1, kNaN, Role::headline),
                       row("critical_time", 4, 0.1, kNaN, Role::headline)};
  findings.measured[1].criterion = "drift criterion";
  std::string order;
  for (const auto& group : report::grouped(findings)) order += group.name + "; ";
  CHECK(order ==
        "critical_time; critical_time, drift criterion; collapse_time; energy; identity; ");
}

TEST_CASE("checks that agree are one line, one that does not is never left out", "[report]") {
  Findings findings;
  for (int i = 0; i < 30; ++i) {
    findings.verdicts.push_back(row("identity", 0.1 * i - 1, 1, 0, Role::check));
    findings.verdicts.back().point = {{"experiment.t", std::to_string(i)}};
  }
  verdict::Result result;
  result.swept = {"experiment.t"};
  std::string text = report::text(result, findings);
  CHECK(count(text, "identity") == 1);
  CHECK_THAT(text, Catch::Contains("30 rows agree, largest |z| 1.9 at t = 29"));
  findings.verdicts[7].measured = -5;
  text = report::text(result, findings);
  CHECK_THAT(text, Catch::Contains("29 of 30 rows agree"));
  CHECK_THAT(text, Catch::Contains("-5.0(1.0)") && Catch::Contains("NO"));
  CHECK(count(report::text(result, findings, {.all = true}), "ok") == 29);
  // Numbers of interest are shown, not folded; a long list is cut, and says so.
  for (Verdict& each : findings.verdicts) each.role = Role::quantity;
  findings.verdicts[29].measured = 9;
  text = report::text(result, findings);
  CHECK_THAT(text, Catch::Contains("… 17 more (-v: all)") && Catch::Contains("9.0(1.0)"));
}

TEST_CASE("a run that goes on says how far it is", "[report]") {
  verdict::Result result;
  result.run = "going_on";
  result.swept = {"experiment.t"};
  for (int i = 0; i < 6; ++i) {
    verdict::Point& point = result.points.emplace_back();
    point.parameters["experiment.t"] = fmt::format("{}", 0.5 * i);
    point.complete = i == 0;
    if (i < 2) point.observables["energy"];
  }
  const std::string text = report::text(result, {});
  CHECK_THAT(text, Catch::StartsWith("going_on\n1 of 6 points complete, seed 0\n"));
  const std::string flat = report::unfinished(result);
  CHECK(flat ==
        "1 of 6 points have some of their units: their numbers are of those. 4 of 6 points have no "
        "finished unit (t = 1; t = 1.5; t = 2; …).");
  for (verdict::Point& point : result.points) point.complete = true;
  CHECK(report::unfinished(result).empty());
}

TEST_CASE("the verbose table says how each number came about", "[report]") {
  Findings findings;
  findings.verdicts = {row("exponent", 1.75, 0.01, 1.75)};
  Verdict& only = findings.verdicts[0];
  only.detail = "5 sizes";
  only.chi2_per_dof = 0.931;
  only.p_value = 0.47;
  only.units = 30;
  CHECK_THAT(report::text({}, findings, {.all = true}),
             Catch::Contains("\n    5 sizes, chi2/dof 0.931, p 0.47, 30 units\n"));
  CHECK_THAT(report::text({}, findings), !Catch::Contains("5 sizes"));
}

TEST_CASE("no line is wider than the terminal, whatever there is to show", "[report]") {
  Findings findings;
  verdict::Result result;
  result.run = std::string(90, 'r');
  result.headline = "a headline of many words that goes on and on " + std::string(120, 'h');
  for (const int keys : {0, 1, 2, 5, 9}) {
    for (const double size : {1.0, 1e-12, 123456.789, 1e300}) {
      for (const double relative : {0.0, 1e-13, 0.01, 3.0}) {
        Verdict each =
            row(std::string(static_cast<std::size_t>(5 + 12 * keys), 'q'), size, size * relative,
                keys % 2 == 0 ? size * 1.5 : kNaN, keys == 2 ? Role::check : Role::headline);
        each.criterion = "criterion of some words, for example those of the clone";
        each.from = "a method " + std::string(150, 'm');
        each.source = keys % 2 == 0 ? "somebody (1987)" : "";
        each.dof = 2;
        each.detail = "12 points, 0.01 <= x <= 0.3, size >= 16";
        for (int k = 0; k < keys; ++k) {
          each.point[fmt::format("section.key_number_{}", k)] = fmt::format("{}", size / (k + 3));
        }
        findings.verdicts.push_back(each);
      }
    }
  }
  findings.diagnostics = {{verdict::Severity::warning, std::string(100, 's'), "text", "advice"}};
  result.swept = {"section.key_number_0"};
  verdict::Point point;
  for (int k = 0; k < 9; ++k) {
    result.swept.push_back(fmt::format("section.key_number_{}", k));
    point.parameters[result.swept.back()] = "0.123456789012345";
  }
  verdict::Observable& observable = point.observables[std::string(70, 'o')];
  observable.estimate.mean = observable.estimate.error = Eigen::VectorXd::Constant(3, 1e-9 / 3);
  point.complete = false;
  result.points = {point, {}};
  result.points[1].parameters = point.parameters;
  result.points[1].complete = false;
  for (const std::size_t width : {40, 80, 100, 200}) {
    for (const bool all : {false, true}) {
      INFO("width " << width << ", all " << all);
      CHECK(widest(report::text(result, findings, {width, all})) <= width);
    }
    CHECK(widest(report::observables_text(result, width)) <= width);
  }
}
