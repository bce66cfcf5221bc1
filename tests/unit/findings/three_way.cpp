// Findings on three scores: figures of each, eigenvalues of the memorizing one.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/three_way/observables.hpp"
#include "tests/hand_made.hpp"
#include "tests/scratch.hpp"

namespace symbreak::findings::three_way {

namespace {

const std::vector<double> kNoise = {100, 20, 4, 0.8};

void put_score(verdict::Point& point, const ScoreNames& score,
               const std::vector<double>& softening) {
  test::put_sampled(point, score.softening, softening, 1e-3, {4, 6});
  test::put_sampled(point, score.structure, softening, 1e-3, {4, 6});
  test::put_sampled(point, score.images, std::vector<double>(2 * 144, 0.5), 1e-3, {2, 12, 12});
}

/// What is known of eigenvalues (10 - a)/s.
void put_exact(verdict::Point& point, const ScoreNames& score) {
  for (Eigen::Index a = 0; a < kPrototypes; ++a) {
    std::vector<double> exact;
    for (const double s : kNoise) exact.push_back((10 - static_cast<double>(a)) / s);
    point.predictions.push_back(
        {score.predicted[static_cast<std::size_t>(a)], exact, "Gram matrix"});
  }
}

/// Four levels; eigenvalues (10 - a)/s, which cross 1; those of mode 1 at s = 4 measured `off` too
/// large. Softening r + c k^2 with r = 1, c = 4: xi = 2.
verdict::Result scores(double off, bool network = false) {
  const test::ScratchFolder folder;
  const std::string file = folder.write("images.csv", "1,0,0,0\n0,1,0,0\n");
  verdict::Result result = test::hand_made(
      "three_way", {"target.kind=image_patches", "target.file=" + file, "target.patch=1"});
  verdict::Point& point = result.points[0];
  const std::vector<double>& noise = kNoise;
  point.facts = {{fact::noise, noise, "s"},
                 {fact::lattice_side, 12.0, "L"},
                 {fact::window, 25.0, "P^2"},
                 {fact::largest_norm, 36.0, "max |y|^2"}};
  std::vector<double> measured;
  for (const double s : noise) {
    for (Eigen::Index a = 0; a < kPrototypes; ++a) {
      measured.push_back((10 - static_cast<double>(a)) / s + (s == 4 && a == 1 ? off : 0));
    }
  }
  put_exact(point, names(Sort::memorizing));
  test::put_solved(point, names(Sort::memorizing).eigenvalues, measured, 0, {4, kPrototypes});
  std::vector<double> softening;
  for (std::size_t r = 0; r < noise.size(); ++r) {
    for (int j = 0; j < 6; ++j) {
      softening.push_back(1 + 4 * std::pow(2 * std::sin(M_PI * j / 12), 2));
    }
  }
  for (const Sort sort : {Sort::model, Sort::memorizing, Sort::real, Sort::network}) {
    if (sort == Sort::network) softening[2 * 6 + 1] = 0.4;
    if (sort != Sort::network || network) put_score(point, names(sort), softening);
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of three_way: eigenvalues of the Gram matrix", "[unit][findings]") {
  const auto found = findings::analyse(scores(0));
  REQUIRE(found.verdicts.size() == 1);
  CHECK(found.verdicts[0].quantity == "prototype_eigenvalue");
  CHECK(found.verdicts[0].agrees());
  CHECK(found.verdicts[0].predicted_error > 0);
  REQUIRE(found.figures.size() == 14);
  CHECK(found.figures[0].name == "three_way_softening");
  CHECK(found.figures[0].curves.size() == 3);
  const verdict::Figure& lengths = found.figures[3];
  CHECK(lengths.name == "three_way_length");
  REQUIRE(lengths.curves.size() == 3);
  for (const double xi : lengths.curves[0].y) CHECK(xi == Approx(2).epsilon(1e-9));
  CHECK(found.figures[13].vertical_lines.size() == 6);  // all six cross 1 below s = 20
  CHECK(test::measured(found, "prototype_instability").size() == 6);
}

TEST_CASE("Findings of three_way: a network beside them, and how far each score softens",
          "[unit][findings]") {
  const auto found = findings::analyse(scores(0, true));
  REQUIRE(found.figures.size() == 17);
  for (std::size_t together = 0; together < 4; ++together) {
    CHECK(found.figures[together].curves.size() == 4);
  }
  const auto softest = test::measured(found, "network_softest");
  REQUIRE(softest.size() == 1);
  CHECK(softest[0].measured == Approx(0.4));
  CHECK(softest[0].axis.at(0) == std::pair<std::string, double>("s", 4));
  CHECK(softest[0].axis.at(1) == std::pair<std::string, double>("mode", 1));
  CHECK(test::measured(found, "model_softest").at(0).measured == Approx(1));
  CHECK(test::measured(findings::analyse(scores(0)), "network_softest").empty());
}

TEST_CASE("Findings of three_way: the worst eigenvalue is the one that is told",
          "[unit][findings]") {
  const auto found = findings::analyse(scores(1e-6));
  REQUIRE(found.verdicts.size() == 1);
  CHECK_FALSE(found.verdicts[0].agrees());
  CHECK(found.verdicts[0].measured == Approx(9.0 / 4 + 1e-6).epsilon(1e-12));
  CHECK(found.verdicts[0].predicted == Approx(9.0 / 4).epsilon(1e-12));
  CHECK(found.verdicts[0].axis.at(0) == std::pair<std::string, double>("s", 4));
}

TEST_CASE("Findings of three_way: several scores of one sort", "[unit][findings]") {
  verdict::Result result = scores(0, true);
  verdict::Point& point = result.points[0];
  const ScoreNames& more = names(Sort::memorizing, 1);
  CHECK(more.softening.text() == "memorizing_2_softening");
  CHECK(more.eigenvalues.text() == "prototype_eigenvalues_2");
  CHECK(names(Sort::network, 11).images.text() == "network_12_images");
  CHECK(kScores.size() == 2 + 3 * kMost);
  const std::vector<double> softening(4 * 6, 0.5);
  put_score(point, more, softening);
  put_score(point, names(Sort::real, 1), softening);
  put_score(point, names(Sort::network, 1), softening);
  put_exact(point, more);
  std::vector<double> wrong;
  for (const double s : kNoise) {
    for (Eigen::Index a = 0; a < kPrototypes; ++a) {
      wrong.push_back((10 - static_cast<double>(a)) * (1 + 1e-6) / s);
    }
  }
  test::put_solved(point, more.eigenvalues, wrong, 0, {4, kPrototypes});
  point.facts.push_back({fact::memorized, std::vector<double>{100, 1000}, "N"});
  point.facts.push_back({fact::patch_sides, std::vector<double>{3, 0}, "P"});
  point.parameters["target.worker"] = "../my_net.py";
  point.parameters["target.checkpoint"] = "weights/late.pt";
  point.parameters["experiment.checkpoints"] = "weights/early.pt, weights/never.pt";

  const auto found = findings::analyse(result);
  CHECK(test::verdicts(found, "prototype_eigenvalue").at(0).agrees());
  CHECK_FALSE(test::verdicts(found, "prototype_eigenvalue_2").at(0).agrees());
  CHECK(test::measured(found, "prototype_instability_2").size() == 6);
  CHECK(test::measured(found, "real_2_softest").at(0).measured == Approx(0.5));
  std::vector<std::string> labels;
  for (const verdict::Curve& curve : found.figures.at(0).curves) labels.push_back(curve.label);
  CHECK(labels == std::vector<std::string>{"uniform patches", "memorizing, N = 100",
                                           "memorizing, N = 1000", "real patches, P = 3",
                                           "real patches, several scales", "network late.pt",
                                           "network early.pt"});
  CHECK(found.figures.back().title == "The memorizing score of 1000 images at the mean image");
}

TEST_CASE("Findings of three_way: the Gaussian score is judged mode by mode", "[unit][findings]") {
  verdict::Result result = scores(0);
  verdict::Point& point = result.points[0];
  std::vector<double> softening;
  for (const double s : kNoise) {
    for (int j = 0; j < 6; ++j) softening.push_back(s / (s + 6 - j));
  }
  point.predictions.push_back({prediction::gaussian_softening, softening, "Cholesky"});
  point.predictions.push_back({prediction::gaussian_structure, softening, "steps"});
  test::put_sampled(point, names(Sort::gaussian).softening, softening, 1e-16, {4, 6});
  test::put_sampled(point, names(Sort::gaussian).structure, softening, 1e-3, {4, 6});
  test::put_sampled(point, names(Sort::gaussian).images, std::vector<double>(2 * 144, 0.5), 1e-3,
                    {2, 12, 12});
  const auto right = findings::analyse(result);
  REQUIRE(test::verdicts(right, "gaussian_softening").size() == 1);
  CHECK(test::verdicts(right, "gaussian_softening")[0].agrees());
  const auto own = std::find_if(right.figures.begin(), right.figures.end(), [](const auto& figure) {
    return figure.name == "three_way_softening_gaussian";
  });
  REQUIRE(own != right.figures.end());
  CHECK(own->curves.size() == 8);  // four modes, measured and known

  softening[3 * 6 + 2] *= 1 + 1e-9;
  test::put_sampled(point, names(Sort::gaussian).softening, softening, 1e-16, {4, 6});
  const auto wrong = findings::analyse(result);
  const verdict::Verdict row = test::verdicts(wrong, "gaussian_softening").at(0);
  CHECK_FALSE(row.agrees());
  CHECK(row.axis.at(0) == std::pair<std::string, double>("s", 0.8));
  CHECK(row.axis.at(1) == std::pair<std::string, double>("mode", 2));
}

TEST_CASE("Findings of three_way: the dip of the solvable model", "[unit][findings]") {
  // A parabola in ln s around s = .26 P^2, P = 5.
  const auto dip = [](double least, double side) {
    verdict::Result result = scores(0);
    verdict::Point& point = result.points[0];
    std::vector<double> noise, softening;
    for (double s = 1000; s > 0.01; s /= 1.5) noise.push_back(s);
    for (const double s : noise) {
      for (int j = 0; j < 6; ++j) {
        softening.push_back(least + j + 0.01 * std::pow(std::log(s / 6.5), 2));
      }
    }
    point.observables.clear();
    put_score(point, names(Sort::model), softening);
    for (const auto name : {names(Sort::model).softening, names(Sort::model).structure}) {
      test::put_sampled(point, name, softening, 1e-3, {static_cast<Eigen::Index>(noise.size()), 6});
    }
    point.facts = {
        {fact::noise, noise, "s"}, {fact::lattice_side, side, "L"}, {fact::window, 25.0, "P^2"}};
    return test::verdicts(findings::analyse(result), "model_softening_minimum");
  };
  const auto right = dip(0.261, 28);
  REQUIRE(right.size() == 1);
  CHECK(right[0].measured == Approx(0.261).epsilon(1e-6));
  CHECK(right[0].predicted == Approx(0.261));
  // Its own error and 0.2 of the steps, 80 of them from 1000 to 0.01.
  CHECK(right[0].predicted_error ==
        Approx(std::hypot(0.0026, 0.2 * std::log(1e5) / 80)).epsilon(1e-6));
  CHECK(right[0].agrees());
  CHECK_FALSE(dip(0.361, 28).at(0).agrees());
  CHECK(dip(0.261, 16).empty());  // a lattice too narrow for the reference
}

TEST_CASE("Findings of three_way: without a memorizing score", "[unit][findings]") {
  verdict::Result result = scores(0);
  verdict::Point& point = result.points[0];
  point.observables.clear();
  put_score(point, names(Sort::real), std::vector<double>(4 * 6, 0.5));
  const auto found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  CHECK(found.figures.size() == 3);  // nothing to compare with: its own alone
  CHECK(test::measured(found, "real_softest").size() == 1);
}

TEST_CASE("Findings of three_way: what is missing is left out", "[unit][findings]") {
  verdict::Result result = scores(0);
  result.points[0].predictions.clear();
  CHECK(findings::analyse(result).verdicts.empty());
  result.points[0].observables.clear();
  CHECK(findings::analyse(result).figures.empty());
  test::unfinished(result.points[0]);
  CHECK(findings::analyse(result).figures.empty());
}

}  // namespace symbreak::findings::three_way
