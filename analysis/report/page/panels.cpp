#include "analysis/report/page/panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "analysis/report/escape.hpp"
#include "analysis/report/results.hpp"
#include "analysis/report/svg.hpp"

namespace symbreak::report {

namespace {

std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.insert(std::exchange(word, ""));
    }
  }
  return words;
}

/// Links to what lies beside the page.
std::string links(const Panel& panel) {
  std::vector<std::string> all;
  for (const std::string& extension : panel.files) {
    std::string name = extension == "tsv" ? "data" : extension == "gp" ? "script" : extension;
    if (name == extension) std::ranges::transform(name, name.begin(), ::toupper);
    all.push_back(fmt::format("<a href=\"plots/{}.{}\">{}</a>", panel.stem, extension, name));
  }
  return all.empty() ? "" : fmt::format(" <span class=\"links\">{}</span>", fmt::join(all, " "));
}

std::string drawing(const Panel& panel) {
  const verdict::Figure& figure = *panel.figure;
  const std::string svg =
      inline_svg(panel.svg, figure.title + ": " + figure.y_label + " against " + figure.x_label);
  const bool pixels = figure.surface && figure.surface->kind == verdict::Surface::Kind::pixels;
  const std::string kind = pixels ? "plot paper" : "plot";
  const std::string data = hover_data(panel);
  if (data.empty()) return "<div class=\"" + kind + "\">" + svg + "</div>";
  return "<div class=\"" + kind + "\" tabindex=\"0\" role=\"group\" aria-label=\"" +
         html(figure.title) + ": arrow keys read its values\">" + svg + "</div>" + data;
}

/// Frames of a page that has room for so many bytes: all, or every k-th and the last.
std::vector<std::size_t> shown_frames(const MoviePanel& panel) {
  constexpr std::size_t kRoom = 2'500'000;
  std::size_t bytes = 0;
  for (const auto& frame : panel.frames) {
    for (const Panel& part : frame) bytes += part.svg.size() / 2;  // what inline_svg leaves of it
  }
  const std::size_t step = 1 + bytes / kRoom;
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < panel.frames.size(); i += step) shown.push_back(i);
  if (shown.back() != panel.frames.size() - 1) shown.push_back(panel.frames.size() - 1);
  return shown;
}

}  // namespace

std::size_t key_figure(const std::vector<Panel>& figures, const verdict::Findings& findings) {
  const std::vector<ResultGroup> groups = grouped(findings);
  std::size_t best = 0, most = 0;
  if (groups.empty()) return best;
  const std::set<std::string> wanted = words_of(groups[0].name);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    std::size_t shared = 0;
    for (const std::string& word : words_of(figures[i].figure->name)) shared += wanted.count(word);
    if (shared > most) best = i, most = shared;
  }
  return best;
}

std::string figure(const Panel& panel) {
  const verdict::Figure& figure = *panel.figure;
  std::string text = "<figure>";
  if (!figure.title.empty()) text += "<h3>" + html(figure.title) + "</h3>";
  text += drawing(panel) + "<figcaption>" + html(figure.caption);
  if (!panel.remark.empty()) text += " " + html(panel.remark);
  return text + links(panel) + "</figcaption></figure>\n";
}

std::string movie(const MoviePanel& panel) {
  const verdict::Movie& movie = *panel.movie;
  const auto label = [&](std::size_t frame) {
    return fmt::format("{} = {:.4g}", movie.parameter, movie.values[frame]);
  };
  const std::vector<std::size_t> shown = shown_frames(panel);
  std::string text = fmt::format(
      "<section class=\"movie\"><h2>{}</h2>\n<p>{}</p>\n<div class=\"controls\">"
      "<button type=\"button\">Play</button><input type=\"range\" min=\"0\" max=\"{}\" step=\"1\" "
      "value=\"0\" aria-label=\"{}\" aria-valuetext=\"{}\"><output>{}</output></div>\n",
      html(movie.title), html(movie.caption), shown.size() - 1, html(movie.parameter),
      html(label(0)), html(label(0)));
  for (const std::size_t i : shown) {
    text += fmt::format("<div class=\"frame grid\" data-label=\"{}\"{}>", html(label(i)),
                        i == 0 ? "" : " hidden");
    for (const Panel& part : panel.frames[i]) text += figure(part);
    text += "</div>\n";
  }
  const std::string some =
      shown.size() == panel.frames.size()
          ? ""
          : fmt::format(" {} of {} frames are shown.", shown.size(), panel.frames.size());
  return text + fmt::format(
                    "<p class=\"facts\">Frames and data: <code>plots/{0}/</code>, drawn by "
                    "<a href=\"plots/{0}.gp\">{0}.gp</a>.{1}</p></section>\n",
                    panel.stem, some);
}

}  // namespace symbreak::report
