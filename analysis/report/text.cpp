#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/escape.hpp"
#include "analysis/report/label.hpp"
#include "analysis/report/report.hpp"

namespace symbreak::report {

namespace {

using Row = std::vector<std::string>;

/// Left-aligned columns two spaces apart; the last one is not padded.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
  }
  return table;
}

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

std::string text(const verdict::Result& result, const verdict::Findings& findings) {
  std::string report;
  if (!findings.verdicts.empty()) {
    const std::vector<std::string> keys = verdict_keys(result, findings);
    Row header = {"quantity"};
    for (const std::string& name : short_names(keys)) header.push_back(one_line(name));
    header.insert(header.end(), {"measured", "predicted", "z", "agrees", "from"});
    std::vector<Row> rows = {header};
    for (const verdict::Verdict& verdict : findings.verdicts) {
      Row row = {one_line(verdict.quantity)};
      for (const std::string& key : keys) row.push_back(value_or_dash(verdict.point, key));
      std::string from = verdict.from;
      if (!verdict.source.empty()) from += (from.empty() ? "" : "; theory: ") + verdict.source;
      const std::string note = remark(verdict);
      if (!note.empty()) from += (from.empty() ? "" : "; ") + note;
      row.insert(row.end(), {with_error(verdict.measured, verdict.error) +
                                 few_samples(verdict.error, verdict.dof),
                             with_error(verdict.predicted, verdict.predicted_error) +
                                 few_samples(verdict.predicted_error, verdict.predicted_dof),
                             deviation(verdict),
                             verdict.agrees()      ? "yes"
                             : verdict.disagrees() ? "no"
                                                   : "-",
                             one_line(from)});
      rows.push_back(row);
    }
    report += aligned(rows);
  }
  for (const verdict::Diagnostic& diagnostic : findings.diagnostics) {
    report += one_line(fmt::format("{}: {}: {}{}{}", severity_word(diagnostic.severity),
                                   diagnostic.subject, diagnostic.text,
                                   diagnostic.advice.empty() ? "" : "; ", diagnostic.advice)) +
              '\n';
  }
  return report + one_line(count_sentence(findings)) + '\n';
}

std::string observables_text(const verdict::Result& result) {
  Row header = {"observable"};
  for (const std::string& name : short_names(result.swept)) header.push_back(one_line(name));
  header.insert(header.end(), {"value", "tau_int", "ess", "state"});
  std::vector<Row> rows = {header};
  for (const verdict::Point& point : result.points) {
    const auto values = swept_values(result, point);
    Row where;
    for (const std::string& key : result.swept) where.push_back(value_or_dash(values, key));
    for (const auto& [name, observable] : point.observables)
      add_rows(rows, name, where, observable);
  }
  return rows.size() > 1 ? aligned(rows) : "No observables were recorded.\n";
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
