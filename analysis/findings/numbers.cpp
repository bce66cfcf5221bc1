#include "analysis/findings/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "analysis/findings/copies/observables.hpp"
#include "analysis/findings/fluctuations/findings.hpp"
#include "analysis/findings/fluctuations/observables.hpp"

namespace symbreak::findings {

namespace {

constexpr const char *kBinder = "binder_cumulant", *kRatio = "correlation_length_ratio",
                     *kSide = "target.side";

struct Moments {
  ObservableName second, fourth;
};
const std::array kMoments = {Moments{fluctuations::observable::magnetization_square,
                                     fluctuations::observable::magnetization_fourth},
                             Moments{fluctuations::observable::magnetization_second,
                                     fluctuations::observable::magnetization_fourth},
                             Moments{copies::observable::m2, copies::observable::m4}};

bool resampleable(const Point& point, ObservableName name) {
  const Observable* found = point.find(name);
  return found != nullptr && found->shape.empty() && !found->units.empty();
}

std::optional<Value> binder_of(const Point& point) {
  for (const Moments& moments : kMoments) {
    if (!resampleable(point, moments.second) || !resampleable(point, moments.fourth)) continue;
    if (jackknife_rows(point, {moments.second, moments.fourth}).rows() < 2) return std::nullopt;
    return derived(point, {moments.second, moments.fourth},
                   [](const VectorXd& m) { return 1 - m[1] / (3 * m[0] * m[0]); });
  }
  return std::nullopt;
}

std::optional<Value> ratio_of(const Point& point) {
  if (point.find(fluctuations::observable::structure_factor) == nullptr ||
      point.parameters.count(kSide) == 0) {
    return std::nullopt;
  }
  const auto length = fluctuations::correlation_length(point);
  if (!length) return std::nullopt;
  return (1 / point.number(kSide)) * *length;
}

/// "name" and element of "name[3]"; none where that is not said.
std::pair<std::string, std::optional<Index>> element_of(const std::string& word) {
  const auto open = word.find('[');
  if (open == std::string::npos || word.back() != ']') return {word, std::nullopt};
  Index element = -1;
  const char *first = word.data() + open + 1, *last = word.data() + word.size() - 1;
  const auto [end, error] = std::from_chars(first, last, element);
  if (error != std::errc{} || end != last || element < 0) return {word, std::nullopt};
  return {word.substr(0, open), element};
}

const Observable* observable_of(const Point& point, const std::string& name) {
  const auto found = point.observables.find(name);
  return found == point.observables.end() ? nullptr : &found->second;
}

bool known_anywhere(const Result& result,
                    const std::function<std::optional<Value>(const Point&)>& of) {
  return std::ranges::any_of(result.points,
                             [&](const Point& point) { return point.measured() && of(point); });
}

}  // namespace

std::vector<std::string> number_names(const Result& result, const Findings& findings) {
  std::set<std::string> names;
  for (const Point& point : result.points) {
    for (const auto& [name, observable] : point.observables) {
      if (observable.shape.empty())
        names.insert(name);
      else
        names.insert(name + "[0]");
    }
  }
  if (known_anywhere(result, binder_of)) names.insert(kBinder);
  if (known_anywhere(result, ratio_of)) names.insert(kRatio);
  for (const Verdict* row : findings.results()) {
    if (!row->point.empty() && row->axis.empty() && !(row->squares > 0)) names.insert(row->name());
  }
  return {names.begin(), names.end()};
}

NamedNumber named_number(const Result& result, const Findings& findings, const std::string& name) {
  NamedNumber number{.name = name};
  const auto [stem, element] = element_of(name);
  for (const Point& point : result.points) {
    const Observable* found = observable_of(point, stem);
    if (found == nullptr || found->shape.empty() == element.has_value()) continue;
    if (element && *element >= found->estimate.mean.size()) continue;
    number.unit = found->unit, number.text = found->text;
    number.of = [stem = stem, at = element.value_or(0)](const Point& of) -> std::optional<Value> {
      const Observable* there = observable_of(of, stem);
      if (there == nullptr || at >= there->estimate.mean.size()) return std::nullopt;
      return there->estimate.value(at);
    };
    return number;
  }
  if (name == kBinder && known_anywhere(result, binder_of)) {
    number.text = "1 - <m^4>/(3 <m^2>^2), jackknife";
    number.of = binder_of;
    number.scale_free = true;
    return number;
  }
  if (name == kRatio && known_anywhere(result, ratio_of)) {
    number.text = "xi/L";
    number.of = ratio_of;
    number.scale_free = true;
    return number;
  }
  std::map<Keys, Value> rows;
  for (const Verdict* row : findings.results()) {
    if (row->point.empty() || !row->axis.empty() || row->squares > 0) continue;
    if (row->name() != name && row->quantity != name) continue;
    if (rows.emplace(row->point, Value{row->measured, row->error, row->dof}).second) {
      number.unit = row->unit, number.text = row->from;
    }
  }
  if (rows.empty()) {
    throw UnknownName(fmt::format("no number of this run is called {}", name), name,
                      number_names(result, findings));
  }
  number.of = [&result, rows](const Point& point) -> std::optional<Value> {
    const auto found = rows.find(swept_keys(result, point));
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  };
  return number;
}

std::string swept_key(const Result& result, const std::string& word) {
  std::vector<std::string> known;
  for (const std::string& key : result.swept) {
    const std::string last = key.substr(key.rfind('.') + 1);
    if (word == key || word == last) return key;
    known.push_back(last);
  }
  throw UnknownName(fmt::format("points do not differ in {}", word), word, known);
}

}  // namespace symbreak::findings
