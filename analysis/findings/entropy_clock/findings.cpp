// Verdicts per point: `entropy_rate_gap` mmse against score and trace, each as one chi^2 over all
// times (the gaps have independent samples at each time; predicted chi^2/n = 1); trace against
// quadrature where there is one; `entropy_produced` against the difference of the mutual
// information at both ends, an estimator that shares nothing with the rate; against the entropy of
// the data where all of it is produced; `entropy_rate_peak` per clock; the pathwise variance is
// drawn.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/findings/common/clone_crossing.hpp"
#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/entropy_clock/observables.hpp"
#include "analysis/fit/critical.hpp"

namespace symbreak::findings::entropy_clock {

namespace {

/// The times around the largest rate per unit of s^power, down to half of it.
struct Window {
  Index first = 0, last = 0, top = 0;
  Index count() const { return last - first + 1; }
};
Window window(const std::vector<double>& log_s, const VectorXd& rate, double power) {
  VectorXd y(rate.size());
  for (Index i = 0; i < y.size(); ++i) {
    y[i] = rate[i] * std::exp(-power * log_s[static_cast<std::size_t>(i)]);
  }
  Window found;
  const double height = y.maxCoeff(&found.top);
  found.first = found.last = found.top;
  while (found.first > 0 && y[found.first - 1] > 0.5 * height) --found.first;
  while (found.last + 1 < y.size() && y[found.last + 1] > 0.5 * height) ++found.last;
  return found;
}

/// Location in ln s of the maximum: a polynomial through the logarithm of the rates in the window.
/// The logarithm of a peak is nearly a parabola: quartics are off by 0.2 % in s for two deltas.
double peak(const std::vector<double>& log_s, const VectorXd& rate, const VectorXd& error,
            double power, int degree, const Window& at) {
  VectorXd v(at.count()), value(at.count()), sigma(at.count());
  const double centre = log_s[static_cast<std::size_t>(at.top)];
  for (Index i = 0; i < at.count(); ++i) {
    const Index k = at.first + i;
    const double here = log_s[static_cast<std::size_t>(k)];
    v[i] = here - centre;
    sigma[i] = std::min(error[k] / std::abs(rate[k]), 1e6) + 1e-12;
    value[i] = std::log(std::max(rate[k], 1e-300)) - power * here;
  }
  return centre + fit::peak(v, value, sigma, degree).x;
}

/// chi^2/n of what is left of an observable, at all times, which are independent. Where data are
/// almost certain (`rate` below 5 % of its largest), what is left comes from rare events: no
/// Gaussian error.
Squares squares(const Observable& observable, const std::vector<double>& exact,
                const std::vector<double>& rate) {
  Squares all;
  const double least = 0.05 * *std::max_element(rate.begin(), rate.end());
  for (std::size_t i = 0; i < rate.size(); ++i) {
    if (rate[i] < least) continue;
    all.add(observable.estimate.value(static_cast<Index>(i)) - Value{exact[i]});
  }
  return all;
}

void rates(const Point& point, const Keys& keys, Findings& findings) {
  const Observable& trace = point.at(observable::entropy_rate_trace);
  const std::vector<double> rate(trace.estimate.mean.begin(), trace.estimate.mean.end());
  const auto gap = [&](ObservableName name, const std::string& other) {
    const Squares chi2 = squares(point.at(name), std::vector<double>(rate.size()), rate);
    judge_squares(findings, "entropy_rate_gap", keys, chi2, "exact score: both estimate dH/dln s",
                  fmt::format("mmse minus {} at all times, same samples", other));
    findings.verdicts.back().criterion = other;
  };
  gap(observable::entropy_rate_gap_score, "score norm");
  gap(observable::entropy_rate_gap_trace, "Jacobian trace");
  if (const auto exact = point.prediction_values(prediction::rate); !exact.empty()) {
    const Squares chi2 = squares(trace, exact, exact);
    judge_squares(findings, "entropy_rate", keys, chi2, "quadrature over p_s",
                  "trace estimator at all times");
  }
}

/// What the trapezoid rule over these levels may be off by: its change when every other level is
/// left out, as far as that is more than the statistical `noise` of the rates.
double integration_error(const std::vector<double>& s, const VectorXd& rate, double noise) {
  const auto trapezoid = [&](std::size_t stride) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < s.size();) {
      const std::size_t next = std::min(i + stride, s.size() - 1);
      sum += std::log(s[next] / s[i]) *
             (rate[static_cast<Index>(i)] + rate[static_cast<Index>(next)]) / 2;
      i = next;
    }
    return sum;
  };
  return std::max(0.0, std::abs(trapezoid(2) - trapezoid(1)) - 2 * noise);
}

