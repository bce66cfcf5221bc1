// From recorded branches to critical times (each names its criterion), exponents, amplitude ratio,
// spinodal, coexistence and tricritical point. May depend on: analysis.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "analysis/findings/common/clock.hpp"
#include "analysis/findings/equation_of_state/figures.hpp"
#include "analysis/findings/equation_of_state/first_order.hpp"
#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/information.hpp"

namespace symbreak::findings::equation_of_state {

namespace {

/// Collects the findings of one series.
class Analyst {
 public:
  /// `window`: largest |t/t_c - 1| in the fits.
  Analyst(const TimeSeries& series, double window, Findings& findings)
      : series_(series),
        findings_(findings),
        window_(window),
        forward_(clock_of(series.first())),
        criterion_(series.first().parameters.at("experiment.criterion")) {}

  void work() {
    critical_times();
    if (critical_) exponents();
    first_order();
    draw(series_, times_, critical_.has_value(), window_, findings_);
  }

  /// All critical times with the cubic Landau coefficient there.
  struct Marginal {
    Measured time, cubic;
  };
  const std::vector<Marginal>& marginal() const { return marginal_; }

 private:
  std::optional<double> predicted(PredictionName quantity) const {
    return series_.first().prediction(quantity);
  }

  /// A verdict where the quantity is predicted, else the measurement.
  Verdict& add(PredictionName quantity, const Measured& measured) {
    Verdict& row = judge_or_tell(findings_, quantity.string(), series_.keys, measured,
                                 series_.first(), quantity, measured.from, kRounding);
    row.detail = measured.detail;
    row.role = Role::headline;
    return row;
  }
  /// A critical time names its criterion.
  void add(PredictionName quantity, const Measured& measured, const std::string& criterion) {
    add(quantity, measured).criterion = criterion + " criterion";
  }

  void warn(PredictionName quantity, const std::string& text, const std::string& advice) {
    findings::warn(findings_, quantity.string() + joined(" (", series_.label(), ")"), text, advice);
  }

  Samples sampled(const std::function<Sample(const Point&)>& sample) const {
    Samples all;
    for (const Point* point : series_.points) all.push_back(sample(*point));
    return all;
  }

  /// 1 - 1/(factor * top eigenvalue): zero at the critical time, and linear in the noise variance
  /// for targets of fixed norm.
  Samples margins(const std::function<double(const Point&)>& factor) const {
    return sampled([&](const Point& point) {
      const Value top = value_of(point, observable::top_eigenvalue);
      const double eigenvalue = factor(point) * top.value;
      const double relative = top.error / top.value + kRounding / 100;
      return Sample{point.number(kTime), 1 - 1 / eigenvalue, relative / eigenvalue, top.dof};
    });
  }

  void named(PredictionName quantity, const Samples& samples, const std::string& what,
             const std::string& criterion) {
    if (!predicted(quantity)) return;
    const auto found = zeros(samples, what);
    if (!found.empty()) {
      add(quantity, found.back(), criterion);
      const std::string label = "critical time, " + criterion + " criterion";
      if (std::none_of(times_.begin(), times_.end(),
                       [&](const auto& time) { return time.second == label; })) {
        times_.emplace_back(found.back().value, label);
      }
    }
  }

  void critical_times() {
    const auto crossings = zeros(
        margins([](const Point&) { return 1.0; }),
        "1 - 1/(kappa beta lambda_max) on the symmetric branch, " + criterion_ + " criterion");
    for (const Measured& time : crossings) {
      const Samples cubic = sampled([](const Point& point) {
        return Sample{point.number(kTime), at(point, observable::landau, 1), 0};
      });
      marginal_.push_back({time, interpolate(cubic, time.value)});
    }
    if (predicted(prediction::critical_time)) {
      if (crossings.empty()) {
        warn(prediction::critical_time, "no recorded time interval contains the critical time",
             "use t = critical(±0.5, 61)");
      } else {
        critical_ = crossings.back();
        add(prediction::critical_time, *critical_, criterion_);
        times_.emplace_back(critical_->value, "critical time, " + criterion_ + " criterion");
        const auto theta = [&](double t) { return forward_.at(t).scale; };
        const double t = critical_->value, e = critical_->error;
        if (predicted(prediction::theta_critical)) {
          add(prediction::theta_critical,
              {theta(t), std::abs(theta(t + e) - theta(t - e)) / 2 + kRounding, critical_->from,
               critical_->detail},
              criterion_);
        }
      }
      if (predicted(prediction::critical_time_lower) && crossings.size() > 1) {
        const Measured& lower = crossings[crossings.size() - 2];
        add(prediction::critical_time_lower, lower, criterion_);
        times_.emplace_back(lower.value, "lower critical time");
      }
    }
    // The other criteria of a variance-preserving clock, from the same eigenvalues.
    const auto channel = [&](const Point& point) { return forward_.at(point.number(kTime)); };
    const auto kappa = [&](const Point& point, bool drift) {
      const double theta = channel(point).scale;
      return drift ? 2 / (1 + theta * theta) : 1.0;
    };
    const bool drift = criterion_ == "drift";
    named(prediction::critical_time_score,
          margins([&](const Point& point) { return 1 / kappa(point, drift); }),
          "1 - 1/(beta lambda_max), score criterion", "score");
    named(prediction::critical_time_drift,
          margins([&](const Point& point) { return kappa(point, true) / kappa(point, drift); }),
          "1 - 1/(kappa beta lambda_max), reverse-drift criterion", "drift");
    named(prediction::critical_time_speciation, margins([&](const Point& point) {
            return channel(point).variance / kappa(point, drift);
          }),
          "1 - 1/(lambda_max theta^2), speciation criterion", "speciation");
    named(prediction::critical_time_clone, sampled([](const Point& point) {
            return Sample{point.number(kTime),
                          at(point, observable::clone_probability) - theory::clone_probability(1),
                          error_at(point, observable::clone_probability)};
          }),
          "clone probability - .7752, clone criterion", "clone");
  }

