#include <catch2/catch.hpp>

#include "analysis/findings/generation/observables.hpp"
#include "analysis/theory/information.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::generation {

namespace {

const std::vector<double> kNoise = {8, 2, 0.5};

/// Two deltas at +-1: overlaps 1 - mmse on reverse trajectories, `shift` more on forward data.
verdict::Result two_deltas(double shift, double weight = 0.5) {
  verdict::Result result = test::hand_made("generation", {"target.preset=two_deltas"});
  verdict::Point& point = result.points[0];
  std::vector<double> overlaps;
  double mean = 0;
  for (double s : kNoise) {
    overlaps.push_back(theory::binary_overlap(1 / s));
    mean += overlaps.back() / 3;
  }
  point.facts = {{fact::noise, kNoise, "s"},
                 {fact::time, kNoise, "t"},
                 {fact::histogram_edge, 1.05, "range"},
                 {fact::mean_square_norm, 1, "E|y|^2/d"}};
  point.predictions = {{prediction::class_weight, {weight, 1 - weight}, "weights"},
                       {prediction::critical_time, 1, "lambda_max"},
                       {prediction::overlap, overlaps, "quadrature"},
                       {prediction::mean_overlap, mean, "quadrature"}};
  const double spread = 0.008;  // an error of 0.001
  test::put_sampled(point, observable::overlap, overlaps, spread, {3});
  test::put_sampled(point, observable::overlap_forward, overlaps, spread, {3});
  test::put_sampled(point, observable::mean_overlap, {mean}, spread);
  test::put_sampled(point, observable::mean_overlap_forward, {mean + shift}, spread);
  test::put_sampled(point, observable::score_norm, {1, 0.9, 0.5}, spread, {3});
  test::put_sampled(point, observable::order_parameter_squared, overlaps, spread, {3, 1});
  test::put_sampled(point, observable::order_parameter_distribution,
                    {0, 1, 0, 0.25, 0.5, 0.25, 0.5, 0, 0.5}, spread, {3, 3});
  test::put_sampled(point, observable::branch_occupation, {0.5, 0.5}, spread, {2});
  test::put_sampled(point, observable::wasserstein_2_excess, {shift}, spread);
  test::put_sampled(point, observable::energy_distance, {shift}, spread);
  return result;
}

const verdict::Figure& figure(const verdict::Findings& findings, const std::string& name) {
  for (const verdict::Figure& candidate : findings.figures) {
    if (candidate.name == name) return candidate;
  }
  throw std::logic_error("no figure " + name);
}

}  // namespace

TEST_CASE("Findings of generation: the same law everywhere agrees", "[unit][findings]") {
  verdict::Result result = two_deltas(0);
  auto findings = findings::analyse(result);
  REQUIRE(findings.verdicts.size() == 6);
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
    CHECK(row.error == Approx(0.001).epsilon(0.3));
  }
  const auto overlap = test::verdicts(findings, "overlap");
  CHECK(overlap[0].predicted_error > 0);  // against forward noised data
  CHECK(overlap[1].predicted_error == 0);
  CHECK(overlap[1].predicted == result.points[0].prediction(prediction::mean_overlap));
  test::put_sampled(result.points[0], observable::frechet_excess, {0}, 0.01);
  findings = findings::analyse(result);
  CHECK(test::verdicts(findings, "frechet_distance").size() == 1);
}

TEST_CASE("Findings of generation: another law fails", "[unit][findings]") {
  const auto shifted = findings::analyse(two_deltas(0.02));
  CHECK_FALSE(test::verdicts(shifted, "overlap")[0].agrees());
  CHECK(test::verdicts(shifted, "overlap")[1].agrees());
  CHECK_FALSE(test::verdicts(shifted, "wasserstein_2")[0].agrees());
  CHECK_FALSE(test::verdicts(shifted, "energy_distance")[0].agrees());
  for (const verdict::Verdict& row :
       test::verdicts(findings::analyse(two_deltas(0, 0.6)), "branch_occupation")) {
    CHECK_FALSE(row.agrees());
  }
}

