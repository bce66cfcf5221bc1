#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

namespace {

class Erasures final : public SpinChannel {
 public:
  theory::SpinNoise law() const override { return theory::SpinNoise::erase; }
  std::string describe() const override { return "erasures"; }
  double signal(double noise) const override { return 1 - noise; }
  double noise(double signal) const override { return 1 - signal; }
  double most_noise() const override { return 1; }
  double field(double) const override { return kClampingField; }

  Law noise_law(double y, double signal) const override {
    return {y > 0 ? signal : 0, y > 0 ? 0 : signal};
  }
  /// Whether spin i is masked does not depend on the others, so that E H(y_i | the others kept with
  /// probability u) = E[H(y_i | x) if masked]/e.
  double entropy_rate(double x, double m, double signal) const override {
    return x != 0 ? 0 : theory::binary_entropy_of((1 + m) / 2) / (1 - signal);
  }
  /// A masked spin opens with probability (e - e')/e; an open one stays.
  Law step(double x, double up, double from, double to) const override {
    if (x != 0) return {x > 0 ? 1.0 : 0.0, x > 0 ? 0.0 : 1.0};
    const double opens = (to - from) / (1 - from);
    return {opens * up, opens * (1 - up)};
  }
};

}  // namespace

std::unique_ptr<const SpinChannel> erasures() { return std::make_unique<Erasures>(); }

}  // namespace symbreak::diffusion
