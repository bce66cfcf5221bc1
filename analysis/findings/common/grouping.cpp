#include "analysis/findings/common/grouping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings {

Keys swept_keys(const Result& result, const Point& point, const std::vector<std::string>& except) {
  Keys keys;
  for (const std::string& key : result.swept) {
    if (std::find(except.begin(), except.end(), key) == except.end()) {
      keys[key] = point.parameters.at(key);
    }
  }
  return keys;
}

std::string key_label(const Keys& keys) {
  std::string text;
  for (const auto& [key, value] : keys) {
    text += (text.empty() ? "" : ", ") + key.substr(key.find('.') + 1) + " = " + value;
  }
  return text;
}

std::string key_stem(const Keys& keys) {
  std::string text;
  for (const auto& [key, value] : keys) text += "_" + key.substr(key.find('.') + 1) + "_" + value;
  return text;
}

std::vector<KeyedPoint> measured_points(const Result& result,
                                        std::optional<ObservableName> needed) {
  std::vector<KeyedPoint> all;
  for (const Point& point : result.points) {
    if (!point.measured() || (needed && point.find(*needed) == nullptr)) continue;
    all.push_back({point, swept_keys(result, point)});
  }
  return all;
}

std::vector<PointGroup> points_along(const Result& result, const std::string& key) {
  std::vector<PointGroup> all = group_points(result, {key});
  for (PointGroup& group : all) {
    std::sort(group.points.begin(), group.points.end(),
              [&](const auto* a, const auto* b) { return a->number(key) < b->number(key); });
  }
  return all;
}

std::vector<PointGroup> points_by_noise(const Result& result, const std::string& key) {
  std::vector<PointGroup> all = group_points(result, {key});
  std::ranges::sort(all, {}, &PointGroup::keys);
  for (PointGroup& group : all) {
    std::ranges::sort(group.points, {},
                      [](const Point* point) { return point->fact(generated::fact::noise); });
  }
  return all;
}

std::vector<PointGroup> group_points(const Result& result, const std::vector<std::string>& except) {
  std::vector<PointGroup> all;
  std::map<Keys, std::size_t> place;
  for (const Point& point : result.points) {
    if (!point.measured()) continue;
    const Keys keys = swept_keys(result, point, except);
    const auto [found, fresh] = place.emplace(keys, all.size());
    if (fresh) all.push_back({keys, {}});
    all[found->second].points.push_back(&point);
  }
  return all;
}

Value value_of(const Point& point, ObservableName observable, Index element) {
  return point.at(observable).estimate.value(element);
}

Verdict& judge(Findings& findings, const std::string& quantity, const Keys& keys, Value measured,
               Value predicted, const std::string& source, const std::string& from,
               const std::string& note) {
  const bool zero = predicted.value == 0 && predicted.error == 0;
  return findings.verdicts.emplace_back(Verdict{.quantity = quantity,
                                                .point = keys,
                                                .measured = measured.value,
                                                .error = measured.error,
                                                .predicted = predicted.value,
                                                .predicted_error = predicted.error,
                                                .source = source,
                                                .from = from,
                                                .note = note,
                                                .dof = measured.dof,
                                                .predicted_dof = predicted.dof,
                                                .role = zero ? Role::check : Role::quantity});
}

Verdict& tell(Findings& findings, const std::string& quantity, const Keys& keys, Value measured,
              const std::string& from) {
  return findings.measured.emplace_back(
      Verdict{.quantity = quantity,
              .point = keys,
              .measured = measured.value,
              .error = measured.error,
              .predicted = std::numeric_limits<double>::quiet_NaN(),
              .from = from,
              .dof = measured.dof});
}

Verdict& judge_or_tell(Findings& findings, const std::string& quantity, const Keys& keys,
                       Value measured, const Point& point, PredictionName predicted,
                       const std::string& from, double relative) {
  Verdict* judged =
      judge_known(findings, quantity, keys, measured, point, predicted, from, "", relative);
  return judged != nullptr ? *judged : tell(findings, quantity, keys, measured, from);
}

