#include "analysis/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/page_assets.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"
#include "analysis/report/svg.hpp"

namespace symbreak::report {

namespace {

using verdict::Findings;
using verdict::Result;
using verdict::Verdict;

constexpr std::size_t kLargestInlineTable = 60000;  // bytes; larger ones are only in plots/

std::string cell(const std::string& kind, const std::string& text) {
  return fmt::format("<td class=\"{}\">{}</td>", kind, html(text));
}

/// "1.234(5)e-7" as 1.234(5)·10⁻⁷.
std::string number(double value, double error, double dof) {
  const std::string text = with_error(value, error), few = few_samples(error, dof);
  const auto e = text.find('e');
  if (e == std::string::npos) return "<td class=\"n\">" + text + few + "</td>";
  return fmt::format("<td class=\"n\">{}·10<sup>{}</sup>{}</td>", text.substr(0, e),
                     text.substr(e + 1), few);
}

std::string head(const Result& result, const Findings& findings) {
  const auto complete = std::count_if(result.points.begin(), result.points.end(),
                                      [](const verdict::Point& point) { return point.complete; });
  const bool good = passes(findings);
  return fmt::format(
      "<header><h1>{}</h1>\n<p class=\"lead\">{}</p>\n<p class=\"sum {}\">{}</p>\n"
      "<p class=\"facts\"><span>target {}</span><span>experiment {}</span><span>seed {}</span>"
      "<span>{} of {} points complete</span></p></header>\n",
      html(result.run), html(result.headline), good ? "yes" : "no", html(count_sentence(findings)),
      html(result.target), html(result.experiment), result.seed, complete, result.points.size());
}

std::string verdict_table(const Result& result, const Findings& findings) {
  if (findings.results().empty()) return "";
  const std::vector<std::string> keys = coordinates(result, findings);
  std::string text =
      "<h2>Measured against predicted</h2>\n<div class=\"scroll\"><table><thead><tr>"
      "<th class=\"n\">quantity</th>";
  for (const std::string& name : short_names(keys))
    text += "<th class=\"n\">" + html(name) + "</th>";
  text +=
      "<th class=\"n\">measured</th><th class=\"n\">predicted</th><th class=\"r\">z</th>"
      "<th class=\"n\">verdict</th><th>measured how</th><th>prediction from</th>"
      "</tr></thead>\n<tbody>\n";
  for (const Verdict* each : findings.results()) {
    const Verdict& row = *each;
    const auto place = where(row);
    text += "<tr>" + cell("n", row.name() + (row.unit.empty() ? "" : " / " + row.unit));
    for (const std::string& key : keys) {
      const auto found = place.find(key);
      text += cell("n", found == place.end() ? "" : six_digits({found->second})[0]);
    }
    std::string how = row.from;
    for (const std::string& part : {row.detail, remark(row)}) {
      if (!part.empty()) how += (how.empty() ? "" : "; ") + part;
    }
    text += number(row.measured, row.error, row.dof);
    if (!row.compared()) {
      text += cell("n", "") + cell("r", "") + cell("n", "") + cell("w", how) + cell("w", "") +
              "</tr>\n";
      continue;
    }
    text += number(row.predicted, row.predicted_error, row.predicted_dof) +
            cell("r", deviation(row)) +
            (row.agrees()      ? cell("n yes", "✓ agrees")
             : row.disagrees() ? cell("n no", "✗ disagrees")
                               : cell("n", "no verdict")) +
            cell("w", how) + cell("w", row.source) + "</tr>\n";
  }
  return text +
         "</tbody></table></div>\n<p class=\"facts\">In brackets one standard error of the "
         "last digits; z is the deviation in combined standard errors, as rare as for a normal law "
         "(Student's law where the error comes from few samples); up to 3 agrees.</p>\n";
}

std::string diagnostics(const Findings& findings) {
  if (findings.diagnostics.empty()) return "";
  std::string text = "<h2>Diagnostics</h2>\n<ul class=\"notes\">\n";
  for (const verdict::Diagnostic& item : findings.diagnostics) {
    const std::string advice = item.advice.empty() ? "" : "; " + item.advice;
    text +=
        fmt::format("<li class=\"{0}\"><b>{0}</b> {1}: {2}{3}</li>\n", severity_word(item.severity),
                    html(item.subject), html(item.text), html(advice));
  }
  return text + "</ul>\n";
}

std::string figure(const Panel& panel, bool with_data) {
  const verdict::Figure& figure = *panel.figure;
  std::string text = "<figure>";
  if (!figure.title.empty()) text += "<h3>" + html(figure.title) + "</h3>";
  text +=
      inline_svg(panel.svg, figure.title + ": " + figure.y_label + " against " + figure.x_label);
  text += "<figcaption>" + html(figure.caption);
  if (!panel.remark.empty()) text += " " + html(panel.remark);
  if (with_data) {
    text += fmt::format(
        "<details><summary>data</summary>In <code>plots/</code>: <a href=\"plots/{0}.svg\">{0}.svg"
        "</a>, <a href=\"plots/{0}.tsv\">{0}.tsv</a>, drawn by <a href=\"plots/{0}.gp\">{0}.gp</a>",
        panel.stem);
    if (panel.table.size() <= kLargestInlineTable) text += "<pre>" + html(panel.table) + "</pre>";
    text += "</details>";
  }
  return text + "</figcaption></figure>\n";
}

std::string movie(const MoviePanel& panel) {
  const verdict::Movie& movie = *panel.movie;
  const auto label = [&](std::size_t frame) {
    return fmt::format("{} = {:.4g}", movie.parameter, movie.values[frame]);
  };
  std::string text = fmt::format(
      "<section class=\"movie\"><h2>{}</h2>\n<p>{}</p>\n<div class=\"controls\">"
      "<button type=\"button\">Play</button><input type=\"range\" min=\"0\" max=\"{}\" step=\"1\" "
      "value=\"0\" aria-label=\"{}\" aria-valuetext=\"{}\"><output>{}</output></div>\n",
      html(movie.title), html(movie.caption), panel.frames.size() - 1, html(movie.parameter),
      html(label(0)), html(label(0)));
  for (std::size_t i = 0; i < panel.frames.size(); ++i) {
    text += fmt::format("<div class=\"frame grid\" data-label=\"{}\"{}>", html(label(i)),
                        i == 0 ? "" : " hidden");
    for (const Panel& part : panel.frames[i]) text += figure(part, false);
    text += "</div>\n";
  }
  return text + fmt::format(
                    "<p class=\"facts\">Frames and data: <code>plots/{0}/</code>, drawn by "
                    "<a href=\"plots/{0}.gp\">{0}.gp</a>.</p></section>\n",
                    panel.stem);
}

/// "0.5, 0.6, 0.7" or "61 values, 0.5 … 1.5".
std::string values_of(const Result& result, const std::string& key) {
  std::vector<std::string> values;
  std::set<std::string> seen;
  for (const verdict::Point& point : result.points) {
    const auto found = point.parameters.find(key);
    if (found == point.parameters.end()) continue;
    if (seen.insert(found->second).second) values.push_back(found->second);
  }
  if (values.size() <= 6) return fmt::format("{}", fmt::join(values, ", "));
  return fmt::format("{} values, {} … {}", values.size(), values.front(), values.back());
}

std::string row(const std::string& name, const std::string& value) {
  return "<tr>" + cell("n", name) + cell("", value) + "</tr>\n";
}

/// A table behind its summary.
std::string folded(const std::string& summary, const std::string& rows,
                   const std::string& attribute = "") {
  return fmt::format(
      "<details{}><summary>{}</summary><div class=\"scroll\"><table><tbody>\n"
      "{}</tbody></table></div></details>\n",
      attribute, summary, rows);
}

std::string what_was_run(const Result& result) {
  std::set<std::string> keys;
  for (const verdict::Point& point : result.points) {
    for (const auto& [key, value] : point.parameters) keys.insert(key);
  }
  std::string resolved, measured, provenance = row("seed", std::to_string(result.seed));
  for (const std::string& key : keys) resolved += row(key, values_of(result, key));
  std::set<std::string> observables;
  for (const verdict::Point& point : result.points) {
    for (const auto& [name, observable] : point.observables) {
      if (!observables.insert(name).second) continue;
      measured += "<tr>" + cell("n", name) + cell("n", observable.unit) +
                  cell("", observable.text) + "</tr>\n";
    }
  }
  for (const auto& [key, value] : result.provenance) provenance += row(key, value);
  return "<h2>What was run</h2>\n" + folded("resolved keys of the deck", resolved) +
         "<details><summary>the deck</summary><pre>" + html(result.deck) + "</pre></details>\n" +
         folded("observables", measured) + folded("provenance", provenance, " open");
}

}  // namespace

std::string page(const Result& result, const Findings& findings, const std::vector<Panel>& figures,
                 const std::vector<MoviePanel>& movies) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<title>" +
      html(result.run) + " · symbreak</title>\n<style>" + svg_style() + kStyle +
      "</style></head>\n<body>\n";
  for (const Panel& panel : figures) {
    if (text.find("class=\"symbols\"") == std::string::npos) text += svg_symbols(panel.svg);
  }
  if (figures.empty() && !movies.empty()) text += svg_symbols(movies[0].frames[0][0].svg);
  text += head(result, findings) + verdict_table(result, findings) + diagnostics(findings);
  for (const MoviePanel& panel : movies) text += movie(panel);
  if (!figures.empty()) {
    text += "<h2>Figures</h2>\n<div class=\"grid\">\n";
    for (const Panel& panel : figures) text += figure(panel, true);
    text += "</div>\n";
  }
  text += what_was_run(result);
  if (!movies.empty()) text += std::string("<script>") + kScript + "</script>\n";
  return text + "</body></html>\n";
}

}  // namespace symbreak::report
