#include "analysis/report/csv.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/report/label.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"

namespace symbreak::report {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string csv_number(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return fmt::format("{}", value);
}

std::string csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) row += (i > 0 ? "," : "") + csv_field(fields[i]);
  return row + "\r\n";
}

std::string results_csv(const verdict::Result& result, const verdict::Findings& findings) {
  const std::vector<std::string> keys = coordinates(result, findings);
  std::vector<std::string> header = {"quantity", "criterion"};
  header.insert(header.end(), keys.begin(), keys.end());
  header.insert(header.end(), {"value", "error", "dof", "units", "unit", "chi2_per_dof", "p_value",
                               "worst", "predicted", "predicted_error", "z", "agrees", "role",
                               "method", "detail", "source", "note"});
  std::string text = csv_row(header);
  for (const verdict::Verdict* row : findings.results()) {
    std::vector<std::string> fields = {row->quantity, criterion(*row)};
    const auto place = where(*row);
    for (const std::string& key : keys) {
      const auto found = place.find(key);
      fields.push_back(found == place.end() ? "" : found->second);
    }
    for (const double value : {row->measured, row->error, row->dof}) {
      fields.push_back(csv_number(value));
    }
    fields.insert(fields.end(), {std::to_string(row->units), row->unit});
    for (const double value : {row->chi2_per_dof, row->p_value, row->worst}) {
      fields.push_back(csv_number(value));
    }
    const bool compared = row->compared();
    for (const double value : {row->predicted, row->predicted_error, row->z()}) {
      fields.push_back(compared ? csv_number(value) : "");
    }
    const bool judged = compared && row->why_none().empty();
    fields.insert(fields.end(),
                  {!judged         ? ""
                   : row->agrees() ? "true"
                                   : "false",
                   role_word(row->role), row->from, row->detail, row->source, row->note});
    text += csv_row(fields);
  }
  return text;
}

}  // namespace symbreak::report
