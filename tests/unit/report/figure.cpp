// Figures: what is drawn, by the scripts and the data they draw.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "analysis/report/escape.hpp"
#include "analysis/report/figure/legend.hpp"
#include "analysis/report/figure/look.hpp"
#include "analysis/report/figure/plot.hpp"
#include "analysis/report/figure/smooth.hpp"
#include "analysis/report/figure/typeset.hpp"
#include "analysis/report/report.hpp"
#include "tests/scratch.hpp"

namespace {

using namespace symbreak;
using verdict::Curve;
using verdict::Figure;
using verdict::Surface;

report::Drawing drawn(const Figure& figure) {
  return report::draw(figure, "f", report::common_frame({&figure}), true);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Rows of numbers of a data file.
std::vector<std::vector<double>> rows(const std::string& table) {
  std::vector<std::vector<double>> all;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream cells(line);
    std::vector<double> row;
    for (std::string cell; cells >> cell;) row.push_back(std::stod(cell));
    all.push_back(row);
  }
  return all;
}

Figure map(std::vector<double> x, std::vector<double> y, bool log_x) {
  Figure figure;
  figure.name = "map";
  figure.x_label = "t", figure.y_label = "m";
  figure.log_x = log_x;
  Surface surface;
  surface.x = std::move(x), surface.y = std::move(y);
  surface.z.resize(static_cast<Eigen::Index>(surface.x.size()),
                   static_cast<Eigen::Index>(surface.y.size()));
  for (Eigen::Index i = 0; i < surface.z.size(); ++i) surface.z(i) = static_cast<double>(i);
  surface.label = "p(m, t)";
  figure.surface = surface;
  return figure;
}

}  // namespace

TEST_CASE("cells of a map on a logarithmic axis are geometric", "[report]") {
  const std::vector<double> t = {0.01, 0.1, 1, 10};
  const auto edges = report::edges(t, true);
  REQUIRE(edges.size() == 5);
  CHECK(edges[0] == Approx(0.01 / std::sqrt(10.0)));
  CHECK(edges[2] == Approx(std::sqrt(0.1)));
  CHECK(edges[4] == Approx(10 * std::sqrt(10.0)));
  const Figure figure = map(t, {-1, 0, 1}, true);
  const report::Frame frame = report::common_frame({&figure});
  CHECK(frame.x.low == Approx(edges[0]));  // a linear half cell would end at -1.66
  CHECK(frame.x.high == Approx(edges[4]));
  CHECK(frame.y.low == Approx(-1.5));
  const report::Drawing drawing = drawn(figure);
  CHECK(drawing.remark.empty());
  // The image counts in decades, on an axis that lies over the logarithmic one.
  CHECK(has(drawing.script, "set x2range [-2.5:1.5]"));
  CHECK(has(drawing.script, "using (log10($1)):2:3 axes x2y1 with image"));
  CHECK(has(drawing.script, "set cblabel 'p(m, t)'"));
  CHECK(rows(drawing.table).size() == 12);
}

TEST_CASE("uneven cells fill the plane between them", "[report]") {
  Figure figure = map({1, 2, 5, 6}, {0, 1, 3}, false);
  figure.curves = {{.label = "theory", .x = {-9, 9}, .y = {0, 1}, .style = Curve::Style::line}};
  const report::Drawing drawing = drawn(figure);
  const auto cells = rows(drawing.surface);  // the curve has the other file
  REQUIRE(cells.size() == 12);
  REQUIRE(cells[0].size() == 7);
  double area = 0;
  for (const auto& cell : cells) {
    CHECK((cell[3] < cell[0] && cell[0] < cell[4] && cell[5] < cell[1] && cell[1] < cell[6]));
    area += (cell[4] - cell[3]) * (cell[6] - cell[5]);
  }
  CHECK(area == Approx((6.5 - 0.5) * (4 + 0.5)));
  CHECK(cells[0][4] == cells[3][3]);  // neighbours share an edge
  CHECK(has(drawing.script, "'f-surface.tsv' using 1:2:4:5:6:7:3 with boxxyerror"));
  CHECK(has(drawing.script, "set xrange [0.5:6.5]"));  // the line ends with the map
  REQUIRE(rows(drawing.table).size() == 2);
}

