#include "analysis/findings/entropy_clock/findings.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "analysis/statistics/estimate.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/speciation/findings.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Observable;
using verdict::Point;
using verdict::Verdict;

/// All bins of all units, one row per bin.
MatrixXd rows(const Observable& observable) {
  Index count = 0;
  for (const auto& unit : observable.units) count += unit.bins.cols();
  MatrixXd result(count, observable.estimate.mean.size());
  Index at = 0;
  for (const auto& unit : observable.units) {
    result.middleRows(at, unit.bins.cols()) = unit.bins.transpose();
    at += unit.bins.cols();
  }
  return result;
}

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
  MatrixXd design(at.count(), degree + 1);
  VectorXd value(at.count());
  const double centre = log_s[static_cast<std::size_t>(at.top)];
  for (Index i = 0; i < at.count(); ++i) {
    const Index k = at.first + i;
    const double v = log_s[static_cast<std::size_t>(k)];
    const double weight = rate[k] / (error[k] + 1e-12 * rate[k]);
    for (int j = 0; j <= degree; ++j) design(i, j) = weight * std::pow(v - centre, j);
    value[i] = weight * (std::log(std::max(rate[k], 1e-300)) - power * v);
  }
  const VectorXd c = (design.transpose() * design).ldlt().solve(design.transpose() * value);
  // Newton on the derivative from the largest point.
  double u = 0;
  for (int iteration = 0; iteration < 50; ++iteration) {
    double slope = 0, curvature = 0;
    for (int k = 1; k <= degree; ++k) slope += k * c[k] * std::pow(u, k - 1);
    for (int k = 2; k <= degree; ++k) curvature += k * (k - 1) * c[k] * std::pow(u, k - 2);
    if (curvature >= 0) break;
    u -= slope / curvature;
  }
  return centre + u;
}

/// chi^2/n of the gaps at all times, which are independent.
Verdict gap_verdict(const Observable& gap, const Observable& rate, const std::string& other) {
  double chi2 = 0;
  Index n = 0;
  for (Index i = 0; i < gap.estimate.mean.size(); ++i) {
    // Where data are almost certain, what is left comes from rare events: no Gaussian error.
    if (rate.estimate.mean[i] < 0.05 * rate.estimate.mean.maxCoeff()) continue;
    chi2 += std::pow(gap.estimate.mean[i] / gap.estimate.error[i], 2);
    ++n;
  }
  const double count = static_cast<double>(n);
  return {.quantity = "entropy_rate_gap",
          .measured = chi2 / count,
          .error = 0,
          .predicted = 1,
          .predicted_error = std::sqrt(2 / count),
          .source = "exact score: both estimate dH/dln s",
          .from = fmt::format("chi2/n of mmse minus {} over {} times, same samples", other, n)};
}

