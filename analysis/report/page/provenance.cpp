#include "analysis/report/page/provenance.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/page/ranges.hpp"
#include "analysis/report/page/table.hpp"

namespace symbreak::report {

namespace {

std::string row(const std::string& name, const std::string& value) {
  return "<tr><th scope=\"row\">" + html(name) + "</th>" + cell("", html(value)) + "</tr>\n";
}

std::string sessions(const verdict::Result& result) {
  std::string rows;
  for (const verdict::Session& session : result.sessions) {
    rows += "<tr>" + cell("n", html(session.start)) + cell("n", html(session.end)) +
            cell("n", html(session.host)) + cell("n", std::to_string(session.ranks)) +
            cell("n", std::to_string(session.units)) + cell("", html(session.command)) +
            cell("n", html(session.version)) + "</tr>\n";
  }
  if (rows.empty()) return "";
  return folded("when, where, by what",
                {"start", "end", "host", "ranks", "units", "command", "version"}, rows);
}

std::string keys_of(const verdict::Result& result) {
  std::set<std::string> keys;
  for (const verdict::Point& point : result.points) {
    for (const auto& [key, value] : point.parameters) keys.insert(key);
  }
  std::string rows;
  for (const std::string& key : keys) rows += row(key, range_of(values_of(result, key)));
  return rows.empty() ? "" : folded("resolved keys of the deck", {"key", "value"}, rows);
}

std::string recorded(const verdict::Result& result) {
  std::set<std::string> seen;
  std::string rows;
  for (const verdict::Point& point : result.points) {
    for (const auto& [name, observable] : point.observables) {
      if (!seen.insert(name).second) continue;
      rows += "<tr><th scope=\"row\">" + html(name) + "</th>" + cell("n", html(observable.unit)) +
              cell("", html(observable.text)) + "</tr>\n";
    }
  }
  return rows.empty() ? "" : folded("observables", {"observable", "unit", "what it is"}, rows);
}

/// "M = 20" of "M = 20: the mean is dominated by rare samples"; "" of others.
std::string place_in_front(const std::string& text) {
  const auto end = text.find(": ");
  const std::string front = text.substr(0, end == std::string::npos ? 0 : end);
  return front.find(" = ") == std::string::npos ? "" : front;
}

/// Those that say the same of several points are one.
std::vector<verdict::Diagnostic> joined(const std::vector<verdict::Diagnostic>& all) {
  std::vector<verdict::Diagnostic> some;
  std::map<std::tuple<int, std::string, std::string, std::string>, std::size_t> places;
  for (const verdict::Diagnostic& item : all) {
    const std::string front = place_in_front(item.text);
    const auto [place, fresh] = places.try_emplace(
        {static_cast<int>(item.severity), item.subject,
         front.empty() ? item.text : item.text.substr(front.size()), item.advice},
        some.size());
    if (fresh) {
      some.push_back(item);
    } else if (!front.empty()) {
      verdict::Diagnostic& before = some[place->second];
      before.text.insert(place_in_front(before.text).size(), "; " + front);
    }
  }
  return some;
}

}  // namespace

std::string diagnostics(const verdict::Findings& findings) {
  if (findings.diagnostics.empty()) return "";
  std::string warnings, notes;
  std::size_t count = 0;
  for (const verdict::Diagnostic& item : joined(findings.diagnostics)) {
    const std::string advice = item.advice.empty() ? "" : "; " + item.advice;
    const bool note = item.severity == verdict::Severity::note;
    count += note;
    (note ? notes : warnings) +=
        fmt::format("<li class=\"{0}\"><b>{0}</b> {1}: {2}{3}</li>\n", severity_word(item.severity),
                    html(item.subject), html(item.text), html(advice));
  }
  const auto list = [](const std::string& items) {
    return items.empty() ? "" : "<ul class=\"notes\">\n" + items + "</ul>\n";
  };
  constexpr std::size_t kMostOpen = 4;
  std::string text = "<h2 id=\"diagnostics\">What to know</h2>\n" + list(warnings);
  if (count <= kMostOpen) return text + list(notes);
  return text +
         fmt::format("<details><summary>{} notes</summary>{}</details>\n", count, list(notes));
}

std::string how_it_was_made(const verdict::Result& result) {
  std::string program = row("seed", std::to_string(result.seed)) + row("target", result.target) +
                        row("experiment", result.experiment);
  for (const auto& [key, value] : result.provenance) program += row(key, value);
  return "<h2>How it was made</h2>\n" + sessions(result) +
         "<details><summary>the deck</summary><pre tabindex=\"0\" role=\"region\" "
         "aria-label=\"the deck\">" +
         html(result.deck) + "</pre></details>\n" + keys_of(result) + recorded(result) +
         folded("program", {"what", "value"}, program);
}

}  // namespace symbreak::report
