#include "sim/experiment/mode_softening/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/diffusion/corrected.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::mode_softening {

namespace {

/// The map m -> f(m) of uniform states to their clean mean, and its derivative.
class UniformMap {
 public:
  UniformMap(const LatticeScore& score, double beta)
      : score_(score), beta_(beta), top_(score.amplitude()) {}

  double value(double m) const {
    return score_.denoiser->mean(state(m), VectorXd::Constant(1, beta_)).mean();
  }
  /// Of windows.
  VectorXd profile(double m) const { return score_.patches->covariance_profile(state(m), beta_); }
  double slope(double m) const {
    if (score_.patches != nullptr) return beta_ * profile(m).sum();
    const VectorXd ones = VectorXd::Ones(score_.denoiser->dimension());
    return score_.denoiser->jacobian_product(state(m), VectorXd::Constant(1, beta_), ones).mean();
  }

  /// Largest root of m = f(m + h) by Newton's method from above (f is concave for m > 0).
  double solve(double h) const {
    double m = value(top_ + h);
    for (int iteration = 0; iteration < 200; ++iteration) {
      const double f = value(m + h), next = m - (m - f) / (1 - slope(m + h));
      if (!(next > 0)) return h > 0 ? bisect(h) : 0;
      if (std::abs(next - m) <= 2e-16 * m) return next;
      m = next;
    }
    return m;
  }

 private:
  VectorXd state(double m) const { return VectorXd::Constant(score_.denoiser->dimension(), m); }
  double bisect(double h) const {
    double low = 0, high = top_;
    while (high - low > 1e-16 * high) {
      const double middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      (value(middle + h) > middle ? low : high) = middle;
    }
    return (low + high) / 2;
  }

  const LatticeScore& score_;
  double beta_, top_;
};

/// Sums over windows are exact to rounding; those over all states or data lose a few digits.
double rounding_of(const LatticeScore& score) {
  return score.patches != nullptr ? score.patches->rounding() : 1e-12;
}

class BranchUnit final : public Unit<const BranchSetting&> {
 public:
  using Unit::Unit;
  void advance(measure::Recorder& recorder) override {
    const double beta = s_.beta, rounding = rounding_of(s_.score);
    const UniformMap map(s_.score, beta);
    const MatrixXd origin = MatrixXd::Zero(s_.score.denoiser->dimension(), 1);
    const VectorXd margins = s_.score.softening(origin, beta, kModes);
    recorder.solved(observable::mode_margin, margins, VectorXd::Constant(kModes, rounding));

    const double m = margins[0] < 0 ? map.solve(0) : 0;
    const double slope = map.slope(m), distance = std::abs(1 - slope);
    // m = f(m) amplifies rounding by 1/(1 - f').
    recorder.solved(observable::magnetization, m, m > 0 ? rounding / distance : 0);
    recorder.solved(observable::susceptibility, slope / (1 - slope),
                    rounding * slope / (distance * distance));
    recorder.solved(observable::mass, beta * margins[0], beta * rounding);
    if (s_.score.patches != nullptr) solve_gradients(map, m, slope, recorder);

    std::vector<double> isotherm(s_.fields.size(), 0.0), errors(isotherm.size(), 0.0);
    if (s_.critical) {
      const UniformMap critical(s_.score, 1 / *s_.critical);
      for (std::size_t i = 0; i < isotherm.size(); ++i) {
        isotherm[i] = critical.solve(s_.fields[i]);
        errors[i] = rounding / (1 - critical.slope(isotherm[i] + s_.fields[i]));
      }
    }
    recorder.solved(observable::critical_isotherm, isotherm, errors);
  }

 private:
  /// c at x = 0, and xi of the stable state.
  void solve_gradients(const UniformMap& map, double m, double slope,
                       measure::Recorder& recorder) const {
    const double beta = s_.beta, rounding = rounding_of(s_.score);
    const target::Windows windows = s_.score.patches->windows(beta);
    const double gradient = beta * beta * window_gradient(windows, map.profile(0));
    recorder.solved(observable::gradient, gradient, gradient * rounding);
    const double xi =
        std::sqrt(std::max(0.0, beta * window_gradient(windows, map.profile(m)) / (1 - slope)));
    recorder.solved(observable::correlation_length, xi, xi * rounding / std::abs(1 - slope));
  }
};

class EquilibriumUnit final : public Unit<const EquilibriumSetting&> {
 public:
  EquilibriumUnit(const EquilibriumSetting& setting, const measure::UnitAddress& address)
      : Unit(setting, address) {
    keep_integers("chain", noise_, done_);
    keep_reals("x", x_);
    random::Stream start = address.stream(Purpose::start);
    x_ = std::sqrt(s_.noise) * normals(start, s_.score.denoiser->dimension(), s_.walkers);
    if (address.replica % 2 == 0) x_.array() += s_.score.amplitude();
  }

  std::int64_t blocks() const override { return s_.burn_in_blocks + s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    if (done_++ < s_.burn_in_blocks) {
      move(s_.burn_in / static_cast<double>(s_.burn_in_blocks));
      return;
    }
    // Walkers are independent chains of one ensemble: their mean is one sample.
    constexpr Index measurements = 10;
    for (Index i = 0; i < measurements; ++i) {
      move(s_.time_per_block / static_cast<double>(measurements));
      const VectorXd betas = VectorXd::Constant(s_.walkers, 1 / s_.noise);
      const MatrixXd mean = s_.score.denoiser->mean(x_, betas);
      const Eigen::ArrayXd m = mean.colwise().mean().transpose();
      recorder.measure(observable::m_abs, m.abs().mean());
      recorder.measure(observable::m2, m.square().mean());
      recorder.measure(observable::m4, m.square().square().mean());
      if (s_.score.patches != nullptr) {
        recorder.measure(observable::local_variance,
                         s_.score.patches->local_variance(x_, betas).mean());
      }
      const VectorXd axis = modes_.axis(modes_.power(mean)).rowwise().mean();
      recorder.measure(observable::structure, axis.head(2));
    }
  }

 private:
  void move(double tau) {
    diffusion::langevin(*s_.score.denoiser, s_.noise, tau, s_.step, noise_, x_);
  }

  LatticeModes modes_{s_.score.height, s_.score.width};
  random::Stream noise_ = address_.stream(Purpose::langevin);
  MatrixXd x_;
  std::int64_t done_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const BranchSetting& setting) {
  return std::make_unique<BranchUnit>(setting, measure::UnitAddress{});
}

std::unique_ptr<measure::Simulation> simulation(const EquilibriumSetting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<EquilibriumUnit>(setting, address);
}

}  // namespace symbreak::experiment::mode_softening
