// The recorded values of a run as CSV, row by row.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "analysis/report/csv.hpp"
#include "analysis/report/report.hpp"

namespace symbreak::report {

namespace {

/// "1.5;0", "time;class": what a function says of every axis.
template <class Function>
std::string of_axes(const verdict::Observable& observable, const Function& function) {
  std::string text;
  for (std::size_t k = 0; k < observable.shape.size(); ++k) {
    text += (k > 0 ? ";" : "") + function(k);
  }
  return text;
}

/// Indices of an element of a row-major array.
std::vector<Eigen::Index> indices(Eigen::Index element, const std::vector<Eigen::Index>& shape) {
  std::vector<Eigen::Index> all(shape.size());
  for (std::size_t k = shape.size(); k-- > 0;) {
    all[k] = element % shape[k];
    element /= shape[k];
  }
  return all;
}

/// Swept keys, and what else sets points apart: those that an experiment adds differ in other keys.
std::vector<std::string> varying_keys(const verdict::Result& result) {
  std::vector<std::string> keys = result.swept;
  std::map<std::string, std::set<std::string>> values;
  for (const verdict::Point& point : result.points) {
    for (const auto& [key, value] : point.parameters) values[key].insert(value);
  }
  for (const auto& [key, all] : values) {
    if (all.size() > 1 && std::find(keys.begin(), keys.end(), key) == keys.end()) {
      keys.push_back(key);
    }
  }
  return keys;
}

/// One row per element: mean, error and how well they are known.
void export_estimates(const std::vector<std::string>& place, const std::string& name,
                      const verdict::Observable& observable, std::ostream& out) {
  const statistics::Estimate& estimate = observable.estimate;
  const auto axis = [&](std::size_t k) -> const verdict::Axis& {
    static const verdict::Axis none;
    return k < observable.axes.size() ? observable.axes[k] : none;
  };
  const std::string axes = of_axes(observable, [&](std::size_t k) { return axis(k).name; });
  for (Eigen::Index i = 0; i < estimate.mean.size(); ++i) {
    const auto at = indices(i, observable.shape);
    const auto index = [&](std::size_t k) { return std::to_string(at[k]); };
    const auto value = [&](std::size_t k) -> std::string {
      const auto element = static_cast<std::size_t>(at[k]);
      return element < axis(k).values.size() ? csv_number(axis(k).values[element]) : "";
    };
    std::vector<std::string> row = place;
    row.insert(row.end(), {name, axes, of_axes(observable, index), of_axes(observable, value)});
    for (const auto* part :
         {&estimate.mean, &estimate.error, &estimate.tau_int, &estimate.ess, &estimate.dof}) {
      row.push_back(i < part->size() ? csv_number((*part)[i]) : "");
    }
    row.insert(row.end(), {observable.unit, observable.text});
    out << csv_row(row);
  }
}

/// One row per element of every bin.
void export_bins(const std::vector<std::string>& place, const std::string& name,
                 const verdict::Observable& observable, std::ostream& out) {
  for (std::size_t u = 0; u < observable.units.size(); ++u) {
    const statistics::Series& unit = observable.units[u];
    for (Eigen::Index bin = 0; bin < unit.bins.cols(); ++bin) {
      for (Eigen::Index i = 0; i < unit.bins.rows(); ++i) {
        std::vector<std::string> row = place;
        row.insert(row.end(),
                   {name, std::to_string(u), std::to_string(bin), std::to_string(unit.bin_size),
                    std::to_string(i), csv_number(unit.bins(i, bin))});
        out << csv_row(row);
      }
    }
  }
}

}  // namespace

void export_csv(const verdict::Result& result, std::ostream& out, const Export& what) {
  const std::vector<std::string> keys = varying_keys(result);
  std::vector<std::string> header = keys;
  header.push_back("observable");
  if (what.bins) {
    header.insert(header.end(), {"work_unit", "bin", "samples", "element", "value"});
  } else {
    header.insert(header.end(), {"axis", "index", "axis_value", "value", "error", "tau_int", "ess",
                                 "dof", "unit", "text"});
  }
  out << csv_row(header);
  const auto wanted = [&](const std::string& name) {
    return what.observables.empty() || std::find(what.observables.begin(), what.observables.end(),
                                                 name) != what.observables.end();
  };
  for (const verdict::Point& point : result.points) {
    std::vector<std::string> place;
    for (const std::string& key : keys) {
      const auto found = point.parameters.find(key);
      place.push_back(found == point.parameters.end() ? "" : found->second);
    }
    for (const auto& [name, observable] : point.observables) {
      if (!wanted(name)) continue;
      (what.bins ? export_bins : export_estimates)(place, name, observable, out);
    }
  }
}

}  // namespace symbreak::report
