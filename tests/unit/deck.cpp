// Decks: sweeps, zips, critical windows, units, overrides, identities, resolved settings.
#include "sim/deck/deck.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "sim/experiment/registry.hpp"
#include "tests/unit/deck_catalogue.hpp"

using namespace symbreak::deck;
using Catch::Matchers::Contains;

namespace {

const std::string kRun = "[run]\nseed = 1\n";
const std::string kDeltas = "[target]\nkind = deltas\npreset = three_deltas\n";
const std::string kState = "[experiment]\nkind = equation_of_state\n";

Deck read(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse(text, "decks/my deck.ini", overrides, small_catalogue());
}

/// The messages of a deck that must be refused.
std::vector<std::string> faults(const std::string& text,
                                const std::vector<std::string>& overrides = {}) {
  try {
    read(text, overrides);
  } catch (const Errors& errors) {
    return errors.messages;
  }
  return {};
}

std::vector<double> times(const Deck& deck) {
  std::vector<double> result;
  for (const Parameters& point : deck.points) result.push_back(point.real("experiment.t"));
  return result;
}

std::vector<double> sweep(const std::string& t) { return times(read(kRun + kDeltas + kState + t)); }

const Setting& setting(const Deck& deck, const std::string& path) {
  for (const Setting& setting : deck.settings) {
    if (setting.path == path) return setting;
  }
  throw std::logic_error("no setting " + path);
}

using Doubles = std::vector<double>;

}  // namespace

TEST_CASE("A key with an alias is the same key under both names", "[deck]") {
  const auto spaced = [](const std::string& line) {
    return parse(
        "[run]\nseed = 1\n[target]\nkind = deltas\n[experiment]\nkind = generation\n" + line,
        "deck.ini", {}, symbreak::experiment::decks());
  };
  const Deck old = spaced("spacing = sqrt\n"), now = spaced("schedule = sqrt\n");
  CHECK(now.first().word("experiment.spacing") == "sqrt");
  CHECK(now.first().identity() == old.first().identity());
  CHECK_THROWS_WITH(spaced("spacing = sqrt\nschedule = sqrt\n"),
                    Contains("deck.ini:8:1") &&
                        Contains("'schedule' is another name of 'spacing', which this deck sets"));
}

TEST_CASE("A list where a scalar is declared is a sweep, the last in the deck fastest", "[deck]") {
  const Deck deck = read(kRun + kDeltas + "w0 = 0.1, 0.2\n" + kState + "t = 1, 2, 3\nh = 0, 0.5\n");
  REQUIRE(deck.points.size() == 12);
  CHECK(deck.swept == std::vector<std::string>{"target.w0", "experiment.t", "experiment.h"});
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(deck.points[i].real("target.w0") == (i / 6 == 0 ? 0.1 : 0.2));
    CHECK(deck.points[i].real("experiment.t") == 1 + static_cast<double>(i / 2 % 3));
    CHECK(deck.points[i].real("experiment.h") == (i % 2 == 0 ? 0 : 0.5));
  }
  // Deck order decides, not the order of declaration.
  const Deck turned = read(kRun + kState + "h = 0, 0.5\nt = 1, 2\n" + kDeltas + "w0 = 0.1, 0.2\n");
  CHECK(turned.swept == std::vector<std::string>{"experiment.h", "experiment.t", "target.w0"});
  CHECK(turned.points[1].real("target.w0") == 0.2);
}

TEST_CASE("Lists mix numbers, lin and log, ends are exact and decimals are clean", "[deck]") {
  CHECK(sweep("t = lin(0.1, 0.5, 5)") == Doubles{0.1, 0.2, 0.3, 0.4, 0.5});
  CHECK(sweep("t = log(0.01, 100, 5)") == Doubles{0.01, 0.1, 1, 10, 100});
  CHECK(sweep("t = lin(2, 1, 3), 7, 1e-3") == Doubles{2, 1.5, 1, 7, 1e-3});
  CHECK(sweep("t = lin(2, 5, 1)") == Doubles{2});
  CHECK(sweep("t = +2.50e0") == Doubles{2.5});
  CHECK(sweep("t = lin(1, 3, 3), lin(2, 4, 3)") == Doubles{1, 2, 3, 4});  // overlapping grids
  const Deck deck = read(kRun + kDeltas + "points = 1, lin(2, 4, 3)\n" + kState + "t = 1");
  CHECK(deck.points.size() == 1);
  CHECK(deck.first().reals("target.points") == Doubles{1, 2, 3, 4});
}