TEST_CASE("a logarithmic axis ends where rounding begins", "[report]") {
  Figure figure;
  figure.log_y = true;
  figure.curves = {{.label = "error", .x = {1, 2, 3, 4}, .y = {1, 1e-5, 1e-12, 1e-30}}};
  const report::Frame frame = report::common_frame({&figure});
  CHECK(frame.y.low < 1e-14);
  CHECK(frame.y.low > 1e-16);
  CHECK(has(drawn(figure).remark, "1 point below rounding is not drawn."));
  CHECK(rows(drawn(figure).table).size() == 4);
  figure.curves[0].y = {1, 0.5, 0.2, 0.1};
  figure.curves[0].error = {0.1, 0.1, 0.1, 0.0999999};  // nearly down to 0: no decades for that
  CHECK(report::common_frame({&figure}).y.low > 0.005);
}

TEST_CASE("values that differ by rounding have an axis", "[report]") {
  Figure figure;
  figure.curves = {
      {.label = "constant", .x = {1, 2}, .y = {0.1155245300933246, 0.1155245300933243}}};
  const report::Range y = report::common_frame({&figure}).y;
  CHECK(y.low < 0.11);
  CHECK(y.high > 0.12);
}

TEST_CASE("vertical lines beyond the axis are not in the legend", "[report]") {
  Figure figure;
  figure.name = "lines";
  figure.curves = {{.label = "measured", .x = {1, 2, 3}, .y = {1, 2, 3}}};
  figure.vertical_lines = {{2, "inside"}, {2.5, "also inside"}, {9, "far away"}};
  const report::Drawing drawing = drawn(figure);
  CHECK(has(drawing.script, "also inside = 2.5"));
  CHECK_FALSE(has(drawing.script, "far away"));
  CHECK(report::common_frame({&figure}).legend_rows *
            report::common_frame({&figure}).legend_columns <
        6);
}

TEST_CASE("theory is drawn smooth and passes through what is known", "[report]") {
  Curve law{.label = "law", .style = Curve::Style::line};
  for (int i = 0; i <= 10; ++i) {
    law.x.push_back(std::pow(10, 0.2 * i));
    law.y.push_back(std::erfc(0.3 * (i - 5)));
  }
  const Curve fine = report::smooth(law, true, false);
  REQUIRE(fine.x.size() >= report::kSmooth);
  CHECK(std::is_sorted(fine.x.begin(), fine.x.end()));
  CHECK(std::is_sorted(fine.y.rbegin(), fine.y.rend()));  // no overshoot
  for (std::size_t i = 0; i < law.x.size(); ++i) {
    const auto found = std::find(fine.x.begin(), fine.x.end(), law.x[i]);
    REQUIRE(found != fine.x.end());
    CHECK(fine.y[static_cast<std::size_t>(found - fine.x.begin())] == law.y[i]);
  }
  for (std::size_t i = 0; i < fine.x.size(); ++i) {
    const double known = std::erfc(0.3 * (5 * std::log10(fine.x[i]) - 5));
    CHECK(fine.y[i] == Approx(known).margin(0.006));
  }
  // A power law is straight in its own axes.
  Curve power = law;
  for (std::size_t i = 0; i < power.x.size(); ++i) power.y[i] = 3 * std::pow(power.x[i], -1.5);
  const Curve straight = report::smooth(power, true, true);
  for (std::size_t i = 0; i < straight.x.size(); ++i) {
    CHECK(straight.y[i] == Approx(3 * std::pow(straight.x[i], -1.5)).epsilon(1e-12));
  }
  // Neither points that turn back nor few of them become what they are not.
  power.x = {1, 2, 1.5, 3};
  power.y = {1, 2, 3, 4};
  CHECK(report::smooth(power, false, false).x == power.x);
  Figure figure;
  law.smooth = true;
  figure.log_x = true;
  figure.curves = {law};
  CHECK(rows(drawn(figure).table).size() == fine.x.size());
}

