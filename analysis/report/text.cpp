// What `symbreak analyze` prints, fitted to the width of the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "analysis/layout/layout.hpp"
#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"
#include "analysis/report/results_table.hpp"

namespace symbreak::report {

using layout::wrapped;

namespace {

using verdict::Verdict;

/// Methods and sources, each once, in the order in which they are first needed.
class Footnotes {
 public:
  std::string mark(const Verdict& row) {
    std::string note = row.from;
    if (!row.source.empty()) note += (note.empty() ? "" : "; theory: ") + row.source;
    if (!row.note.empty()) note += (note.empty() ? "" : "; ") + row.note;
    if (note.empty()) return "";
    const auto found = std::find(notes_.begin(), notes_.end(), note);
    const auto number = found - notes_.begin() + 1;
    if (found == notes_.end()) notes_.push_back(note);
    return fmt::format("[{}]", number);
  }
  std::string text(std::size_t most) const {
    std::string all;
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      all += wrapped(one_line(notes_[i]), most, fmt::format("[{}] ", i + 1));
    }
    return all.empty() ? "" : "\n" + all;
  }

 private:
  std::vector<std::string> notes_;
};

std::string place_of(const Verdict& row) {
  const auto place = where(row);
  std::vector<std::string> keys, parts;
  for (const auto& [name, value] : place) keys.push_back(name);
  const auto names = short_names(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    parts.push_back(names[i] + " = " + six_digits({place.at(keys[i])})[0]);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// Predictions that are known to rounding are shown as exact.
std::string predicted(const Verdict& row) {
  constexpr double kRounding = 1e-12;
  const bool exact = row.predicted_error <= kRounding * std::abs(row.predicted);
  return with_error(row.predicted, exact ? 0 : row.predicted_error);
}

/// Errors that are known from few samples only.
std::string few_samples_of(const Verdict& row) {
  std::vector<std::string> parts;
  const auto few = [&](const char* what, double error, double dof) {
    const std::string text = few_samples(error, dof);
    if (!text.empty()) parts.push_back(what + text);
  };
  few("error", row.error, row.dof);
  few("predicted error", row.predicted_error, row.predicted_dof);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string remarks(const Verdict& row, const std::string& few, bool all) {
  std::vector<std::string> parts;
  if (!few.empty()) parts.push_back(few);
  if (row.compared() && !row.why_none().empty()) parts.push_back("no verdict: " + row.why_none());
  if (all) {
    if (!row.detail.empty()) parts.push_back(row.detail);
    if (std::isfinite(row.chi2_per_dof)) {
      parts.push_back(fmt::format("chi2/dof {:.3g}", row.chi2_per_dof));
    }
    if (std::isfinite(row.p_value)) parts.push_back(fmt::format("p {:.2g}", row.p_value));
    if (std::isfinite(row.worst)) {
      parts.push_back(fmt::format("the worst is {:.1f} errors off", row.worst));
    }
    if (row.units > 0) {
      parts.push_back(fmt::format("{} unit{}", row.units, row.units == 1 ? "" : "s"));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// The lines of a group: at most `most` rows; many checks that agree are one line.
class Lines {
 public:
  Lines(const std::vector<std::string>& keys, const Text& style, Footnotes& notes)
      : keys_(keys), style_(style), notes_(notes) {}

  void add(const ResultGroup& group) {
    name_ = one_line(group.name + (group.unit.empty() ? "" : " / " + group.unit));
    std::vector<const Verdict*> shown = group.rows, agreeing;
    const bool folds = group.role == verdict::Role::check && !style_.all;
    if (folds && shown.size() > 1) {
      shown.clear();
      for (const Verdict* row : group.rows) (row->agrees() ? agreeing : shown).push_back(row);
      if (agreeing.size() == 1) shown = group.rows, agreeing.clear();
    }
    if (!agreeing.empty()) fold(agreeing, group.rows.size());
    constexpr std::size_t kMost = 12, kMostHeadlines = 24;
    const std::size_t most = style_.all                              ? shown.size()
                             : group.role == verdict::Role::headline ? kMostHeadlines
                                                                     : kMost;
    const std::string few = shown.empty() ? "" : few_samples_of(*shown.front());
    const bool common = shown.size() > 1 && std::ranges::all_of(shown, [&](const Verdict* row) {
                          return few_samples_of(*row) == few;
                        });
    std::size_t left = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      // One that disagrees is never left out.
      if (i < most || shown[i]->disagrees())
        add(*shown[i], !common                ? few_samples_of(*shown[i])
                       : i > 0 || few.empty() ? ""
                                              : "each " + few);
      else
        ++left;
    }
    if (left > 0)
      lines_.push_back({.name = "", .folded = fmt::format("… {} more (-v: all)", left)});
  }
  std::vector<ResultLine>& lines() { return lines_; }

 private:
  void add(const Verdict& row, const std::string& few) {
    ResultLine line;
    line.name = std::exchange(name_, "");
    const auto place = where(row);
    for (const std::string& key : keys_) {
      const auto found = place.find(key);
      line.where.push_back(found == place.end() ? "-" : one_line(found->second));
    }
    line.measured = with_error(row.measured, row.error);
    const bool compared = row.compared();
    line.predicted = compared ? predicted(row) : "-";
    line.z = compared ? deviation(row) : "-";
    line.state = row.agrees() ? "ok" : row.disagrees() ? "NO" : "";
    const std::string mark = notes_.mark(row);
    line.state += (line.state.empty() || mark.empty() ? "" : " ") + mark;
    line.below = remarks(row, few, style_.all);
    lines_.push_back(line);
  }

  void fold(const std::vector<const Verdict*>& rows, std::size_t all) {
    const auto deviates = [](const Verdict* a, const Verdict* b) {
      return std::abs(a->z()) < std::abs(b->z());
    };
    const Verdict& worst = **std::max_element(rows.begin(), rows.end(), deviates);
    const std::string place = place_of(worst);
    std::set<std::string> marks;
    for (const Verdict* row : rows) marks.insert(notes_.mark(*row));
    const std::string count = rows.size() == all
                                  ? fmt::format("{} rows agree", all)
                                  : fmt::format("{} of {} rows agree", rows.size(), all);
    lines_.push_back(
        {.name = std::exchange(name_, ""),
         .folded = fmt::format("{}, largest |z| {}{}  {}", count,
                               deviation(worst).substr(worst.z() <= -0.05 ? 1 : 0),
                               place.empty() ? "" : " at " + place, fmt::join(marks, ""))});
  }

  const std::vector<std::string>& keys_;
  const Text& style_;
  Footnotes& notes_;
  std::string name_;
  std::vector<ResultLine> lines_;
};

}  // namespace

std::string text(const verdict::Result& result, const verdict::Findings& findings,
                 const Text& style) {
  const std::size_t most = std::max<std::size_t>(style.width, 40);
  std::string report;
  if (!result.run.empty()) {
    report = wrapped(one_line(result.run + (result.headline.empty() ? "" : ": " + result.headline)),
                     most);
    const auto complete = std::count_if(result.points.begin(), result.points.end(),
                                        [](const auto& point) { return point.complete; });
    report += fmt::format("{} of {} point{} complete, seed {}\n", complete, result.points.size(),
                          result.points.size() == 1 ? "" : "s", result.seed);
    const std::string missing = unfinished(result);
    if (!missing.empty()) report += wrapped(one_line(missing), most);
  }
  report += wrapped(one_line(count_sentence(findings)), most);
  const std::vector<std::string> keys = coordinates(result, findings);
  Footnotes notes;
  Lines lines(keys, style, notes);
  for (const ResultGroup& group : grouped(findings)) lines.add(group);
  if (!lines.lines().empty())
    report += "\n" + results_table(keys, lines.lines(), most) + notes.text(most);
  std::string diagnostics;
  for (const verdict::Diagnostic& item : findings.diagnostics) {
    diagnostics += wrapped(one_line(fmt::format("{}: {}{}{}", item.subject, item.text,
                                                item.advice.empty() ? "" : "; ", item.advice)),
                           most, std::string(severity_word(item.severity)) + ": ");
  }
  return report + (diagnostics.empty() ? "" : "\n" + diagnostics);
}

bool passes(const verdict::Findings& findings) {
  return std::all_of(findings.verdicts.begin(), findings.verdicts.end(),
                     [](const verdict::Verdict& row) { return !row.disagrees(); }) &&
         std::all_of(findings.diagnostics.begin(), findings.diagnostics.end(),
                     [](const verdict::Diagnostic& diagnostic) {
                       return diagnostic.severity == verdict::Severity::note;
                     });
}

}  // namespace symbreak::report
