#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/page/comparison.hpp"
#include "analysis/report/page/numbers.hpp"
#include "analysis/report/page/page.hpp"
#include "analysis/report/page/panels.hpp"
#include "analysis/report/page/ranges.hpp"
#include "analysis/report/page/story.hpp"
#include "analysis/report/page/table.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

namespace {

std::string runs_table(const std::vector<Analysed>& runs) {
  std::string rows;
  for (const Analysed& run : runs) {
    const std::string question = story(run.result->deck).question;
    rows += "<tr><th scope=\"row\">" + html(run.name) + "</th>" + cell("", html(question)) +
            cell("", html(run.result->headline)) +
            cell("", html(fmt::format("{}", fmt::join(ranges(*run.result), "; ")))) +
            cell("n", std::to_string(run.result->seed)) +
            cell("", html(count_sentence(*run.findings))) + "</tr>\n";
  }
  return table_of("The runs", {"run", "question", "what", "ranges", "seed", "against theory"},
                  rows);
}

std::string keys_table(const std::vector<Analysed>& runs, const Comparison& comparison) {
  if (comparison.keys.empty()) return "<p>Their decks say the same.</p>\n";
  std::vector<std::string> heads = {"key"};
  for (const Analysed& run : runs) heads.push_back(run.name);
  std::string rows;
  for (const KeyDifference& difference : comparison.keys) {
    rows += "<tr><th scope=\"row\">" + html(difference.key) + "</th>";
    for (const std::string& value : difference.values) {
      rows += cell("", value.empty() ? "–" : html(shortened(value, 60)));
    }
    rows += "</tr>\n";
  }
  return table_of("Where their decks differ", heads, rows);
}

std::string place_of(const verdict::Verdict& row) {
  std::vector<std::string> keys, parts;
  const auto place = where(row);
  for (const auto& [key, value] : place) keys.push_back(key);
  const std::vector<std::string> names = short_names(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    parts.push_back(names[i] + " = " + six_digits({place.at(keys[i])})[0]);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// Largest deviation first: who compares looks for what differs.
std::string numbers_table(const std::vector<Analysed>& runs, const Comparison& comparison) {
  if (comparison.numbers.empty()) return "";
  std::vector<const NumberDifference*> order;
  for (const NumberDifference& number : comparison.numbers) order.push_back(&number);
  std::ranges::stable_sort(order, std::greater{}, [](const NumberDifference* number) {
    const double z = std::abs(number->difference.z());
    return std::isnan(z) ? -1 : z;
  });
  const bool several = runs.size() > 2;
  std::vector<std::string> heads = {"quantity", "where", runs[0].name};
  if (several) heads.emplace_back("run");
  heads.insert(heads.end(), {several ? "value" : runs[1].name, "z of the difference"});
  constexpr std::size_t kMostOpen = 24;
  std::string first, rest;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const verdict::Verdict& row = order[i]->difference;
    const std::string unit = row.unit.empty() ? "" : " / " + row.unit;
    (i < kMostOpen ? first : rest) +=
        "<tr><th scope=\"row\">" + html(row.name() + unit) + "</th>" +
        cell("n", html(place_of(row))) + cell("n", readable(row.predicted, row.predicted_error)) +
        (several ? cell("n", html(runs[order[i]->run].name)) : "") +
        cell("n", readable(row.measured, row.error)) +
        cell(row.disagrees() ? "n no" : "n", html(deviation(row))) + "</tr>\n";
  }
  std::string text = table_of("Numbers that both have, the furthest apart first", heads, first);
  if (!rest.empty()) {
    text += folded(fmt::format("{} more, closer together", order.size() - kMostOpen), heads, rest);
  }
  return text +
         "<p class=\"facts\">z is the difference in combined standard errors. Runs that share "
         "random numbers (one seed, the same points) are closer than that. <a "
         "href=\"differences.csv\">CSV</a></p>\n";
}

}  // namespace

std::string comparison_page(const std::vector<Analysed>& runs, const Comparison& comparison,
                            const std::vector<Panel>& figures) {
  std::vector<std::string> names;
  for (const Analysed& run : runs) names.push_back(run.name);
  const std::string title = fmt::format("{}", fmt::join(names, " against "));
  std::string main = fmt::format("<header><h1>{}</h1>\n<p class=\"sum\">{}</p></header>\n",
                                 html(title), html(difference_sentence(runs, comparison)));
  if (!figures.empty()) main += "<h2>Figures</h2>\n<div class=\"grid\">\n";
  for (const Panel& panel : figures) main += figure(panel);
  if (!figures.empty()) main += "</div>\n";
  if (!comparison.not_overlaid.empty()) {
    main += "<p class=\"facts\">Maps cannot be overlaid: " +
            html(fmt::format("{}", fmt::join(comparison.not_overlaid, "; "))) + ".</p>\n";
  }
  main += "<h2 id=\"numbers\">Differences</h2>\n" + numbers_table(runs, comparison) +
          "<h2>What was compared</h2>\n" + runs_table(runs) + keys_table(runs, comparison);
  return document(title, figures, {}, main);
}

}  // namespace symbreak::report