TEST_CASE("a legend says what differs, once", "[report]") {
  Figure figure;
  for (const char* L : {"8", "16", "32"}) {
    const std::string side = std::string("L = ") + L;
    figure.curves.push_back({.label = "coupling = 1, " + side + ", T = 2", .x = {1}, .y = {1}});
  }
  figure.curves.push_back({.label = "theory", .x = {1}, .y = {1}});
  report::Legend legend = report::legend(figure);
  CHECK(legend.curves == std::vector<std::string>{"L = 8", "L = 16", "L = 32", "theory"});
  CHECK_THAT(legend.remark, Catch::Contains("All: coupling = 1, T = 2."));
  CHECK(legend.entries() == 4);
  for (int j = 0; j < 2; ++j) {  // commas in brackets part nothing
    figure.curves[j].label = "k = 2π(" + std::to_string(j) + ", 0)/L";
  }
  CHECK(report::legend(figure).curves[1] == "k = 2π(1, 0)/L");
  figure.curves[0].label = "coupling = 1, L = 8, T = 2";
  figure.curves[1].label = "coupling = 1, L = 16, T = 2";
  // Where dropping it would make two alike, nothing is dropped.
  figure.curves[3].label = "L = 8";
  CHECK(report::legend(figure).curves[0] == "coupling = 1, L = 8, T = 2");

  // Words that not all have are told.
  figure.curves = {{.label = "to data, by the loss", .x = {1}, .y = {1}},
                   {.label = "to the law, by the loss", .x = {1}, .y = {1}},
                   {.label = "sampled", .x = {1}, .y = {1}}};
  CHECK(report::legend(figure).curves[0] == "to data, by the loss");

  // Entries that are alike for longer than there is room are told by their ends.
  const std::string same(60, 'a');
  figure.curves = {{.label = same + "1", .x = {1}, .y = {1}},
                   {.label = same + "2", .x = {1}, .y = {1}}};
  legend = report::legend(figure);
  CHECK(legend.curves[0] != legend.curves[1]);
  CHECK(report::width(legend.curves[0]) <= 48);
  CHECK_THAT(legend.curves[1], Catch::EndsWith("2"));

  // Many steps of a parameter: an even selection, and it is said.
  figure.curves.clear();
  figure.shades = 30;
  for (int i = 0; i < 30; ++i) {
    figure.curves.push_back({.label = "T = " + std::to_string(i), .x = {1}, .y = {1}, .colour = i});
  }
  legend = report::legend(figure);
  CHECK(legend.entries() == 10);
  CHECK(legend.curves[3] == "T = 3");
  CHECK_THAT(legend.remark, Catch::Contains("30 curves") && Catch::Contains("one in 3"));
  CHECK(has(drawn(figure).script, "index 29"));  // all of them are drawn
}

TEST_CASE("vertical lines say their criterion and value", "[report]") {
  CHECK(report::line_label({0.64938, "critical time, score criterion"}) ==
        "critical time, score criterion = 0.6494");
  CHECK(report::line_label({3.3718, "t_C, I = log N"}) == "t_C, I = log N: 3.372");
  CHECK(report::line_label({1, ""}).empty());
  Figure figure;
  figure.curves = {{.label = "m", .x = {0, 1}, .y = {0, 1}}};
  figure.vertical_lines = {{0.5, "t_c"}};
  CHECK(has(drawn(figure).script, "set label 't_{c} = 0.5'"));
  figure.vertical_lines = {{0.5, "t_c"}, {0.25, "spinodal"}};
  CHECK(has(drawn(figure).script, "title 'spinodal = 0.25'"));
}

