#include "sim/experiment/entropy_clock/criteria.hpp"

#include <cmath>
#include <functional>
#include <optional>

#include "analysis/findings/entropy_clock/observables.hpp"
#include "analysis/theory/mean_field.hpp"

namespace symbreak::experiment::entropy_clock {

namespace prediction = findings::entropy_clock::prediction;

namespace {

using target::MatrixXd;
using target::VectorXd;

/// Largest s at which f changes sign from negative (high noise) to positive; 0.5 % steps,
/// bisection.
std::optional<double> first_root(const std::function<double(double)>& f, double high, double low) {
  constexpr double kStep = 1.005;
  double above = high;
  if (f(above) > 0) return std::nullopt;
  while (above > low) {
    double below = above / kStep;
    if (f(below) < 0) {
      above = below;
      continue;
    }
    while (above - below > 1e-13 * above) {
      const double middle = (above + below) / 2;
      (f(middle) < 0 ? above : below) = middle;
    }
    return (above + below) / 2;
  }
  return std::nullopt;
}

}  // namespace

std::vector<verdict::Prediction> critical_criteria(const target::Model& model,
                                                   const diffusion::Forward& forward) {
  std::vector<verdict::Prediction> all;
  if (!model.data->even() || !model.exact()) return all;
  const target::Denoiser& denoiser = *model.denoiser;
  const VectorXd axis = model.data->order_axes().col(0).normalized();
  const MatrixXd origin = MatrixXd::Zero(denoiser.dimension(), 1);
  const auto slope = [&](double s) {
    return axis.dot(denoiser.jacobian_product(origin, VectorXd::Constant(1, 1 / s), axis).col(0));
  };
  // The slope at high noise is lambda/s.
  constexpr double kHigh = 1e6;
  const double lambda = slope(kHigh) * kHigh;
  const auto solve = [&](verdict::PredictionName name, const std::function<double(double)>& level,
                         const std::string& text) {
    const auto s =
        first_root([&](double v) { return slope(v) - level(v); }, 50 * lambda, 1e-3 * lambda);
    if (s) all.push_back({name, forward.time(*s), text});
  };
  solve(
      prediction::score.solved, [](double) { return 1.0; },
      "Jacobian of the score vanishes at x = 0");
  solve(
      prediction::vp_drift.solved, [](double s) { return 1 - s / (2 * (1 + s)); },
      "Jacobian of the variance-preserving reverse drift vanishes at x = 0");
  solve(
      prediction::vp_flow.solved, [](double s) { return 1 / (1 + s); },
      "Jacobian of the variance-preserving probability flow vanishes at x = 0");
  if (!model.data->fixed_norm()) return all;
  // theta^2 = 1/(1 + s)
  const auto closed = [&](verdict::PredictionName name, double signal, const std::string& text) {
    if (signal > 0 && signal < 1) {
      all.push_back({name, forward.time(1 / signal - 1), text});
    }
  };
  closed(prediction::score.closed, theory::score_signal(lambda), "theta^2 = 1/(1 + lambda)");
  closed(prediction::vp_drift.closed, theory::drift_signal(lambda),
         "theta^2 = sqrt(1 + lambda^2) - lambda");
  // lambda/s = 1/(1+s)
  if (lambda < 1) closed(prediction::vp_flow.closed, 1 - lambda, "theta^2 = 1 - lambda");
  closed(prediction::critical_speciation, theory::speciation_signal(lambda), "lambda theta^2 = 1");
  return all;
}

}  // namespace symbreak::experiment::entropy_clock