void produced(const Point& point, const Keys& keys, Findings& findings) {
  Value sum = value_of(point, observable::entropy_produced);
  const Observable& trace = point.at(observable::entropy_rate_trace);
  const Index last = trace.estimate.mean.size() - 1;
  const std::vector<double> exact = point.prediction_values(prediction::rate);
  const double step = integration_error(point.fact_values(fact::noise),
                                        exact.empty() ? trace.estimate.mean : vector_of(exact),
                                        exact.empty() ? sum.error : 0);
  sum = sum + Value{0, step};
  if (point.find(observable::information) != nullptr) {
    const Value first = value_of(point, observable::information),
                end = value_of(point, observable::information, last);
    judge(findings, "entropy_produced", keys, sum, first - end,
          "I(y;x) at the last minus at the first time", "integral of the rate over ln s")
        .unit = "nats";
  }
  if (const auto entropy = point.prediction(prediction::data_entropy)) {
    // The tail above s_max is tr C/(2 s) to leading order, an overestimate.
    const double tail = trace.estimate.mean[last];
    // The rate also vanishes between two scales of the data: then x does not tell all of y yet.
    const Observable* information = point.find(observable::information);
    const bool told =
        information == nullptr || *entropy - information->estimate.mean[0] <
                                      0.02 * *entropy + 4 * information->estimate.error[0];
    if (told && tail < 0.01 * *entropy && trace.estimate.mean[0] < 1e-6 * *entropy) {
      judge(findings, "entropy_produced", keys, sum + Value{tail, 0.1 * tail}, {*entropy},
            "sum rule: entropy of the data",
            "integral of the rate over ln s, tail above t_start added")
          .criterion = "all of it";
      findings.verdicts.back().unit = "nats";
    }
  }
}

void peaks(const Point& point, const Keys& keys, Findings& findings) {
  const Observable& trace = point.at(observable::entropy_rate_trace);
  const std::vector<double> exact = point.prediction_values(prediction::rate);
  std::vector<double> log_s;
  for (const double s : point.fact_values(fact::noise)) log_s.push_back(std::log(s));
  constexpr Index kAllBins = std::numeric_limits<Index>::max();
  const MatrixXd bins = lattice::blocks(point, {observable::entropy_rate_trace}, kAllBins);
  for (const prediction::Peak& clock : prediction::peaks) {
    const auto predicted = point.prediction(clock.name);
    if (!predicted || bins.rows() < 8) continue;
    constexpr int kDegree = 4;
    const Window at = window(log_s, trace.estimate.mean, clock.power);
    if (at.count() < 2 * kDegree) continue;
    const auto where = [&](const VectorXd& rate) {
      return peak(log_s, rate, trace.estimate.error, clock.power, kDegree, at);
    };
    const auto spread = statistics::jackknife(bins, [&](const VectorXd& means) -> VectorXd {
      return VectorXd::Constant(1, where(means));
    });
    const double found = where(trace.estimate.mean);
    // What the polynomial does to the exact curve on the same nodes is a systematic error.
    const double bias = where(vector_of(exact)) - std::log(*predicted);
    judge(
        findings, "entropy_rate_peak", keys,
        {std::exp(-found), std::exp(-found) * std::hypot(spread.error[0], bias), spread.dof[0]},
        {1 / *predicted}, "maximum of the quadrature, as 1/s",
        fmt::format("1/s where dH/d{} is largest (trace estimator, quartic in ln s)", clock.clock))
        .criterion = fmt::format("per {}", clock.clock);
    findings.verdicts.back().role = Role::headline;
  }
}