TEST_CASE("Findings of generation: figures hold the entropy rate and rising times",
          "[unit][findings]") {
  const auto findings = findings::analyse(two_deltas(0));
  const verdict::Curve& rate = figure(findings, "entropy").curves[0];
  for (std::size_t i = 0; i < kNoise.size(); ++i) {
    CHECK(rate.y[i] == Approx(theory::binary_mmse(1 / kNoise[i]) / (2 * kNoise[i])));
  }
  const auto& surface = figure(findings, "order_parameter_distribution").surface;
  REQUIRE(surface);
  CHECK(surface->x == std::vector<double>{0.5, 2, 8});
  CHECK(surface->z(0, 0) == Approx(0.5));
  CHECK(surface->z(2, 1) == Approx(1));
  // Paths over the same density, each from the earliest time to the noisiest.
  verdict::Result walked = two_deltas(0);
  test::put_sampled(walked.points[0], observable::order_parameter_paths, {0, 0.2, 1, 0, -0.3, -1},
                    0, {2, 3});
  const verdict::Figure paths = figure(findings::analyse(walked), "trajectories");
  REQUIRE(paths.surface);
  REQUIRE(paths.curves.size() == 2);
  CHECK(paths.curves[1].x == std::vector<double>{0.5, 2, 8});
  CHECK(paths.curves[1].y == std::vector<double>{-1, -0.3, 0});
  CHECK(paths.curves[0].colour == paths.curves[1].colour);
  CHECK(paths.vertical_lines.at(0).first == 1);
  // Pictures: a row of noisy states, of means, of the nearest data; a column each time.
  std::vector<double> pixels(3 * 2 * 2 * 2, 0.0);
  pixels[0] = 7;   // the noisy state at the first time, row 0, column 0
  pixels[23] = 1;  // the datum at the second time, row 1, column 1
  test::put_sampled(walked.points[0], observable::path_pictures, pixels, 0, {3, 2, 2, 2});
  walked.points[0].facts.push_back({fact::picture_time, {8, 0.5}, "t"});
  const verdict::Figure pictures = figure(findings::analyse(walked), "path_pictures");
  REQUIRE(pictures.surface);
  CHECK(pictures.surface->x.size() == 2 * 2 + 1);  // two columns of two pixels, and a gap
  CHECK(pictures.surface->y.size() == 3 * 2 + 2);
  CHECK(pictures.surface->z(0, 7) == 7);
  CHECK(pictures.surface->z(4, 0) == 1);
  CHECK(pictures.surface->range == std::pair(0.0, 1.0));  // of the data
  CHECK(pictures.caption.find("t = 8, 0.5.") != std::string::npos);
  const auto& overlaps = figure(findings, "overlap").curves;
  REQUIRE(overlaps.size() == 3);
  CHECK(overlaps[0].label == "reverse trajectories");
  CHECK(overlaps[1].label == "forward noised data");
  CHECK(figure(findings, "overlap").vertical_lines.at(0).first == 1);
  CHECK(figure(findings, "order_parameter").curves.size() == 1);
}

TEST_CASE("Findings of generation: what is not known or not complete is left out",
          "[unit][findings]") {
  verdict::Result result = two_deltas(0);
  result.points[0].predictions.clear();
  auto findings = findings::analyse(result);
  CHECK(test::verdicts(findings, "overlap").size() == 1);
  CHECK(test::verdicts(findings, "branch_occupation").empty());
  CHECK(figure(findings, "overlap").curves.size() == 2);
  test::unfinished(result.points[0]);
  result.points[0].observables.clear();
  findings = findings::analyse(result);
  CHECK(findings.verdicts.empty());
  CHECK(findings.figures.empty());
}

TEST_CASE("Findings of generation: a class that few walkers could meet", "[unit][findings]") {
  // None of them did: the mean has no error of its own to speak of.
  const auto occupied = [](double weight) {
    verdict::Result result = two_deltas(0, weight);
    verdict::Point& point = result.points[0];
    test::put_sampled(point, observable::branch_occupation, {1e-5, 1 - 1e-5}, 1e-6, {2});
    return test::verdicts(findings::analyse(result), "branch_occupation").at(0);
  };
  const auto rare = occupied(5e-5);
  CHECK(rare.error > std::abs(rare.measured - rare.predicted) / 3);
  CHECK(rare.agrees());
  CHECK(occupied(0.2).disagrees());
}

TEST_CASE("Findings of generation: long steps make predictions less sharp, or none",
          "[unit][findings]") {
  const auto analysed = [](double bound) {
    verdict::Result result = two_deltas(0.02);  // twenty errors
    result.points[0].facts.push_back({fact::variance, 26, "variance"});
    result.points[0].facts.push_back({fact::step_error, bound, "bound"});
    return findings::analyse(result);
  };
  const auto sharp = analysed(1e-4);
  CHECK(sharp.diagnostics.empty());
  CHECK(test::verdicts(sharp, "wasserstein_2").at(0).disagrees());
  const auto wide = analysed(0.09);
  REQUIRE(wide.diagnostics.size() == 1);
  CHECK(wide.diagnostics[0].severity == verdict::Severity::note);
  for (const verdict::Verdict& row : wide.verdicts) CHECK(row.agrees());
  CHECK(test::verdicts(wide, "branch_occupation").at(0).predicted_error == Approx(0.03));
  const auto coarse = analysed(0.4);
  CHECK(coarse.verdicts.empty());
  REQUIRE(coarse.diagnostics.size() == 1);
  CHECK(coarse.diagnostics[0].severity == verdict::Severity::warning);
  CHECK(coarse.diagnostics[0].text.find("another law") != std::string::npos);
}

TEST_CASE("Findings of generation: noise that is left makes another law", "[unit][findings]") {
  // 1 - score_norm = .5 at the last noise, .5: a quarter of a variance of 1.
  const auto analysed = [](double variance, const std::string& sampler = "bridge") {
    verdict::Result result = two_deltas(0.2);
    result.points[0].facts.push_back({fact::variance, variance, "variance"});
    result.points[0].parameters["experiment.sampler"] = sampler;
    return findings::analyse(result);
  };
  const auto open = analysed(1);
  CHECK(test::verdicts(open, "wasserstein_2").empty());
  CHECK(test::verdicts(open, "overlap").size() == 2);
  REQUIRE(open.diagnostics.size() == 1);
  CHECK(open.diagnostics[0].severity == verdict::Severity::warning);
  CHECK(open.diagnostics[0].text.find("25 % of the variance") != std::string::npos);
  // Little of a larger variance, and samples that are drawn from the posterior, are judged.
  for (const auto& closed : {analysed(26), analysed(1, "bridge_sample")}) {
    CHECK(closed.diagnostics.empty());
    CHECK(test::verdicts(closed, "wasserstein_2").at(0).disagrees());
  }
}

}  // namespace symbreak::findings::generation
