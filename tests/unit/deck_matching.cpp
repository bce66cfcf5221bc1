// Patterns in the names of files: a sweep over what matches, in the order of the numbers.
#include <catch2/catch.hpp>

#include "sim/deck/matching.hpp"
#include "tests/parameters.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;

TEST_CASE("Names that match come in the order of their numbers") {
  const test::ScratchFolder folder;
  for (const char* name : {"run_10.csv", "run_9.csv", "run_009b.csv", "run_100.csv", "other_1.csv",
                           "run_1.npy", "run_.csv"}) {
    folder.write(name, "1\n2\n");
  }
  std::filesystem::create_directory(folder.path() / "run_5.csv");
  using Names = std::vector<std::string>;
  CHECK(deck::matching(folder.path(), "run_*.csv") ==
        Names{"run_.csv", "run_9.csv", "run_009b.csv", "run_10.csv", "run_100.csv"});
  CHECK(deck::matching(folder.path(), "*_1*.*") ==
        Names{"other_1.csv", "run_1.npy", "run_10.csv", "run_100.csv"});
  CHECK(deck::matching(folder.path(), "*x*").empty());
  CHECK(deck::matching(folder.path() / "nowhere", "*").empty());
}

TEST_CASE("A pattern is a sweep of files") {
  const test::ScratchFolder folder;
  for (const char* name : {"a_2", "a_10", "b_1"}) folder.write(name + std::string(".csv"), name);
  const std::string data = "target.file=" + folder.write("data.csv", "1\n2\n3\n");
  const auto deck = test::deck(
      "samples", {"target.kind=dataset", data, "experiment.samples=" + folder.file("a_*.csv")});
  REQUIRE(deck.points.size() == 2);
  CHECK(deck.swept == std::vector<std::string>{"experiment.samples"});
  CHECK(deck.points[0].word("experiment.samples") == folder.file("a_2.csv"));
  CHECK(deck.points[1].word("experiment.samples") == folder.file("a_10.csv"));
  const auto refused = [&](const std::string& pattern, const std::string& words) {
    CHECK_THROWS_WITH(
        test::deck("samples", {"target.kind=dataset", data, "experiment.samples=" + pattern}),
        Catch::Contains(words));
  };
  refused(folder.file("c_*.csv"), "no file matches");
  refused("nowhere/*.csv", "no file matches");
  refused("*/a_2.csv", "not of a folder");
}
