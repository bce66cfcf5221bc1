// Adding a kind that measures arrays: its line in the table.
#include "analysis/findings/axes.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <string>

#include "analysis/findings/copies/observables.hpp"
#include "analysis/findings/creativity/observables.hpp"
#include "analysis/findings/discrete_clock/observables.hpp"
#include "analysis/findings/entropy_clock/observables.hpp"
#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/findings/fast_samplers/observables.hpp"
#include "analysis/findings/field_scan/observables.hpp"
#include "analysis/findings/fluctuations/observables.hpp"
#include "analysis/findings/generation/observables.hpp"
#include "analysis/findings/guided_generation/observables.hpp"
#include "analysis/findings/late_start/observables.hpp"
#include "analysis/findings/locality/observables.hpp"
#include "analysis/findings/mode_softening/observables.hpp"
#include "analysis/findings/pattern_formation/observables.hpp"
#include "analysis/findings/random_hierarchy/observables.hpp"
#include "analysis/findings/rem/observables.hpp"
#include "analysis/findings/score_spectrum/observables.hpp"
#include "analysis/findings/three_way/observables.hpp"
#include "analysis/findings/toy/observables.hpp"

namespace symbreak::findings {

namespace {

using Names = std::map<std::string, std::vector<std::string>, std::less<>>;

Names named(std::initializer_list<std::vector<verdict::ArrayAxes>> lists) {
  Names all;
  for (const auto& list : lists) {
    for (const verdict::ArrayAxes& array : list) all[array.of.string()] = array.names;
  }
  return all;
}

const std::map<std::string, Names, std::less<>>& declared() {
  static const std::map<std::string, Names, std::less<>> all = {
      {"copies", named({copies::axes})},
      {"creativity", named({creativity::axes})},
      {"discrete_clock", named({discrete_clock::axes})},
      {"entropy_clock", named({entropy_clock::axes})},
      {"equation_of_state", named({equation_of_state::axes})},
      {"fast_samplers", named({fast_samplers::axes})},
      {"field_scan", named({field_scan::axes})},
      {"fluctuations", named({fluctuations::axes})},
      {"generation", named({generation::axes})},
      {"guided_generation", named({guided_generation::axes})},
      {"late_start", named({late_start::axes})},
      {"locality", named({locality::axes})},
      {"mode_softening", named({lattice::axes, mode_softening::branch_axes})},
      {"pattern_formation", named({lattice::axes})},
      {"random_hierarchy", named({random_hierarchy::axes})},
      {"rem", named({rem::axes})},
      {"score_spectrum", named({score_spectrum::axes})},
      {"three_way", named({three_way::axes()})},
      {"toy", named({toy::axes})},
  };
  return all;
}

/// The values of an axis of `count` elements by its name; empty where it names only what is counted.
std::vector<double> values_of(const verdict::Point& point, const std::string& name,
                              std::size_t count) {
  for (const verdict::Fact& fact : point.facts) {
    if (fact.name == name && fact.values.size() == count) return fact.values;
  }
  const auto key = point.parameters.find(name);
  if (key != point.parameters.end() && !key->second.empty()) {
    const std::vector<double> values = point.numbers(name);
    if (values.size() == count) return values;
  }
  const auto array = point.observables.find(name);
  if (array == point.observables.end()) return {};
  const auto& mean = array->second.estimate.mean;
  if (static_cast<std::size_t>(mean.size()) != count) return {};
  return {mean.begin(), mean.end()};
}

verdict::Axis axis(const verdict::Point& point, const std::string& names, std::size_t count) {
  std::istringstream alternatives(names);
  std::string first;
  for (std::string name; std::getline(alternatives, name, '|');) {
    if (first.empty()) first = name;
    if (auto values = values_of(point, name, count); !values.empty()) {
      return {name, std::move(values)};
    }
  }
  return {first, {}};
}

}  // namespace

void name_axes(verdict::Result& result) {
  static const Names nothing;
  const auto kind = declared().find(result.experiment);
  const Names& names = kind == declared().end() ? nothing : kind->second;
  for (verdict::Point& point : result.points) {
    for (auto& [observable_name, observable] : point.observables) {
      const auto found = names.find(observable_name);
      observable.axes.clear();
      for (std::size_t k = 0; k < observable.shape.size(); ++k) {
        const auto count = static_cast<std::size_t>(observable.shape[k]);
        const bool known = found != names.end() && k < found->second.size();
        observable.axes.push_back(known ? axis(point, found->second[k], count)
                                        : verdict::Axis{fmt::format("axis_{}", k + 1), {}});
      }
    }
  }
}

}  // namespace symbreak::findings
