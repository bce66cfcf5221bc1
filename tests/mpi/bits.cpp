// The same bits for any number of ranks, any schedule, and any pattern of kills and resumes.
#include <signal.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>

#include "sim/record/record.hpp"
#include "tests/mpi/program.hpp"

namespace {

using namespace symbreak;
using test::run;
namespace fs = std::filesystem;

/// Interrupts one run again and again, then lets it finish. Returns how often it was interrupted.
int interrupt(const std::string& deck, const fs::path& out, int times, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int interrupted = 0;
  for (int i = 0; i < times; ++i) {
    // Slow enough never to finish on its own: what is done is kept, the rest is what is killed.
    test::Program program(1 + below(4), {"run", deck, "--output", out.string(), "--set",
                                         "experiment.delay=120", "--set", "run.checkpoint=0.1 s"});
    const double patience = 0.1 + 0.01 * below(90);  // start-up, work, or in the middle of a save
    test::sleep_seconds(patience);
    if (!program.running()) break;
    const std::vector<pid_t> ranks = program.ranks();
    const int way = below(6);
    INFO("interruption " << i << ", way " << way << " after " << patience << " s");
    ++interrupted;
    switch (way) {
      case 0:  // one rank
        if (!ranks.empty()) kill(ranks[random() % ranks.size()], SIGKILL);
        break;
      case 1:  // mpirun, leaving orphans
        program.signal(SIGKILL);
        break;
      case 2:  // everything at once
        for (const pid_t rank : ranks) kill(rank, SIGKILL);
        program.signal(SIGKILL);
        break;
      case 3:
        program.signal(SIGTERM);
        break;
      case 4:
        if (!ranks.empty()) kill(ranks[random() % ranks.size()], SIGUSR1);
        break;
      default:
        if (fs::is_directory(out)) std::ofstream(out / "STOP");
    }
    // An interruption so early that nothing listened yet must not let the test run on for minutes.
    for (int wait = 0; wait < 400 && program.running(); ++wait) test::sleep_seconds(0.01);
    program.signal(SIGKILL);
    const test::Ended ended = program.wait();
    CAPTURE(ended.output);
    CHECK(ended.status != 2);  // never refused: no stale lock, no torn file
    CHECK(ended.output.find("damaged") == std::string::npos);
  }
  return interrupted;
}

void check_interruptions(int times, std::uint64_t seed) {
  const test::Scratch scratch;
  const std::string deck = scratch.deck();
  REQUIRE(run(0, {"run", deck, "--output", scratch / "reference"}).status == 0);
  // How many kills met a living run depends on the load of the machine.
  CHECK(interrupt(deck, scratch / "killed", times, seed) > times / 3);
  const test::Ended end = run(3, {"run", deck, "--output", scratch / "killed"});
  CAPTURE(end.output);
  REQUIRE(end.status == 0);
  CHECK(test::bits(scratch / "killed") == test::bits(scratch / "reference"));
  CHECK(!fs::exists(scratch / "killed/segments"));
}

}  // namespace

TEST_CASE("the same bits on 1, 2, 3 and 4 ranks, with disorder and without") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck();
  for (const std::string disorder : {"1", "4"}) {
    const std::string set = "sampling.disorder_samples=" + disorder;
    std::string reference;
    for (const int ranks : {0, 1, 2, 3, 4}) {
      const std::string out = scratch / (disorder + "-" + std::to_string(ranks));
      const test::Ended ended = run(ranks, {"run", deck, "--output", out, "--set", set});
      CAPTURE(ranks, ended.output);
      REQUIRE(ended.status == 0);
      const std::string bits = test::bits(out);
      if (reference.empty()) reference = bits;
      CHECK(bits == reference);
    }
    CHECK(reference.size() > 20'000);
  }
  const test::Ended other = run(
      2, {"run", deck, "--output", scratch / "other", "--set", "run.seed=18446744073709551556"});
  REQUIRE(other.status == 0);
  CHECK(test::bits(scratch / "other") != test::bits(scratch / "1-2"));
}

