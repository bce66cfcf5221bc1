// Findings on three scores: figures of each, eigenvalues of the memorizing one.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/three_way/observables.hpp"
#include "tests/hand_made.hpp"
#include "tests/scratch.hpp"

namespace symbreak::findings::three_way {

namespace {

/// Four levels; eigenvalues (10 - a)/s, which cross 1; those of mode 1 at s = 4 measured `off` too
/// large. Softening r + c k^2 with r = 1, c = 4: xi = 2.
verdict::Result scores(double off, std::size_t count = 3) {
  const test::ScratchFolder folder;
  const std::string file = folder.write("images.csv", "1,0,0,0\n0,1,0,0\n");
  verdict::Result result = test::hand_made(
      "three_way", {"target.kind=image_patches", "target.file=" + file, "target.patch=1"});
  verdict::Point& point = result.points[0];
  const std::vector<double> noise = {100, 20, 4, 0.8};
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
  for (Eigen::Index a = 0; a < kPrototypes; ++a) {
    std::vector<double> exact;
    for (const double s : noise) exact.push_back((10 - static_cast<double>(a)) / s);
    point.predictions.push_back(
        {prediction::eigenvalues[static_cast<std::size_t>(a)], exact, "Gram matrix"});
  }
  test::put_solved(point, observable::prototype_eigenvalues, measured, 0, {4, kPrototypes});
  std::vector<double> softening;
  for (std::size_t r = 0; r < noise.size(); ++r) {
    for (int j = 0; j < 6; ++j) {
      softening.push_back(1 + 4 * std::pow(2 * std::sin(M_PI * j / 12), 2));
    }
  }
  for (std::size_t which = 0; which < count; ++which) {
    const ScoreNames& score = kScores[which];
    if (which == 3) softening[2 * 6 + 1] = 0.4;
    test::put_sampled(point, score.softening, softening, 1e-3, {4, 6});
    test::put_sampled(point, score.structure, softening, 1e-3, {4, 6});
    test::put_sampled(point, score.images, std::vector<double>(2 * 144, 0.5), 1e-3, {2, 12, 12});
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
  REQUIRE(found.figures.size() == 11);
  const verdict::Figure& lengths = found.figures[9];
  CHECK(lengths.name == "three_way_length");
  REQUIRE(lengths.curves.size() == 3);
  for (const double xi : lengths.curves[0].y) CHECK(xi == Approx(2).epsilon(1e-9));
  CHECK(found.figures[10].vertical_lines.size() == 6);  // all six cross 1 below s = 20
  CHECK(test::measured(found, "prototype_instability").size() == 6);
}

TEST_CASE("Findings of three_way: a network beside them, and how far each score softens",
          "[unit][findings]") {
  const auto found = findings::analyse(scores(0, 4));
  REQUIRE(found.figures.size() == 14);
  CHECK(found.figures[12].curves.size() == 4);
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
