// Verdicts per point, each chi^2/n over the noise levels: `jacobian_trace` against E tr J = mmse/s
// where that is known, `trace_of_law` of enough points against that of the law they were drawn from,
// `trace_identity`, tr J against |y - <y>|^2/s on the same states. Told: local
// dimension by its two definitions where the gap is widest, the collapse, the largest residual of
// Lanczos, how far the mean over states is from the median, and what is frozen below the collapse.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/score_spectrum/figures.hpp"
#include "analysis/findings/score_spectrum/observables.hpp"

namespace symbreak::findings::score_spectrum {

namespace {

using Axis = std::vector<std::pair<std::string, double>>;

void traces(const Point& point, const Keys& keys, Findings& findings) {
  const Observable& trace = point.at(observable::trace);
  const std::vector<double> exact = point.prediction_values(prediction::trace);
  Squares law, identity;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    Value off = trace.estimate.value(static_cast<Index>(i));
    off.value -= exact[i];
    // States that are all alike: nothing but rounding and quadrature.
    off.error = std::hypot(off.error, 1e-8 * std::abs(exact[i]));
    law.add(off);
  }
  if (!exact.empty()) {
    judge_squares(findings, "jacobian_trace", keys, law, point.source(prediction::trace),
                  "tr J over noise levels");
  }
  if (const Observable* gap = point.find(observable::trace_identity)) {
    for (Index i = 0; i < gap->estimate.mean.size(); ++i) {
      const Value off = gap->estimate.value(i);
      // Where all is known, both are 0 but for a few rare states.
      if (off.error > 1e-6 * trace.estimate.mean[i]) identity.add(off);
    }
    judge_squares(findings, "trace_identity", keys, identity, "E tr J = E|y - <y>|^2/s, exact",
                  "same states, over noise levels");
  }
}

/// Points against all of the law they were drawn from, where they are enough to know it to 5 %.
void many_points(const Point& point, const Keys& keys, Findings& findings) {
  constexpr double kEnough = 0.05;
  const Observable& trace = point.at(observable::trace);
  const std::vector<double> law = point.prediction_values(prediction::trace_of_law),
                            error = point.prediction_values(prediction::trace_of_law_error);
  Squares all;
  for (std::size_t i = 0; i < law.size(); ++i) {
    if (!(error[i] < kEnough * law[i])) continue;
    Value off = trace.estimate.value(static_cast<Index>(i));
    off.value -= law[i];
    off.error = std::hypot(off.error, error[i]);
    all.add(off);
  }
  judge_squares(findings, "trace_of_law", keys, all, "E tr J of the law of the points",
                "tr J over noise levels where 2 e^I < N/20");
}

/// Where the gap is widest; of points only well above their collapse, if there are such levels: below
/// it eigenvalues are those of single pairs of points.
Index level_of_dimension(const Point& point, const std::vector<double>& s) {
  constexpr double kWellAbove = 2;
  const VectorXd& gap = point.at(observable::gap).estimate.mean;
  const double least = kWellAbove * point.fact(fact::collapse).value_or(0);
  Index widest = -1;
  for (Index i = 0; i < gap.size(); ++i) {
    const bool counts = s[static_cast<std::size_t>(i)] >= least || s.back() < least;
    if (counts && (widest < 0 || gap[i] > gap[widest])) widest = i;
  }
  return widest;
}

void dimensions(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> s = point.fact_values(fact::noise);
  const Index widest = level_of_dimension(point, s);
  const Axis axis = {{"s", s[static_cast<std::size_t>(widest)]}};
  const auto tell_one = [&](const char* quantity, const char* criterion, ObservableName name,
                            const char* from) {
    Verdict& row = tell(findings, quantity, keys, point.at(name).estimate.value(widest), from);
    row.criterion = criterion;
    row.axis = axis;
    return &row;
  };
  tell_one("local_dimension", "J > 1/2", observable::count, "where the gap is widest")->role =
      Role::headline;
  tell_one("local_dimension", "tr J", observable::trace, "where the gap is widest")->role =
      Role::headline;
  tell_one("local_dimension", "above the gap", observable::gap_dimension,
           "where the gap is widest");
  tell_one("spectral_gap", "widest", observable::gap, "between neighbouring eigenvalues");
}

void frozen(const Point& point, const Keys& keys, Findings& findings) {
  const auto collapse = point.fact(fact::collapse);
  if (collapse) {
    tell(findings, "collapse_noise", keys, {*collapse}, "I(Y;X) = log N of the law of the points");
  }
  const Observable* along = point.find(observable::along_axes);
  const std::vector<double> law = point.prediction_values(prediction::frozen);
  const std::vector<double> s = point.fact_values(fact::noise);
  if (along == nullptr || !collapse || law.empty()) return;
  const auto count = static_cast<Index>(law.size() / s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] >= *collapse) continue;
    for (const Index k : {Index{0}, count - 1}) {
      const Index at = static_cast<Index>(i) * count + k;
      const auto tell_one = [&](const char* criterion, Value value, const char* from) {
        Verdict& row = tell(findings, "frozen_eigenvalue", keys, value, from);
        row.criterion = criterion;
        row.axis = {{"s", s[i]}, {"axis", static_cast<double>(k)}};
      };
      tell_one("mean over states", along->estimate.value(at), "u.J u along an axis of the law");
      tell_one("median", {point.at(observable::along_axes_median).estimate.mean[at]},
               "of the same");
      tell_one("law of leading order", {law[static_cast<std::size_t>(at)]},
               "corrections of order 1/log N: 10 to 25 %");
      if (count == 1) break;
    }
  }
  note(findings, "frozen_eigenvalue",
       joined("", key_label(keys), ": ") +
           "below the collapse the mean of J over test states is ruled by rare pairs of points",
       "read the median beside the mean");
}

void precision(const Point& point, const Keys& keys, Findings& findings) {
  const Observable& residual = point.at(observable::residual);
  Index worst = 0;
  const double largest = residual.estimate.mean.maxCoeff(&worst);
  Verdict& row = tell(findings, "lanczos_residual", keys, {largest},
                      "mean over states of the largest |J u - J_k u|, the worst level");
  row.axis = {{"s", point.fact_values(fact::noise)[static_cast<std::size_t>(worst)]}};
  constexpr double kGood = 1e-3;
  if (largest > kGood) {
    warn(findings, "lanczos_residual", fmt::format("eigenvalues are known to {:.1g} only", largest),
         "ask for more eigenvalues: the space that Lanczos searches grows with them");
  }
  const Observable& values = point.at(observable::eigenvalues);
  const std::size_t levels = point.fact_values(fact::noise).size();
  const Index k = values.estimate.mean.size() / static_cast<Index>(levels);
  for (std::size_t i = 0; i < levels; ++i) {
    if (values.estimate.mean[static_cast<Index>(i + 1) * k - 1] <= 0.5) continue;
    warn(findings, "local_dimension", "all of the eigenvalues measured are above 1/2",
         "ask for more (experiment.eigenvalues): the widest gap may lie beyond them");
    break;
  }
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result, observable::trace)) {
    traces(point, keys, findings);
    many_points(point, keys, findings);
    dimensions(point, keys, findings);
    frozen(point, keys, findings);
    precision(point, keys, findings);
    draw(point, keys, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::score_spectrum
