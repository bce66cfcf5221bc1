#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "analysis/layout/layout.hpp"
#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/report.hpp"

namespace symbreak::report {

using layout::aligned;
using layout::Row;
using layout::wrapped;

namespace {

std::string value_or_dash(const std::map<std::string, std::string>& values,
                          const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? "-" : one_line(found->second);
}

std::string quantity_text(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}g}", value, digits) : "-";
}

/// Component i, NaN where the estimate has none (a solved quantity has no tau_int).
double component(const statistics::VectorXd& values, Eigen::Index i) {
  return i < values.size() ? values[i] : std::nan("");
}

std::string trust(const verdict::Observable& observable) {
  if (observable.origin == verdict::Origin::deterministic) return "solved";
  if (!observable.estimate.converged) return "not converged";
  return observable.estimate.errors_agree ? "ok" : "errors disagree";
}

void add_rows(std::vector<Row>& rows, const std::string& name, const Row& where,
              const verdict::Observable& observable) {
  const statistics::Estimate& estimate = observable.estimate;
  const Eigen::Index elements = estimate.mean.size();
  const std::string unit = observable.unit.empty() ? "" : " [" + one_line(observable.unit) + "]";
  const auto add = [&](const std::string& shown, const std::string& value, double tau, double ess) {
    Row row = {one_line(shown) + unit};
    row.insert(row.end(), where.begin(), where.end());
    row.insert(row.end(), {value, quantity_text(tau, 3), quantity_text(ess, 4), trust(observable)});
    rows.push_back(row);
  };
  if (elements > 8) {
    const double tau = estimate.tau_int.size() > 0 ? estimate.tau_int.maxCoeff() : std::nan("");
    const double ess = estimate.ess.size() > 0 ? estimate.ess.minCoeff() : std::nan("");
    add(fmt::format("{}[{}]", name, elements),
        fmt::format("{:.6g} ... {:.6g}", estimate.mean.minCoeff(), estimate.mean.maxCoeff()), tau,
        ess);
    return;
  }
  for (Eigen::Index i = 0; i < elements; ++i) {
    add(elements == 1 ? name : fmt::format("{}[{}]", name, i),
        with_error(estimate.mean[i], component(estimate.error, i)) +
            few_samples(component(estimate.error, i), component(estimate.dof, i)),
        component(estimate.tau_int, i), component(estimate.ess, i));
  }
}

}  // namespace

namespace {

/// A table of all points; the keys of a sweep are columns, or are left out.
std::vector<Row> observable_rows(const verdict::Result& result,
                                 const std::vector<const verdict::Point*>& points, bool keyed) {
  Row header = {"observable"};
  if (keyed) {
    for (const std::string& name : short_names(result.swept)) header.push_back(one_line(name));
  }
  header.insert(header.end(), {"value", "tau_int", "ess", "state"});
  std::vector<Row> rows = {header};
  for (const verdict::Point* point : points) {
    const auto values = swept_values(result, *point);
    Row place;
    for (const std::string& key : result.swept) {
      if (keyed) place.push_back(value_or_dash(values, key));
    }
    for (const auto& [name, observable] : point->observables) {
      add_rows(rows, name, place, observable);
    }
  }
  return rows;
}

/// Lines that are too long are broken between columns.
std::string fitted_lines(const std::vector<Row>& rows, std::size_t most) {
  std::istringstream lines(aligned(rows));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    text += width(line) <= most ? line + '\n' : wrapped(line, most, "");
  }
  return text;
}

}  // namespace

std::string observables_text(const verdict::Result& result, std::size_t most) {
  std::vector<const verdict::Point*> all;
  for (const verdict::Point& point : result.points) {
    if (point.measured()) all.push_back(&point);
  }
  const std::vector<Row> rows = observable_rows(result, all, true);
  if (rows.size() == 1) return "No observables were recorded.\n";
  const std::string whole = aligned(rows);
  std::istringstream lines(whole);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, width(line));
  if (widest <= most) return whole;
  std::string text;
  const std::vector<std::string> names = short_names(result.swept);
  for (const verdict::Point* point : all) {
    const auto values = swept_values(result, *point);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < names.size(); ++i) {
      parts.push_back(names[i] + " = " + value_or_dash(values, result.swept[i]));
    }
    if (!parts.empty()) {
      text += (text.empty() ? "" : "\n") +
              wrapped(one_line(fmt::format("{}", fmt::join(parts, ", "))), most);
    }
    text += fitted_lines(observable_rows(result, {point}, false), most);
  }
  return text;
}

}  // namespace symbreak::report
