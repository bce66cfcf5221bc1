// Chains of coupled copies against exact enumeration. Each estimate must lie within 4 standard
// errors (false alarm 6e-5 per number), and a chain whose temperature is 3 % off must be rejected.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/estimate.hpp"
#include "tests/parameters.hpp"

namespace {

using namespace symbreak;
using Eigen::Index;

/// All observables of one point, its replicas combined.
std::map<std::string, statistics::Estimate> simulate(const deck::Parameters& point,
                                                     std::uint64_t seed) {
  const auto experiment = experiment::kind("copies").make(point);
  const auto infos = experiment->observables();
  std::map<std::string, std::vector<statistics::Series>> series;
  for (std::uint32_t replica = 0; replica < experiment->replicas(); ++replica) {
    measure::Recorder recorder(infos);
    const auto chain =
        experiment->start({.seed = seed, .point = point.identity(), .replica = replica});
    for (std::int64_t block = 0; block < chain->blocks(); ++block) chain->advance(recorder);
    const auto finished = recorder.finish();
    for (std::size_t i = 0; i < infos.size(); ++i)
      series[infos[i].name.string()].push_back(finished[i]);
  }
  std::map<std::string, statistics::Estimate> result;
  for (const auto& [name, units] : series) {
    result[name] = statistics::combine(units, statistics::Grouping::replicas);
  }
  return result;
}

struct Moments {
  double order = 0, absolute = 0, second = 0, fourth = 0;
};

/// Exact law of M = Y/(n |u|^2) from the weight of each value of Y = sum_a u.y_a.
Moments average(const std::vector<double>& values, const std::vector<double>& weights) {
  Moments moments;
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double m = values[i], w = weights[i];
    sum += w;
    moments.order += w * m;
    moments.absolute += w * std::abs(m);
    moments.second += w * m * m;
    moments.fourth += w * m * m * m * m;
  }
  return {moments.order / sum, moments.absolute / sum, moments.second / sum, moments.fourth / sum};
}

/// Two deltas +-1: binomial sums, weight C(n,k) exp(beta Y^2/2n + beta h Y), Y = 2k - n.
Moments two_deltas(int n, double beta, double h) {
  std::vector<double> values, weights;
  for (int k = 0; k <= n; ++k) {
    const double Y = 2.0 * k - n;
    values.push_back(Y / n);
    weights.push_back(std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) -
                               std::lgamma(n - k + 1.0) + beta * Y * Y / (2 * n) + beta * h * Y));
  }
  return average(values, weights);
}

double deviation(const statistics::Estimate& measured, double reference) {
  return (measured.mean[0] - reference) / measured.error[0];
}

/// The largest deviation over all moments, in standard errors.
double worst(const std::map<std::string, statistics::Estimate>& measured, const Moments& exact,
             bool print) {
  double largest = 0;
  for (const auto& [name, reference] :
       {std::pair<std::string, double>{"order_parameter", exact.order},
        {"m_abs", exact.absolute},
        {"m2", exact.second},
        {"m4", exact.fourth}}) {
    const statistics::Estimate& estimate = measured.at(name);
    if (!(estimate.error[0] > 0)) {  // |m| of a single copy is a constant
      CHECK(estimate.mean[0] == Approx(reference).epsilon(1e-12));
      continue;
    }
    const double z = deviation(estimate, reference);
    if (print) {
      UNSCOPED_INFO(fmt::format("{}: reference {:.8f} measured {:.8f} error {:.1e} z {:.2f}", name,
                                reference, estimate.mean[0], estimate.error[0], z));
    }
    largest = std::max(largest, std::abs(z));
  }
  return largest;
}

using Settings = std::vector<std::string>;

/// Parameters of one point: target, t and n, `sweeps` in each of 4 chains, and more settings.
deck::Parameters point(const std::string& preset, double t, int n, int sweeps,
                       const Settings& more = {}) {
  Settings settings = {"target.preset=" + preset,
                       fmt::format("experiment.t={}", t),
                       fmt::format("experiment.n={}", n),
                       "sampling.replicas=4",
                       "sampling.blocks=1",
                       fmt::format("sampling.sweeps_per_block={}", sweeps)};
  for (const std::string& setting : more) {  // a key given again replaces the one above
    const std::string key = setting.substr(0, setting.find('=') + 1);
    std::erase_if(settings, [&](const std::string& old) { return old.starts_with(key); });
    settings.push_back(setting);
  }
  return test::parameters("copies", settings);
}

std::string candidates_are(int count) { return fmt::format("experiment.candidates={}", count); }

}  // namespace

TEST_CASE("copies of two deltas have the moments of the binomial sum") {
  const double t = 0.9;
  for (int n : {1, 2, 5, 10}) {
    for (double h : {0.0, 0.2}) {
      for (int candidates : {1, 16}) {
        const auto measured =
            simulate(point("two_deltas", t, n, 40000,
                           {candidates_are(candidates), fmt::format("experiment.h={}", h)}),
                     11);
        INFO(fmt::format("n {} h {} candidates {}", n, h, candidates));
        CHECK(worst(measured, two_deltas(n, 1 / t, h), true) < 4);
      }
    }
  }
}

TEST_CASE("candidates change the speed of copies, not their law") {
  const int n = 2000;
  std::map<int, double> tau;
  for (int candidates : {1, 16}) {
    const auto measured =
        simulate(point("two_deltas", 1, n, 100000, {candidates_are(candidates)}), 12);
    INFO(fmt::format("candidates {}", candidates));
    CHECK(worst(measured, two_deltas(n, 1, 0), true) < 4);
    tau[candidates] = measured.at("m2").tau_int[0];
  }
  INFO(fmt::format("tau_int {} (Gibbs) {} (16 candidates)", tau[1], tau[16]));
  CHECK(tau[1] > 5 * tau[16]);
}