void judge(const Point& point, const std::map<std::string, std::string>& keys,
           verdict::Findings& findings) {
  const auto add = [&](Verdict row) {
    row.point = keys;
    findings.verdicts.push_back(std::move(row));
  };
  const Observable& trace = point.observables.at("entropy_rate_trace");
  add(gap_verdict(point.observables.at("entropy_rate_gap_score"), trace, "score norm"));
  add(gap_verdict(point.observables.at("entropy_rate_gap_trace"), trace, "Jacobian trace"));

  const std::vector<double> noise = numbered(point, "noise"), exact = numbered(point, "rate");
  if (!exact.empty()) {
    double chi2 = 0;
    double n = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const auto element = static_cast<Index>(i);
      if (exact[i] < 0.05 * *std::max_element(exact.begin(), exact.end())) continue;
      chi2 +=
          std::pow((trace.estimate.mean[element] - exact[i]) / trace.estimate.error[element], 2);
      ++n;
    }
    add({.quantity = "entropy_rate",
         .measured = chi2 / n,
         .predicted = 1,
         .predicted_error = std::sqrt(2 / n),
         .source = "quadrature over p_s",
         .from = fmt::format("chi2/n of the trace estimator over {} times", n)});
  }

  const Observable& produced = point.observables.at("entropy_produced");
  const Index last = trace.estimate.mean.size() - 1;
  if (const Observable* information = point.find("information")) {
    const statistics::Estimate& known = information->estimate;
    add({.quantity = "entropy_produced",
         .measured = produced.value(),
         .error = produced.error(),
         .predicted = known.mean[0] - known.mean[last],
         .predicted_error = std::hypot(known.error[0], known.error[last]),
         .source = "I(y;x) at the last minus at the first time",
         .from = "integral of the rate over ln s"});
  }
  if (const auto entropy = point.prediction("data_entropy")) {
    // The tail above s_max is tr C/(2 s) to leading order, an overestimate.
    const double tail = trace.estimate.mean[last];
    if (tail < 0.01 * *entropy && trace.estimate.mean[0] < 1e-6 * *entropy) {
      add({.quantity = "entropy_produced",
           .measured = produced.value() + tail,
           .error = std::hypot(produced.error(), 0.1 * tail),
           .predicted = *entropy,
           .source = "sum rule: entropy of the data",
           .from = "integral of the rate over ln s, tail above t_start added"});
    }
  }

  std::vector<double> log_s;
  for (double s : noise) log_s.push_back(std::log(s));
  const MatrixXd bins = rows(trace);
  const char* clocks[] = {"log_s", "sqrt_s", "s"};
  for (int k = 0; k < 3; ++k) {
    const auto predicted = point.prediction(std::string("peak_") + clocks[k]);
    if (!predicted || bins.rows() < 8) continue;
    constexpr int kDegree = 4;
    const Window at = window(log_s, trace.estimate.mean, 0.5 * k);
    if (at.count() < 2 * kDegree) continue;
    const auto where = [&](const VectorXd& rate, int degree) {
      return peak(log_s, rate, trace.estimate.error, 0.5 * k, degree, at);
    };
    const auto spread = statistics::jackknife(bins, [&](const VectorXd& means) -> VectorXd {
      return VectorXd::Constant(1, where(means, kDegree));
    });
    const double found = where(trace.estimate.mean, kDegree);
    // What the polynomial does to the exact curve on the same nodes is a systematic error.
    const double bias =
        where(Eigen::Map<const VectorXd>(exact.data(), static_cast<Index>(exact.size())), kDegree) -
        std::log(*predicted);
    add({.quantity = "entropy_rate_peak",
         .measured = std::exp(-found),
         .error = std::exp(-found) * std::hypot(spread.error[0], bias),
         .predicted = 1 / *predicted,
         .source = "maximum of the quadrature, as 1/s",
         .from = fmt::format("1/s where dH/d{} is largest (trace estimator, quartic in ln s)",
                             k == 0   ? "ln s"
                             : k == 1 ? "sqrt(s)"
                                      : "s")});
  }
}

/// Every critical time with its criterion; clones are the only one that is measured here, the
/// others are solved on the line x = 0 with the target's own Jacobian.
void criteria(const Point& point, const std::map<std::string, std::string>& keys,
              std::uint64_t seed, verdict::Findings& findings) {
  const std::string clock = point.parameters.at("forward.clock");
  for (const char* name : {"score", "vp_drift", "vp_flow"}) {
    const auto solved = point.prediction(std::string("solved_") + name),
               closed = point.prediction(std::string("critical_") + name);
    if (!solved || !closed) continue;
    findings.verdicts.push_back(
        {.quantity = "critical_time",
         .point = keys,
         .measured = *solved,
         .error = 1e-9 * *solved,
         .predicted = *closed,
         .source = "closed form in the top eigenvalue of the covariance",
         .from = fmt::format("criterion {} at x = 0, clock {}", name, clock)});
  }
  const Observable* clones = point.find("clone_probability");
  const auto predicted = point.prediction("critical_clone");
  if (clones != nullptr && predicted) {
    std::vector<double> log_s, times = numbered(point, "time"), value, error;
    for (double s : numbered(point, "noise")) log_s.push_back(std::log(s));
    for (Index i = 0; i < clones->estimate.mean.size(); ++i) {
      value.push_back(clones->estimate.mean[i]);
      error.push_back(clones->estimate.error[i]);
    }
    if (const auto found = clone_crossing(log_s, value, error, seed)) {
      const auto time = [&](double at) { return interpolated(log_s, times, at); };
      findings.verdicts.push_back(
          {.quantity = "critical_time",
           .point = keys,
           .measured = time(found->log_s),
           .error =
               std::abs(time(found->log_s + found->error) - time(found->log_s - found->error)) / 2,
           .predicted = *predicted,
           .source = "phi(G) = .7752 at G = 1",
           .from = fmt::format("criterion clones, sum P^2 = .7752, clock {}, {} points", clock,
                               found->points)});
    }
  }
  if (const auto speciation = point.prediction("critical_speciation")) {
    findings.diagnostics.push_back(
        {verdict::Severity::note, "critical_time",
         fmt::format("criterion lambda theta^2 = 1 (Biroli et al. 2024), clock {}: {:.10g}, a "
                     "definition",
                     clock, *speciation),
         ""});
  }
}