Verdict& of_fit(Verdict& row, const fit::Fit& fit) {
  if (fit.dof > 0) {
    row.chi2_per_dof = fit.chi2_per_dof();
    row.p_value = fit.p_value;
  }
  if (!fit.window.empty()) row.detail += (row.detail.empty() ? "" : ", ") + fit.window;
  return row;
}

Verdict* judge_squares(Findings& findings, const std::string& quantity, const Keys& keys,
                       const Squares& squares, const std::string& source, const std::string& from,
                       const std::string& note) {
  if (squares.n == 0) return nullptr;
  Verdict& row = judge(findings, quantity, keys, {squares.sum / squares.n},
                       {1, std::sqrt(2 / squares.n)}, source, from, note);
  row.squares = squares.n;
  row.detail = fmt::format("{:g} deviations", squares.n);
  row.role = Role::check;
  return &row;
}

void Squares::add(Value deviation) {
  const double z = statistics::normal_deviate(deviation.value / deviation.error, deviation.dof);
  sum += z * z;
  ++n;
}

Verdict* judge_known(Findings& findings, const std::string& quantity, const Keys& keys,
                     Value measured, const Point& point, PredictionName predicted,
                     const std::string& from, const std::string& note, double relative) {
  const auto known = point.prediction(predicted);
  if (!known) return nullptr;
  return &judge(findings, quantity, keys, measured, {*known, relative * std::abs(*known)},
                point.source(predicted), from, note);
}

void Pool::add(Value measured, double known) {
  sum += measured.value;
  const double square = measured.error * measured.error;
  variance += square;
  noise += square * square / measured.dof;
  worst = std::max(worst, std::abs(measured.value - known) / measured.error);
  ++count;
}

Verdict* Pool::judge(Findings& findings, const std::string& quantity, const Keys& keys,
                     Value predicted, const std::string& source, const std::string& what,
                     const std::string& note) const {
  if (count == 0) return nullptr;
  const auto n = static_cast<double>(count);
  Verdict& row = findings::judge(findings, quantity, keys,
                                 {sum / n, std::sqrt(variance) / n, variance * variance / noise},
                                 predicted, source, fmt::format("mean over {}s", what), note);
  row.detail = fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  row.worst = worst;
  row.role = Role::check;
  return &row;
}

void note(Findings& findings, const std::string& subject, const std::string& text,
          const std::string& advice) {
  findings.diagnostics.push_back({verdict::Severity::note, subject, text, advice});
}
void warn(Findings& findings, const std::string& subject, const std::string& text,
          const std::string& advice) {
  findings.diagnostics.push_back({verdict::Severity::warning, subject, text, advice});
}

VectorXd vector_of(const std::vector<double>& values) {
  return Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size()));
}

MatrixXd jackknife_rows(const Point& point, const std::vector<ObservableName>& names) {
  constexpr Index kPerUnit = 32;
  const auto& units = point.at(names[0]).units;
  std::vector<VectorXd> rows;
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    const Index bins = units[unit].bins.cols(), merge = std::max<Index>(1, bins / kPerUnit);
    for (Index first = 0; first + merge <= bins; first += merge) {
      std::vector<double> row;
      for (const ObservableName name : names) {
        const auto& each = point.at(name).units.at(unit).bins;
        for (Index i = 0; i < each.rows(); ++i) {
          row.push_back(each.row(i).segment(first, merge).mean());
        }
      }
      rows.push_back(vector_of(row));
    }
  }
  MatrixXd all(static_cast<Index>(rows.size()), rows.empty() ? 0 : rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) all.row(static_cast<Index>(i)) = rows[i];
  return all;
}

Value derived(const Point& point, const std::vector<ObservableName>& names,
              const std::function<double(const VectorXd&)>& function) {
  const statistics::Derived result = statistics::jackknife(
      jackknife_rows(point, names),
      [&](const VectorXd& means) { return VectorXd(VectorXd::Constant(1, function(means))); });
  return result.at(0);
}

}  // namespace symbreak::findings