TEST_CASE("critical is centred on the predicted value of each point", "[deck]") {
  // t_c = 1 - w0 for three deltas at sigma = 1.
  const Deck deck = read(kRun + kDeltas + "w0 = 0.25, 0.5\n" + kState + "t = critical(±0.5, 5)");
  CHECK(times(deck) == Doubles{0.375, 0.5625, 0.75, 0.9375, 1.125, 0.25, 0.375, 0.5, 0.625, 0.75});
  CHECK(setting(deck, "experiment.t").text == "critical(±0.5, 5)");
  // Also when the other key comes later in the deck and is faster.
  const Deck turned = read(kRun + kState + "t = critical(+-0.5, 3)\n" + kDeltas + "w0 = 0.25, 0.5");
  CHECK(times(turned) == Doubles{0.375, 0.25, 0.75, 0.5, 1.125, 0.75});

  // An odd number of values has t_c itself, to the last bit.
  const auto values = times(read(kRun + kDeltas + "w0 = 0.3\n[forward]\nsigma = 1.1\n" + kState +
                                 "t = critical(0.1, 21)"));
  REQUIRE(values.size() == 21);
  CHECK(values[10] == (1 - 0.3) / (1.1 * 1.1));
  CHECK(values[0] == Approx(0.9 * values[10]).epsilon(1e-15));
}

TEST_CASE("Several critical windows and numbers are one ascending list", "[deck]") {
  const std::string head = kRun + "[target]\nkind = deltas\n" + kState;
  const auto values = times(read(head + "t = critical(±0.5, 21), critical(±0.05, 21)"));
  CHECK(values.size() == 39);  // 0.95, 1 and 1.05 are in both
  CHECK(std::is_sorted(values.begin(), values.end()));
  CHECK(std::set<double>(values.begin(), values.end()).size() == values.size());
  CHECK(times(read(head + "t = 3, critical(±0.5, 3), 0.1")) == Doubles{0.1, 0.5, 1, 1.5, 3});
  CHECK(times(read(head + "t = critical(±0.5, 1)")) == Doubles{1});
}

TEST_CASE("zip advances keys together", "[deck]") {
  const Deck deck = read("[run]\nseed = 1\nzip = target.w0, experiment.t\n" + kDeltas +
                         "w0 = 0.1, 0.2, 0.3\n" + kState + "h = 0, 1\nt = 5, 6, 5");
  REQUIRE(deck.points.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(deck.points[i].real("target.w0") == Doubles{0.1, 0.2, 0.3}[i / 2]);
    CHECK(deck.points[i].real("experiment.t") == Doubles{5, 6, 5}[i / 2]);
    CHECK(deck.points[i].real("experiment.h") == static_cast<double>(i % 2));
  }
  // With a critical window: value i of the window around the t_c of point i.
  const Deck window = read("[run]\nseed = 1\nzip = target.w0, experiment.t\n" + kDeltas +
                           "w0 = 0.5, 0.6, 0.75\n" + kState + "t = critical(±0.5, 3)");
  CHECK(times(window) == Doubles{0.25, 0.4, 0.375});
}

TEST_CASE("Durations carry units", "[deck]") {
  const auto seconds = [](const std::string& text) { return duration(text, "--walltime"); };
  CHECK(seconds("90 s") == 90);
  CHECK(seconds("1.5min") == 90);
  CHECK(seconds("2 h") == 7200);
  CHECK(seconds("0.5 d") == 43200);
  CHECK(seconds("1e3 s") == 1000);
  CHECK(seconds("12:34:56") == 45296);
  CHECK(seconds("100:00:00") == 360000);
  CHECK(seconds("1-00:00:00") == 86400);
  CHECK(seconds("2-03:04:05") == 183845);
  CHECK(seconds("0 s") == 0);
  for (const char* bad :
       {"", "s", "90", "1:2:3", "12:34", "1:00:00:00", ":", "::", "12:34:", "-1 s", "1 s s",
        "1 month", "nan s", "1 M", "2-12", "2-12:30", "00:30", "1-24:00:00", "-1-00:00:00"}) {
    INFO(bad);
    CHECK_THROWS_AS(seconds(bad), Errors);
  }
  CHECK_THROWS_WITH(seconds("90"), Catch::Matchers::StartsWith("--walltime: '90' has no unit"));
  const Deck deck = read("[run]\nseed = 1\nwalltime = 30 min\n" + kDeltas + kState + "t = 1");
  CHECK(deck.first().real("run.walltime") == 1800);
  CHECK(setting(deck, "run.walltime").text == "1800 s");
  CHECK(deck.first().real("run.checkpoint") == 60);
}

