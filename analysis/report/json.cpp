#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/report/label.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/results.hpp"

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

/// One object per extent of an array; values: null where its elements are only counted.
Json axes(const verdict::Observable& observable) {
  Json all = Json::array();
  for (const verdict::Axis& axis : observable.axes) {
    Json values = Json::array();
    for (const double value : axis.values) values.push_back(number(value));
    all.push_back({{"name", axis.name}, {"values", axis.values.empty() ? Json(nullptr) : values}});
  }
  return all;
}

/// The entry of the one list of numbers.
Json entry(const verdict::Verdict& row) {
  Json axis = Json::object();
  for (const auto& [name, value] : row.axis) axis[name] = number(value);
  const bool compared = row.compared();
  const auto known = [&](double value) { return compared ? number(value) : Json(nullptr); };
  return {{"quantity", row.quantity},
          {"criterion", criterion(row)},
          {"point", point(row.point)},
          {"axis", axis},
          {"value", number(row.measured)},
          {"error", number(row.error)},
          {"dof", number(row.dof)},
          {"units", row.units},
          {"unit", row.unit},
          {"chi2_per_dof", number(row.chi2_per_dof)},
          {"p_value", number(row.p_value)},
          {"worst", number(row.worst)},
          {"predicted", known(row.predicted)},
          {"predicted_error", known(row.predicted_error)},
          {"z", known(row.z())},
          {"agrees", compared && row.why_none().empty() ? Json(row.agrees()) : Json(nullptr)},
          {"role", role_word(row.role)},
          {"method", row.from},
          {"detail", row.detail},
          {"source", row.source},
          {"note", row.note}};
}

/// "method, detail": how a number was measured.
std::string how(const verdict::Verdict& row) {
  return row.from + (row.from.empty() || row.detail.empty() ? "" : ", ") + row.detail;
}

}  // namespace

std::string json(const verdict::Result& result, const verdict::Findings& findings) {
  Json verdicts = Json::array(), observables = Json::array(), diagnostics = Json::array();
  Json results = Json::array(), points = Json::array();
  for (const verdict::Verdict* row : findings.results()) results.push_back(entry(*row));
  for (const verdict::Verdict& row : findings.verdicts) {
    verdicts.push_back({{"quantity", row.quantity},
                        {"point", point(row.point)},
                        {"measured", number(row.measured)},
                        {"error", number(row.error)},
                        {"predicted", number(row.predicted)},
                        {"predicted_error", number(row.predicted_error)},
                        {"source", row.source},
                        {"from", how(row)},
                        {"dof", number(row.combined_dof())},
                        {"z", number(row.z())},
                        {"agrees", row.why_none().empty() ? Json(row.agrees()) : Json(nullptr)},
                        {"note", row.note}});
  }
  for (const verdict::Point& at : result.points) {
    const Json where = point(swept_values(result, at));
    points.push_back(
        {{"id", at.id}, {"point", where}, {"complete", at.complete}, {"units", at.units()}});
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
                             {"text", observable.text},
                             {"axes", axes(observable)}});
    }
  }
  for (const verdict::Diagnostic& diagnostic : findings.diagnostics) {
    diagnostics.push_back({{"severity", severity_word(diagnostic.severity)},
                           {"subject", diagnostic.subject},
                           {"text", diagnostic.text},
                           {"advice", diagnostic.advice}});
  }
  const Json document = {
      {"schema", "symbreak-analysis-1"},
      {"run", result.run},
      {"results", results},
      {"verdicts", verdicts},
      {"points", points},
      {"complete_points", std::ranges::count(result.points, true, &verdict::Point::complete)},
      {"observables", observables},
      {"diagnostics", diagnostics}};
  // A deck may hold bytes that are no UTF-8: replaced, so that the JSON stays valid.
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace symbreak::report
