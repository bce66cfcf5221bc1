// Chains of coupled copies against exact enumeration. Each estimate must lie within 4 standard
// errors (false alarm 6e-5 per number), and a chain whose temperature is 3 % off must be rejected.
#include "sim/experiment/copies.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/estimate.hpp"
#include "sim/deck/deck.hpp"
#include "sim/diffusion/forward.hpp"

namespace {

using namespace symbreak;
using experiment::ExperimentKind;
using experiment::Index;

deck::Parameters parameters(const std::string& target, const std::string& rest) {
  const ExperimentKind kind = experiment::copies();
  deck::Catalogue catalogue;
  catalogue.common = deck::common_keys();
  for (const deck::Key& key : diffusion::Forward::keys()) catalogue.common.push_back(key);
  for (const auto& family : target::kinds()) {
    catalogue.targets.push_back({family.name, family.text, family.keys});
  }
  catalogue.experiments = {{kind.name, kind.text, kind.keys}};
  const std::string text = "[run]\nname = test\nseed = 7\n[target]\n" + target +
                           "\n[experiment]\nkind = copies\n" + rest;
  return deck::parse(text, "test.ini", {}, catalogue).first();
}

/// All observables of one point, its replicas combined.
std::map<std::string, statistics::Estimate> simulate(const deck::Parameters& point,
                                                     std::uint64_t seed) {
  const auto experiment = experiment::copies().make(point);
  const auto infos = experiment->observables();
  std::map<std::string, std::vector<statistics::Series>> series;
  for (std::uint32_t replica = 0; replica < experiment->replicas(); ++replica) {
    experiment::Recorder recorder(infos);
    const auto chain =
        experiment->start({.seed = seed, .point = point.identity(), .replica = replica});
    for (std::int64_t block = 0; block < chain->blocks(); ++block) chain->advance(recorder);
    const auto finished = recorder.finish();
    for (std::size_t i = 0; i < infos.size(); ++i) series[infos[i].name].push_back(finished[i]);
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

std::string sampling(int sweeps) {
  return fmt::format("[sampling]\nreplicas = 4\nblocks = 1\nsweeps_per_block = {}\n", sweeps);
}

}  // namespace

TEST_CASE("copies of two deltas have the moments of the binomial sum") {
  for (int n : {1, 2, 5, 10}) {
    for (double h : {0.0, 0.2}) {
      for (int candidates : {1, 16}) {
        const double t = 0.9;
        const auto measured =
            simulate(parameters("kind = deltas\npreset = two_deltas",
                                fmt::format("t = {}\nn = {}\nh = {}\ncandidates = {}\n{}", t, n, h,
                                            candidates, sampling(40000))),
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
    const auto measured = simulate(parameters("kind = deltas\npreset = two_deltas",
                                              fmt::format("t = 1\nn = {}\ncandidates = {}\n{}", n,
                                                          candidates, sampling(100000))),
                                   12);
    INFO(fmt::format("candidates {}", candidates));
    CHECK(worst(measured, two_deltas(n, 1, 0), true) < 4);
    tau[candidates] = measured.at("m2").tau_int[0];
  }
  INFO(fmt::format("tau_int {} (Gibbs) {} (16 candidates)", tau[1], tau[16]));
  CHECK(tau[1] > 5 * tau[16]);
}

TEST_CASE("a temperature 3 percent off is rejected by the moments of copies") {
  const double t = 0.9;
  const auto measured =
      simulate(parameters("kind = deltas\npreset = two_deltas",
                          fmt::format("t = {}\nn = 10\n{}", t * 1.03, sampling(40000))),
               11);
  CHECK(worst(measured, two_deltas(10, 1 / t, 0), false) > 4);
}

TEST_CASE("four deltas are two independent models along the diagonals") {
  // y = (+-1,0), (0,+-1): both diagonal components are +-1/sqrt(2), independently.
  const int n = 6;
  const double t = 0.45;
  const auto measured =
      simulate(parameters("kind = deltas\npreset = four_deltas",
                          fmt::format("t = {}\nn = {}\n{}", t, n, sampling(40000))),
               13);
  const Moments single = two_deltas(n, 0.5 / t, 0);
  const double second = single.second / 2, fourth = single.fourth / 4;
  for (Index a = 0; a < 2; ++a) {
    const auto& estimate = measured.at("component_m2");
    INFO(fmt::format("component {} reference {} measured {} error {}", a, second, estimate.mean[a],
                     estimate.error[a]));
    CHECK(std::abs(estimate.mean[a] - second) < 4 * estimate.error[a]);
    CHECK(std::abs(measured.at("component_m4").mean[a] - fourth) <
          4 * measured.at("component_m4").error[a]);
  }
  CHECK(std::abs(deviation(measured.at("m2"), 2 * second)) < 4);
  CHECK(std::abs(deviation(measured.at("m4"), 2 * fourth + 2 * second * second)) < 4);
}

TEST_CASE("a chain of copies that is saved and loaded continues with the same bits") {
  const auto point = parameters("kind = deltas\npreset = four_deltas",
                                "t = 0.5\nn = 1000\n[sampling]\nblocks = 6\nsweeps_per_block = 50\n"
                                "burn_in = 2\n");
  const auto experiment = experiment::copies().make(point);
  const experiment::UnitAddress address{.seed = 3, .point = point.identity(), .replica = 1};
  experiment::Recorder straight(experiment->observables()), resumed(experiment->observables());
  const auto chain = experiment->start(address);
  for (std::int64_t i = 0; i < chain->blocks(); ++i) chain->advance(straight);

  experiment::State state;
  const auto first = experiment->start(address);
  for (int i = 0; i < 3; ++i) first->advance(resumed);
  first->save(state);
  resumed.save(state);
  const auto second = experiment->start(address);
  experiment::Recorder loaded(experiment->observables());
  second->load(state);
  loaded.load(state);
  for (std::int64_t i = 3; i < second->blocks(); ++i) second->advance(loaded);
  const auto a = straight.finish(), b = loaded.finish();
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].mean == b[i].mean);
    CHECK(a[i].bins == b[i].bins);
  }
}