/// Every critical time with its criterion; clones are the only one that is measured here, the
/// others are solved on the line x = 0 with the target's own Jacobian.
void criteria(const Point& point, const Keys& keys, Findings& findings) {
  const std::string clock = point.parameters.at("forward.clock");
  for (const auto& criterion : {prediction::score, prediction::vp_drift, prediction::vp_flow}) {
    const auto solved = point.prediction(criterion.solved),
               closed = point.prediction(criterion.closed);
    if (!solved || !closed) continue;
    judge(findings, "critical_time", keys, {*solved, 1e-9 * *solved}, {*closed},
          "closed form in the top eigenvalue of the covariance",
          fmt::format("solved at x = 0, clock {}", clock))
        .criterion = fmt::format("{} criterion", criterion.name);
    findings.verdicts.back().role = Role::headline;
  }
  const Observable* clones = point.find(observable::clone_probability);
  const auto predicted = point.prediction(prediction::critical_clone);
  if (clones != nullptr && predicted) {
    const statistics::Estimate& p = clones->estimate;
    if (const auto found = clone_crossing(point.fact_values(fact::noise),
                                          point.fact_values(fact::time), p.values())) {
      Verdict& row =
          judge(findings, "critical_time", keys, found->time, {*predicted},
                "phi(G) = .7752 at G = 1", fmt::format("sum P^2 = .7752, clock {}", clock));
      row.criterion = "clone criterion";
      row.detail = fmt::format("{} points", found->points);
      row.role = Role::headline;
    }
  }
  if (const auto speciation = point.prediction(prediction::critical_speciation)) {
    Verdict& row = tell(findings, "critical_time", keys, {*speciation},
                        fmt::format("lambda theta^2 = 1 (Biroli et al. 2024), clock {}", clock));
    row.criterion = "speciation criterion";
    row.role = Role::headline;
  }
}

void draw(const Point& point, const Keys& keys, Findings& findings) {
  const std::vector<double> times = point.fact_values(fact::time),
                            exact = point.prediction_values(prediction::rate);
  Figure rate = new_figure(keys, "entropy_rate", "Entropy production per unit ln s", "t",
                           "dH/dln s / nats", Log::x);
  rate.curves = {
      lattice::curve(point.at(observable::entropy_rate_mmse), times, "|y − ⟨y⟩|²/2s"),
      lattice::curve(point.at(observable::entropy_rate_score), times, "(d − s|score|²)/2"),
      lattice::curve(point.at(observable::entropy_rate_trace), times, "tr J/2 (Hutchinson)")};
  if (!exact.empty()) add(rate, line("quadrature", times, exact));
  rate.caption = "Three estimators of one rate; they agree for an exact score.";
  findings.figures.push_back(rate);

  if (point.find(observable::information) == nullptr) return;
  Figure paths = new_figure(keys, "pathwise_entropy", "Information of single trajectories", "t",
                            "nats, nats²", Log::x);
  const Observable& first = point.at(observable::information);
  Curve variance = lattice::curve(point.at(observable::information_square), times, "Var i");
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double mean = first.estimate.mean[static_cast<Index>(i)];
    variance.y[i] -= mean * mean;
    variance.error[i] =
        std::hypot(variance.error[i], 2 * mean * first.estimate.error[static_cast<Index>(i)]);
  }
  paths.curves = {lattice::curve(first, times, "I(y;x) = E i"), variance};
  paths.caption = "i = log p(x|y)/p(x); its variance is that of the pathwise entropy.";
  findings.figures.push_back(paths);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) {
    rates(point, keys, findings);
    produced(point, keys, findings);
    peaks(point, keys, findings);
    criteria(point, keys, findings);
    note(findings, observable::entropy_rate_table.string() + joined(" ", key_label(keys)),
         fmt::format("a grid of equal shares of this entropy: schedule = entropic, rate = file, "
                     "rate_file = <this run>/result.h5, rate_path = /points/{}/observables/{}/mean",
                     point.id, observable::entropy_rate_table.text()));
    draw(point, keys, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::entropy_clock
