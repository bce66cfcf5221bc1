#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "analysis/report/escape.hpp"
#include "analysis/report/figure/gnuplot.hpp"
#include "analysis/report/report.hpp"
#include "tests/scratch.hpp"

namespace {

namespace fs = std::filesystem;
using namespace symbreak;
using verdict::Curve;
using verdict::Figure;
using verdict::Findings;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

using Folder = test::ScratchFolder;
using test::read_bytes;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

Curve curve(std::vector<double> x, std::vector<double> y, std::vector<double> error = {}) {
  return {"curve", std::move(x), std::move(y), std::move(error), Curve::Style::points, -1};
}

Figure figure(const std::string& name, std::vector<Curve> curves) {
  Figure result;
  result.name = name;
  result.x_label = "t";
  result.y_label = "m";
  result.curves = std::move(curves);
  return result;
}

Findings with(Figure figure) {
  Findings findings;
  findings.figures.push_back(std::move(figure));
  return findings;
}

std::string page_of(const Folder& folder, const Findings& findings,
                    const verdict::Result& result = {}) {
  return read_bytes(report::write(folder.path(), result, findings));
}

}  // namespace

TEST_CASE("a report without findings is a page", "[report]") {
  const Folder folder;
  const std::string page = page_of(folder, {});
  CHECK(page.find("nothing was compared with a prediction") != std::string::npos);
  CHECK(page.find("</html>") != std::string::npos);
}

TEST_CASE("hostile strings reach neither gnuplot, HTML, file names nor a shell", "[report]") {
  const Folder folder;
  const std::string trap = (folder.path() / "trap").string();
  const std::string hostile = "'\"; system('touch " + trap + "') `touch " + trap + "` @x $(touch " +
                              trap + ")\n!touch " + trap +
                              "\nplot sin(x) \\\n<script>alert(1)"
                              "</script> &amp; %s {/Bold ../../x} </textarea>--> \x01\x1b[31m \xff";
  verdict::Result result;
  result.run = result.target = result.experiment = result.headline = result.deck = hostile;
  result.swept = {hostile};
  result.provenance = {{hostile, hostile}};
  verdict::Point point;
  point.parameters = {{hostile, hostile}, {"b", hostile}};
  verdict::Observable observable;
  observable.unit = observable.text = hostile;
  observable.estimate.mean = observable.estimate.error = Eigen::VectorXd::Constant(1, 2);
  point.observables[hostile] = observable;
  result.points = {point};

  Findings findings;
  verdict::Verdict row;
  row.quantity = row.source = row.from = row.note = hostile;
  row.point = {{hostile, hostile}};
  findings.verdicts = {row};
  findings.diagnostics = {{verdict::Severity::warning, hostile, hostile, hostile}};
  Figure nasty =
      figure("../../" + hostile, {curve({1, 2}, {1, 2}, {0.1, 0.1}), curve({1, 2}, {2, 1})});
  nasty.title = nasty.caption = nasty.x_label = nasty.y_label = hostile;
  nasty.curves[0].label = hostile;
  nasty.vertical_lines = {{1.5, hostile}};
  findings.figures = {nasty, nasty};  // the same name twice
  findings.figures[1].vertical_lines = {{1.4, hostile}, {1.6, hostile}};
  findings.movies = {{hostile, hostile, hostile, hostile, {1, 2}, {{nasty}, {nasty}}}};

  const std::string page = page_of(folder, findings, result);
  CHECK_FALSE(fs::exists(trap));
  CHECK(count(page, "<script>") == 1);  // ours; the others are data
  CHECK(count(page, "<script") == count(page, "<script type=\"application/json\">") + 1);
  CHECK(count(page, "</script") == count(page, "<script"));
  CHECK(page.find("</textarea") == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    INFO(entry.path());
    CHECK(std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    }));
    const auto kind = entry.path().extension();  // a PDF is compressed: any byte is in it
    if (entry.is_regular_file() && kind != ".html" && kind != ".pdf") {
      CHECK(read_bytes(entry.path()).find('\x1b') == std::string::npos);
    }
  }
  CHECK(count(page, "<figure>") == 4);

  const std::string text = report::text(result, findings) + report::observables_text(result);
  CHECK(text.find('\x1b') == std::string::npos);
  // The headline, points and count; the table; footnotes; the diagnostic; observables.
  CHECK(text.find('\r') == std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(report::width(line) <= 80);
  const std::string json = report::json(result, findings);
  CHECK(json.find("symbreak-analysis-1") != std::string::npos);
}

