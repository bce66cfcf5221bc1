#include "sim/target/random_features/flow.hpp"

#include <cmath>
#include <limits>

#include "sim/target/spectrum.hpp"

namespace symbreak::target::feature_flow {

Parametrisation parametrisation_named(const std::string& word) {
  if (word == "edm") return Parametrisation::edm;
  return word == "noise" ? Parametrisation::noise : Parametrisation::none;
}

Skip skip(Parametrisation parametrisation, double noise, double variance) {
  switch (parametrisation) {
    case Parametrisation::noise:
      return {1, -std::sqrt(noise)};
    case Parametrisation::none:
      return {0, std::sqrt(variance)};
    default:
      return {variance / (variance + noise), std::sqrt(noise * variance / (noise + variance))};
  }
}

Targets targets(const Moments& moments, const Skip& skip, double noise) {
  const double clean = (1 - skip.state) / skip.output,
               noisy = -skip.state * std::sqrt(noise) / skip.output;
  return {clean * moments.data + noisy * moments.noise, clean * clean * moments.square +
                                                            2 * clean * noisy * moments.cross +
                                                            noisy * noisy * moments.noise_square};
}

Flow solve(const MatrixXd& features, const Targets& targets, double ridge) {
  Spectrum spectrum = symmetric_spectrum(features);
  Flow flow{.rates = std::move(spectrum.values),
            .modes = std::move(spectrum.vectors),
            .along = {},
            .square = targets.square,
            .ridge = ridge};
  flow.along.noalias() = targets.features * flow.modes;
  const double floor =
      4e-16 * static_cast<double>(flow.rates.size()) * flow.rates[flow.rates.size() - 1];
  while (flow.dropped < flow.rates.size() && !(flow.rates[flow.dropped] > floor)) ++flow.dropped;
  return flow;
}

VectorXd Flow::factors(double tau) const {
  VectorXd f(rates.size());
  for (Index k = 0; k < f.size(); ++k) {
    const double rate = rates[k] + ridge;
    f[k] = k < dropped ? 0 : std::isinf(tau) ? 1 / rate : -std::expm1(-rate * tau) / rate;
  }
  return f;
}

MatrixXd Flow::read_out(double tau) const {
  return (along * factors(tau).asDiagonal()) * modes.transpose();
}

double Flow::train_loss(double tau) const {
  const VectorXd f = factors(tau);
  const auto learned = (rates.array() * f.array() - 2) * f.array();
  const double loss = square + along.colwise().squaredNorm().dot(learned.matrix().transpose()) /
                                   static_cast<double>(along.rows());
  // The difference of numbers of order t2: rounding may leave a little less than nothing.
  return loss > -1e-12 * square ? std::max(loss, 0.0) : loss;
}

TestLoss::TestLoss(const Flow& flow, const Moments& moments, const Targets& targets)
    : flow_(flow),
      square_(targets.square),
      dimension_(static_cast<double>(flow.along.rows())),
      pairs_(flow.modes.transpose() * (moments.features * flow.modes)),
      linear_((flow.along.array() * (targets.features * flow.modes).array()).colwise().sum()) {
  pairs_.array() *= (flow.along.transpose() * flow.along).array();
}

double TestLoss::at(double tau) const {
  const VectorXd f = flow_.factors(tau);
  return square_ + (f.dot(pairs_ * f) - 2 * f.dot(linear_)) / dimension_;
}

}  // namespace symbreak::target::feature_flow
