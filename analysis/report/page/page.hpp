// The report as one HTML page, in the order in which it is read: the question and what was expected
// (the deck's own words), the key numbers beside the key figure, what moves, all figures, all
// numbers, what to know, and how it was made. May depend on: analysis/{verdict,report}, fmt.
//
// story.cpp the deck's comment · ranges.cpp what was swept · numbers.cpp tables of results ·
// panels.cpp figures and movies · hover.cpp their values · provenance.cpp · style, script ·
// comparison.cpp, overlay.cpp several runs, comparison_page.cpp
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// Where the axes of a drawing are: left, right, bottom and top as parts of its width and height
/// (from below), and the values there.
struct Placement {
  std::array<double, 4> edges;   ///< left, right, bottom, top; 0 .. 1
  std::array<double, 4> values;  ///< x left, x right, y bottom, y top
};

/// A figure as the page shows it.
struct Panel {
  const verdict::Figure* figure = nullptr;
  std::string stem;                              ///< plots/<stem>.*
  std::string svg;                               ///< as gnuplot wrote it
  std::string remark;                            ///< for the caption
  std::vector<std::string> files{};              ///< extensions of what lies in plots/
  std::optional<Placement> axes = std::nullopt;  ///< none: values cannot be pointed at
};
struct MoviePanel {
  const verdict::Movie* movie = nullptr;
  std::string stem;
  std::vector<std::vector<Panel>> frames;
};

/// A document of its own: head, style and script around the content of <main>.
std::string document(const std::string& title, const std::vector<Panel>& figures,
                     const std::vector<MoviePanel>& movies, const std::string& main);

std::string page(const verdict::Result& result, const verdict::Findings& findings,
                 const std::vector<Panel>& figures, const std::vector<MoviePanel>& movies);

}  // namespace symbreak::report
