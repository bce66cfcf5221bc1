// Whatever is wrong with a run's directory: one clear message, the right exit status, nothing lost.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "sim/record/record.hpp"
#include "tests/mpi/program.hpp"

namespace {

using namespace symbreak;
using test::run;
namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
std::ptrdiff_t lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

/// Flips one byte in the middle of a file.
void damage(const fs::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(fs::file_size(file) / 2);
  stream.seekg(middle);
  const char byte = static_cast<char>(stream.get() ^ 0x40);
  stream.seekp(middle);
  stream.put(byte);
}

/// A small file system of its own, where the user may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& path) : path_(path) {
    fs::create_directory(path);
    mounted_ = mount("");
  }
  ~SmallDisk() {
    if (mounted_) std::system(("umount " + path_.string()).c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  void enlarge() { mounted_ = mount(",remount"); }

 private:
  bool mount(const std::string& option) {
    const std::string size = option.empty() ? "size=220k" : "size=20m";
    return std::system(
               ("mount -t tmpfs -o " + size + option + " tmpfs " + path_.string() + " 2>/dev/null")
                   .c_str()) == 0;
  }
  fs::path path_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a changed deck is refused with the difference") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "run";
  REQUIRE(run(1, {"run", deck, "--output", out}).status == 0);
  const std::string before = test::bits(out);
  const test::Ended physics = run(2, {"run", deck, "--output", out, "--set", "experiment.mean=1"});
  CHECK(physics.status == 2);
  CHECK(contains(physics.output, "experiment.mean: 0 -> 1"));
  const test::Ended seed = run(2, {"run", deck, "--output", out, "--set", "run.seed=1"});
  CHECK(seed.status == 2);
  CHECK(contains(seed.output, "run.seed: 18446744073709551557 -> 1"));
  const test::Ended fewer = run(2, {"run", deck, "--output", out, "--set", "sampling.replicas=2"});
  CHECK(fewer.status == 2);
  CHECK(contains(fewer.output, "sampling.replicas: 6 -> 2"));
  CHECK(test::bits(out) == before);
}

TEST_CASE("a place where no run can be: one message") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck();
  const test::Ended unwritable = run(3, {"run", deck, "--output", "/proc/symbreak/run"});
  CHECK(unwritable.status == 1);
  CHECK(contains(unwritable.output, "/proc/symbreak/run: cannot make the run's directory"));
  CHECK(lines(unwritable.output) == 1);
  const test::Ended file = run(2, {"run", deck, "--output", deck});
  CHECK(file.status == 2);
  CHECK(contains(file.output, "toy.ini: this is a file; --output takes a directory"));
  fs::create_directory(scratch / "mine");
  std::ofstream(scratch / "mine/deck.ini") << "my own file\n";
  const test::Ended foreign = run(2, {"run", deck, "--output", scratch / "mine"});
  CHECK(foreign.status == 2);
  CHECK(lines(foreign.output) == 1);
  for (const std::string verb : {"status", "analyze", "report"}) {
    const test::Ended ended = run(0, {verb, deck});
    CAPTURE(ended.output);
    CHECK(ended.status == 2);
    CHECK(lines(ended.output) == 1);
  }
}

TEST_CASE("a damaged segment costs time, a damaged result is refused") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "run";
  REQUIRE(run(0, {"run", deck, "--output", scratch / "reference"}).status == 0);
  {
    test::Program program(2, {"run", deck, "--output", out, "--set", "experiment.delay=20"});
    test::sleep_seconds(2);
    program.signal(SIGKILL);
    program.wait();
  }
  // Ranks outlive a killed mpirun for a moment, and write what they hold once more.
  const int lock = open((out + "/lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(lock >= 0);
  REQUIRE(flock(lock, LOCK_EX) == 0);
  close(lock);
  test::sleep_seconds(1);
  int damaged = 0;
  for (const auto& entry : fs::directory_iterator(out + "/segments")) {
    if (entry.path().extension() != ".h5") continue;
    damage(entry.path());
    ++damaged;
  }
  REQUIRE(damaged > 0);
  const test::Ended resumed = run(2, {"run", deck, "--output", out});
  CAPTURE(resumed.output);
  REQUIRE(resumed.status == 0);
  CHECK(contains(resumed.output, "is damaged"));
  CHECK(test::bits(out) == test::bits(scratch / "reference"));

  damage(out + "/result.h5");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", deck, "--output", out}, {"analyze", out}}) {
    const test::Ended refused = run(0, words);
    CHECK(refused.status == 2);
    CHECK(contains(refused.output, "is damaged"));
    CHECK(lines(refused.output) == 1);
  }
}