Curve line(const Observable& observable, const std::vector<double>& times,
           const std::string& text) {
  Curve curve;
  curve.label = text;
  for (std::size_t i = 0; i < times.size(); ++i) {
    curve.x.push_back(times[i]);
    curve.y.push_back(observable.estimate.mean[static_cast<Index>(i)]);
    curve.error.push_back(observable.estimate.error[static_cast<Index>(i)]);
  }
  return curve;
}

void draw(const Point& point, const std::string& suffix, verdict::Findings& findings) {
  const std::vector<double> times = numbered(point, "time"), exact = numbered(point, "rate");
  const std::string tag = suffix.empty() ? "" : "_" + suffix;
  Figure rate;
  rate.name = "entropy_rate" + tag;
  rate.title = "Entropy production per unit ln s";
  rate.x_label = "t";
  rate.y_label = "dH/dln s / nats";
  rate.log_x = true;
  rate.curves = {line(point.observables.at("entropy_rate_mmse"), times, "|y − ⟨y⟩|²/2s"),
                 line(point.observables.at("entropy_rate_score"), times, "(d − s|score|²)/2"),
                 line(point.observables.at("entropy_rate_trace"), times, "tr J/2 (Hutchinson)")};
  if (!exact.empty()) {
    rate.curves.push_back(
        {.label = "quadrature", .x = times, .y = exact, .error = {}, .style = Curve::Style::line});
  }
  rate.caption = "Three estimators of one rate; they agree for an exact score.";
  findings.figures.push_back(rate);

  if (point.find("information") == nullptr) return;
  Figure paths;
  paths.name = "pathwise_entropy" + tag;
  paths.title = "Information of single trajectories";
  paths.x_label = "t";
  paths.y_label = "nats, nats²";
  paths.log_x = true;
  const Observable& first = point.observables.at("information");
  Curve variance = line(point.observables.at("information_square"), times, "Var i");
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double mean = first.estimate.mean[static_cast<Index>(i)];
    variance.y[i] -= mean * mean;
    variance.error[i] =
        std::hypot(variance.error[i], 2 * mean * first.estimate.error[static_cast<Index>(i)]);
  }
  paths.curves = {line(first, times, "I(y;x) = E i"), variance};
  paths.caption = "i = log p(x|y)/p(x); its variance is that of the pathwise entropy.";
  findings.figures.push_back(paths);
}

}  // namespace

verdict::Findings analyse_entropy_clock(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    judge(point, keys, findings);
    criteria(point, keys, result.seed, findings);
    findings.diagnostics.push_back(
        {verdict::Severity::note,
         "entropy_rate_table" + (keys.empty() ? "" : " " + key_label(keys)),
         fmt::format("a grid of equal shares of this entropy: schedule = entropic, rate = file, "
                     "rate_file = <this run>/result.h5, rate_path = "
                     "/points/{}/observables/entropy_rate_table/mean",
                     point.id),
         ""});
    draw(point, key_label(keys), findings);
  }
  return findings;
}

}  // namespace symbreak::experiment