TEST_CASE("indices and powers are set, names of keys are not", "[report]") {
  CHECK(report::typeset("σ²t_c") == "'σ²t_{c}'");
  CHECK(report::typeset("κβλ_max") == "'κβλ_{max}'");
  CHECK(report::typeset("τ_rise") == "'τ_{rise}'");
  CHECK(report::typeset("E[w_1]") == "'E[w_{1}]'");
  CHECK(report::typeset("h^{1/3}, L^2, τ^-1") == "'h^{1/3}, L^{2}, τ^{-1}'");
  CHECK(report::typeset("burn_in = 3") == "'burn\\_in = 3'");
  CHECK(report::typeset("a_noise") == "'a\\_noise'");
  CHECK(report::typeset("{/Bold x} @a &{b} \\n ~c") ==
        "'\\{/Bold x\\} \\@a \\&\\{b\\} \\\\n \\~c'");
  CHECK(report::typeset("x^{{/Bold}") == "'x^{\\{/Bold}'");
  CHECK(report::typeset("x_") == "'x\\_'");
  CHECK(report::typeset("^2_") == "'\\^2\\_'");
}

TEST_CASE("colour tells the parameter, the symbol the quantity", "[report]") {
  const auto lightness = [](const std::string& colour) {
    const auto part = [&](std::size_t i) { return std::stoi(colour.substr(i, 2), nullptr, 16); };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  };
  for (std::size_t i = 1; i < 8; ++i) {
    CHECK(lightness(report::shade(i, 8)) > lightness(report::shade(i - 1, 8)) + 5);
  }
  Figure figure;
  figure.shades = 3;
  const auto look = [&](int colour, int symbol, std::size_t next = 0) {
    return report::look(figure, {.colour = colour, .symbol = symbol}, next);
  };
  CHECK(look(0, 0).colour == look(0, 1).colour);
  CHECK(look(0, 0).symbol != look(0, 1).symbol);
  CHECK(look(0, 0).symbol == look(2, 0).symbol);
  CHECK(look(0, 0).colour != look(2, 0).colour);
  CHECK(look(-1, -1).colour == "#000000");  // belongs to no value of the parameter
}

TEST_CASE("data files hold one array of four columns", "[report]") {
  Figure figure;
  figure.x_label = "t / s", figure.y_label = "m";
  figure.curves = {{.label = "measured", .x = {1, 2}, .y = {3, NAN}, .error = {0.1, 0.2}},
                   {.label = "empty"},
                   {.label = "law", .x = {1, 2, 3}, .y = {1, 2, 3}, .style = Curve::Style::line}};
  const report::Drawing drawing = drawn(figure);
  CHECK_THAT(drawing.table, Catch::StartsWith("# curve\tt / s\tm\terror\n# curve 0: measured\n"));
  const auto all = rows(drawing.table);
  REQUIRE(all.size() == 5);
  for (const auto& row : all) CHECK(row.size() == 4);
  CHECK(all[0] == std::vector<double>{0, 1, 3, 0.1});
  CHECK(all[4] == std::vector<double>{1, 3, 3, 0});
  CHECK(has(drawing.script, "'f.tsv' index 1 using 2:3 with lines"));
}

TEST_CASE("figures come as SVG and as PDF, images with sharp pixels", "[report]") {
  const test::ScratchFolder folder;
  verdict::Findings findings;
  findings.figures = {map({0, 1, 2}, {0, 1}, false)};
  findings.figures[0].surface->kind = Surface::Kind::pixels;
  findings.figures[0].bands = {{0.2, 0.7}};
  report::write(folder.path(), {}, findings);
  const auto plots = folder.path() / "plots";
  CHECK_THAT(test::read_bytes(plots / "map.pdf"), Catch::StartsWith("%PDF"));
  const std::string svg = test::read_bytes(plots / "map.svg");
  CHECK(has(svg, "<image style='image-rendering:pixelated' "));
  CHECK(has(test::read_bytes(plots / "map.gp"), "set object rectangle from first 0.2, graph 0"));
}