TEST_CASE("a full disk ends the run with one message and is continued with more room") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck(), out = scratch / "disk/run";
  SmallDisk disk(scratch / "disk");
  if (!disk.mounted()) {
    WARN("skipped: a file system cannot be mounted here");
    return;
  }
  const std::vector<std::string> words = {"run",      deck,
                                          "--output", out,
                                          "--set",    "sampling.replicas=12",
                                          "--set",    "run.checkpoint=0.1 s"};
  const test::Ended full = run(3, words);
  CAPTURE(full.output);
  CHECK(full.status == 1);
  CHECK(contains(full.output, "No space left on device"));
  for (const auto& entry : fs::recursive_directory_iterator(out)) {
    CHECK(entry.path().extension() != ".tmp");
  }
  disk.enlarge();
  const test::Ended resumed = run(2, words);
  CAPTURE(resumed.output);
  REQUIRE(resumed.status == 0);
  REQUIRE(run(0, {"run", deck, "--output", scratch / "reference", "--set", "sampling.replicas=12"})
              .status == 0);
  CHECK(test::bits(out) == test::bits(scratch / "reference"));
}

TEST_CASE("merging adds seeds and points, and refuses to count twice") {
  const test::Scratch scratch;
  const std::string deck = scratch.deck();
  const auto make = [&](const std::string& name, const std::vector<std::string>& sets) {
    std::vector<std::string> words = {"run", deck, "--output", scratch / name};
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    REQUIRE(run(0, words).status == 0);
  };
  make("a", {});
  make("b", {"run.seed=2", "sampling.replicas=3"});
  make("c", {"run.seed=2", "experiment.correlation=0.7"});
  make("d", {"run.seed=2", "target.preset=four_deltas"});
  const test::Ended merged =
      run(0, {"merge", scratch / "m", scratch / "a", scratch / "b", scratch / "c"});
  CAPTURE(merged.output);
  REQUIRE(merged.status == 0);
  const record::ResultFile file = record::read_result(scratch / "m/result.h5");
  const record::ResultFile a = record::read_result(scratch / "a/result.h5");
  const record::ResultFile b = record::read_result(scratch / "b/result.h5");
  REQUIRE(file.result.points.size() == 4);
  for (std::size_t p = 0; p < 3; ++p) {
    const auto& both = file.result.points[p].observables.at("value");
    const double mean_a = a.result.points[p].observables.at("value").value();
    const double mean_b = b.result.points[p].observables.at("value").value();
    CHECK(both.units.size() == 9);
    CHECK(both.value() == Approx((6 * mean_a + 3 * mean_b) / 9).epsilon(1e-12));
  }
  CHECK(file.units.at(file.result.points[3].id).size() == 6);
  CHECK(run(0, {"analyze", scratch / "m"}).status == 0);

  const auto refused = [&](const std::vector<std::string>& words, const std::string& message) {
    const test::Ended ended = run(0, words);
    CAPTURE(ended.output);
    CHECK(ended.status == 2);
    CHECK(contains(ended.output, message));
    CHECK(lines(ended.output) == 1);
  };
  refused({"merge", scratch / "x", scratch / "a", scratch / "a"}, "both hold unit");
  refused({"merge", scratch / "x", scratch / "m", scratch / "b"}, "both hold unit");
  refused({"merge", scratch / "x", scratch / "a", scratch / "d"}, "not the same physics");
  refused({"merge", scratch / "m", scratch / "a", scratch / "b"}, "there is a result already");
  refused({"merge", scratch / "x", scratch / "a", deck}, "no result.h5 here");
  refused({"run", deck, "--output", scratch / "m"}, "merged result");
  CHECK(!fs::exists(scratch / "x"));
}