TEST_CASE("The seed keeps all 64 bits", "[deck]") {
  for (const std::uint64_t seed :
       {std::uint64_t{0}, (std::uint64_t{1} << 53) + 1, ~std::uint64_t{0}}) {
    const Deck deck =
        read("[run]\nseed = " + std::to_string(seed) + "\n" + kDeltas + kState + "t = 1");
    CHECK(deck.first().seed() == seed);
    CHECK(setting(deck, "run.seed").text == std::to_string(seed));
  }
  const auto n = [](const std::string& text) {
    return read(kRun + kDeltas + "[experiment]\nkind = copies\nt = 1\nn = " + text)
        .first()
        .integer("experiment.n");
  };
  CHECK(n("9007199254740992") == std::int64_t{1} << 53);
  CHECK(n("1e6") == 1000000);
  CHECK(n("64.0") == 64);
}

TEST_CASE("Comments, blanks, line ends and byte order marks do not matter", "[deck]") {
  const Deck deck = read("\xEF\xBB\xBF# a deck\r\n  [ run ]  # here\r\n\tseed=7\t#8\r\n\r\n" +
                         kDeltas + kState + "t = 1, 2 # not 3\nh=1");
  CHECK(deck.first().seed() == 7);
  CHECK(times(deck) == Doubles{1, 2});
  CHECK(deck.first().real("experiment.h") == 1);
  // A `#` inside a word is no comment; columns count characters, not bytes.
  CHECK(
      faults(kRun + kDeltas + "w0 = 1#2\n" + kState + "t = critical(±0.5, x)") ==
      std::vector<std::string>{
          "decks/my deck.ini:6:6: target.w0: '1#2' is not a number; allowed: a number from 0 to 1",
          "decks/my deck.ini:9:20: experiment.t: count 'x' is not an integer >= 1"});
  CHECK(faults(std::string("[run]\0", 6))[0] ==
        "decks/my deck.ini:1:6: byte 0x00 is not text; a deck is UTF-8 text, without control "
        "characters");
}

TEST_CASE("an override by --set replaces and adds values", "[deck]") {
  const std::string text = kRun + kDeltas + "w0 = 0.1, 0.2\n" + kState + "t = 1, 2\n";
  const Deck deck = read(text, {"target.w0=0.3", "experiment.h = 0, 1", "run.name=other"});
  CHECK(deck.swept == std::vector<std::string>{"experiment.t", "experiment.h"});
  CHECK(deck.first().real("target.w0") == 0.3);
  CHECK(setting(deck, "target.w0").origin == "command line");
  CHECK(setting(deck, "experiment.t").origin == "my deck.ini:9");
  CHECK(setting(deck, "experiment.branches").origin == "default");
  CHECK(deck.first().word("run.name") == "other");
  CHECK(read(text).first().word("run.name") == "my_deck");

  CHECK(faults(text, {"target.w0=2"}) ==
        std::vector<std::string>{
            "--set target.w0: 2 is out of range; allowed: a number from 0 to 1"});
  CHECK(faults(text, {"target.w9=2"})[0] ==
        "--set target.w9: unknown key 'w9' in [target]; allowed: kind, preset, w0, points; did you "
        "mean 'w0'?");
  CHECK(faults(text, {"w0"})[0] == "--set: 'w0' is not an override; expected section.key=value");
  CHECK(faults(text, {"target.w0=0.1", "target.w0=0.2"})[0] ==
        "--set target.w0: given twice on the command line");
  CHECK(faults(text, {"plot.colour=red"}).size() == 1);
  CHECK(faults(text, {"target.preset=custom"})[0] ==
        "decks/my deck.ini:3:1: target.points (default): preset = custom needs points");
}

TEST_CASE("A point's identity is its physics, not its place in the sweep", "[deck]") {
  const std::string text = kRun + kDeltas + kState;
  const auto id = [&](const std::string& rest, const std::vector<std::string>& overrides = {}) {
    return read(text + rest, overrides).first().identity();
  };
  const Deck two = read(text + "t = 1, 2"), three = read(text + "t = 1, 1.5, 2");
  CHECK(two.points[0].identity() == three.points[0].identity());
  CHECK(two.points[1].identity() == three.points[2].identity());
  CHECK(id("t = 2") == id("t = 2.0"));
  CHECK(id("t = 2\nh = 0") == id("t = 2e0\nh = -0.0"));
  CHECK(id("t = 2") == id("t = 2", {"run.seed=5", "run.name=x", "run.walltime=1 h"}));
  CHECK(id("t = lin(0.1, 0.5, 5)") == id("t = 0.1"));
  CHECK(id("t = 2") != id("t = 2.0000000000000004"));
  CHECK(id("t = 2") != id("t = 2\nh = 1e-300"));
  CHECK(id("t = 2") != id("t = 2", {"target.w0=0.3"}));

  const auto copies = [&](const std::string& sampling) {
    return read(kRun + kDeltas + "[experiment]\nkind = copies\nt = 1\nn = 8\n" + sampling)
        .first()
        .identity();
  };
  CHECK(copies("") == copies("[sampling]\nblocks = 100"));
}

