// Ways to stop a run, and what a user sees of it.
#include <signal.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/mpi/program.hpp"

namespace {

using namespace symbreak;
using test::run;
namespace fs = std::filesystem;

nlohmann::json status(const fs::path& out) {
  const test::Ended ended = run(0, {"status", out, "--json"});
  CAPTURE(ended.output);
  REQUIRE(ended.status == 0);
  return nlohmann::json::parse(ended.output);
}

}  // namespace

TEST_CASE("walltime, STOP file and USR1 end with status 3 and are continued") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "run";
  const std::vector<std::string> slow = {
      "run", deck, "--output", out, "--set", "experiment.delay=40", "--set", "run.checkpoint=1 h"};
  std::vector<std::string> limited = slow;
  limited.insert(limited.end(), {"--walltime", "00:00:01"});
  const test::Ended walltime = run(2, limited);
  CHECK(walltime.status == 3);
  CHECK(walltime.output.find("walltime") != std::string::npos);
  CHECK(walltime.output.find("the same command continues") != std::string::npos);
  CHECK(status(out).at("state") == "stopped");
  CHECK(fs::exists(out + "/result.h5"));
  CHECK(run(0, {"analyze", out}).status == 0);  // a stopped run is readable

  {
    test::Program program(3, slow);
    test::sleep_seconds(1.2);
    CHECK(status(out).at("state") == "running");
    std::ofstream(out + "/STOP");
    const test::Ended ended = program.wait();
    CAPTURE(ended.output);
    CHECK(ended.status == 3);
    CHECK(ended.output.find("file STOP") != std::string::npos);
  }
  {
    test::Program program(2, slow);  // the STOP file is gone at the start
    test::sleep_seconds(1.2);
    CHECK(!fs::exists(out + "/STOP"));
    program.signal(SIGUSR1);  // mpirun forwards it
    const test::Ended ended = program.wait();
    CAPTURE(ended.output);
    CHECK(ended.status == 3);
    CHECK(ended.output.find("continuing") != std::string::npos);
    CHECK(ended.output.find("signal USR1") != std::string::npos);
  }
  const auto before = status(out).at("units_done").get<int>();
  CHECK(before > 0);
  CHECK(run(4, {"run", deck, "--output", out}).status == 0);
  CHECK(run(0, {"run", deck, "--output", scratch / "reference"}).status == 0);
  CHECK(test::bits(out) == test::bits(scratch / "reference"));
  const auto end = status(out);
  CHECK(end.at("state") == "done");
  CHECK(end.at("units_done") == end.at("units"));
  CHECK(end.at("fraction") == 1);
  const test::Ended again = run(2, {"run", deck, "--output", out});
  CHECK(again.status == 0);
  CHECK(again.output.find("nothing left to do") != std::string::npos);
}

TEST_CASE("a second signal ends a run that is stuck in a block") {
  const test::Scratch scratch;
  const std::string out = scratch / "run";
  test::Program program(
      0, {"run", scratch.deck(), "--output", out, "--set", "experiment.delay=30000"});
  REQUIRE(test::appears(out + "/status.json"));
  test::sleep_seconds(0.2);
  program.signal(SIGUSR1);
  program.signal(SIGUSR1);  // a request delivered twice is one request
  test::sleep_seconds(0.7);
  CHECK(program.running());
  program.signal(SIGUSR1);
  for (int i = 0; i < 200 && program.running(); ++i) test::sleep_seconds(0.01);
  CHECK_FALSE(program.running());
  CHECK(program.wait().status == 3);
}

TEST_CASE("one run at a time in a directory, a dead one is told from a living one") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "run";
  test::Program first(0, {"run", deck, "--output", out, "--set", "experiment.delay=100"});
  REQUIRE(test::appears(out + "/status.json"));
  const test::Ended second = run(2, {"run", deck, "--output", out});
  CHECK(second.status == 2);
  CHECK(second.output.find("another run is going on here (process " +
                           std::to_string(first.pid())) != std::string::npos);
  first.signal(SIGKILL);
  first.wait();
  CHECK(status(out).at("state") == "dead");
  const test::Ended after = run(2, {"run", deck, "--output", out});
  CAPTURE(after.output);
  CHECK(after.status == 0);
}

TEST_CASE(
    "a hang-up ends a run with status 3, and no limit means no limit on the command line too") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "run";
  test::Program program(0, {"run", deck, "--output", out, "--walltime", "0 s", "--set",
                            "experiment.delay=100", "--set", "run.walltime=1 s"});
  REQUIRE(test::appears(out + "/status.json"));
  test::sleep_seconds(1.5);  // past the walltime of the deck
  CHECK(program.running());
  program.signal(SIGHUP);
  const test::Ended ended = program.wait();
  CAPTURE(ended.output);
  CHECK(ended.status == 3);
  CHECK(ended.output.find("signal HUP") != std::string::npos);
  CHECK(run(0, {"run", deck, "--output", out}).status == 0);
}

TEST_CASE("an empty --output is a sentence, decks of other alphabets have their own names") {
  const test::Scratch scratch;
  const test::Ended ended = run(0, {"run", scratch.deck(), "--output", ""});
  CHECK(ended.status == 2);
  CHECK(ended.output.find("--output: the name is empty") != std::string::npos);
}
