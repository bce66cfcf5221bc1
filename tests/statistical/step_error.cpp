// What steps cost Gaussian data: the closed form against the integrator itself and against a total
// variation by quadrature; numbers of steps that are chosen from a tolerance.
#include "sim/diffusion/step_error.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/diffusion/schedule.hpp"
#include "tests/run.hpp"

using namespace symbreak;
using namespace symbreak::diffusion;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr double kLambda = 0.7;

/// One Gaussian mode in as many coordinates as walkers are wanted.
class Mode final : public target::Denoiser {
 public:
  Eigen::Index dimension() const override { return 1; }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return (x.array().rowwise() * (kLambda / (kLambda + 1 / beta.array())).transpose()).matrix();
  }
  MatrixXd jacobian_product(const target::States&, const target::Betas& beta,
                            const target::States& v) const override {
    return mean(v, beta);
  }
};

MatrixXd run(const SamplerSetting& setting, const Grid& grid, MatrixXd x) {
  random::Stream noise{random::Address{.seed = 11}};
  Integrator(setting, grid).run(Mode(), noise, x);
  return x;
}

const std::vector<SamplerSetting> kSettings = {
    {.method = Method::euler_maruyama},
    {.method = Method::bridge},
    {.method = Method::bridge_heun},
    {.method = Method::ddpm},
    {.method = Method::ddim, .eta = 0},
    {.method = Method::ddim, .eta = 0.6},
    {.method = Method::ode},
    {.method = Method::heun, .churn = 3, .churn_noise = 1.01},
    {.method = Method::pndm},
};

Grid grid(Eigen::Index steps) { return spaced_grid("log", 5, 0.02, steps); }

double normal_density(double x, double variance) {
  return std::exp(-x * x / (2 * variance)) / std::sqrt(2 * M_PI * variance);
}

/// Total variation of the joint laws of start and end, by the trapezoid rule.
double total_variation(const LinearRun& a, const LinearRun& b, double start) {
  double sum = 0;
  const double du = 0.02, dv = 0.02, width = std::sqrt(std::max(a.variance, b.variance));
  for (double u = -7; u <= 7; u += du) {
    const double x = u * std::sqrt(start), middle = (a.response + b.response) / 2 * x;
    const double reach = 7 * width + std::abs((a.response - b.response) * x);
    double inner = 0;
    for (double y = middle - reach; y <= middle + reach; y += dv * width) {
      inner += std::abs(normal_density(y - a.response * x, a.variance) -
                        normal_density(y - b.response * x, b.variance)) *
               dv * width;
    }
    sum += inner * normal_density(u, 1) * du / 2;
  }
  return sum;
}

