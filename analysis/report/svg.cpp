#include "analysis/report/svg.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

struct Replacement {
  std::string_view from, to;
};
// What gnuplot 5.4 writes again and again. Where another version writes it differently the page
// grows, and is right all the same.
constexpr std::array kReplacements = {
    Replacement{" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", ""},  // the defaults
    Replacement{"fill=\"none\" color=\"black\" stroke=\"currentColor\"", "class=\"g\""},
    Replacement{" font-family=\"Helvetica\" font-size=\"13.00\" ", " class=\"t\""},
    Replacement{"<tspan font-family=\"Helvetica\" >", "<tspan>"},
    Replacement{" id=\"gnuplot_canvas\"", ""},
    Replacement{"rgb( 51,  51,  51)", "#333"},
    Replacement{"rgb(51,51,51)", "#333"},
    Replacement{"\n\t\t", " "},
    Replacement{"\t", ""},
};

/// Without groups that hold nothing; gnuplot leaves many.
std::string without_empty_groups(const std::string& text) {
  std::vector<std::string_view> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = std::string_view(text).substr(start, end - start);
    if (line == "</g>" && !lines.empty() && lines.back().substr(0, 3) == "<g " &&
        lines.back().find('>') + 1 == lines.back().size()) {
      lines.pop_back();
    } else if (!line.empty()) {
      lines.push_back(line);
    }
    start = end + 1;
  }
  std::string result;
  for (const std::string_view line : lines) result.append(line).append("\n");
  return result;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t start = 0;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, start)) {
    result.append(text, start, at - start).append(to);
    start = at + from.size();
  }
  text = result.append(text, start, std::string::npos);
}

/// Cuts out everything from `open` to `close`.
void remove_element(std::string& text, std::string_view open, std::string_view close) {
  const auto start = text.find(open);
  const auto end = text.find(close, start);
  if (start != std::string::npos && end != std::string::npos) {
    text.erase(start, end + close.size() - start);
  }
}

}  // namespace

std::string svg_symbols(std::string_view svg) {
  const auto start = svg.find("<defs>"), end = svg.find("</defs>");
  if (start == std::string_view::npos || end == std::string_view::npos) return "";
  return "<svg class=\"symbols\" aria-hidden=\"true\" "
         "xmlns:xlink=\"http://www.w3.org/1999/xlink\">" +
         std::string(svg.substr(start, end + 7 - start)) + "</svg>\n";
}

std::string inline_svg(std::string_view svg, std::string_view label) {
  std::string text(svg.substr(std::min(svg.find("<svg"), svg.size())));
  remove_element(text, "<title>", "</title>\n");
  remove_element(text, "<desc>", "</desc>\n");
  remove_element(text, "<defs>", "</defs>\n");
  for (const auto& [from, to] : kReplacements) replace_all(text, from, to);
  text = without_empty_groups(text);
  return text.insert(4, " role=\"img\" aria-label=\"" + html(label) + "\"");
}

std::string svg_style() {
  return ".g{fill:none;color:black;stroke:currentColor}.t{font-size:13px}"
         "svg text{font-family:system-ui,\"Helvetica Neue\",Arial,sans-serif}"
         ".symbols{position:absolute;width:0;height:0}\n";
}

}  // namespace symbreak::report
