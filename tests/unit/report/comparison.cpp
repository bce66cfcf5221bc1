// Several runs beside each other: which numbers are the same ones, how far they are apart, what is
// drawn in one plot, what differs between the decks.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report/page/comparison.hpp"
#include "analysis/report/report.hpp"
#include "tests/scratch.hpp"

namespace {

using namespace symbreak;
using Point = std::map<std::string, std::string>;

/// A run as an analysis leaves it.
struct Run {
  verdict::Result result;
  verdict::Findings findings;

  Run(const std::string& name, const std::map<std::string, std::string>& settings,
      const std::vector<std::string>& swept) {
    result.run = name;
    result.settings = settings;
    result.swept = swept;
  }
  void add(const std::string& quantity, const Point& point, double value, double error,
           double predicted = NAN) {
    verdict::Verdict row;
    row.quantity = quantity;
    row.point = point;
    row.measured = value;
    row.error = error;
    row.predicted = predicted;
    if (std::isnan(predicted)) {
      findings.measured.push_back(row);
    } else {
      row.source = "theory";
      findings.verdicts.push_back(row);
    }
  }
  report::Analysed analysed() const { return {result.run, &result, &findings}; }
};

const verdict::Figure& figure(const report::Comparison& comparison, const std::string& name) {
  const auto found = std::ranges::find(comparison.figures, name, &verdict::Figure::name);
  REQUIRE(found != comparison.figures.end());
  return *found;
}

verdict::Figure drawn(const std::string& name, std::vector<verdict::Curve> curves) {
  verdict::Figure figure;
  figure.name = figure.title = name;
  figure.x_label = "t";
  figure.y_label = "m";
  figure.curves = std::move(curves);
  return figure;
}

}  // namespace

TEST_CASE("equal results of two runs differ by z of both errors", "[report]") {
  Run small("small", {{"run.seed", "1"}, {"target.n", "10, 20"}}, {"target.n"});
  Run large("large", {{"run.seed", "2"}, {"target.n", "10, 20, 40"}}, {"target.n"});
  small.add("collapse_time", {{"target.n", "10"}}, 4.0, 0.3);
  small.add("collapse_time", {{"target.n", "20"}}, 3.0, 0.3);
  large.add("collapse_time", {{"target.n", "10"}}, 4.5, 0.4);
  large.add("collapse_time", {{"target.n", "20"}}, 5.0, 0.4);
  large.add("collapse_time", {{"target.n", "40"}}, 2.0, 0.4);
  large.add("other", {}, 1, 0.1);
  const auto comparison = report::compare({small.analysed(), large.analysed()});
  REQUIRE(comparison.numbers.size() == 2);
  CHECK(comparison.numbers[0].difference.z() == Approx(0.5 / 0.5));  // 3-4-5
  CHECK(comparison.numbers[1].difference.z() == Approx(2.0 / 0.5));
  CHECK(comparison.numbers[1].difference.disagrees());
  const std::string sentence =
      report::difference_sentence({small.analysed(), large.analysed()}, comparison);
  CHECK(sentence ==
        "2 numbers of small in large as well, largest |z| 4.0 (collapse_time): 1 beyond "
        "3 combined errors.");
  const std::string csv = report::differences_csv({small.analysed(), large.analysed()}, comparison);
  CHECK(csv.find("collapse_time,,20,small,3,0.3,large,5,0.4,2,4,\r\n") != std::string::npos);
  REQUIRE(comparison.keys.size() == 2);
  CHECK(comparison.keys[0].key == "run.seed");
  CHECK(comparison.keys[1].values == std::vector<std::string>{"10, 20", "10, 20, 40"});
}

TEST_CASE("a key that one run sweeps and the other has fixed is the same key", "[report]") {
  Run sweep("sweep", {{"target.n", "10, 20"}}, {"target.n"});
  Run fixed("fixed", {{"target.n", "20"}}, {});
  sweep.add("m", {{"target.n", "10"}}, 1, 0.1);
  sweep.add("m", {{"target.n", "20"}}, 2, 0.1);
  sweep.add("slope", {}, 0.1, 0.1);  // of the whole sweep
  fixed.add("m", {}, 2.1, 0.1);
  fixed.add("slope", {}, 9, 0.1);
  const auto comparison = report::compare({sweep.analysed(), fixed.analysed()});
  REQUIRE(comparison.numbers.size() == 1);
  CHECK(comparison.numbers[0].difference.predicted == 2);
  CHECK(comparison.numbers[0].difference.measured == 2.1);
  // What belongs to a whole sweep is compared with that of another sweep, however long.
  Run wider("wider", {{"target.n", "10, 20, 40"}}, {"target.n"});
  wider.add("slope", {}, 0.2, 0.1);
  const auto wide = report::compare({sweep.analysed(), wider.analysed()});
  REQUIRE(wide.numbers.size() == 1);
  CHECK(wide.numbers[0].difference.quantity == "slope");
}