/// Relative entropy of the joint law of start and end of a against that of b, by the trapezoid rule.
double relative_entropy(const LinearRun& a, const LinearRun& b, double start) {
  double sum = 0;
  const double step = 0.02, width = std::sqrt(a.variance);
  for (double u = -8; u <= 8; u += step) {
    const double x = u * std::sqrt(start);
    for (double v = -8; v <= 8; v += step) {
      const double y = a.response * x + v * width, off = y - b.response * x;
      const double log_ratio =
          (off * off / b.variance - v * v + std::log(b.variance / a.variance)) / 2;
      sum += normal_density(u, 1) * normal_density(v, 1) * log_ratio * step * step;
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("A run on a Gaussian mode: response and variance of the integrator itself",
          "[step_error]") {
  for (const SamplerSetting& setting : kSettings) {
    CAPTURE(static_cast<int>(setting.method), setting.eta, setting.churn);
    const Grid levels = grid(7);
    const LinearRun predicted = run_mode(setting, levels, kLambda);
    const Eigen::Index walkers = 1000000;
    const MatrixXd still = run(setting, levels, MatrixXd::Zero(1, walkers)),
                   moved = run(setting, levels, MatrixXd::Ones(1, walkers));
    CHECK((moved - still).maxCoeff() == Approx(predicted.response).epsilon(1e-10));
    CHECK((moved - still).minCoeff() == Approx(predicted.response).epsilon(1e-10));
    const double variance = still.squaredNorm() / static_cast<double>(walkers);
    // 4 standard errors of a variance
    CHECK(variance ==
          Approx(predicted.variance).epsilon(4 * std::sqrt(2.0 / walkers)).margin(1e-28));
  }
}

TEST_CASE("Steps without end: the reverse process, or its law at the end", "[step_error]") {
  for (const SamplerSetting& setting : kSettings) {
    CAPTURE(static_cast<int>(setting.method), setting.eta, setting.churn);
    if (setting.churn > 0) continue;  // gamma = churn/steps, S_noise > 1: another law
    const Grid levels = grid(20000);
    const LinearRun fine = run_mode(setting, levels, kLambda), exact = exact_mode(levels, kLambda);
    const double start = kLambda + 5, end = kLambda + 0.02;
    CHECK(fine.response * fine.response * start + fine.variance == Approx(end).epsilon(2e-3));
    CHECK(exact.response * exact.response * start + exact.variance == Approx(end).epsilon(1e-14));
    if (reverse_process(setting)) {
      CHECK(fine.response == Approx(exact.response).epsilon(2e-3));
    } else {
      CHECK(fine.response > 1.05 * exact.response);
    }
  }
}

TEST_CASE("The bound on probabilities against a total variation by quadrature", "[step_error]") {
  for (const SamplerSetting& setting : kSettings) {
    if (!reverse_process(setting)) continue;
    CAPTURE(static_cast<int>(setting.method));
    const Grid levels = grid(9);
    const double bound = step_error(setting, levels, VectorXd::Constant(1, kLambda));
    const double exact = total_variation(run_mode(setting, levels, kLambda),
                                         exact_mode(levels, kLambda), kLambda + 5);
    // Posterior means of a Gaussian mode are linear: no step of these methods gets them wrong.
    CHECK(run_mode(setting, levels, kLambda).response ==
          Approx(exact_mode(levels, kLambda).response).epsilon(1e-12));
    CHECK(exact < bound);
    CHECK(exact > bound / 3);
    const double entropy = relative_entropy(run_mode(setting, levels, kLambda),
                                            exact_mode(levels, kLambda), kLambda + 5);
    CHECK(bound == Approx(std::sqrt(entropy / 2)).epsilon(1e-6));
    // Relative entropies of independent modes add up.
    CHECK(step_error(setting, levels, VectorXd::Constant(4, kLambda)) ==
          Approx(std::min(1.0, 2 * bound)));
  }
}

TEST_CASE("Orders of the samplers", "[step_error]") {
  const auto ratio = [](Method method) {
    const SamplerSetting setting{.method = method};
    const VectorXd one = VectorXd::Constant(1, kLambda);
    return step_error(setting, grid(100), one) / step_error(setting, grid(200), one);
  };
  CHECK(ratio(Method::euler_maruyama) == Approx(2).epsilon(0.1));
  CHECK(ratio(Method::bridge) == Approx(2).epsilon(0.1));
  CHECK(ratio(Method::bridge_heun) == Approx(4).epsilon(0.1));
  CHECK(ratio(Method::ddim) == Approx(2).epsilon(0.1));
  CHECK(ratio(Method::ode) == Approx(4).epsilon(0.1));
}

TEST_CASE("The fewest steps within a tolerance", "[step_error]") {
  const auto error = [](Eigen::Index steps) {
    return step_error({.method = Method::bridge}, grid(steps), VectorXd::Constant(1, kLambda));
  };
  for (const double tolerance : {0.1, 0.01, 0.001}) {
    const Eigen::Index steps = steps_within(tolerance, 100000, error);
    CAPTURE(tolerance, steps);
    CHECK(error(steps) <= tolerance);
    CHECK(error(steps - steps / 20 - 1) > tolerance);
  }
  CHECK(steps_within(1e-9, 1000, error) == 0);
}

TEST_CASE("steps = auto(tolerance) of a deck", "[step_error]") {
  const auto levels = [](const std::vector<std::string>& settings) {
    std::vector<std::string> all = {"target.kind=gaussian_mixture", "target.dimension=16",
                                    "experiment.t=4", "experiment.sampler=bridge"};
    all.insert(all.end(), settings.begin(), settings.end());
    const deck::Parameters point = test::parameters("speciation", all);
    return make_grid(point, Forward(point), target::build_model(point), 4, 4e-4);
  };
  const auto steps = [&](const std::string& text) {
    return levels({"experiment.steps=" + text}).steps();
  };
  CHECK(steps("37") == 37);
  CHECK(steps("auto") == steps("auto(0.01)"));
  CHECK(steps("auto(0.01)") > 5 * steps("auto(0.1)"));
  CHECK(steps("auto(0.01)") < 20 * steps("auto(0.1)"));
  const auto fault = [&](const std::string& text) -> std::string {
    try {
      steps(text);
    } catch (const deck::Errors& errors) {
      return errors.messages.at(0);
    } catch (const deck::KeyError& error) {
      return error.what();
    }
    return "";
  };
  CHECK_THAT(fault("auto(2)"), Catch::Contains("tolerance 2 of auto is not between 0 and 1"));
  CHECK_THAT(fault("auto(1e-9)"), Catch::Contains("still miss the tolerance"));
  CHECK_THAT(fault("many"), Catch::Contains("or auto(tolerance)"));
}

TEST_CASE("What few steps do to classes is felt, and within the bound of the leading mode",
          "[step_error]") {
  const std::vector<std::string> settings = {"target.kind=gaussian_mixture", "target.m=1",
                                             "target.std=0.3", "target.weights=0.8, 0.2",
                                             "experiment.t_start=4"};
  const auto with = [&](const std::string& steps) {
    std::vector<std::string> all = settings;
    all.push_back("experiment.steps=" + steps);
    return all;
  };
  const deck::Parameters point = test::parameters("late_start", with("5"));
  const target::Model model = target::build_model(point);
  const Grid levels = make_grid(point, Forward(point), model, 4, 4e-4);
  const SamplerSetting setting{.method = Method::bridge_heun};
  // The variance of the mixture: .3^2 + 4 * .8 * .2.
  CHECK(leading_step_error(setting, levels, model) ==
        Approx(step_error(setting, levels, VectorXd::Constant(1, 0.73))));
  for (const char* steps : {"5", "10"}) {
    auto all = with(steps);
    all.insert(all.end(), {"sampling.walkers=256", "sampling.blocks=16", "sampling.replicas=4"});
    const test::Run run = test::run("late_start", all);
    const double bound = run.fact("step_error").at(0);
    INFO(steps);
    CHECK(run.deviation("occupation_gap", 0) > 4);
    CHECK(run.estimates.at("occupation_gap").mean[0] < bound);
    CHECK(bound < 0.5);
  }
}
