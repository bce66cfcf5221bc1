#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/training/observables.hpp"
#include "analysis/theory/training/crossings.hpp"
#include "analysis/theory/training/gaussian_equivalent.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::training {

namespace {

/// tau_mem = 3 N^power, tau_gen = 40, the best time ~ N^.27, a peak of the end at N = 40.
verdict::Result hand_made(double shift, bool reached = true, double power = 1, double d = 20) {
  verdict::Result result = test::hand_made(
      "training", {"target.kind=random_features", fmt::format("target.dimension={}", d),
                   "target.parametrisation=noise", "target.n=20,40,80,160", "target.features=480",
                   "experiment.t=0.02", "experiment.sampled_tau=1,100"});
  const std::vector<double> tau = {1, 10, 100, 1000, 10000};
  for (verdict::Point& point : result.points) {
    const double N = point.number("target.n");
    const auto put = [&](verdict::ObservableName name, std::vector<double> values) {
      const auto size = static_cast<Eigen::Index>(values.size());
      test::put_sampled(point, name, values, 0.01,
                        size > 1 ? std::vector<Eigen::Index>{size} : std::vector<Eigen::Index>{});
    };
    put(observable::train_loss, {1, 0.8, 0.7, 0.6, 0.4});
    put(observable::test_loss, {1, 0.9, 0.85, 1.2, 2});
    put(observable::distance_empirical, {0.5, 0.4, 0.3, 0.2, 0.1});
    put(observable::log_generalization, {std::log(40)});
    put(observable::log_best, {std::log(100) + 0.27 * std::log(N / 20)});
    put(observable::log_rise, {std::log(400)});
    put(observable::log_harm, {0});
    put(observable::log_memorization, {std::log(3) + power * std::log(N)});
    for (const auto name : {observable::reached_generalization, observable::reached_best,
                            observable::reached_rise, observable::reached_memorization}) {
      test::put_sampled(point, name, {reached ? 1.0 : 0.0}, 0);
    }
    test::put_sampled(point, observable::reached_harm, {0}, 0);
    put(observable::test_minimum, {0.85});
    put(observable::test_end, {N == 40 ? 30.0 : 5.0});
    put(observable::train_end, {0.2});
    put(observable::spectrum, {0.4, 0.02, 0.001});
    put(observable::linear_weight, {0.45});
    put(observable::modes_dropped, {0});
    put(observable::train_identity, {shift, 0});
    point.facts = {{fact::noise, 0.02, "s"},
                   {fact::tau, tau, "times"},
                   {fact::sampled_tau, {1, 100}, "times"},
                   {fact::data, N, "N"},
                   {fact::dimension, d, "d"},
                   {fact::features, 480, "p"},
                   {fact::gaussian_start, reached ? 0.0 : 1.0, "edm"}};
    point.predictions = {{prediction::peak_data, 40, "N (d + 1) = p"},
                         {prediction::linear_weight, 0.55, "theory"}};
  }
  return result;
}

const verdict::Diagnostic* about(const verdict::Findings& findings, const std::string& subject) {
  for (const verdict::Diagnostic& each : findings.diagnostics) {
    if (each.subject == subject) return &each;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("Findings of training: identities, exponents, the peak", "[unit][findings]") {
  const auto findings = findings::analyse(hand_made(0));
  CHECK(test::verdicts(findings, "train_identity").size() == 8);
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
  }
  const auto peak = test::verdicts(findings, "ridgeless_peak");
  REQUIRE(peak.size() == 1);
  CHECK(peak[0].measured == 40);
  const auto exponent = test::measured(findings, "exponent_tau_mem", "in N");
  REQUIRE(exponent.size() == 1);
  CHECK(exponent[0].measured == Approx(1));
  // Judged where it is known.
  const auto law = test::verdicts(findings, "exponent_tau_mem");
  REQUIRE(law.size() == 1);
  CHECK(law[0].criterion == "in N, 40 to 160");
  CHECK(law[0].measured == Approx(1));
  CHECK(law[0].predicted == 1);
  CHECK(test::verdicts(findings, "exponent_tau_best").size() == 1);
  CHECK(test::measured(findings, "exponent_tau_mem", "in N, from one to the next").size() == 3);
  CHECK(test::measured(findings, "exponent_tau_harm").empty());
  CHECK(test::measured(findings, "window").at(0).measured == Approx(10));
  const auto weight = test::measured(findings, "linear_weight");
  CHECK_THAT(weight.at(0).note, Catch::Contains("no verdict below d = 80"));
  CHECK(weight.at(1).measured == 0.55);
  CHECK_FALSE(
      test::verdicts(findings::analyse(hand_made(0, true, 0.8)), "exponent_tau_mem")[0].agrees());
  const auto wrong = findings::analyse(hand_made(0.1));
  CHECK_FALSE(test::verdicts(wrong, "train_identity")[0].agrees());
}

TEST_CASE("Findings of training: what is known of normal data, and where", "[unit][findings]") {
  // tau_gen = ln(10)/2 d/w_1 = 41.9 for N >= d, measured as 40.
  const auto findings = findings::analyse(hand_made(0));
  const auto times = test::verdicts(findings, "tau_gen");
  REQUIRE(times.size() == 4);
  CHECK(times[0].predicted == Approx(std::log(10) / 2 * 20 / 0.55));
  CHECK(times[0].predicted_error == Approx(0.075 * times[0].predicted));
  CHECK(times[0].agrees());
  const auto flat = test::verdicts(findings, "exponent_tau_gen");
  REQUIRE(flat.size() == 1);
  CHECK(flat[0].criterion == "in N, 20 to 160");
  CHECK(flat[0].predicted == Approx(0).margin(1e-12));
  CHECK(flat[0].predicted_error == Approx(0.075 * std::sqrt(2) / std::log(8)));
  // d = 21: p < 24 d, no law of tau_mem; d = 9: nothing at all.
  const auto between = findings::analyse(hand_made(0, true, 1, 21));
  CHECK(test::verdicts(between, "exponent_tau_mem").empty());
  CHECK(test::verdicts(between, "exponent_tau_best").size() == 1);
  const auto few = findings::analyse(hand_made(0, true, 1, 9));
  for (const char* name : {"tau_gen", "exponent_tau_gen", "exponent_tau_best", "ridgeless_peak"}) {
    CHECK(test::verdicts(few, name).empty());
  }
  // The same with another target of the network.
  verdict::Result other = hand_made(0);
  for (verdict::Point& point : other.points) point.parameters["target.parametrisation"] = "edm";
  CHECK(test::verdicts(findings::analyse(other), "exponent_tau_gen").empty());
  verdict::Result noisy = hand_made(0);
  for (verdict::Point& point : noisy.points) {
    std::erase_if(point.facts, [](const verdict::Fact& each) { return each.name == "noise"; });
    point.facts.push_back({fact::noise, 0.2, "s"});
  }
  CHECK(test::verdicts(findings::analyse(noisy), "ridgeless_peak").empty());
}

TEST_CASE("Findings of training: what is not reached is said", "[unit][findings]") {
  const auto findings = findings::analyse(hand_made(0, false));
  REQUIRE(about(findings, "tau_gen") != nullptr);
  CHECK_THAT(about(findings, "tau_gen")->text, Catch::Contains("start at the optimum"));
  CHECK(test::measured(findings, "exponent_tau_mem").empty());
  verdict::Result unfinished = hand_made(0);
  for (verdict::Point& point : unfinished.points) point.observables.clear();
  CHECK(findings::analyse(unfinished).figures.empty());
}

TEST_CASE("Findings of training: maps over N and the number of features", "[unit][findings]") {
  // Train losses fall from 1 to .4 by tau = 1e4 and to .25 at the end.
  verdict::Result result = test::hand_made(
      "training", {"target.kind=random_features", "target.dimension=11", "target.n=10,20,40,80",
                   "target.features=60,120,240", "experiment.t=1"});
  const verdict::Result like = hand_made(0);
  for (verdict::Point& point : result.points) {
    point.observables = like.points[0].observables;
    point.facts = like.points[0].facts;
    std::erase_if(point.facts, [](const verdict::Fact& each) {
      return each.name == "data" || each.name == "features" || each.name == "dimension" ||
             each.name == "noise";
    });
    point.facts.push_back({fact::dimension, 11, "d"});
    point.facts.push_back({fact::noise, 1, "s"});
    point.facts.push_back({fact::data, point.number("target.n"), "N"});
    point.facts.push_back({fact::features, point.number("target.features"), "p"});
    point.observables.at("train_loss_end").estimate.mean[0] = 0.4 - 0.2 * 0.6 / 0.8;
  }
  const auto findings = findings::analyse(result);
  const auto named = [&](const std::string& name) -> const verdict::Figure& {
    for (const auto& figure : findings.figures) {
      if (figure.name == name) return figure;
    }
    throw std::logic_error("no figure " + name);
  };
  const verdict::Figure& share = named("trained_to_the_end_map_p");
  REQUIRE(share.surface);
  CHECK(share.surface->x == std::vector<double>{10, 20, 40, 80});
  CHECK(share.surface->y == std::vector<double>{60, 120, 240});
  // Distances .5 at first, .1 at 1e4 after losses 1 and .4: 2/3 of a distance a loss.
  CHECK(share.surface->z.minCoeff() == Approx(1 - (0.1 - 2. / 3 * 0.15) / 0.5));
  CHECK(share.surface->z.maxCoeff() == Approx(share.surface->z.minCoeff()));
  REQUIRE(share.curves.size() == 2);  // N = p is off the map
  CHECK(share.curves[0].label == "N(d+1) = p");
  CHECK(share.curves[0].x == std::vector<double>{10, 20});
  CHECK(share.curves[1].label == "exact score condenses");
  CHECK(share.curves[1].x[0] == Approx(std::pow(2, 5.5)));  // e^I, I = d/2 log(1 + 1/s)
  CHECK(named("ridgeless_peak_map_p").surface->z(0, 0) == Approx(std::log10(5 / 0.85)));
}

TEST_CASE("Training times: crossings interpolated in ln tau", "[unit][training]") {
  const std::vector<double> tau = {1, 10, 100, 1000, 10000};
  const auto times = theory::training_times(tau, {1, .9, .8, .5, .2}, {.9, .6, .5, .8, 1.2}, 1, .2);
  // 90 % of the fall from 1 to .5 is .55, half way from 10 to 100.
  CHECK(*times.generalization == Approx(1.5 * std::log(10)));
  CHECK(*times.best == Approx(2 * std::log(10)));
  CHECK(*times.rise == Approx((2 + 1. / 6) * std::log(10)));
  CHECK(*times.harm == Approx(3.5 * std::log(10)));
  CHECK(*times.memorization == Approx(3 * std::log(10)));
  CHECK(times.test_minimum == .5);
  const auto none = theory::training_times(tau, {1, 1, 1, 1, 1}, {1, 1.1, 1.2, 1.3, 1.4}, 1, .2);
  CHECK_FALSE(none.generalization);
  CHECK_FALSE(none.memorization);
  const auto flat = theory::training_times(tau, {1, .9, .8, .7, .6}, {.9, .6, .5, .5, .5}, 1, .1);
  CHECK_FALSE(flat.rise);
  CHECK_FALSE(flat.memorization);
}

TEST_CASE("Gaussian-equivalent spectrum of cosine features", "[unit][training]") {
  // d = 80, p = 480, N = 160, s = .2, v = 1.
  const auto theory = theory::cosine_spectrum(1, 1 / 1.2, 80, 160, 480);
  CHECK(theory.linear_weight == Approx(.454).margin(5e-4));
  CHECK(theory.data_weight == Approx(.0860).margin(5e-5));
  CHECK(theory.data_low == Approx(.00038).margin(5e-6));
  CHECK(theory.data_high == Approx(.0029).margin(5e-5));
}

}  // namespace symbreak::findings::training
