// The page tells the story of a run: what its deck asks and expects, numbers that can be read, figures
// whose values can be pointed at, a movie from noise to data, how it was made.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis/report/page/figure_csv.hpp"
#include "analysis/report/page/numbers.hpp"
#include "analysis/report/page/ranges.hpp"
#include "analysis/report/page/story.hpp"
#include "analysis/report/report.hpp"
#include "tests/scratch.hpp"

namespace {

using namespace symbreak;
using Strings = std::vector<std::string>;

std::size_t at(const std::string& text, const std::string& part) {
  const auto found = text.find(part);
  INFO(part);
  CHECK(found != std::string::npos);
  return found;
}

verdict::Verdict number(const std::string& quantity, double measured, double error,
                        double predicted) {
  verdict::Verdict row;
  row.quantity = quantity;
  row.measured = measured;
  row.error = error;
  row.predicted = predicted;
  row.source = "theory";
  return row;
}

verdict::Figure line(const std::string& name) {
  verdict::Figure figure;
  figure.name = figure.title = name;
  figure.x_label = "t";
  figure.y_label = "m";
  figure.curves = {{"curve of " + name, {1, 2, 4}, {0.5, 0.25, 0.125}, {0.1, 0.1, 0.1}}};
  return figure;
}

/// What the page tells its script of the first figure.
nlohmann::json data_of(const std::string& page) {
  const std::string open = "<script type=\"application/json\">";
  const auto start = page.find(open) + open.size();
  return nlohmann::json::parse(page.substr(start, page.find("</script>", start) - start));
}

}  // namespace

TEST_CASE("a deck's comment is a question, its context, what is expected, and practice",
          "[report]") {
  const report::Story story = report::story(
      "\n# When does a dataset get memorized? It depends (Biroli et al. 2024).\n#\n# At high "
      "noise\n"
      "# many data share.\n#\n# Data: digits.\n#\n# Expected: t_C = 4.5(3) at N = 100, and "
      "2.7(2)\n#"
      " at 1000.\n# Cost: 20 s.\n\n# [run] is next\n[run]\n# Expected: nothing\n");
  CHECK(story.question == "When does a dataset get memorized?");
  CHECK(story.context ==
        Strings{"It depends (Biroli et al. 2024).", "At high noise many data share."});
  CHECK(story.expected == "t_C = 4.5(3) at N = 100, and 2.7(2) at 1000.");
  CHECK(story.practice == Strings{"Data: digits.", "Cost: 20 s."});
  // A full stop within a name or number ends nothing.
  CHECK(report::story("# At T_c = 2.27 J it ends, e.g. here\n").question ==
        "At T_c = 2.27 J it ends, e.g. here");
  CHECK(report::story("[run]\n# late\n").question.empty());
  CHECK(report::story("").question.empty());
  CHECK(report::story("#").context.empty());
}

TEST_CASE("every deck of the tree has a question and what is expected of it", "[report]") {
  namespace fs = std::filesystem;
  std::size_t decks = 0;
  for (const auto& entry : fs::recursive_directory_iterator(SYMBREAK_SOURCE_DIR "/inputs")) {
    if (entry.path().extension() != ".ini") continue;
    const report::Story story = report::story(test::read_bytes(entry.path()));
    INFO(entry.path());
    CHECK(!story.question.empty());
    CHECK(story.question.size() < 220);
    ++decks;
  }
  CHECK(decks > 70);
}

TEST_CASE("what was swept is said in a line", "[report]") {
  verdict::Result result;
  result.swept = {"target.n", "experiment.t"};
  for (const char* n : {"9000", "10", "1000", "100"}) {
    for (const char* t : {"0.1", "0.2", "0.30000000000000004", "0.4", "0.5", "1e1"}) {
      verdict::Point point;
      point.parameters = {{"target.n", n}, {"experiment.t", t}};
      result.points.push_back(point);
    }
  }
  CHECK(report::ranges(result) == Strings{"n = 10, 100, 1000, 9000", "t = 0.1 … 10 (6 values)"});
  CHECK(report::range_of({"planted", "unplanted"}) == "planted, unplanted");
}

