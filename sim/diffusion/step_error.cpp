#include "sim/diffusion/step_error.hpp"

#include <algorithm>
#include <cmath>

#include "sim/target/spectrum.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::diffusion {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Independent modes of zero mean: <y> = lambda x/(lambda + s).
class Modes final : public target::Denoiser {
 public:
  explicit Modes(VectorXd variances) : lambda_(std::move(variances)) {}
  Index dimension() const override { return lambda_.size(); }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return jacobian_product(x, beta, x);
  }
  MatrixXd jacobian_product(const target::States&, const target::Betas& beta,
                            const target::States& v) const override {
    MatrixXd result = v;
    for (Index k = 0; k < v.cols(); ++k) {
      result.col(k).array() *= lambda_.array() / (lambda_.array() + 1 / beta[k]);
    }
    return result;
  }

 private:
  VectorXd lambda_;
};

/// One step on a mode: x' = a x + b z.
struct Step {
  double a = 1, b = 0;
};

Step step_of(const SamplerSetting& setting, double lambda, double from, double to) {
  const double kept = to / from, clean = lambda / (lambda + from), end = lambda / (lambda + to);
  const double kick = std::sqrt(to * (1 - kept));
  switch (setting.method) {
    case Method::euler_maruyama:
      return {1 + (1 - kept) * (clean - 1), std::sqrt(from - to)};
    case Method::bridge_heun: {
      const double guess = clean + kept * (1 - clean);
      return {kept + (1 - kept) * (clean + end * guess) / 2, kick * (1 + (1 - kept) * end / 2)};
    }
    case Method::ddim: {
      const double eta2 = setting.eta * setting.eta;
      return {clean + std::sqrt((to - eta2 * kick * kick) / from) * (1 - clean),
              setting.eta * kick};
    }
    default:  // bridge, ddpm
      return {clean + kept * (1 - clean), kick};
  }
}

std::vector<double> positive_levels(const Grid& grid) {
  std::vector<double> levels = grid.noise;
  if (levels.back() <= 0) levels.pop_back();
  return levels;
}

/// Responses of a method without noise of its own, all modes in one run of the real integrator.
VectorXd responses(const SamplerSetting& setting, const Grid& grid, const VectorXd& variances) {
  const Modes modes(variances);
  const std::size_t steps = positive_levels(grid).size() - 1;
  random::Stream unused{random::Address{}};
  MatrixXd x = VectorXd::Ones(variances.size());
  Integrator run(setting, grid);
  for (std::size_t i = 0; i < steps; ++i) run.step(i, modes, unused, x);
  return x;
}

LinearRun composed(const SamplerSetting& setting, const Grid& grid,
                   const std::vector<double>& levels, double lambda) {
  LinearRun run;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    Step step;
    double from = levels[i];
    if (setting.method == Method::heun) {
      const double raised = churned(setting, grid, from);
      run.variance += setting.churn_noise * setting.churn_noise * (raised - from);
      from = raised;
      const double length = std::sqrt(levels[i + 1]) - std::sqrt(from);
      const double slope = std::sqrt(from) / (lambda + from);
      const double guess = 1 + length * slope;
      step.a =
          1 + length / 2 * (slope + guess * std::sqrt(levels[i + 1]) / (lambda + levels[i + 1]));
    } else {
      step = step_of(setting, lambda, from, levels[i + 1]);
    }
    run.response *= step.a;
    run.variance = step.a * step.a * run.variance + step.b * step.b;
  }
  return run;
}

LinearRun exact(const std::vector<double>& levels, double lambda) {
  const double response = (lambda + levels.back()) / (lambda + levels.front());
  return {response, response * (levels.front() - levels.back())};
}

}  // namespace

LinearRun run_mode(const SamplerSetting& setting, const Grid& grid, double lambda) {
  if (deterministic(setting)) {
    return {responses(setting, grid, VectorXd::Constant(1, lambda))[0], 0};
  }
  return composed(setting, grid, positive_levels(grid), lambda);
}

LinearRun exact_mode(const Grid& grid, double lambda) {
  return exact(positive_levels(grid), lambda);
}

bool reverse_process(const SamplerSetting& setting) {
  switch (setting.method) {
    case Method::euler_maruyama:
    case Method::bridge:
    case Method::bridge_heun:
    case Method::ddpm:
      return true;
    case Method::ddim:
      return setting.eta == 1;
    default:
      return false;
  }
}

std::optional<VectorXd> mode_variances(const target::Model& model, Index largest) {
  const Index d = model.denoiser->dimension();
  if (const auto classes = target::two_classes(*model.denoiser)) {
    VectorXd variances = VectorXd::Constant(d + 1, classes->variance);
    variances[d] += classes->axis.squaredNorm() / std::pow(std::cosh(classes->log_odds / 2), 2);
    return variances;
  }
  const auto covariance = d <= largest && model.data ? model.data->covariance() : std::nullopt;
  if (!covariance) return std::nullopt;
  return target::eigenvalues(*covariance).cwiseMax(0);
}

double step_error(const SamplerSetting& setting, const Grid& grid, const VectorXd& variances) {
  const std::vector<double> levels = positive_levels(grid);
  if (levels.size() < 2) return 0;
  VectorXd still;
  if (deterministic(setting)) still = responses(setting, grid, variances);
  const bool ends_clean = grid.noise.back() <= 0;
  const double largest = variances.maxCoeff();
  double entropy = 0;
  for (Index k = 0; k < variances.size(); ++k) {
    const double lambda = variances[k], start = lambda + levels.front();
    if (ends_clean && lambda <= 1e-12 * largest) continue;  // such a mode ends at zero
    const LinearRun run =
        still.size() > 0 ? LinearRun{still[k], 0} : composed(setting, grid, levels, lambda);
    const LinearRun goal = exact(levels, lambda);
    const double ratio =
        reverse_process(setting)
            ? run.variance / goal.variance
            : (run.response * run.response * start + run.variance) / (lambda + levels.back());
    entropy += (ratio - 1 - std::log(ratio)) / 2;
  }
  return std::isfinite(entropy) ? std::min(1.0, std::sqrt(std::max(entropy, 0.0) / 2)) : 1;
}

double leading_step_error(const SamplerSetting& setting, const Grid& grid,
                          const target::Model& model) {
  constexpr Index kQuick = 256;
  const auto variances = mode_variances(model, kQuick);
  return variances ? step_error(setting, grid, VectorXd::Constant(1, variances->maxCoeff())) : 0;
}

Index steps_within(double tolerance, Index most, const std::function<double(Index)>& error) {
  Index enough = 2, few = 1;
  while (error(enough) > tolerance) {
    if (enough >= most) return 0;
    few = enough;
    enough = std::min(2 * enough, most);
  }
  while (enough - few > std::max<Index>(1, few / 32)) {
    const Index middle = (enough + few) / 2;
    (error(middle) > tolerance ? few : enough) = middle;
  }
  return enough;
}

}  // namespace symbreak::diffusion
