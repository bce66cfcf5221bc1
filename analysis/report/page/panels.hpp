// Figures and movies of a page. May depend on: analysis/{verdict,report}.
#pragma once
#include <string>
#include <vector>

#include "analysis/report/page/page.hpp"

namespace symbreak::report {

/// The figure that stands beside the key numbers: the one whose name shares most words with the
/// first headline, else the first. Its index; figures.size() where there is none.
std::size_t key_figure(const std::vector<Panel>& figures, const verdict::Findings& findings);
/// With its caption, its values for hover.js and its files one click away.
std::string figure(const Panel& panel);
std::string movie(const MoviePanel& panel);

/// What a reader may point at, as JSON between script tags: axes of the drawing, curves with label,
/// x, y, error; six digits. "" where the axes are not known.
std::string hover_data(const Panel& panel);

}  // namespace symbreak::report