TEST_CASE("plots of data that can hardly be plotted", "[report]") {
  const Folder folder;
  const auto draws = [&](const Figure& plot) { return page_of(folder, with(plot)); };

  CHECK(draws(figure("none", {})).find("no data to draw") != std::string::npos);
  CHECK(draws(figure("empty", {curve({}, {})})).find("no data to draw") != std::string::npos);
  CHECK(count(draws(figure("point", {curve({1}, {2}, {0.5})})), "<use ") >= 1);
  CHECK(count(draws(figure("flat", {curve({1, 2}, {0, 0}, {0, 0})})), "<use ") >= 2);

  const std::string undefined =
      draws(figure("undefined", {curve({1, 2, 3, kInf}, {1, kNaN, 3, 4}, {0.1, 0.1, kNaN, 0.1})}));
  CHECK(undefined.find("2 points without a finite value are not drawn.") != std::string::npos);
  CHECK(draws(figure("all_nan", {curve({1, 2}, {kNaN, kNaN})})).find("no data to draw") !=
        std::string::npos);
  CHECK(draws(figure("wild_error", {curve({1, 2}, {1, 2}, {kInf, -1})})).find("<use ") !=
        std::string::npos);

  Figure logarithmic =
      figure("log", {curve({-1, 0, 1, 10, 1000}, {1, 1, 0, 5, 7}, {0.1, 0.1, 0.1, 50, 0.1})});
  logarithmic.log_x = logarithmic.log_y = true;
  const std::string shown = draws(logarithmic);
  CHECK(shown.find("3 points not positive on a logarithmic axis are not drawn.") !=
        std::string::npos);
  CHECK(count(read_bytes(folder.path() / "plots/log.tsv"), "\n") == 7);  // the data are complete
  logarithmic.curves[0].y = {-1, -1, -1, -1, -1};
  CHECK(draws(logarithmic).find("no data to draw") != std::string::npos);

  Figure outside = figure("outside", {curve({1, 2}, {1, 2})});
  outside.x_range = {{10, 20}};
  outside.y_range = {{5, -5}};  // no range at all
  outside.vertical_lines = {{kNaN, "nan"}, {15, "here"}, {99, "far"}};
  CHECK(draws(outside).find("here") != std::string::npos);
}

TEST_CASE("surfaces become filled cells", "[report]") {
  const Folder folder;
  Figure map = figure("map", {});
  verdict::Surface surface{.x = {0, 1, 2}, .y = {0, 1, 2, 3}, .z = Eigen::MatrixXd(3, 4)};
  surface.z << 0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5;
  map.surface = surface;
  const std::string page = page_of(folder, with(map));
  CHECK(count(page, "data:image/png;base64") == 1);
  CHECK(read_bytes(folder.path() / "plots/map.tsv").find("2\t3\t5\n") != std::string::npos);

  map.surface->z(1, 1) = kNaN;
  CHECK(page_of(folder, with(map)).find("<image") != std::string::npos);
  map.surface->z.setConstant(1);
  CHECK(page_of(folder, with(map)).find("<image") != std::string::npos);
  map.surface->z.setConstant(kNaN);
  CHECK(page_of(folder, with(map)).find("no data to draw") != std::string::npos);
  map.surface = surface;
  map.surface->x = {0, 1, 5};
  CHECK(page_of(folder, with(map)).find("<image") == std::string::npos);
  CHECK(read_bytes(folder.path() / "plots/map.tsv").find("cell from x") != std::string::npos);
  map.surface->x = {0, 1};
  CHECK_THROWS_WITH(page_of(folder, with(map)),
                    Catch::Contains("figure 'map'") && Catch::Contains("3 x 4"));
}

