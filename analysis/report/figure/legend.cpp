#include "analysis/report/figure/legend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

using verdict::Curve;
using verdict::Figure;

constexpr std::size_t kWidest = 48;  // characters of an entry

/// "L = 8" and "k = 2π(1, 0)/L" of "L = 8, k = 2π(1, 0)/L": what commas outside of brackets part.
std::vector<std::string> parts_of(const std::string& label) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    depth += (label[i] == '(') - (label[i] == ')');
    if (depth <= 0 && label.compare(i, 2, ", ") == 0) {
      parts.emplace_back();
      ++i;
    } else {
      parts.back() += label[i];
    }
  }
  return parts;
}

/// Of labels of several parts, those that all of them have.
std::vector<std::string> shared_parts(const std::set<std::string>& labels) {
  std::map<std::string, std::size_t> counts;
  std::size_t several = 0;
  std::vector<std::string> first;
  for (const std::string& label : labels) {
    const auto parts = parts_of(label);
    if (parts.size() < 2) continue;
    if (several++ == 0) first = parts;
    for (const std::string& part : std::set(parts.begin(), parts.end())) ++counts[part];
  }
  if (several < 2) return {};
  // Words are dropped only if they stand on every curve; keys, of those that have keys.
  std::erase_if(first, [&](const std::string& part) {
    const bool key = part.find(" = ") != std::string::npos;
    return counts[part] < (key ? several : labels.size());
  });
  return first;
}

std::string without(const std::string& label, const std::vector<std::string>& shared) {
  auto parts = parts_of(label);
  if (parts.size() < 2) return label;
  std::erase_if(parts, [&](const std::string& part) {
    return std::find(shared.begin(), shared.end(), part) != shared.end();
  });
  return parts.empty() ? label : fmt::format("{}", fmt::join(parts, ", "));
}

/// "T = 2.26919" of "T = 2.26918531421302".
std::string rounded(const std::string& label) {
  std::vector<std::string> parts = parts_of(label);
  for (std::string& part : parts) {
    const std::size_t at = part.rfind(" = ");
    if (at == std::string::npos) continue;
    const std::string text = part.substr(at + 3);
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    constexpr std::size_t kLong = 8;
    if (text.size() > kLong && end == text.c_str() + text.size()) {
      part = part.substr(0, at + 3) + fmt::format("{:.6g}", value);
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// The end of a text, after an ellipsis.
std::string ending(const std::string& text, std::size_t most) {
  std::size_t start = text.size(), points = 0;
  while (start > 0 && points + 1 < most) {
    --start;
    points += (static_cast<unsigned char>(text[start]) & 0xC0U) != 0x80U;
  }
  return "…" + text.substr(start);
}

/// Each no longer than kWidest, and no two alike.
std::map<std::string, std::string> fitted(const std::set<std::string>& labels) {
  std::map<std::string, std::size_t> counts, numbers;
  for (const std::string& label : labels) ++numbers[rounded(label)];
  const auto brief = [&](const std::string& label) {
    return numbers[rounded(label)] > 1 ? label : rounded(label);
  };
  for (const std::string& label : labels) ++counts[shortened(brief(label), kWidest)];
  std::map<std::string, std::string> result;
  for (const std::string& label : labels) {
    const std::string cut = shortened(brief(label), kWidest);
    result[label] = counts[cut] > 1 ? ending(brief(label), kWidest) : cut;
  }
  return result;
}

}  // namespace

std::size_t Legend::entries() const {
  const auto named = [](const std::string& text) { return !text.empty(); };
  return static_cast<std::size_t>(std::count_if(curves.begin(), curves.end(), named) +
                                  std::count_if(lines.begin(), lines.end(), named));
}

std::size_t Legend::widest() const {
  std::size_t most = 0;
  for (const auto* list : {&curves, &lines}) {
    for (const std::string& text : *list) most = std::max(most, width(text));
  }
  return most;
}

std::string line_label(const std::pair<double, std::string>& line) {
  if (line.second.empty()) return "";
  const bool equation = line.second.find('=') != std::string::npos;
  return fmt::format("{}{}{:.4g}", line.second, equation ? ": " : " = ", line.first);
}

Legend legend(const Figure& figure) {
  std::set<std::string> labels, shaded;
  for (const Curve& curve : figure.curves) {
    if (curve.label.empty()) continue;
    labels.insert(one_line(curve.label));
    if (figure.shades > 0 && curve.colour >= 0) shaded.insert(one_line(curve.label));
  }
  const auto shared = shared_parts(labels);
  std::set<std::string> telling;
  for (const std::string& label : labels) telling.insert(without(label, shared));
  // Two that differ in what was dropped alone, if there are such, keep their names.
  const bool apart = telling.size() == labels.size();
  const auto shown = fitted(apart ? telling : labels);

  Legend result;
  const std::size_t stride = (shaded.size() + kMostShades - 1) / kMostShades;
  std::set<std::string> seen;
  std::size_t step = 0;
  for (const Curve& curve : figure.curves) {
    const std::string label = one_line(curve.label);
    const bool fresh = !label.empty() && seen.insert(label).second;
    const bool left_out =
        fresh && shaded.count(label) > 0 && step++ % std::max<std::size_t>(stride, 1) > 0;
    result.curves.push_back(!fresh || left_out ? ""
                                               : shown.at(apart ? without(label, shared) : label));
  }
  if (figure.vertical_lines.size() > 1) {
    for (const auto& line : figure.vertical_lines) {
      result.lines.push_back(shortened(line_label(line), kWidest));
    }
  }
  if (apart && !shared.empty()) {
    result.remark = fmt::format("All: {}.", fmt::join(shared, ", "));
  }
  if (stride > 1) {
    result.remark += fmt::format("{}{} curves from dark to light, of which one in {} is named.",
                                 result.remark.empty() ? "" : " ", shaded.size(), stride);
  }
  return result;
}

}  // namespace symbreak::report
