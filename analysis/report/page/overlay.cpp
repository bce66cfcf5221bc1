#include "analysis/report/page/overlay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

namespace {

using verdict::Curve;
using verdict::Figure;
using verdict::Verdict;

std::optional<double> as_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// All rows of one quantity with the run that they are of.
struct Shared {
  std::string name, unit;
  verdict::Role role = verdict::Role::check;
  std::vector<std::pair<std::size_t, const Verdict*>> rows{};
};

std::vector<Shared> shared(const std::vector<std::vector<Verdict>>& results) {
  std::vector<Shared> all;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (std::size_t run = 0; run < results.size(); ++run) {
    for (const Verdict& row : results[run]) {
      const auto [place, fresh] = places.try_emplace({row.name(), row.unit}, all.size());
      if (fresh) all.push_back({row.name(), row.unit});
      Shared& entry = all[place->second];
      entry.rows.emplace_back(run, &row);
      entry.role = std::min(entry.role, row.role);
    }
  }
  std::erase_if(all, [](const Shared& entry) {
    const auto first = entry.rows[0].first;
    return std::ranges::all_of(entry.rows, [&](const auto& row) { return row.first == first; });
  });
  std::ranges::stable_sort(all, {}, &Shared::role);
  return all;
}

/// The coordinate with the most numbers, and all that vary; "" where none does.
std::string varies_most(const Shared& entry) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& [run, row] : entry.rows) {
    for (const auto& [key, value] : where(*row)) values[key].insert(value);
  }
  std::string best;
  std::size_t most = 1;
  for (const auto& [key, texts] : values) {
    const bool numbers =
        std::ranges::all_of(texts, [](const auto& text) { return as_number(text).has_value(); });
    if (numbers && texts.size() > most) best = key, most = texts.size();
  }
  return best;
}

/// Positive numbers over more than a decade and a half.
bool spans_decades(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return !values.empty() && *low > 0 && *high / *low > 30;
}

std::string label_of(const std::map<std::string, std::string>& place,
                     const std::set<std::string>& shown) {
  std::vector<std::string> keys(shown.begin(), shown.end()), parts;
  const std::vector<std::string> names = short_names(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto found = place.find(keys[i]);
    if (found != place.end()) parts.push_back(names[i] + " = " + six_digits({found->second})[0]);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// Coordinates other than `x` of which rows have several values.
std::set<std::string> others(const Shared& entry, const std::string& x) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& [run, row] : entry.rows) {
    for (const auto& [key, value] : where(*row)) values[key].insert(value);
  }
  std::set<std::string> keys;
  for (const auto& [key, texts] : values) {
    if (key != x && texts.size() > 1) keys.insert(key);
  }
  return keys;
}

std::optional<Figure> against(const Shared& entry, const std::vector<Analysed>& runs) {
  const std::string x = varies_most(entry);
  if (x.empty()) return std::nullopt;
  const std::set<std::string> rest = others(entry, x);
  // In the order in which they come: that of the sweep.
  std::vector<std::pair<std::pair<std::size_t, std::string>, Curve>> measured;
  std::vector<std::pair<std::string, std::map<double, double>>> predicted;
  const auto among = [](auto& all, const auto& key) -> auto& {
    const auto same = [&](const auto& one) { return one.first == key; };
    const auto found = std::ranges::find_if(all, same);
    if (found != all.end()) return found->second;
    all.push_back({key, {}});
    return all.back().second;
  };
  std::vector<double> all_x, all_y;
  for (const auto& [run, row] : entry.rows) {
    const auto place = where(*row);
    const auto found = place.find(x);
    if (found == place.end() || !std::isfinite(row->measured)) continue;
    const double at = *as_number(found->second);
    const std::string label = label_of(place, rest);
    Curve& curve = among(measured, std::pair{run, label});
    curve.label = runs[run].name + (label.empty() ? "" : ": " + label);
    curve.x.push_back(at);
    curve.y.push_back(row->measured);
    curve.error.push_back(std::isfinite(row->error) ? row->error : 0);
    if (row->compared()) among(predicted, label).try_emplace(at, row->predicted);
    all_x.push_back(at);
    all_y.push_back(row->measured);
  }
  constexpr std::size_t kMostCurves = 14;
  if (measured.size() > kMostCurves) return std::nullopt;
  Figure figure;
  figure.name = "both_" + file_stem(entry.name);
  figure.title = entry.name;
  figure.caption = "Results of the runs with one standard error; dashed: what is predicted.";
  figure.x_label = short_names({x})[0];
  figure.y_label = entry.name + (entry.unit.empty() ? "" : " / " + entry.unit);
  figure.log_x = spans_decades(all_x);
  figure.log_y = spans_decades(all_y);
  for (auto& [key, curve] : measured) figure.curves.push_back(std::move(curve));
  for (const auto& [label, line] : predicted) {
    if (line.size() < 2) continue;
    Curve curve;
    curve.label = "predicted" + (label.empty() ? "" : ": " + label);
    curve.style = Curve::Style::dashed;
    for (const auto& [at, value] : line) curve.x.push_back(at), curve.y.push_back(value);
    figure.curves.push_back(std::move(curve));
  }
  if (predicted.empty()) figure.caption = "Results of the runs with one standard error.";
  return figure;
}

