// Findings on generated and training images.
#include <catch2/catch.hpp>

#include "analysis/findings/creativity/observables.hpp"
#include "tests/hand_made.hpp"
#include "tests/scratch.hpp"

namespace symbreak::findings::creativity {

namespace {

verdict::Result generated(const std::string& machines, double copies) {
  const test::ScratchFolder folder;
  const std::string file = folder.write("images.csv", "1,0,0,0\n0,1,0,0\n");
  verdict::Result result =
      test::hand_made("creativity", {"target.kind=image_patches", "target.file=" + file,
                                     "target.machine=" + machines, "target.patch=1"});
  for (verdict::Point& point : result.points) {
    point.facts = {{fact::data_distance, 0.7, "distance"}, {fact::pixel_deviation, 0.4, "pixels"}};
    test::put_sampled(point, observable::novelty, {0.5}, 0.01);
    test::put_sampled(point, observable::copies, {copies}, copies < 1 ? 0.1 : 0);
    test::put_sampled(point, observable::local_residual, {0.012}, 0.001);
    for (const auto name : {observable::generated_images, observable::nearest_images}) {
      test::put_sampled(point, name, std::vector<double>(3 * 4, 0.5), 0.1, {3, 2, 2});
    }
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of creativity: what memorizes must copy", "[unit][findings]") {
  verdict::Result result = generated("ls", 1);
  CHECK(findings::analyse(result).verdicts.empty());
  result.points[0].predictions = {{prediction::copies, 1.0, "memorizes"}};
  const auto rows = findings::analyse(result).verdicts;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].quantity == "copies");
  CHECK(rows[0].measured == 1);
  CHECK(rows[0].predicted == 1);
  CHECK(rows[0].error == 0);
  CHECK(rows[0].agrees());
  result = generated("ls", 0.8);
  result.points[0].predictions = {{prediction::copies, 1.0, "memorizes"}};
  CHECK_FALSE(findings::analyse(result).verdicts[0].agrees());
}

TEST_CASE("Findings of creativity: files of schema 1 tell by their machine", "[unit][findings]") {
  const auto found = findings::analyse(generated("is, ls", 1));
  REQUIRE(found.verdicts.size() == 1);
  CHECK(found.verdicts[0].point.at("target.machine") == "is");
  CHECK(found.figures.size() == 4);
}

TEST_CASE("Findings of creativity: novelty", "[unit][findings]") {
  verdict::Result result = generated("ls", 0.25);
  auto found = findings::analyse(result);
  CHECK(found.diagnostics.empty());
  const auto only = [&](const char* quantity) {
    const auto rows = test::measured(found, quantity);
    REQUIRE(rows.size() == 1);
    return rows[0].measured;
  };
  CHECK(only("novelty") == Approx(0.5));
  CHECK(only("copies") == Approx(0.25));
  CHECK(only("pixel_deviation") == Approx(0.4));
  CHECK(test::measured(found, "sources").empty());
  test::put_sampled(result.points[0], observable::sources, {3.2}, 0.01);
  found = findings::analyse(result);
  CHECK(only("sources") == Approx(3.2));
  test::unfinished(result.points[0]);
  CHECK(findings::analyse(result).figures.empty());
}

}  // namespace symbreak::findings::creativity