  double smallest_distance(int side) const {
    double smallest = 1;
    for (const Point* point : series_.points) {
      const double tau = side * (point->number(kTime) / critical_->value - 1);
      if (tau > 1e-7) smallest = std::min(smallest, tau);
    }
    return smallest;
  }

  /// A power law in |tau| on one side; the error includes that of the critical time.
  std::optional<fit::Fit> power(PredictionName quantity, int side,
                                const std::function<Sample(const Point&)>& sample) {
    const auto fitted = [&](double t_c) {
      Samples all;
      for (const Point* point : series_.points) {
        Sample one = sample(*point);
        one.x = side * (point->number(kTime) / t_c - 1);
        if (one.x > 1e-7 && one.x <= window_ * (1 + 1e-9) && one.y > 0) all.push_back(one);
      }
      if (all.size() < 8) throw std::invalid_argument("fewer than 8 points");
      std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.x < b.x; });
      return fit::power_law_deterministic(column(all, &Sample::x), column(all, &Sample::y),
                                          column(all, &Sample::sigma));
    };
    try {
      fit::Fit best = fitted(critical_->value);
      // The amplitude is the law carried to |tau| = 1 e-folds away from the data that fix it.
      best.error[1] += best.value[1] * best.error[0] * std::abs(std::log(smallest_distance(side)));
      const fit::Fit shifted = fitted(critical_->value + critical_->error);
      for (const Index k : {Index{0}, Index{1}}) {
        best.error[k] = std::hypot(best.error[k], shifted.value[k] - best.value[k]) +
                        kRounding * std::abs(best.value[k]);
      }
      if (best.error[0] > 1e-3) {
        warn(quantity, "the exponent is uncertain by more than 1e-3",
             "record more points closer to the critical time, or narrow experiment.window");
      }
      return best;
    } catch (const std::invalid_argument& problem) {
      warn(quantity,
           fmt::format("cannot be fitted {} the critical time: {}", side > 0 ? "above" : "below",
                       problem.what()),
           "widen experiment.window, or record more points there: t = critical(±0.5, 61)");
      return std::nullopt;
    }
  }

  void exponents() {
    if (!predicted(prediction::exponent_beta)) return;
    const auto sample = [](ObservableName name, double power) {
      return [name, power](const Point& point) {
        const double y = at(point, name), raised = std::pow(std::abs(y), power);
        return Sample{0, raised, power * raised / std::abs(y) * error_at(point, name)};
      };
    };
    if (const auto below =
            power(prediction::exponent_beta, -1, sample(observable::magnetization, 2))) {
      add(prediction::exponent_beta, {below->value[0] / 2, below->error[0] / 2,
                                      "m^2 = A |tau|^{2 beta} (1 + c |tau| + ...)", below->window});
      const double b = std::sqrt(below->value[1]);
      add(prediction::magnetization_amplitude,
          {b, below->error[1] / (2 * b), "m^2 series in tau", below->window});
    }
    const auto above = power(prediction::exponent_gamma, 1, sample(observable::susceptibility, 1));
    const auto below =
        power(prediction::exponent_gamma_prime, -1, sample(observable::susceptibility, 1));
    const auto gamma = [&](PredictionName quantity, const fit::Fit& law) {
      add(quantity, {-law.value[0], law.error[0], "susceptibility in tau", law.window});
    };
    if (above) gamma(prediction::exponent_gamma, *above);
    if (below) gamma(prediction::exponent_gamma_prime, *below);
    if (above && below) {
      const double ratio = above->value[1] / below->value[1];
      add(prediction::amplitude_ratio,
          {ratio,
           ratio * std::hypot(above->error[1] / above->value[1], below->error[1] / below->value[1]),
           "amplitudes of the two susceptibility fits"});
    }
    isotherm();
  }