TEST_CASE("20 kills at random moments, resumed on other numbers of ranks: the same bits") {
  check_interruptions(20, 2);
}

TEST_CASE("200 kills at random moments: the same bits", "[long]") {
  // Some twenty are as many as one run survives before it has finished.
  for (std::uint64_t seed = 3; seed < 13; ++seed) check_interruptions(20, seed);
}

TEST_CASE("raised statistics keep finished units") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "raised";
  const auto sessions = [&] { return record::read_result(out + "/result.h5").sessions; };
  REQUIRE(run(2, {"run", deck, "--output", out, "--set", "sampling.replicas=2"}).status == 0);
  REQUIRE(run(2, {"run", deck, "--output", out}).status == 0);
  REQUIRE(run(0, {"run", deck, "--output", scratch / "reference"}).status == 0);
  CHECK(test::bits(out) == test::bits(scratch / "reference"));
  REQUIRE(sessions().size() == 2);
  CHECK(sessions()[0].units == 6);
  CHECK(sessions()[1].units == 12);

  // Units of so little cost are done again.
  const test::Ended longer = run(2, {"run", deck, "--output", out, "--set", "sampling.blocks=30"});
  CHECK(longer.output.find("units are longer than before: they are done again") !=
        std::string::npos);
  CHECK(sessions().back().units == 18);
  // What --set said is recorded: the plain command goes on, the opposite has to be said.
  const test::Ended plain = run(2, {"run", deck, "--output", out});
  CHECK(plain.status == 0);
  CHECK(plain.output.find("as this run was begun: --set sampling.blocks=30") != std::string::npos);
  const test::Ended lower = run(2, {"run", deck, "--output", out, "--set", "sampling.blocks=24"});
  CHECK(lower.status == 2);
  CHECK(lower.output.find("sampling.blocks: 30 -> 24") != std::string::npos);
}

TEST_CASE("longer units go on where they ended, whatever interrupts them: the bits of long ones") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "raised";
  const auto go = [&](int ranks, const std::string& blocks, const std::string& delay,
                      const std::string& walltime = "0 s") {
    return run(ranks, {"run", deck, "--output", out, "--set", "sampling.blocks=" + blocks, "--set",
                       "experiment.delay=" + delay, "--set", "run.walltime=" + walltime});
  };
  const auto reference = [&](const std::string& blocks) {
    const std::string fresh = scratch / ("fresh" + blocks);
    REQUIRE(run(0, {"run", deck, "--output", fresh, "--set", "sampling.blocks=" + blocks}).status ==
            0);
    return test::bits(fresh);
  };
  const auto says = [](const test::Ended& ended, const std::string& words) {
    CAPTURE(ended.output);
    CHECK(ended.output.find(words) != std::string::npos);
  };
  REQUIRE(go(2, "24", "2").status == 0);
  const test::Ended longer = go(3, "31", "2");
  REQUIRE(longer.status == 0);
  says(longer, "they go on where they ended");
  says(longer, "0 of 18 units are finished, 18 under way");
  CHECK(test::bits(out) == reference("31"));
  // Stopped on the way: what was there stays until all is there.
  const std::string before = test::bits(out);
  const test::Ended stopped = go(2, "50", "40", "1.5 s");
  CAPTURE(stopped.output);
  REQUIRE(stopped.status == 3);
  CHECK(test::bits(out) == before);
  // Raised once more before that.
  const test::Ended again = go(1, "60", "1");
  REQUIRE(again.status == 0);
  says(again, "18 under way");
  CHECK(test::bits(out) == reference("60"));
  CHECK(!fs::exists(out + "/next.h5"));
  CHECK(!fs::exists(out + "/segments"));
  // Without what was kept, or with a torn file of it, units start over.
  std::ofstream(out + "/states.h5") << "torn";
  const test::Ended torn = go(2, "70", "1");
  REQUIRE(torn.status == 0);
  says(torn, "states.h5");
  says(torn, "done again");
  CHECK(test::bits(out) == reference("70"));
}