TEST_CASE("Data files are found beside the deck, then in SYMBREAK_DATA", "[deck]") {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / "symbreak_deck_files";
  fs::create_directories(root / "decks");
  fs::create_directories(root / "data");
  const auto touch = [](const fs::path& path) { std::ofstream(path) << "1\n"; };
  touch(root / "data" / "a.csv");
  std::ofstream(root / "decks" / "d.ini") << kRun << "[target]\nkind = dataset\nfile = a.csv\n"
                                          << kState << "t = 1\n";
  const auto load_deck = [&] {
    return load((root / "decks" / "d.ini").string(), {}, small_catalogue());
  };
  ::unsetenv("SYMBREAK_DATA");
  CHECK_THROWS_WITH(load_deck(), Contains("there is no file 'a.csv'") && Contains("is not set"));
  ::setenv("SYMBREAK_DATA", ("/nowhere:" + (root / "data").string()).c_str(), 1);
  const Deck elsewhere = load_deck();
  CHECK(elsewhere.first().word("target.file") == (root / "data" / "a.csv").string());
  CHECK(setting(elsewhere, "target.file").text == "a.csv");
  touch(root / "decks" / "a.csv");
  const Deck beside = load_deck();
  CHECK(beside.first().word("target.file") == (root / "decks" / "a.csv").string());
  CHECK(beside.first().identity() == elsewhere.first().identity());
  ::unsetenv("SYMBREAK_DATA");
  // What is said on the command line may be where that is given; what a deck says may not.
  touch(root / "data" / "here.csv");
  const auto load_here = [&] {
    return load((root / "decks" / "d.ini").string(), {"target.file=here.csv"}, small_catalogue());
  };
  CHECK_THROWS_WITH(load_here(),
                    Contains("there is no file 'here.csv'") && Contains("/usr/share/datasets"));
  const fs::path before = fs::current_path();
  fs::current_path(root / "data");
  CHECK(load_here().first().word("target.file") == "here.csv");
  fs::remove(root / "decks" / "a.csv");
  CHECK_THROWS_WITH(load_deck(), Contains("there is no file 'a.csv'"));
  fs::current_path(before);
  fs::remove_all(root);

  CHECK_THROWS_WITH(load("/nowhere/d.ini", {}, small_catalogue()), Contains("no such deck"));
  CHECK_THROWS_WITH(load("/", {}, small_catalogue()), Contains("is a directory"));
}

TEST_CASE("The resolved deck lists every key in section order and reads back", "[deck]") {
  const Deck deck = read(kRun + kState + "t = lin(1, 2, 3)\n" + kDeltas);
  std::vector<std::string> paths;
  for (const Setting& each : deck.settings) paths.push_back(each.path);
  CHECK(paths == std::vector<std::string>{"run.name", "run.seed", "run.walltime", "run.checkpoint",
                                          "run.zip", "run.share_disorder", "target.kind",
                                          "target.preset", "target.w0", "target.points",
                                          "forward.clock", "forward.sigma", "experiment.kind",
                                          "experiment.t", "experiment.h", "experiment.branches"});
  CHECK(setting(deck, "experiment.t").text == "1, 1.5, 2");
  std::string again, section;
  for (const Setting& each : deck.settings) {
    const auto dot = each.path.find('.');
    if (each.path.substr(0, dot) != section)
      again += "[" + (section = each.path.substr(0, dot)) + "]\n";
    if (!each.text.empty()) again += each.path.substr(dot + 1) + " = " + each.text + "\n";
  }
  const Deck reread = read(again);
  REQUIRE(reread.points.size() == deck.points.size());
  for (std::size_t i = 0; i < deck.points.size(); ++i) {
    CHECK(reread.points[i].identity() == deck.points[i].identity());
  }
  CHECK(incompatibilities(deck.settings, reread.settings).empty());
}