  void isotherm() {
    const Point* nearest = nullptr;
    for (const Point* point : series_.points) {
      const auto distance = [&](const Point* p) {
        return std::abs(p->number(kTime) / critical_->value - 1);
      };
      if (nearest == nullptr || distance(point) < distance(nearest)) nearest = point;
    }
    if (nearest->find(observable::isotherm) == nullptr) return;
    const double off = std::abs(nearest->number(kTime) / critical_->value - 1);
    if (off > 1e-7) {
      warn(prediction::exponent_delta,
           fmt::format("the nearest isotherm is at |t/t_c - 1| = {:.1g}, not at t_c", off),
           "record the critical time itself: t = critical(±0.5, 61) with an odd count");
      return;
    }
    // In m^2, so that the corrections of an even target are integer powers.
    const auto fields = nearest->numbers("experiment.isotherm");
    Samples all;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const double m = at(*nearest, observable::isotherm, static_cast<Index>(i));
      if (!(m > 0)) continue;
      const double sigma = error_at(*nearest, observable::isotherm, static_cast<Index>(i));
      all.push_back({m * m, fields[i], 3 * fields[i] / m * sigma + off * m});
    }
    std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.x < b.x; });
    if (all.size() < 8) {
      warn(prediction::exponent_delta, "fewer than 8 fields in experiment.isotherm have a solution",
           "use isotherm = log(1e-6, 1e-2, 17)");
      return;
    }
    const fit::Fit law = fit::power_law_deterministic(
        column(all, &Sample::x), column(all, &Sample::y), column(all, &Sample::sigma));
    add(prediction::exponent_delta,
        {2 * law.value[0], 2 * law.error[0] + kRounding,
         "h = A m^delta (1 + c m^2 + ...) at the critical time", law.window});
  }

  void first_order() {
    const auto record = [&](PredictionName quantity, const std::string& label,
                            std::optional<Measured> found, const std::string& advice) {
      if (!predicted(quantity)) return;
      if (!found) {
        warn(quantity, "the branches that it is measured from were not recorded", advice);
        return;
      }
      found->from += ", " + criterion_ + " criterion";
      add(quantity, *found, criterion_);
      times_.emplace_back(found->value, label);
    };
    record(prediction::spinodal_time, "spinodal", fold(series_),
           "record times just below it: t = critical(±0.1, 41)");
    record(prediction::coexistence_time, "equal potential", equal_potential(series_),
           "record times further below the spinodal");
  }

  const TimeSeries& series_;
  Findings& findings_;
  double window_;
  theory::NoiseClock forward_;
  std::string criterion_;
  std::optional<Measured> critical_;
  std::vector<Marginal> marginal_;
  std::vector<std::pair<double, std::string>> times_;
};

/// Where the cubic Landau coefficient changes sign along the line of critical times of a family of
/// targets swept in one key.
void tricritical(const std::string& key, const Samples& cubic, const Samples& values,
                 const Point& point, Findings& findings) {
  const std::string name = key.substr(key.find('.') + 1);
  const auto time = point.prediction(prediction::tricritical_time);
  const auto parameter = point.prediction(prediction::tricritical_w0);
  if (!time || !parameter || cubic.size() < 6) return;
  if (prediction::tricritical_w0.text() != "tricritical_" + name) return;
  const auto found = zeros(cubic, "cubic Landau coefficient along the line of critical times");
  if (found.empty()) return;
  const std::string source = point.source(prediction::tricritical_time);
  const Measured at_point = interpolate(values, found[0].value);
  Verdict& row = judge(findings, prediction::tricritical_time.string(), {},
                       {found[0].value, found[0].error}, {*time, kRounding}, source, found[0].from);
  row.detail = found[0].detail;
  row.role = Role::headline;
  judge(findings, prediction::tricritical_w0.string(), {}, {at_point.value, at_point.error},
        {*parameter, kRounding}, source, name + " of the critical line there")
      .role = Role::headline;
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  Samples cubic, values;
  for (const TimeSeries& series : time_series(result)) {
    Analyst analyst(series, std::stod(result.settings.at("experiment.window")), findings);
    analyst.work();
    if (series.keys.size() != 1) continue;
    const double value = series.first().number(series.keys.begin()->first);
    for (const Analyst::Marginal& marginal : analyst.marginal()) {
      cubic.push_back({marginal.time.value, marginal.cubic.value, marginal.cubic.error});
      values.push_back({marginal.time.value, value, 0});
    }
  }
  if (result.swept.size() == 2 && !result.points.empty()) {
    const std::string& key = result.swept[0] == kTime ? result.swept[1] : result.swept[0];
    tricritical(key, cubic, values, result.points.front(), findings);
  }
  return findings;
}

}  // namespace symbreak::findings::equation_of_state