bool same_curve(const Curve& a, const Curve& b) {
  return a.x == b.x && a.y == b.y && a.label == b.label;
}

/// The wider of two ranges; none where one of them is free.
void widen(std::optional<std::pair<double, double>>& range,
           const std::optional<std::pair<double, double>>& other) {
  if (!range || !other) {
    range.reset();
    return;
  }
  range->first = std::min(range->first, other->first);
  range->second = std::max(range->second, other->second);
}

bool same_axes(const Figure& a, const Figure& b) {
  return a.name == b.name && a.log_x == b.log_x && a.log_y == b.log_y && a.x_label == b.x_label &&
         a.y_label == b.y_label;
}

}  // namespace

std::vector<Figure> overlaid_results(const std::vector<Analysed>& runs,
                                     const std::vector<std::vector<Verdict>>& results) {
  constexpr std::size_t kMost = 12;
  std::vector<Figure> figures;
  for (const Shared& entry : shared(results)) {
    if (figures.size() == kMost || entry.role == verdict::Role::check) break;
    if (auto figure = against(entry, runs)) figures.push_back(std::move(*figure));
  }
  return figures;
}

void overlay_figures(const std::vector<Analysed>& runs, Comparison& comparison) {
  std::set<std::string> done;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const Figure& own : runs[i].findings->figures) {
      if (!done.insert(own.name).second) continue;
      // Colours and symbols are given anew: those of one run may stand for values of its sweep.
      Figure figure;
      figure.name = own.name;
      figure.title = own.title;
      figure.caption = own.caption;
      figure.x_label = own.x_label;
      figure.y_label = own.y_label;
      figure.log_x = own.log_x;
      figure.log_y = own.log_y;
      figure.x_range = own.x_range;
      figure.y_range = own.y_range;
      std::vector<std::pair<std::string, const Figure*>> parts;
      for (const Analysed& run : runs) {
        for (const Figure& other : run.findings->figures) {
          if (same_axes(own, other)) parts.emplace_back(run.name, &other);
        }
      }
      if (parts.size() < 2) continue;
      if (std::ranges::any_of(parts,
                              [](const auto& part) { return part.second->surface.has_value(); })) {
        comparison.not_overlaid.push_back(own.title.empty() ? own.name : own.title);
        continue;
      }
      for (const auto& [name, part] : parts) {
        widen(figure.x_range, part->x_range);
        widen(figure.y_range, part->y_range);
        for (const Curve& curve : part->curves) {
          const bool everywhere = std::ranges::all_of(parts, [&](const auto& other) {
            return std::ranges::any_of(other.second->curves, [&](const Curve& candidate) {
              return same_curve(candidate, curve);
            });
          });
          if (everywhere && part != parts[0].second) continue;
          Curve copy;
          copy.label = curve.label;
          copy.x = curve.x;
          copy.y = curve.y;
          copy.error = curve.error;
          copy.style = curve.style;
          copy.smooth = curve.smooth;
          if (!everywhere) copy.label = name + (curve.label.empty() ? "" : ": " + curve.label);
          figure.curves.push_back(std::move(copy));
        }
        for (const auto& line : part->vertical_lines) {
          const auto same = [&](const auto& known) { return known.first == line.first; };
          if (std::ranges::any_of(figure.vertical_lines, same)) continue;
          figure.vertical_lines.emplace_back(line.first, name + ": " + line.second);
        }
      }
      comparison.figures.push_back(std::move(figure));
    }
  }
}

}  // namespace symbreak::report
