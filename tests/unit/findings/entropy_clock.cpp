// Findings of entropy rates: results made by hand from the exact rate of two deltas,
// q mmse(q)/2 at q = 1/s.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/entropy_clock/observables.hpp"
#include "analysis/theory/information.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::entropy_clock {

namespace {

constexpr int kLevels = 61;
constexpr double kSpread = 4e-4;

/// `stretch` times the true rate, but for one error of alternating sign (chi^2/n = 1).
verdict::Result two_deltas(double stretch = 1) {
  verdict::Result result = test::hand_made("entropy_clock", {});
  verdict::Point& point = result.points.front();
  std::vector<double> noise, rate, information, square, clones;
  for (int i = 0; i < kLevels; ++i) {
    const double s = 0.02 * std::pow(1e4, static_cast<double>(i) / (kLevels - 1)), q = 1 / s;
    noise.push_back(s);
    rate.push_back(q * theory::binary_mmse(q) / 2);
    information.push_back(theory::binary_information(q));
    square.push_back(theory::binary_dispersion(q) + std::pow(information.back(), 2));
    clones.push_back(theory::clone_probability(q));
  }
  point.facts = {{fact::time, noise, "clock"}, {fact::noise, noise, "s"}};
  point.predictions = {{prediction::rate, rate, "quadrature"},
                       {prediction::data_entropy, std::log(2.0), "entropy"},
                       {prediction::critical_clone, 1, "G = 1"},
                       {prediction::score.solved, 1, "Jacobian"},
                       {prediction::score.closed, 1, "closed form"},
                       {prediction::vp_flow.solved, 1, "without a closed form"},
                       {prediction::critical_speciation, 0.5, "lambda theta^2 = 1"}};
  for (const prediction::Peak& peak : prediction::peaks) {
    point.predictions.emplace_back(peak.name, 1 / theory::entropy_rate_peak(peak.power), "maximum");
  }
  const std::vector<double> nothing(kLevels);
  test::put_sampled(point, observable::entropy_rate_gap_score, nothing, kSpread);
  const Eigen::VectorXd error = point.at(observable::entropy_rate_gap_score).estimate.error;
  std::vector<double> gap(kLevels), trace(kLevels);
  for (int i = 0; i < kLevels; ++i) {
    const auto at = static_cast<std::size_t>(i);
    gap[at] = (i % 2 == 0 ? 1 : -1) * error[i];
    trace[at] = stretch * rate[at];
    if (rate[at] > 0.01) trace[at] += gap[at];
  }
  for (const auto name : {observable::entropy_rate_mmse, observable::entropy_rate_score}) {
    test::put_sampled(point, name, rate, kSpread);
  }
  test::put_sampled(point, observable::entropy_rate_trace, trace, kSpread);
  for (const auto name : {observable::entropy_rate_gap_score, observable::entropy_rate_gap_trace}) {
    test::put_sampled(point, name, gap, kSpread);
  }
  test::put_sampled(point, observable::entropy_produced,
                    {stretch * (information.front() - information.back())}, 2e-4);
  test::put_sampled(point, observable::information, information, kSpread);
  test::put_sampled(point, observable::information_square, square, kSpread);
  test::put_sampled(point, observable::clone_probability, clones, 1e-3);
  return result;
}

}  // namespace

TEST_CASE("Entropy rates of two deltas: sums, peaks and critical times", "[unit][findings]") {
  const verdict::Findings found = findings::analyse(two_deltas());
  for (const verdict::Verdict& row : found.verdicts) {
    INFO(row.quantity << " " << row.from << ": " << row.measured << " +- " << row.error);
    CHECK(row.agrees());
  }
  const auto gaps = test::verdicts(found, "entropy_rate_gap");
  REQUIRE(gaps.size() == 2);
  CHECK(gaps[0].measured == Approx(1).epsilon(.02));  // Student of 63 degrees
  CHECK(gaps[0].predicted == 1);
  CHECK(test::verdicts(found, "entropy_rate").at(0).measured == Approx(1).epsilon(.02));

  const auto produced = test::verdicts(found, "entropy_produced");
  REQUIRE(produced.size() == 2);
  CHECK(produced[0].predicted ==
        Approx(theory::binary_information(50) - theory::binary_information(1 / 200.0)));
  CHECK(produced[1].predicted == Approx(std::log(2.0)));
  CHECK(produced[1].measured == Approx(std::log(2.0)).epsilon(1e-3));

  const auto peaks = test::verdicts(found, "entropy_rate_peak");
  REQUIRE(peaks.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(peaks[k].predicted == Approx(theory::entropy_rate_peak(prediction::peaks[k].power)));
    CHECK(peaks[k].error < 0.02 * peaks[k].predicted);
  }

  const auto times = test::verdicts(found, "critical_time");
  REQUIRE(times.size() == 2);
  CHECK(times[0].error == 1e-9);
  CHECK(times[1].predicted == 1);
  CHECK(times[1].error < 0.01);
  CHECK(test::measured(found, "critical_time", "speciation criterion").size() == 1);
  REQUIRE(found.diagnostics.size() == 1);
  CHECK_THAT(found.diagnostics[0].text,
             Catch::Contains("/points/1/observables/entropy_rate_table"));
  REQUIRE(found.figures.size() == 2);
  CHECK(found.figures[0].curves.size() == 4);
  // The variance of the information density is the dispersion.
  CHECK(found.figures[1].curves[1].y[20] ==
        Approx(theory::binary_dispersion(1 / found.figures[1].curves[1].x[20])));
}

TEST_CASE("A rate that is 3 % off is told", "[unit][findings]") {
  verdict::Result result = two_deltas(1.03);
  for (verdict::Prediction& known : result.points[0].predictions) {
    if (known.quantity == prediction::score.closed.text()) known.values = {1.001};
  }
  const verdict::Findings found = findings::analyse(result);
  CHECK_FALSE(test::verdicts(found, "entropy_rate").at(0).agrees());
  for (const auto& row : test::verdicts(found, "entropy_produced")) CHECK_FALSE(row.agrees());
  CHECK_FALSE(test::verdicts(found, "critical_time").at(0).agrees());
  CHECK(test::verdicts(found, "entropy_rate_gap").at(0).agrees());
}

TEST_CASE("Entropy rates of a mere denoiser, and of an unfinished point", "[unit][findings]") {
  verdict::Result result = two_deltas();
  verdict::Point& point = result.points[0];
  point.predictions.clear();
  for (const auto name :
       {observable::information, observable::information_square, observable::clone_probability}) {
    point.observables.erase(name.string());
  }
  const verdict::Findings found = findings::analyse(result);
  CHECK(found.verdicts.size() == 2);
  CHECK(test::verdicts(found, "entropy_rate_gap").size() == 2);
  REQUIRE(found.figures.size() == 1);
  CHECK(found.figures[0].curves.size() == 3);

  test::unfinished(point);
  CHECK(findings::analyse(result).verdicts.empty());
}

TEST_CASE("Data of two scales: the rate vanishes between them, and all is not told yet",
          "[unit][findings]") {
  verdict::Result result = two_deltas();
  CHECK(test::verdicts(findings::analyse(result), "entropy_produced").size() == 2);
  for (auto& prediction : result.points[0].predictions) {
    if (prediction.quantity == prediction::data_entropy.string())
      prediction.values = {std::log(4.0)};
  }
  const auto rows = test::verdicts(findings::analyse(result), "entropy_produced");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].agrees());
}

}  // namespace symbreak::findings::entropy_clock