TEST_CASE("identical runs are not apart, and more than two are compared with the first",
          "[report]") {
  Run a("a", {}, {}), b("b", {}, {}), c("c", {}, {});
  for (Run* run : {&a, &b, &c}) run->add("t_c", {}, 1, 0);
  c.findings.measured[0].measured = 2;
  const auto comparison = report::compare({a.analysed(), b.analysed(), c.analysed()});
  REQUIRE(comparison.numbers.size() == 2);
  CHECK(comparison.numbers[0].difference.z() == 0);
  CHECK(std::isinf(comparison.numbers[1].difference.z()));
  CHECK(comparison.numbers[1].run == 2);
  CHECK(comparison.keys.empty());
}

TEST_CASE("results of several runs are drawn against the key that varies most", "[report]") {
  Run small("small", {}, {"target.n", "target.d"}), large("large", {}, {"target.n", "target.d"});
  for (const double n : {10, 100, 1000}) {
    for (const char* d : {"2", "4"}) {
      const Point point = {{"target.n", std::to_string(static_cast<int>(n))}, {"target.d", d}};
      small.add("collapse_time", point, 1 / n, 0.1 / n, 2 / n);
      large.add("collapse_time", point, 1.5 / n, 0.1 / n, 2 / n);
    }
  }
  const auto comparison = report::compare({small.analysed(), large.analysed()});
  const verdict::Figure& plot = figure(comparison, "both_collapse_time");
  CHECK(plot.x_label == "n");
  CHECK(plot.log_x);
  CHECK(plot.log_y);
  REQUIRE(plot.curves.size() == 6);  // 2 runs x 2 dimensions, 2 predictions
  CHECK(plot.curves[0].label == "small: d = 2");
  CHECK(plot.curves[0].x == std::vector<double>{10, 100, 1000});
  CHECK(plot.curves[3].label == "large: d = 4");
  CHECK(plot.curves[3].y == std::vector<double>{0.15, 0.015, 0.0015});
  CHECK(plot.curves[5].label == "predicted: d = 4");
  CHECK(plot.curves[5].style == verdict::Curve::Style::dashed);
}

TEST_CASE("figures of one name are overlaid, theory once", "[report]") {
  Run a("a", {}, {}), b("b", {}, {});
  const verdict::Curve theory{"theory", {1, 2}, {1, 2}, {}, verdict::Curve::Style::line};
  const verdict::Curve left{"L = 8", {1, 2}, {3, 4}}, right{"L = 8", {1, 2}, {5, 6}};
  a.findings.figures = {drawn("m", {theory, left}), drawn("only_a", {left}), drawn("map", {})};
  b.findings.figures = {drawn("m", {theory, right}), drawn("map", {})};
  for (Run* run : {&a, &b}) {
    run->findings.figures.back().surface =
        verdict::Surface{{0, 1}, {0, 1}, Eigen::MatrixXd::Zero(2, 2)};
  }
  a.findings.figures[0].vertical_lines = {{1.5, "t_c"}};
  b.findings.figures[0].vertical_lines = {{1.6, "t_c"}};
  const std::vector<report::Analysed> runs = {a.analysed(), b.analysed()};
  const auto comparison = report::compare(runs);
  CHECK(comparison.figures.size() == 1);
  const verdict::Figure& plot = figure(comparison, "m");
  std::vector<std::string> labels;
  for (const verdict::Curve& curve : plot.curves) labels.push_back(curve.label);
  CHECK(labels == std::vector<std::string>{"theory", "a: L = 8", "b: L = 8"});
  CHECK(plot.vertical_lines.size() == 2);
  CHECK(comparison.not_overlaid == std::vector<std::string>{"map"});

  const test::ScratchFolder folder;
  const std::string page =
      test::read_bytes(report::write_comparison(folder.path(), runs, comparison));
  CHECK(page.find("<h1>a against b</h1>") != std::string::npos);
  CHECK(page.find("Maps cannot be overlaid: map.") != std::string::npos);
  CHECK(page.find("plots/m.csv") != std::string::npos);
  CHECK(std::filesystem::exists(folder.path() / "differences.csv"));
}
