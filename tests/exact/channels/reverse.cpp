// Reverse processes of discrete channels: kernels against Bayes' rule over all states, the law of
// few steps against printed divergences.
#include "sim/diffusion/channel/reverse.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/channels/unmasking.hpp"
#include "sim/diffusion/channel/exact_curve.hpp"
#include "sim/diffusion/channel/measured_curve.hpp"
#include "tests/exact/target_build.hpp"

namespace symbreak::diffusion {

namespace {

std::shared_ptr<const target::Target> short_chain() {
  return test::make_target("ising_chain",
                           {{"dimension", "6"}, {"coupling", "0.8"}, {"field", "0.1"}});
}

std::vector<double> even_times(int steps) {
  std::vector<double> signals;
  for (int k = 0; k <= steps; ++k) signals.push_back(std::exp(-4.0 * (steps - k) / steps));
  return signals;
}

/// Even in ln t from 4 to .001, with a last step to 0.
std::vector<double> geometric_times(int steps) {
  std::vector<double> signals;
  for (int k = 0; k < steps; ++k) {
    signals.push_back(std::exp(-4 * std::pow(.001 / 4, static_cast<double>(k) / (steps - 1))));
  }
  signals.push_back(1);
  return signals;
}

double divergence(const VectorXd& data, const VectorXd& law) {
  double sum = 0;
  for (Index s = 0; s < data.size(); ++s) sum += data[s] * std::log(data[s] / law[s]);
  return sum;
}

}  // namespace

TEST_CASE("The step of one spin is Bayes' rule", "[exact]") {
  // p(x'|x, y) ~ p(x'|y at u') p(x|x' at u/u').
  const auto masks = erasures(), coins = flips();
  const double from = .3, to = .7;
  for (const SpinChannel* channel : {masks.get(), coins.get()}) {
    const auto forward = [&](double x, double y, double signal) {
      if (y == 0) return x == 0 ? 1.0 : 0.0;  // a mask stays a mask
      const SpinChannel::Law law = channel->noise_law(y, signal);
      return x > 0 ? law.up : x < 0 ? law.down : 1 - law.up - law.down;
    };
    for (const double y : {-1.0, 1.0}) {
      for (const double x : {-1.0, 0.0, 1.0}) {
        double joint[3], sum = 0;
        for (int i = 0; i < 3; ++i) {
          joint[i] = forward(i - 1, y, to) * forward(x, i - 1, from / to);
          sum += joint[i];
        }
        if (!(sum > 0)) continue;  // this x cannot come from this y
        const SpinChannel::Law law = channel->step(x, y > 0 ? 1 : 0, from, to);
        CHECK(law.up == Approx(joint[2] / sum).margin(1e-14));
        CHECK(law.down == Approx(joint[0] / sum).margin(1e-14));
      }
    }
  }
}

TEST_CASE("Rates of flips and of entropy come from posterior means alone", "[exact]") {
  // rho_i = p(x with spin i turned over)/p(x), by enumeration; its entropy production is the curve's.
  const auto target = short_chain();
  const VectorXd data = *state_law(*target, 6);
  const auto coins = flips(), masks = erasures();
  const double u = .6;
  VectorXd law = VectorXd::Zero(64);
  MatrixXd states(6, 64);
  for (Index s = 0; s < 64; ++s) {
    for (Index i = 0; i < 6; ++i) states(i, s) = (s >> i & 1) != 0 ? 1 : -1;
  }
  for (Index x = 0; x < 64; ++x) {
    for (Index y = 0; y < 64; ++y) {
      const int apart = __builtin_popcountll(static_cast<unsigned long long>(x ^ y));
      law[x] += data[y] * std::pow((1 - u) / 2, apart) * std::pow((1 + u) / 2, 6 - apart);
    }
  }
  const MatrixXd mean = target->mean(states, VectorXd::Constant(64, coins->field(u)));
  double rate = 0;
  for (Index x = 0; x < 64; ++x) {
    for (Index i = 0; i < 6; ++i) {
      const double rho = law[x ^ (Index{1} << i)] / law[x];
      CHECK(*coins->turning_rate(states(i, x), mean(i, x), u) == Approx(rho / 2).epsilon(1e-12));
      rate += law[x] * coins->entropy_rate(states(i, x), mean(i, x), u);
    }
  }
  CHECK(rate == Approx(exact_curve(*target, *coins)->rate(u)).epsilon(1e-11));

  // Masks: all sets of kept spins of all states.
  double opened = 0;
  for (Index mask = 0; mask < 64; ++mask) {
    MatrixXd x = states;
    double weight = 1;
    for (Index i = 0; i < 6; ++i) {
      const bool kept = (mask >> i & 1) != 0;
      weight *= kept ? u : 1 - u;
      if (!kept) x.row(i).setZero();
    }
    const MatrixXd given = target->mean(x, VectorXd::Constant(64, masks->field(u)));
    for (Index y = 0; y < 64; ++y) {
      opened += weight * data[y] * entropy_rate(*masks, x.col(y), given.col(y), u);
    }
  }
  CHECK(opened == Approx(exact_curve(*target, *masks)->rate(u)).epsilon(1e-11));
}

TEST_CASE("A measured entropy production places the steps nearly as the exact one", "[exact]") {
  const auto target = test::make_target("curie_weiss", {{"dimension", "100"}, {"coupling", "1.5"}});
  const auto masks = erasures();
  const auto exact = exact_curve(*target, *masks), measured = measured_erasure(*target);
  CHECK(measured->data_entropy() == Approx(exact->data_entropy()).epsilon(0.05));
  for (const double e : {.25, .5, .875}) {
    CHECK(measured->rate(1 - e) == Approx(exact->rate(1 - e)).epsilon(0.05));
  }
  const double best = theory::leaping_excess(*exact, theory::optimal_nodes(*exact, 6));
  CHECK(theory::leaping_excess(*exact, theory::sqrt_rate_nodes(*measured, 6)) < 1.4 * best);
  CHECK(theory::leaping_excess(*exact, theory::even_nodes(6)) > 10 * best);
}

TEST_CASE("Few steps of flips lose the printed divergence", "[exact]") {
  // Chain of 6 spins, K = .8, field .1; even steps in t from 4: factorised, tau_leap, euler.
  struct Row {
    int steps;
    double factorised, euler, tau_leap, geometric;
  };
  const Row rows[] = {{4, .5168, .982, 1.045, .1982},
                      {16, .07006, .1084, .2753, .01061},
                      {64, .004767, .00686, .03526, .000570},
                      {256, .0002806, .000395, .002842, .0000342}};
  const auto target = short_chain();
  const VectorXd data = *state_law(*target, 6);
  const auto coins = flips();
  for (const Row& row : rows) {
    const auto of = [&](SpinSampler sampler, const std::vector<double>& signals) {
      return divergence(data, *sampler_law(sampler, *coins, *target, signals, false));
    };
    INFO(row.steps << " steps");
    const auto even = even_times(row.steps);
    CHECK(of(SpinSampler::factorised, even) == Approx(row.factorised).epsilon(2e-4));
    CHECK(of(SpinSampler::euler, even) == Approx(row.euler).epsilon(2e-3));
    CHECK(of(SpinSampler::tau_leap, even) == Approx(row.tau_leap).epsilon(1e-3));
    CHECK(of(SpinSampler::factorised, geometric_times(row.steps)) ==
          Approx(row.geometric).epsilon(2e-3));
  }
}

TEST_CASE("Leaps of masks: the law of the samples lies below the excess", "[exact]") {
  const auto target = short_chain();
  const VectorXd data = *state_law(*target, 6);
  const auto masks = erasures();
  const auto curve = exact_curve(*target, *masks);
  double before = 1e9;
  for (const int steps : {1, 2, 4, 8}) {
    std::vector<double> signals;
    for (const double e : theory::even_nodes(steps)) signals.push_back(1 - e);
    const VectorXd law = *sampler_law(SpinSampler::factorised, *masks, *target, signals, true);
    CHECK(law.sum() == Approx(1).epsilon(1e-13));
    const double lost = divergence(data, law);
    const double excess = theory::leaping_excess(*curve, theory::even_nodes(steps));
    INFO(steps << " steps: " << lost << " of " << excess);
    CHECK(lost <= excess * (1 + 1e-12));
    CHECK(lost < before);
    if (steps == 1) CHECK(lost == Approx(excess).epsilon(1e-11));  // there is one order only
    before = lost;
  }
}

}  // namespace symbreak::diffusion
