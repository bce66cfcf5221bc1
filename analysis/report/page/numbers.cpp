#include "analysis/report/page/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/page/table.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

namespace {

using verdict::Verdict;
using Rows = std::vector<const Verdict*>;

/// What a column says of all rows alike, "" where they differ.
template <class Text>
std::string common(const Rows& rows, const Text& text) {
  const std::string first = text(*rows[0]);
  const auto same = [&](const Verdict* row) { return text(*row) == first; };
  return std::all_of(rows.begin(), rows.end(), same) ? first : "";
}

std::string measured_how(const Verdict& row) { return row.from; }
std::string source_of(const Verdict& row) { return row.source; }

std::string sentence(const std::string& lead, const std::string& what) {
  return what.empty() ? "" : "; " + lead + " " + what;
}

/// What is to be said of one row beyond its numbers.
std::string beside(const Verdict& row, bool how, bool source) {
  std::vector<std::string> parts;
  if (how) parts.push_back(row.from);
  parts.push_back(row.detail);
  parts.push_back(remark(row));
  if (source && !row.source.empty()) parts.push_back("theory: " + row.source);
  std::erase(parts, "");
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// Columns: where, measured, predicted, z, what else there is to say; empty ones are left out.
class Table {
 public:
  Table(const verdict::Result& result, const Rows& rows) : rows_(rows) {
    verdict::Findings shown;
    for (const Verdict* row : rows) {
      shown.measured.push_back(*row);
      compared_ = compared_ || row->compared();
    }
    for (const std::string& key : coordinates(result, shown)) {
      std::vector<std::string> column;
      for (const Verdict* row : rows) {
        const auto place = where(*row);
        const auto found = place.find(key);
        column.push_back(found == place.end() ? "" : found->second);
      }
      keys_.push_back(key);
      columns_.push_back(six_digits(column));
    }
  }

  /// One quantity: its name is the caption.
  std::string of_one(const std::string& name, bool brief = false) const {
    const std::string how = common(rows_, measured_how), source = common(rows_, source_of);
    return table(html(name) + "<span class=\"how\">" + html(sentence("measured by", how)) +
                     html(sentence("predicted by", source)) + "</span>",
                 false, how.empty(), source.empty(), brief);
  }
  /// Several quantities, a row each.
  std::string of_many(const std::string& caption, bool brief) const {
    return table(html(caption), true, !brief, !brief, brief);
  }

 private:
  std::string table(const std::string& caption, bool named, bool how, bool source,
                    bool brief) const {
    std::vector<std::string> heads;
    if (named) heads.emplace_back("quantity");
    for (const std::string& name : short_names(keys_)) heads.push_back(name);
    heads.emplace_back("measured");
    if (compared_) heads.insert(heads.end(), {"predicted", "z"});
    bool remarks = false;
    for (const Verdict* row : rows_) {
      remarks = remarks || (!brief && !beside(*row, how, source).empty());
    }
    if (remarks) heads.emplace_back("how");
    std::string body;
    for (std::size_t i = 0; i < rows_.size(); ++i) body += line(i, named, how, source, remarks);
    return table_of(caption, heads, body);
  }

  std::string line(std::size_t i, bool named, bool how, bool source, bool remarks) const {
    const Verdict& row = *rows_[i];
    std::string text = "<tr>";
    if (named) {
      text += "<th scope=\"row\">" + html(row.name() + (row.unit.empty() ? "" : " / " + row.unit)) +
              "</th>";
    }
    for (const auto& column : columns_) text += cell("n", html(column[i]));
    text += cell("n", readable(row.measured, row.error) + html(few_samples(row.error, row.dof)));
    if (compared_) {
      const bool compared = row.compared();
      text += cell("n", compared ? readable(row.predicted, row.predicted_error) +
                                       html(few_samples(row.predicted_error, row.predicted_dof))
                                 : "");
      const std::string mark = row.agrees() ? " <span class=\"yes\">✓<span> agrees</span></span>"
                               : row.disagrees()
                                   ? " <span class=\"no\">✗<span> disagrees</span></span>"
                                   : "";
      text += cell("n", compared ? html(deviation(row)) + mark : "");
    }
    if (remarks) text += cell("w", html(beside(row, how, source)));
    return text + "</tr>\n";
  }

  Rows rows_;
  std::vector<std::string> keys_;
  std::vector<std::vector<std::string>> columns_;
  bool compared_ = false;
};

std::string with_unit(const ResultGroup& group) {
  return group.name + (group.unit.empty() ? "" : " / " + group.unit);
}

bool all_agree(const Rows& rows) {
  return std::all_of(rows.begin(), rows.end(), [](const Verdict* row) { return row->agrees(); });
}

std::string worst(const Rows& rows) {
  double largest = 0;
  for (const Verdict* row : rows) largest = std::max(largest, std::abs(row->z()));
  return fmt::format("{} rows agree, largest |z| {:.1f}", rows.size(), largest);
}

/// Ten to some power as a reader writes it.
std::string powers(const std::string& text) {
  const auto e = text.find('e');
  if (e == std::string::npos || text == "-inf") return html(text);
  return fmt::format("{}·10<sup>{}</sup>", text.substr(0, e), text.substr(e + 1));
}

}  // namespace

std::string readable(double value, double error) {
  constexpr double kBelow = 1e-6;  // of the value: an error that nobody can read off
  const std::string full = with_error(value, error);
  std::string text = full;
  if (std::isfinite(value) && value != 0 && error >= 0 && error < kBelow * std::abs(value)) {
    text = error > 0 ? fmt::format("{:#.7g}", value) : fmt::format("{:.7g}", value);
    if (text.ends_with('.')) text.pop_back();
    if (const auto e = text.find('e'); e != std::string::npos) {
      text = text.substr(0, e + 1) + std::to_string(std::stoi(text.substr(e + 1)));
    }
  }
  return fmt::format("<data value=\"{:.17g}\"{}>{}</data>", value,
                     text == full ? "" : fmt::format(" title=\"{}\"", html(full)), powers(text));
}

std::string key_numbers(const verdict::Result& result, const verdict::Findings& findings) {
  std::vector<ResultGroup> groups = grouped(findings);
  const auto keep = [&](const auto& wanted) {
    if (std::any_of(groups.begin(), groups.end(), wanted)) {
      std::erase_if(groups, [&](const ResultGroup& group) { return !wanted(group); });
    }
  };
  keep([](const ResultGroup& group) { return group.role == verdict::Role::headline; });
  keep([](const ResultGroup& group) { return group.rows[0]->compared(); });
  constexpr std::size_t kMostGroups = 7, kMostTables = 3, kMostRows = 8;
  Rows single;
  std::string tables;
  std::size_t shown = 0, number = 0;
  for (const ResultGroup& group : groups) {
    if (single.size() + number == kMostGroups) break;
    if (group.rows.size() == 1) {
      single.push_back(group.rows[0]);
    } else if (number < kMostTables) {
      Rows rows = group.rows;
      if (rows.size() > kMostRows) rows.resize(kMostRows);
      ++number;
      shown += rows.size();
      tables += Table(result, rows).of_one(with_unit(group), true);
    }
  }
  std::string text;
  if (!single.empty()) text = Table(result, single).of_many("Key numbers", true);
  text += tables;
  shown += single.size();
  const std::size_t left = findings.results().size() - shown;
  if (shown == 0) return "";
  if (left > 0) {
    text += fmt::format("<p class=\"facts\"><a href=\"#numbers\">{} more number{}</a></p>\n", left,
                        left == 1 ? "" : "s");
  }
  return text;
}

std::string all_numbers(const verdict::Result& result, const verdict::Findings& findings) {
  if (findings.results().empty()) return "";
  Rows single;
  std::string tables, checks;
  for (const ResultGroup& group : grouped(findings)) {
    if (group.rows.size() == 1) {
      single.push_back(group.rows[0]);
      continue;
    }
    constexpr std::size_t kMostOpen = 16;
    const std::string table = Table(result, group.rows).of_one(with_unit(group));
    const bool check = group.role == verdict::Role::check && all_agree(group.rows);
    if (!check && group.rows.size() <= kMostOpen) {
      tables += table;
      continue;
    }
    const std::string said = check ? worst(group.rows) : fmt::format("{} rows", group.rows.size());
    (check ? checks : tables) += fmt::format("<details><summary>{}: {}</summary>{}</details>\n",
                                             html(with_unit(group)), said, table);
  }
  std::string text = "<h2 id=\"numbers\">All numbers</h2>\n";
  if (!single.empty()) text += Table(result, single).of_many("Numbers of the whole run", false);
  return text + tables + checks +
         "<p class=\"facts\">In brackets one standard error of the last digits; z is the deviation "
         "in combined standard errors, as rare as for a normal law (Student's law where the error "
         "comes from few samples); up to 3 agrees. Numbers are shown with the digits that can be "
         "read off; <code>symbreak analyze --csv</code> has all.</p>\n";
}

}  // namespace symbreak::report
