#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/report/report.hpp"

namespace {

using namespace symbreak;
using verdict::Findings;
using verdict::Verdict;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Verdict row(const std::string& quantity, double measured, double error, double predicted) {
  Verdict verdict;
  verdict.quantity = quantity;
  verdict.measured = measured;
  verdict.error = error;
  verdict.predicted = predicted;
  verdict.from = "fit";
  return verdict;
}

verdict::Observable observable(std::vector<Eigen::Index> shape, Eigen::VectorXd mean) {
  verdict::Observable result;
  result.shape = std::move(shape);
  result.estimate.error = Eigen::VectorXd::Constant(mean.size(), 0.1);
  result.estimate.tau_int = Eigen::VectorXd::Constant(mean.size(), 0.5);
  result.estimate.ess = Eigen::VectorXd::Constant(mean.size(), 100);
  result.estimate.mean = std::move(mean);
  return result;
}

verdict::Result sweep() {
  verdict::Result result;
  result.run = "sweep";
  result.swept = {"experiment.t", "target.kind"};
  verdict::Point point;
  point.parameters = {{"experiment.t", "0.5"}, {"target.kind", "deltas"}, {"forward.sigma", "1"}};
  Eigen::VectorXd six(6);
  six << 1, 2, 3, 4, 5, kNaN;
  point.observables["matrix"] = observable({2, 3}, six);
  point.observables["scalar"] = observable({}, Eigen::VectorXd::Constant(1, 2.5));
  point.observables["profile"] = observable({20}, Eigen::VectorXd::LinSpaced(20, 0, 19));
  verdict::Observable solved = observable({}, Eigen::VectorXd::Constant(1, 1));
  solved.origin = verdict::Origin::deterministic;
  solved.estimate.tau_int.resize(0);
  solved.estimate.ess.resize(0);
  point.observables["solved"] = solved;
  result.points = {point};
  return result;
}

}  // namespace

TEST_CASE("the table of results is aligned, below the count", "[report]") {
  Findings findings;
  findings.verdicts = {row("critical_time", 1.0000001, 3e-7, 1),
                       row("exponent_beta", 0.6, 0.01, 0.5)};
  findings.verdicts[0].source = "lambda_max(C)";
  findings.verdicts[0].criterion = "score criterion";
  findings.measured = {row("slope", 2, 0.5, kNaN)};
  findings.measured[0].unit = "nats";
  findings.diagnostics = {
      {verdict::Severity::warning, "chi", "not converged at t = 1", "run longer"}};
  CHECK(report::text({}, findings) ==
        "1 of 2 predictions agree (|z| <= 3, 0.005 false alarms expected); not:\n"
        "exponent_beta.\n"
        "\n"
        "result                          measured      predicted     z\n"
        "critical_time, score criterion  1.0000001(3)  1           0.3  ok [1]\n"
        "exponent_beta                   0.600(10)     0.5        10.0  NO [2]\n"
        "slope / nats                    2.0(5)        -             -  [2]\n"
        "\n"
        "[1] fit; theory: lambda_max(C)\n"
        "[2] fit\n"
        "\n"
        "warning: chi: not converged at t = 1; run longer\n");
  CHECK(report::text({}, {}) == "No verdicts: nothing was compared with a prediction.\n");
}

TEST_CASE("few samples and rows without a verdict are said", "[report]") {
  Findings findings;
  findings.verdicts = {row("eigenvalue", 3, 0.1, 2), row("energy", 1.5, 0.5, kNaN),
                       row("other", 1, 0.1, 1)};
  findings.verdicts[1].source = "nowhere";
  findings.verdicts[0].dof = 1;
  const std::string text = report::text({}, findings);
  CHECK_THAT(text, Catch::Contains("3.00(10)") && Catch::Contains("\n    error from 2 samples\n"));
  CHECK_THAT(text, Catch::Contains("1.5(5)") &&
                       Catch::Contains("no verdict: what is predicted is not a number"));
  // Two samples: 10 errors are 1.9 standard deviations.
  CHECK_THAT(text, Catch::StartsWith("2 of 2 predictions agree (|z| <= 3, 0.005 false alarms "
                                     "expected); 1 without a\nverdict.\n"));
  CHECK(report::passes(findings));
  const auto json = nlohmann::json::parse(report::json({}, findings));
  CHECK(json["verdicts"][0]["dof"] == 1);
  CHECK(json["verdicts"][1]["agrees"].is_null());
  CHECK(json["verdicts"][1]["z"].is_null());
  CHECK(json["verdicts"][2]["agrees"] == true);
  CHECK(json["verdicts"][2]["dof"].is_null());
}

TEST_CASE("few samples that all rows of a quantity have are said once", "[report]") {
  Findings findings;
  findings.verdicts = {row("eigenvalue", 3, 0.1, 3), row("eigenvalue", 2, 0.1, 2)};
  findings.verdicts[0].point = {{"target.n", "64"}};
  findings.verdicts[1].point = {{"target.n", "32"}};
  for (Verdict& each : findings.verdicts) each.dof = 1;
  const std::string once = report::text({}, findings);
  CHECK_THAT(once, Catch::Contains("\n    each error from 2 samples\n"));
  CHECK(once.find("samples") == once.rfind("samples"));
  findings.verdicts[1].dof = 3;
  const std::string twice = report::text({}, findings);
  CHECK_THAT(twice, Catch::Contains("\n    error from 2 samples\n") &&
                        Catch::Contains("\n    error from 4 samples\n"));
}