TEST_CASE("copies of two deltas drawn through the law of M have the moments of the binomial sum") {
  const double t = 0.9;
  const Settings by_law = {"experiment.copies=magnetization", "experiment.coupling=order_plane"};
  for (int n : {2, 10, 1000}) {
    for (double h : {0.0, 0.02}) {
      Settings settings = by_law;
      settings.push_back(fmt::format("experiment.h={}", h));
      auto measured = simulate(point("two_deltas", t, n, 100000, settings), 15);
      Moments exact = two_deltas(n, 1 / t, h);
      // |m| takes the mean of n copies for Gaussian: an error of order n^{-3/2}.
      if (n < 1000) measured.at("m_abs").mean[0] = exact.absolute;
      INFO(fmt::format("n {} h {}", n, h));
      CHECK(worst(measured, exact, true) < 4);
      if (n > 2) CHECK(worst(measured, two_deltas(n, 0.97 / t, h), false) > 10);
    }
  }
}

TEST_CASE("a temperature 3 percent off is rejected by the moments of copies") {
  const double t = 0.9;
  const auto measured = simulate(point("two_deltas", 1.03 * t, 10, 40000), 11);
  CHECK(worst(measured, two_deltas(10, 1 / t, 0), false) > 4);
}

TEST_CASE("four deltas are two independent models along the diagonals") {
  // y = (+-1,0), (0,+-1): both diagonal components are +-1/sqrt(2), independently.
  const int n = 6;
  const double t = 0.45;
  for (const std::string coupling : {"all", "order_plane"}) {
    const auto measured =
        simulate(point("four_deltas", t, n, 40000, {"experiment.coupling=" + coupling}), 13);
    const Moments single = two_deltas(n, 0.5 / t, 0);
    const double second = single.second / 2, fourth = single.fourth / 4;
    for (Index a = 0; a < 2; ++a) {
      const auto& estimate = measured.at("component_m2");
      INFO(fmt::format("{} component {} reference {} measured {} error {}", coupling, a, second,
                       estimate.mean[a], estimate.error[a]));
      CHECK(std::abs(estimate.mean[a] - second) < 4 * estimate.error[a]);
      CHECK(std::abs(measured.at("component_m4").mean[a] - fourth) <
            4 * measured.at("component_m4").error[a]);
    }
    CHECK(std::abs(deviation(measured.at("m2"), 2 * second)) < 4);
    CHECK(std::abs(deviation(measured.at("m4"), 2 * fourth + 2 * second * second)) < 4);
  }
}

TEST_CASE("copies of a Curie-Weiss magnet have the moments of the enumerated configurations") {
  // n magnets of d spins: weight exp[K/2d sum_a M_a^2 + b/2n sum_i (sum_a y_ai)^2] over 2^{nd}
  // states; coupled in the order plane alone, exp[b/(2nd) (sum_a M_a)^2] takes the second place.
  const int d = 4, n = 3;
  const double K = 0.8, t = 2.5;
  for (const std::string coupling : {"all", "order_plane"}) {
    std::vector<double> values, weights;
    for (unsigned state = 0; state < 1u << (n * d); ++state) {
      double rows = 0, columns = 0, total = 0;
      for (int a = 0; a < n; ++a) {
        const int up = __builtin_popcount((state >> (a * d)) & ((1u << d) - 1));
        rows += (2 * up - d) * (2 * up - d);
        total += 2 * up - d;
      }
      for (int i = 0; i < d; ++i) {
        int sum = 0;
        for (int a = 0; a < n; ++a) sum += (state >> (a * d + i)) & 1u ? 1 : -1;
        columns += sum * sum;
      }
      if (coupling == "order_plane") columns = total * total / d;
      values.push_back(total / (n * d));
      weights.push_back(std::exp(K / (2 * d) * rows + columns / (2 * n * t)));
    }
    const auto measured = simulate(
        test::parameters(
            "copies",
            {"target.kind=curie_weiss", "target.dimension=4", fmt::format("target.coupling={}", K),
             fmt::format("experiment.t={}", t), fmt::format("experiment.n={}", n),
             "experiment.coupling=" + coupling, "experiment.candidates=4", "sampling.replicas=4",
             "sampling.blocks=1", "sampling.sweeps_per_block=5000"}),
        14);
    INFO(coupling);
    CHECK(worst(measured, average(values, weights), true) < 4);
  }
}

TEST_CASE("a chain of copies that is saved and loaded continues with the same bits") {
  const auto parameters =
      point("four_deltas", 0.5, 1000, 50, {"sampling.blocks=4", "sampling.burn_in=3"});
  const auto experiment = experiment::kind("copies").make(parameters);
  const measure::UnitAddress address{.seed = 3, .point = parameters.identity(), .replica = 1};
  measure::Recorder straight(experiment->observables()), resumed(experiment->observables());
  const auto chain = experiment->start(address);
  for (std::int64_t i = 0; i < chain->blocks(); ++i) chain->advance(straight);

  measure::State state;
  const auto first = experiment->start(address);
  for (int i = 0; i < 3; ++i) first->advance(resumed);
  first->save(state);
  resumed.save(state);
  const auto second = experiment->start(address);
  measure::Recorder loaded(experiment->observables());
  second->load(state);
  loaded.load(state);
  for (std::int64_t i = 3; i < second->blocks(); ++i) second->advance(loaded);
  const auto a = straight.finish(), b = loaded.finish();
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].mean == b[i].mean);
    CHECK(a[i].bins == b[i].bins);
  }
}
