#include <catch2/catch.hpp>
#include <limits>
#include <sstream>

#include "analysis/findings/axes.hpp"
#include "analysis/findings/entropy_clock/observables.hpp"
#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/report/csv.hpp"
#include "analysis/report/report.hpp"
#include "tests/hand_made.hpp"

namespace {

using namespace symbreak;

constexpr double kInf = std::numeric_limits<double>::infinity();

/// A reader of RFC 4180 that knows nothing of the writer.
std::vector<std::vector<std::string>> parsed(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        rows.back().back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        rows.back().back() += text[i++];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\r') {
      REQUIRE(text.at(++i) == '\n');
      rows.emplace_back(1);
    } else {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

std::string exported(const verdict::Result& result, const report::Export& what = {}) {
  std::ostringstream out;
  report::export_csv(result, out, what);
  return out.str();
}

}  // namespace

TEST_CASE("fields of CSV are quoted where they must be", "[report]") {
  CHECK(report::csv_field("plain text; of a kind") == "plain text; of a kind");
  CHECK(report::csv_field("a,b") == "\"a,b\"");
  CHECK(report::csv_field("say \"x\"\nor not") == "\"say \"\"x\"\"\nor not\"");
  const std::vector<std::string> hostile = {"", "\"", ",", "\r\n", "\",\"", "é, ∞"};
  CHECK(parsed(report::csv_row(hostile)) == std::vector{hostile});
  for (const double value : {0.1, 1.0 / 3, 2.0, -1e-300, 6.02214076e23, 5e-324}) {
    CHECK(std::stod(report::csv_number(value)) == value);
  }
  CHECK(report::csv_number(NAN).empty());
  CHECK(report::csv_number(kInf) == "inf");
}

TEST_CASE("every value of a run is a row with its point and its axis", "[report]") {
  namespace observable = findings::entropy_clock::observable;
  verdict::Result result =
      test::hand_made("entropy_clock", {"target.std=0.5,1", "target.kind=gaussian_mixture"});
  REQUIRE(result.points.size() == 2);
  verdict::Point& point = result.points[0];
  point.facts = {{verdict::FactName{"time"}, {0.25, 4}, "clock"}};
  test::put_sampled(point, observable::entropy_rate_table, {1, 2, 3, 4}, 0.5, {2, 2});
  test::put_sampled(point, observable::entropy_produced, {0.7}, 0.5);
  point.observables.at("entropy_produced").text = "a \"sum\", over ln s";
  point.observables.at("entropy_produced").unit = "nats";
  findings::name_axes(result);
  const auto rows = parsed(exported(result));
  REQUIRE(rows.size() == 6);  // header, a number, four of an array; nothing of the other point
  CHECK(rows[0] == std::vector<std::string>{"target.std", "observable", "axis", "index",
                                            "axis_value", "value", "error", "tau_int", "ess", "dof",
                                            "unit", "text"});
  CHECK(rows[1][0] == "0.5");
  CHECK(rows[1][1] == "entropy_produced");
  CHECK(rows[1][2].empty());
  CHECK(rows[1][10] == "nats");
  CHECK(rows[1][11] == "a \"sum\", over ln s");
  CHECK(rows[4][2] == "time;column");
  CHECK(rows[4][3] == "1;0");
  CHECK(rows[4][4] == "4;");
  CHECK(std::stod(rows[4][5]) == Approx(3));
  const auto& estimate = point.at(observable::entropy_rate_table).estimate;
  CHECK(std::stod(rows[4][6]) == estimate.error[2]);
  CHECK(std::stod(rows[4][8]) == estimate.ess[2]);

  const auto bins = parsed(exported(result, {.bins = true, .observables = {"entropy_produced"}}));
  REQUIRE(bins.size() == 1 + 4 * 16);
  CHECK(bins[0][2] == "work_unit");
  CHECK(bins[17][2] == "1");
  CHECK(std::stod(bins[17][6]) == point.at(observable::entropy_produced).units[1].bins(0, 0));
}

TEST_CASE("axes take their values from facts, keys or other arrays", "[report]") {
  namespace observable = findings::equation_of_state::observable;
  verdict::Result result = test::hand_made(
      "equation_of_state", {"target.preset=two_deltas", "experiment.t=1",
                            "experiment.isotherm=0.1,0.2,0.3", "target.kind=deltas"});
  verdict::Point& point = result.points[0];
  test::put_solved(point, observable::isotherm, {1, 2, 3}, 0, {3});
  test::put_solved(point, observable::landscape_axis, {-1, 1}, 0, {2});
  test::put_solved(point, observable::landscape, {5, 6}, 0, {2});
  test::put_solved(point, verdict::ObservableName{"unheard_of"}, {5, 6}, 0, {1, 2});
  findings::name_axes(result);
  const auto axes = [&](const char* name) { return point.observables.at(name).axes; };
  CHECK(axes("isotherm")[0].name == "experiment.isotherm");
  CHECK(axes("isotherm")[0].values == std::vector{0.1, 0.2, 0.3});
  CHECK(axes("landscape")[0].values == std::vector{-1.0, 1.0});
  CHECK(axes("landscape_axis")[0].values.empty());
  REQUIRE(axes("unheard_of").size() == 2);
  CHECK(axes("unheard_of")[1].name == "axis_2");
  test::put_solved(point, observable::isotherm, {1, 2}, 0, {2});  // not as many as the key says
  findings::name_axes(result);
  CHECK(axes("isotherm")[0].values.empty());
}

TEST_CASE("results as CSV have the digits of JSON", "[report]") {
  verdict::Findings findings;
  verdict::Verdict row;
  row.quantity = "critical_time";
  row.criterion = "score criterion";
  row.measured = 1.0 / 3;
  row.error = 1e-3;
  row.predicted = 0.3333;
  row.source = "theory, of a kind";
  row.point = {{"target.n", "64"}};
  row.units = 5;
  findings.verdicts = {row};
  row.quantity = "slope";
  row.predicted = NAN;
  row.source = "";
  row.axis = {{"class", 2}};
  row.squares = 0;
  findings.measured = {row};
  verdict::Result result;
  result.swept = {"target.n"};
  const auto rows = parsed(report::results_csv(result, findings));
  REQUIRE(rows.size() == 3);
  const auto at = [&](std::size_t index, const std::string& name) {
    for (std::size_t c = 0; c < rows[0].size(); ++c) {
      if (rows[0][c] == name) return rows[index][c];
    }
    FAIL("no column " + name);
    return std::string();
  };
  CHECK(std::stod(at(1, "value")) == 1.0 / 3);
  CHECK(at(1, "target.n") == "64");
  CHECK(at(1, "criterion") == "score criterion");
  CHECK(at(1, "agrees") == "true");
  CHECK(at(1, "source") == "theory, of a kind");
  CHECK(at(1, "units") == "5");
  CHECK(at(1, "class").empty());
  CHECK(at(2, "class") == "2");
  CHECK(at(2, "predicted").empty());
  CHECK(at(2, "z").empty());
  CHECK(at(2, "agrees").empty());
}