TEST_CASE("numbers have the digits that a reader can use, and keep the others", "[report]") {
  // An error that nobody can read off: seven digits, the rest in the element.
  CHECK(report::readable(1, 1e-15) ==
        "<data value=\"1\" title=\"1.00000000000000(10)\">1.000000</data>");
  CHECK(report::readable(0.5000000187, 1.8e-7).find(">0.50000002(18)<") == std::string::npos);
  CHECK(report::readable(1.234567, 2e-5) == "<data value=\"1.234567\">1.234567(20)</data>");
  CHECK(report::readable(2.5e-9, 1e-10).find("2.50(10)·10<sup>-9</sup>") != std::string::npos);
  CHECK(report::readable(1.7320508075688772, 0).find(">1.732051<") != std::string::npos);
  CHECK(report::readable(2, 0) == "<data value=\"2\">2</data>");
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL, 0.0, -1e300, 1e-300}) {
    for (const double error : {0.0, 1e-20, 1.0, HUGE_VAL, std::nan("")}) {
      CHECK(report::readable(value, error).ends_with("</data>"));
    }
  }
  // Whatever is shown, the element says which double it was.
  for (const double value : {M_PI, 1 / 3., 6.02214076e23, -1e-7}) {
    const std::string text = report::readable(value, std::abs(value) * 1e-9);
    CHECK(std::strtod(text.c_str() + text.find("value=\"") + 7, nullptr) == value);
  }
}

TEST_CASE("the page is read from question to provenance", "[report]") {
  const test::ScratchFolder folder;
  verdict::Result result;
  result.run = "a_run";
  result.headline = "equation of state";
  result.deck = "# Where does it break?\n#\n# Expected: at t = 1.\n[run]\n";
  result.swept = {"experiment.t"};
  result.sessions = {{"2026-01-31T12:00:00Z", "2026-01-31T12:00:07Z", "node017",
                      "symbreak run deck.ini", "0.1.0", 4, 12}};
  verdict::Findings findings;
  findings.verdicts = {number("critical_time", 1.01, 0.02, 1)};
  findings.verdicts[0].role = verdict::Role::headline;
  for (int i = 0; i < 3; ++i) {
    verdict::Verdict check = number("identity", 1 + 0.01 * i, 0.01, 1);
    check.point = {{"experiment.t", std::to_string(i)}};
    check.role = verdict::Role::check;
    findings.verdicts.push_back(check);
  }
  findings.diagnostics = {{verdict::Severity::warning, "chains", "they disagree", "run longer"}};
  findings.figures = {line("pitchfork"), line("critical_isotherm")};
  verdict::Movie movie;
  movie.name = movie.title = "potential";
  movie.parameter = "t";
  for (const double t : {0.5, 1.0, 1.5}) {
    movie.values.push_back(t);
    movie.frames.push_back({line("frame")});
  }
  findings.movies = {movie};
  const std::string page = test::read_bytes(report::write(folder.path(), result, findings));

  std::size_t last = 0;
  for (const char* part :
       {"<h1>Where does it break?</h1>", "1 warning</a>", "<b>Expected.</b> at t = 1.",
        "The result", "critical_isotherm</h3>", ">potential</h2>", ">Figures<", "pitchfork</h3>",
        "All numbers", "identity: 3 rows agree, largest |z| 2.0", "What to know", "they disagree",
        "How it was made", "node017", "symbreak run deck.ini"}) {
    CHECK(at(page, part) > last);
    last = page.find(part);
  }
  // From noise to data: the noisiest frame is first.
  CHECK(at(page, "data-label=\"t = 1.5\"") < at(page, "data-label=\"t = 0.5\""));
  CHECK(at(page, "<output>t = 1.5</output>") > 0);
  // Every file is one click away, and there.
  for (const char* file : {"plots/pitchfork.csv", "plots/pitchfork.svg", "plots/pitchfork.gp"}) {
    CHECK(at(page, "href=\"" + std::string(file) + "\"") > 0);
    CHECK(std::filesystem::exists(folder.path() / file));
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    CHECK(entry.path().extension() != ".where");
    CHECK(entry.path().extension() != ".axes");
  }
  // Without warnings nothing warns; without a comment the run's name is the title.
  result.deck.clear();
  findings.diagnostics.clear();
  const std::string other = test::read_bytes(report::write(folder.path(), result, findings));
  CHECK(other.find("<h1>a_run</h1>") != std::string::npos);
  CHECK(other.find("read them before the numbers") == std::string::npos);
}

