#include "analysis/report/page/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/page/numbers.hpp"
#include "analysis/report/page/panels.hpp"
#include "analysis/report/page/provenance.hpp"
#include "analysis/report/page/ranges.hpp"
#include "analysis/report/page/script.hpp"
#include "analysis/report/page/story.hpp"
#include "analysis/report/page/style.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"
#include "analysis/report/svg.hpp"

namespace symbreak::report {

namespace {

using verdict::Findings;
using verdict::Result;

/// "12 of 15 points complete": only where it is not all.
std::string completeness(const Result& result) {
  const auto complete = std::ranges::count(result.points, true, &verdict::Point::complete);
  const auto all = static_cast<std::ptrdiff_t>(result.points.size());
  if (complete == all) return fmt::format("{} point{}", all, all == 1 ? "" : "s");
  return fmt::format("{} of {} points complete", complete, all);
}

std::string warnings(const Findings& findings) {
  const auto count = std::ranges::count_if(
      findings.diagnostics,
      [](const verdict::Diagnostic& item) { return item.severity != verdict::Severity::note; });
  if (count == 0) return "";
  return fmt::format(
      "<p class=\"no sum\"><a href=\"#diagnostics\">{} warning{}</a>: read them before the "
      "numbers.</p>\n",
      count, count == 1 ? "" : "s");
}

/// The deck's question, what was run over which ranges, whether theory agrees, what was expected.
std::string head(const Result& result, const Findings& findings) {
  const Story deck = story(result.deck);
  const std::string title = deck.question.empty() ? result.run : deck.question;
  // The words are those of one point: where the deck has several kinds of points, the first.
  const bool one_kind = std::ranges::all_of(
      result.swept, [](const std::string& key) { return key.starts_with("experiment.t"); });
  std::string text = fmt::format(
      "<header><h1>{}</h1>\n<p class=\"lead\">{}{}</p>\n", html(title),
      one_kind || result.headline.empty() ? "" : "first point: ", html(result.headline));
  text += "<p class=\"ranges\">";
  for (const std::string& range : ranges(result)) text += "<span>" + html(range) + "</span>";
  text += fmt::format("<span>{}</span><span>seed {}</span><span>run {}</span></p>\n",
                      completeness(result), result.seed, html(result.run));
  const bool disagree = std::ranges::any_of(findings.verdicts, &verdict::Verdict::disagrees);
  text += fmt::format("<p class=\"sum {}\">{}</p>\n", disagree ? "no" : "yes",
                      html(count_sentence(findings)));
  if (const std::string missing = unfinished(result); !missing.empty()) {
    text += "<p class=\"no\">" + html(missing) + "</p>\n";
  }
  text += warnings(findings);
  if (!deck.expected.empty()) {
    text += "<p><b>Expected.</b> " + html(deck.expected) + "</p>\n";
  }
  std::string about;
  for (const auto& part : {deck.context, deck.practice}) {
    for (const std::string& paragraph : part) about += "<p>" + html(paragraph) + "</p>\n";
  }
  if (!about.empty()) {
    text += "<details><summary>What this is about</summary>" + about + "</details>\n";
  }
  return text + "</header>\n";
}

/// Numbers and picture side by side.
std::string key(const std::string& numbers, const std::string& picture) {
  if (numbers.empty() && picture.empty()) return "";
  return "<h2>The result</h2>\n<div class=\"key\"><div>" + numbers + "</div>" + picture +
         "</div>\n";
}

}  // namespace

std::string document(const std::string& title, const std::vector<Panel>& figures,
                     const std::vector<MoviePanel>& movies, const std::string& main) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<title>" +
      html(title) + " · symbreak</title>\n<style>" + svg_style() + kStyle +
      "</style></head>\n<body>\n";
  for (const Panel& panel : figures) {
    if (text.find("class=\"symbols\"") == std::string::npos) text += svg_symbols(panel.svg);
  }
  if (figures.empty() && !movies.empty()) text += svg_symbols(movies[0].frames[0][0].svg);
  return text + "<main>\n" + main +
         "</main>\n<div id=\"tip\" role=\"status\" hidden></div>\n<script>" + kScript +
         "</script>\n</body></html>\n";
}

std::string page(const Result& result, const Findings& findings, const std::vector<Panel>& figures,
                 const std::vector<MoviePanel>& movies) {
  const std::size_t first = key_figure(figures, findings);
  std::string main =
      head(result, findings) +
      key(key_numbers(result, findings), first < figures.size() ? figure(figures[first]) : "");
  for (const MoviePanel& panel : movies) main += movie(panel);
  std::string grid;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (i != first) grid += figure(figures[i]);
  }
  if (!grid.empty()) main += "<h2>Figures</h2>\n<div class=\"grid\">\n" + grid + "</div>\n";
  main += all_numbers(result, findings) + diagnostics(findings) + how_it_was_made(result);
  return document(result.run, figures, movies, main);
}

}  // namespace symbreak::report