TEST_CASE("keys of the sweep are columns of the table of results", "[report]") {
  Findings findings;
  findings.verdicts = {row("binder_crossing", 0.27, 0.01, 0.27052), row("theta", 1, 0.1, 1)};
  findings.verdicts[0].point = {{"target.n", "64"}, {"sampling.n", "8"}, {"experiment.h", "0"}};
  verdict::Result result;
  result.swept = {"target.n", "experiment.h", "unused.key"};
  const std::string text = report::text(result, findings, {.width = 100});
  INFO(text);
  CHECK(text.find("result           target.n  h  sampling.n  measured   predicted     z\n") !=
        std::string::npos);
  CHECK(text.find("theta            -         -  -") != std::string::npos);
  CHECK(text.find("2 of 2 predictions agree (|z| <= 3, 0.005 false alarms expected).") !=
        std::string::npos);
  findings.verdicts[0].measured = 9;
  CHECK(report::text(result, findings, {.width = 200})
            .find("not: binder_crossing (h = 0, sampling.n = 8, target.n = 64)") !=
        std::string::npos);
}

TEST_CASE("the table of observables", "[report]") {
  const std::string text = report::observables_text(sweep());
  INFO(text);
  CHECK(text.find("observable   t    kind    value     tau_int  ess  state\n") == 0);
  CHECK(text.find("scalar       0.5  deltas  2.50(10)  0.5      100  ok\n") != std::string::npos);
  CHECK(text.find("solved       0.5  deltas  1.00(10)  -        -    solved\n") !=
        std::string::npos);
  CHECK(text.find("profile[20]  0.5  deltas  0 ... 19  0.5      100  ok\n") != std::string::npos);
  CHECK(text.find("matrix[4]    0.5  deltas  5.00(10)") != std::string::npos);
  verdict::Result unconverged = sweep();
  unconverged.points[0].observables.at("scalar").estimate.converged = false;
  CHECK(report::observables_text(unconverged).find("not converged") != std::string::npos);
}

TEST_CASE("the JSON has the contract's keys, shapes and types", "[report]") {
  Findings findings;
  findings.verdicts = {row("critical_time", 1.5, 0, 1)};
  findings.verdicts[0].point = {{"experiment.t", "0.5"}, {"target.kind", "deltas"}, {"n", "64"}};
  findings.diagnostics = {{verdict::Severity::failure, "a", "b", "c"}};
  const auto json = nlohmann::json::parse(report::json(sweep(), findings));
  CHECK(json["schema"] == "symbreak-analysis-1");
  CHECK(json["run"] == "sweep");
  CHECK(json["points"].size() == 1);
  CHECK(json["complete_points"] == 1);
  const auto& verdict = json["verdicts"][0];
  CHECK(verdict["quantity"] == "critical_time");
  CHECK(verdict["point"]["experiment.t"] == 0.5);
  CHECK(verdict["point"]["n"].is_number_integer());
  CHECK(verdict["point"]["target.kind"] == "deltas");
  CHECK(verdict["measured"] == 1.5);
  CHECK(verdict["predicted"] == 1);
  CHECK(verdict["error"] == 0);
  CHECK(verdict["z"].is_null());  // infinite: a deviation without any error
  CHECK(verdict["agrees"] == false);
  for (const char* key : {"error", "predicted", "source", "note"}) CHECK(verdict.contains(key));
  CHECK(json["diagnostics"][0]["severity"] == "failure");

  const auto find = [&](const std::string& name) {
    for (const auto& item : json["observables"]) {
      if (item["name"] == name) return item;
    }
    return nlohmann::json();
  };
  CHECK(find("scalar")["value"] == 2.5);
  CHECK(find("scalar")["point"] ==
        nlohmann::json({{"experiment.t", 0.5}, {"target.kind", "deltas"}}));
  CHECK(find("matrix")["value"].dump() == "[[1.0,2.0,3.0],[4.0,5.0,null]]");
  CHECK(find("matrix")["error"].size() == 2);
  CHECK(find("solved")["tau_int"].is_null());
  for (const char* key : {"unit", "text", "ess"}) CHECK(find("scalar").contains(key));
}

TEST_CASE("bytes that are no UTF-8 leave valid JSON", "[report]") {
  verdict::Result result;
  result.run = "\xff\xfe\"\n";
  CHECK(nlohmann::json::accept(report::json(result, {})));
}

TEST_CASE("strictness", "[report]") {
  Findings findings;
  CHECK(report::passes(findings));
  findings.verdicts = {row("a", 1, 0.1, 1.2)};
  findings.diagnostics = {{verdict::Severity::note, "", "", ""}};
  CHECK(report::passes(findings));
  findings.diagnostics[0].severity = verdict::Severity::warning;
  CHECK_FALSE(report::passes(findings));
  findings.diagnostics.clear();
  findings.verdicts[0].measured = kNaN;  // no verdict: whoever made it is warned of elsewhere
  CHECK(report::passes(findings));
  findings.verdicts[0].measured = 2;
  CHECK_FALSE(report::passes(findings));
}