TEST_CASE("what a reader points at are the values that are drawn", "[report]") {
  const test::ScratchFolder folder;
  verdict::Findings findings;
  findings.figures = {line("pitchfork")};
  findings.figures[0].log_x = true;
  findings.figures[0].curves[0].label = "</script><script>alert(1)";
  const std::string page = test::read_bytes(report::write(folder.path(), {}, findings));
  const nlohmann::json data = data_of(page);
  CHECK(data["curves"][0]["label"] == "</script><script>alert(1)");
  CHECK(data["curves"][0]["x"] == std::vector<double>{1, 2, 4});
  CHECK(data["curves"][0]["y"] == std::vector<double>{0.5, 0.25, 0.125});
  CHECK(data["log"] == std::vector<bool>{true, false});
  // The last symbol of the drawing is where the data say, to a hundredth of a pixel.
  const std::string svg = test::read_bytes(folder.path() / "plots/pitchfork.svg");
  const std::string before = "translate(";
  std::vector<std::pair<double, double>> symbols;
  for (auto found = svg.find("<use"); found != std::string::npos;
       found = svg.find("<use", found + 1)) {
    std::istringstream stream(svg.substr(svg.find(before, found) + before.size(), 40));
    double across = 0, down = 0;
    char comma = 0;
    stream >> across >> comma >> down;
    symbols.emplace_back(across, down);
  }
  std::istringstream box(svg.substr(svg.find("viewBox=\"0 0 ") + 13, 40));
  double width = 0, height = 0;
  box >> width >> height;
  const auto edge = [&](int i) { return data["edges"][i].get<double>(); };
  const auto value = [&](int i) { return data["values"][i].get<double>(); };
  const double u = std::log(4 / value(0)) / std::log(value(1) / value(0));
  const double v = (0.125 - value(2)) / (value(3) - value(2));
  const double x = width * (edge(0) + u * (edge(1) - edge(0)));
  const double y = height * (1 - edge(2) - v * (edge(3) - edge(2)));
  const bool there = std::any_of(symbols.begin(), symbols.end(), [&](const auto& one) {
    return std::abs(one.first - x) < 0.02 && std::abs(one.second - y) < 0.02;
  });
  INFO(x << ", " << y);
  CHECK(there);
}

TEST_CASE("the table of a figure has every value with all its digits", "[report]") {
  verdict::Figure figure = line("pitchfork");
  figure.curves[0].label = "a, \"b\"";
  figure.curves[0].y[0] = 1 / 3.;
  figure.curves.push_back({"", {1}, {NAN}, {}});
  CHECK(report::figure_csv(figure) ==
        "curve,t,m,error\r\n\"a, \"\"b\"\"\",1,0.3333333333333333,0.1\r\n"
        "\"a, \"\"b\"\"\",2,0.25,0.1\r\n\"a, \"\"b\"\"\",4,0.125,0.1\r\n,1,,\r\n");
  figure.curves.clear();
  figure.surface = verdict::Surface{{0, 1}, {0, 2}, Eigen::MatrixXd::Constant(2, 2, 5)};
  const std::string map = report::figure_csv(figure);
  CHECK(map.find("curve,t,m,height\r\n") == 0);
  CHECK(map.find("surface,1,2,5\r\n") != std::string::npos);
}
