#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/report/label.hpp"
#include "analysis/report/report.hpp"

namespace symbreak::report {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// Nested arrays, row-major; a scalar for an empty shape; null when the estimate does not have it.
Json array(const statistics::VectorXd& values, const std::vector<Eigen::Index>& shape,
           std::size_t axis = 0, Eigen::Index* next = nullptr) {
  Eigen::Index elements = 1, start = 0;
  for (const Eigen::Index extent : shape) elements *= extent;
  if (values.size() != elements) return nullptr;
  if (next == nullptr) next = &start;
  if (axis == shape.size()) return number(values[(*next)++]);
  Json items = Json::array();
  for (Eigen::Index i = 0; i < shape[axis]; ++i) {
    items.push_back(array(values, shape, axis + 1, next));
  }
  return items;
}

/// Numbers as numbers, words as words.
Json point(const std::map<std::string, std::string>& values) {
  Json object = Json::object();
  for (const auto& [key, text] : values) {
    const Json parsed = Json::parse(text, nullptr, false);
    object[key] = parsed.is_number() ? parsed : Json(text);
  }
  return object;
}

}  // namespace

std::string json(const verdict::Result& result, const verdict::Findings& findings) {
  Json verdicts = Json::array(), observables = Json::array(), diagnostics = Json::array();
  for (const verdict::Verdict& row : findings.verdicts) {
    verdicts.push_back({{"quantity", row.quantity},
                        {"point", point(row.point)},
                        {"measured", number(row.measured)},
                        {"error", number(row.error)},
                        {"predicted", number(row.predicted)},
                        {"predicted_error", number(row.predicted_error)},
                        {"source", row.source},
                        {"from", row.from},
                        {"dof", number(row.combined_dof())},
                        {"z", number(row.z())},
                        {"agrees", row.why_none().empty() ? Json(row.agrees()) : Json(nullptr)},
                        {"note", row.note}});
  }
  for (const verdict::Point& at : result.points) {
    const Json where = point(swept_values(result, at));
    for (const auto& [name, observable] : at.observables) {
      const statistics::Estimate& estimate = observable.estimate;
      observables.push_back({{"name", name},
                             {"point", where},
                             {"value", array(estimate.mean, observable.shape)},
                             {"error", array(estimate.error, observable.shape)},
                             {"dof", array(estimate.dof, observable.shape)},
                             {"tau_int", array(estimate.tau_int, observable.shape)},
                             {"ess", array(estimate.ess, observable.shape)},
                             {"unit", observable.unit},
                             {"text", observable.text}});
    }
  }
  for (const verdict::Diagnostic& diagnostic : findings.diagnostics) {
    diagnostics.push_back({{"severity", severity_word(diagnostic.severity)},
                           {"subject", diagnostic.subject},
                           {"text", diagnostic.text},
                           {"advice", diagnostic.advice}});
  }
  const auto complete = std::ranges::count(result.points, true, &verdict::Point::complete);
  const Json document = {
      {"schema", "symbreak-analysis-1"}, {"run", result.run},    {"points", result.points.size()},
      {"complete_points", complete},     {"verdicts", verdicts}, {"observables", observables},
      {"diagnostics", diagnostics}};
  // A deck may hold bytes that are no UTF-8: replaced, so that the JSON stays valid.
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace symbreak::report