TEST_CASE("a plot is redrawn from its own folder", "[report]") {
  const Folder folder;
  page_of(folder, with(figure("again", {curve({1, 2, 3}, {1, 4, 9}, {1, 1, 1})})));
  const fs::path plots = folder.path() / "plots";
  const std::string first = read_bytes(plots / "again.svg");
  fs::remove(plots / "again.svg");
  report::run_gnuplot(plots, {"again.gp"});
  CHECK(read_bytes(plots / "again.svg") == first);
  CHECK(first.find("</svg>") != std::string::npos);
}

TEST_CASE("frames of a movie share axes and layout, and only the first is visible", "[report]") {
  const Folder folder;
  Findings findings;
  verdict::Movie movie;
  movie.name = "movie";
  movie.parameter = "t";
  for (int i = 0; i < 5; ++i) {
    movie.values.push_back(0.1 * i);
    movie.frames.push_back({figure("a", {curve({0, 1}, {0, 1.0 * i})}), figure("b", {})});
  }
  movie.frames[3][1].curves.push_back(curve({0, 1}, {2, 3}));
  findings.movies = {movie};
  const std::string page = page_of(folder, findings);
  CHECK(count(page, "<figure>") == 10);
  CHECK(count(page, "class=\"frame grid\"") == 5);
  CHECK(count(page, "\" hidden><figure>") == 4);
  CHECK(page.find("data-label=\"t = 0.2\"") != std::string::npos);
  const std::string script = read_bytes(folder.path() / "plots/movie.gp");
  const auto line_of = [&](std::size_t start, const std::string& what) {
    const auto at = script.find(what, start);
    return script.substr(at, script.find('\n', at) - at);
  };
  const std::size_t last = script.find("movie/a-1-004.svg");
  CHECK(line_of(0, "set yrange") == line_of(last, "set yrange"));
  CHECK(line_of(0, "set bmargin") == line_of(last, "set bmargin"));

  findings.movies[0].values.pop_back();
  CHECK_THROWS_WITH(page_of(folder, findings), Catch::Contains("5 frames for 4 values"));
  findings.movies[0].values.push_back(1);
  findings.movies[0].frames[2].pop_back();
  CHECK_THROWS_WITH(page_of(folder, findings), Catch::Contains("frames of 2 and of 1 figures"));
}

TEST_CASE("what stops a report is said", "[report]") {
  const Folder folder;
  Findings findings = with(figure("f", {curve({1, 2}, {1, 2})}));
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder.path().c_str(), 1);
  CHECK_THROWS_WITH(report::write(folder.path() / "r", {}, findings),
                    Catch::Contains("gnuplot is not installed"));
  setenv("PATH", path.c_str(), 1);
  CHECK(fs::is_empty(folder.path() / "r"));  // nothing half-written

  std::ofstream(folder.path() / "bad.gp") << "set nonsense 1\n";
  CHECK_THROWS_WITH(report::run_gnuplot(folder.path(), {"bad.gp"}),
                    Catch::Contains("gnuplot failed") && Catch::Contains("bad.gp"));
  std::ofstream(folder.path() / "file") << "x";
  CHECK_THROWS(report::write(folder.path() / "file" / "r", {}, findings));
  findings.figures[0].curves[0].y.pop_back();
  CHECK_THROWS_WITH(report::write(folder.path() / "s", {}, findings),
                    Catch::Contains("curve 'curve' has 2 x, 1 y"));
}

TEST_CASE("other files beside a report stay", "[report]") {
  const Folder folder;
  fs::create_directories(folder.path() / "plots");
  std::ofstream(folder.path() / "plots" / "mine.txt") << "mine";
  page_of(folder, with(figure("f", {curve({1, 2}, {1, 2})})));
  CHECK(read_bytes(folder.path() / "plots" / "mine.txt") == "mine");
}

TEST_CASE("names and widths of text", "[report]") {
  CHECK(report::file_stem("χ(t)") == "_t_");
  CHECK(report::file_stem("side = 8") == "side_8");
  CHECK(report::file_stem("") == "plot");
  CHECK(report::file_stem("-rf") == "plot-rf");
  CHECK(report::file_stem(std::string(300, 'a')).size() == 64);
  CHECK(report::width("F̃χ") == 3);  // with the combining tilde
  CHECK(report::shortened("βτχ", 3) == "βτχ");
  CHECK(report::shortened("βτχσ", 3) == "βτ…");
}