TEST_CASE("A run may be continued with more statistics, not with other physics", "[deck]") {
  const std::string text = kRun + kDeltas + "[experiment]\nkind = copies\nt = 1\nn = 8\n";
  const Deck deck = read(text);
  const auto differences = [&](const std::vector<std::string>& overrides) {
    return incompatibilities(deck.settings, read(text, overrides).settings);
  };
  using Lines = std::vector<std::string>;
  CHECK(differences({"sampling.blocks=8", "run.walltime=1 h", "run.name=x"}).empty());
  CHECK(differences({"experiment.t=1.0"}).empty());
  CHECK(differences({"sampling.blocks=2"}) ==
        Lines{"sampling.blocks: 4 -> 2 (may only be raised)"});
  CHECK(differences({"run.seed=2", "target.w0=0.3"}) ==
        Lines{"run.seed: 1 -> 2", "target.w0: 0.2 -> 0.3"});
  CHECK(incompatibilities(deck.settings, read(kRun + kDeltas + kState + "t = 1").settings) ==
        Lines{"experiment.kind: copies -> equation_of_state", "experiment.h: (none) -> 0",
              "experiment.branches: (none) -> true", "experiment.n: 8 -> (none)",
              "sampling.blocks: 4 -> (none)"});
}

TEST_CASE("did_you_mean finds the nearest spelling, or says nothing", "[deck]") {
  const std::vector<std::string> words{"seed", "sigma", "temperature", "two_deltas", "t", "h"};
  CHECK(did_you_mean("sede", words) == "seed");    // a swap is one edit
  CHECK(did_you_mean("SIGMA", words) == "sigma");  // case is no difference
  CHECK(did_you_mean("tempertaure", words) == "temperature");
  CHECK(did_you_mean("temprature", words) == "temperature");
  CHECK(did_you_mean("2_deltas", words) == "two_deltas");
  CHECK(did_you_mean("deltas_two", words) == "two_deltas");
  CHECK(did_you_mean("delta_two", words) == "two_deltas");
  CHECK(did_you_mean("x", words).empty());
  CHECK(did_you_mean("coupling", words).empty());
  CHECK(did_you_mean("", words).empty());
  CHECK(did_you_mean(std::string(100000, 'x'), words).empty());
}

TEST_CASE("explain and the tables follow the declarations", "[deck]") {
  const Catalogue catalogue = small_catalogue();
  CHECK_THAT(explain("", catalogue), Contains("  deltas   finite set") &&
                                         Contains("  copies             Monte") &&
                                         Contains("  sweep       many points"));
  CHECK_THAT(explain("deltas", catalogue),
             Contains("w0: a number from 0 to 1; default 0.2") && Contains("[target]"));
  CHECK_THAT(explain("experiment.t", catalogue),
             Contains("experiment.t (experiment 'copies'): a number > 0") && Contains("required") &&
                 Contains("critical(±w, n)"));
  CHECK_THAT(explain("run", catalogue),
             Contains("seed: an integer from 0 to 18446744073709551615"));
  CHECK_THAT(explain("target.kind", catalogue), Contains("one of deltas, sphere, dataset"));
  CHECK_THAT(explain("sampling", catalogue), Contains("blocks"));
  CHECK_THAT(explain("sweep", catalogue),
             Catch::Matchers::StartsWith("sweep: many points") && Contains("zip ="));
  // Any other word: where it occurs, in topics, kinds, keys and what is recorded.
  const std::string hits = explain("metastable", catalogue);
  CHECK_THAT(hits, Contains("Keys\n") && Contains("experiment.branches (equation_of_state)"));
  CHECK_THAT(hits, !Contains("Targets"));
  CHECK_THAT(explain("COPIES", catalogue), Contains("Experiments\n") && Contains("Monte Carlo"));
  Catalogue recording = catalogue;
  recording.experiments[1].measures = [] {
    return std::pair(std::string("deltas"),
                     std::vector<symbreak::layout::Definition>{{"chi", "[J] a sum"}});
  };
  CHECK_THAT(explain("copies", recording), Contains("It records, on target deltas:\n  chi  [J] a"));
  CHECK_THAT(explain("chi", recording), Contains("Recorded\n") && Contains("(copies)"));
  CHECK_THROWS_WITH(explain("delats", catalogue), Contains("did you mean 'deltas'?"));
  CHECK(markdown({catalogue.targets[0].keys[1]}) ==
        "| key | value | default | meaning |\n|---|---|---|---|\n"
        "| `target.w0` | a number from 0 to 1 | 0.2 | three_deltas: weight of the point 0 |\n");
}
