#include <algorithm>
#include <cmath>

#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

namespace {

class Flips final : public SpinChannel {
 public:
  theory::SpinNoise law() const override { return theory::SpinNoise::flip; }
  std::string describe() const override { return "flips"; }
  double signal(double noise) const override { return 1 - 2 * noise; }
  double noise(double signal) const override { return (1 - signal) / 2; }
  double most_noise() const override { return 0.5; }
  /// atanh theta; beyond the clamping field data are certain.
  double field(double signal) const override {
    return signal < 1 ? std::min(std::atanh(signal), kClampingField) : kClampingField;
  }

  Law noise_law(double y, double signal) const override {
    return {(1 + signal * y) / 2, (1 - signal * y) / 2};
  }
  /// atanh u - mu atanh(u mu), mu = E(y_i | x_j, j != i) = (m - u x)/(1 - u x m).
  double entropy_rate(double x, double m, double signal) const override {
    const double others = std::clamp((m - signal * x) / (1 - signal * x * m), -1.0, 1.0);
    return std::atanh(signal) - others * std::atanh(signal * others);
  }
  /// P(x' | x, y) ~ (1 + u' x' y)(1 + (u/u') x x').
  Law step(double x, double up, double from, double to) const override {
    const double kept = 1 + from / to * x;
    const double above = (1 + to) * kept / (2 * (1 + from * x));  // P(x' = 1 | x, y = 1)
    const double below = (1 - to) * kept / (2 * (1 - from * x));
    const double next = up * above + (1 - up) * below;
    return {next, 1 - next};
  }
  /// rho_i/2, rho_i = p(x with spin i turned over)/p(x).
  std::optional<double> turning_rate(double x, double m, double signal) const override {
    const double u = signal;
    return std::max(0.0, (1 + u * u - 2 * u * x * m) / (1 - u * u)) / 2;
  }
};

}  // namespace

std::unique_ptr<const SpinChannel> flips() { return std::make_unique<Flips>(); }

}  // namespace symbreak::diffusion
