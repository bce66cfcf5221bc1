// Segment and result files: what is written is read back bit for bit, and nothing that is not a
// whole file of ours is ever believed.

#include <bit>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "sim/record/record.hpp"
#include "tests/scratch.hpp"

namespace {

using namespace symbreak;
namespace fs = std::filesystem;

class Scratch : public test::ScratchFolder {
 public:
  fs::path operator/(const std::string& name) const { return path() / name; }
};

void write_bytes(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

const double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Numbers that a text round trip or a float would lose.
statistics::Series series(Eigen::Index elements, Eigen::Index bins) {
  statistics::Series result;
  result.count = (std::uint64_t{1} << 63) + 12345;
  result.bin_size = 1024;
  result.mean = Eigen::VectorXd::LinSpaced(elements, 0.1, 1.0 / 3);
  result.variance = Eigen::VectorXd::Constant(elements, 5e-324);
  result.bins.resize(elements, bins);
  for (Eigen::Index i = 0; i < result.bins.size(); ++i) result.bins(i) = std::sqrt(i + 2.0);
  if (bins > 0) result.bins(0, 0) = -0.0;
  return result;
}

bool same(const Eigen::Ref<const Eigen::MatrixXd>& a, const Eigen::Ref<const Eigen::MatrixXd>& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      if (std::bit_cast<std::uint64_t>(a(i, j)) != std::bit_cast<std::uint64_t>(b(i, j))) {
        return false;
      }
    }
  }
  return true;
}
bool same(const statistics::Series& a, const statistics::Series& b) {
  return a.count == b.count && a.bin_size == b.bin_size && same(a.mean, b.mean) &&
         same(a.variance, b.variance) && same(a.bins, b.bins);
}

const std::uint64_t kSeed = 0xfedcba9876543211;  // not a double

record::Segment segment() {
  record::Segment result;
  result.fingerprint = "0123456789abcdef";
  result.finished = {
      {{kSeed, "00000000000000a1", 3, 4'000'000'000}, {series(3, 5), series(1, 0)}, 0.25},
      {{kSeed, "00000000000000a2", 0, 0}, {series(3, 1), series(1, 2)}, 1e-9}};
  measure::State state;
  state.reals["recorder.x"] = {kNaN, -0.0, 1.0 / 3};
  state.reals["empty"] = {};
  state.integers["streams"] = {~std::uint64_t{0}, 7};
  measure::State other;
  other.integers["streams"] = {1, 2, 3};
  other.integers["spins"] = std::vector<std::uint64_t>(100'000, 1);
  result.continuation = "fedcba";
  result.states = {{{kSeed, "00000000000000a3", 1, 2}, 17, state, 3.5},
                   {{kSeed, "00000000000000a4", 0, 0}, 1, {}, 0},
                   {{kSeed, "00000000000000a4", 0, 1}, 64, other, 1e5}};
  return result;
}

record::ResultFile result() {
  record::ResultFile content;
  content.fingerprint = "f00d";
  content.result.run = "two_deltas";
  content.result.target = "deltas";
  content.result.experiment = "toy";
  content.result.headline = "a toy of 2 points, σ = 1";
  content.result.swept = {"experiment.t"};
  content.result.seed = kSeed;
  content.result.provenance = {{"git", "abc"}, {"empty", ""}};
  content.result.deck = std::string(100'000, '#') + "\n[run]\nseed = 1\n";
  content.settings = {{"experiment.t", "0.5, 1", "deck.ini:3", deck::Role::physics},
                      {"run.walltime", "0", "default", deck::Role::control}};
  content.sessions = {
      {"2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z", "node0", "symbreak run x", "0.1.0", 4, 61}};
  content.performance = {{"wall_seconds", 1.5}};
  for (const std::string id : {"b000000000000000", "a000000000000000"}) {
    verdict::Point point;
    point.id = id;
    point.complete = id[0] == 'b';
    point.parameters = {{"experiment.t", id[0] == 'b' ? "0.5" : "1"}};
    point.facts = {{verdict::FactName{"noise"}, {4.0, 2.0, 1e-300}, "a grid"}};
    point.predictions = {{verdict::PredictionName{"critical_time"}, 1.0 / 3, "closed form"}};
    verdict::Observable matrix, scalar;
    matrix.name = "moments";
    matrix.unit = "nats";
    matrix.text = "second moments";
    matrix.shape = {2, 2};
    matrix.estimate.mean = Eigen::VectorXd::LinSpaced(4, 0, 1);
    matrix.estimate.error = Eigen::VectorXd::Constant(4, kNaN);
    matrix.estimate.converged = false;
    scalar.name = "x";
    scalar.independent = true;
    scalar.estimate.mean = Eigen::VectorXd::Constant(1, 0.1);
    const int units = id[0] == 'b' ? 2 : 0;
    for (int u = 0; u < units; ++u) {
      matrix.units.push_back(series(4, 3 + u));
      scalar.units.push_back(series(1, 2 - 2 * u));
      content.units[id].push_back({kSeed, id, 0, static_cast<std::uint32_t>(u)});
      content.unit_seconds[id].push_back(0.5);
    }
    point.observables = {{"moments", matrix}, {"x", scalar}};
    content.result.points.push_back(point);
  }
  return content;
}

/// Reads garbage: either refuses with FileError or returns; anything else fails the test.
template <class Read>
bool refused(const Read& read) {
  try {
    read();
    return false;
  } catch (const record::FileError& error) {
    return std::string(error.what()).find("garbage.h5: ") != std::string::npos;
  }
}

}  // namespace

TEST_CASE("a segment is read back bit for bit") {
  const Scratch scratch;
  const record::Segment before = segment();
  record::write_segment(scratch / "a.h5", before);
  const record::Segment after = record::read_segment(scratch / "a.h5");
  CHECK(after.fingerprint == before.fingerprint);
  REQUIRE(after.finished.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(after.finished[i].id == before.finished[i].id);
    CHECK(after.finished[i].seconds == before.finished[i].seconds);
    REQUIRE(after.finished[i].series.size() == 2);
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(same(after.finished[i].series[k], before.finished[i].series[k]));
    }
  }
  CHECK(after.continuation == before.continuation);
  REQUIRE(after.states.size() == before.states.size());
  for (std::size_t i = 0; i < after.states.size(); ++i) {
    CHECK(after.states[i].id == before.states[i].id);
    CHECK(after.states[i].blocks_done == before.states[i].blocks_done);
    CHECK(after.states[i].seconds == before.states[i].seconds);
    CHECK(after.states[i].state.integers == before.states[i].state.integers);
    CHECK(after.states[i].state.reals.size() == before.states[i].state.reals.size());
  }
  const auto& unit = after.states[0];
  const auto& reals = unit.state.reals.at("recorder.x");
  REQUIRE(reals.size() == 3);
  CHECK(std::isnan(reals[0]));
  CHECK(std::signbit(reals[1]));
  CHECK(reals[2] == 1.0 / 3);
  CHECK(unit.state.reals.at("empty").empty());
  CHECK(fs::file_size(scratch / "a.h5") < 50'000);  // spins are packed
}

TEST_CASE("A state that a segment of format version 2 keeps is read") {
  const record::SegmentReader reader(fs::path(SYMBREAK_SOURCE_DIR) /
                                     "tests/formats/segment_2/toy.segment");
  CHECK(reader.fingerprint() == "3-1d62c60bcb54faa2");
  CHECK(reader.continuation().empty());
  REQUIRE(reader.states().size() == 1);
  CHECK(reader.states()[0].point == "18f8876458877724");
  CHECK(reader.states()[0].replica == 1);
  CHECK(reader.blocks_done(0) == 1);
  const measure::State state = reader.read_state(0).state;
  CHECK(state.integers.at("stream") == std::vector<std::uint64_t>{10, 1});
  CHECK(state.reals.at("recorder.moments").size() == 38);
  CHECK(state.reals.at("state")[0] == Approx(-0.44413748).epsilon(1e-7));
}

TEST_CASE("states alone are a segment, each read where it is asked for") {
  const Scratch scratch;
  const record::Segment all = segment();
  record::SegmentWriter writer({"", all.continuation, {}, {}});
  for (const auto& state : all.states) writer.add(state);
  writer.publish(scratch / "states.h5");
  const record::SegmentReader reader(scratch / "states.h5");
  CHECK(reader.continuation() == all.continuation);
  CHECK(reader.finished().empty());
  REQUIRE(reader.states().size() == 3);
  CHECK(reader.blocks_done(0) == 17);
  CHECK(reader.read_state(2).state.integers == all.states[2].state.integers);
  CHECK(reader.read_state(1).state.integers.empty());
  CHECK(reader.read_state(0).state.integers.at("streams") ==
        std::vector{~std::uint64_t{0}, std::uint64_t{7}});
}

TEST_CASE("a result is read back bit for bit, and equal content gives equal bytes") {
  const Scratch scratch;
  const record::ResultFile before = result();
  record::write_result(scratch / "a.h5", before);
  const record::ResultFile after = record::read_result(scratch / "a.h5");
  CHECK(after.result.seed == kSeed);
  CHECK(after.result.deck == before.result.deck);
  CHECK(after.result.headline == before.result.headline);
  CHECK(after.result.swept == before.result.swept);
  CHECK(after.result.provenance == before.result.provenance);
  CHECK(after.fingerprint == "f00d");
  REQUIRE(after.settings.size() == 2);
  CHECK(after.settings[1].role == deck::Role::control);
  CHECK(after.settings[0].text == "0.5, 1");
  CHECK(after.units.at("b000000000000000") == before.units.at("b000000000000000"));
  CHECK(after.units.at("a000000000000000").empty());
  CHECK(after.unit_seconds == before.unit_seconds);
  CHECK(after.sessions.at(0).ranks == 4);
  REQUIRE(after.result.points.size() == 2);
  for (std::size_t p = 0; p < 2; ++p) {
    const verdict::Point &a = before.result.points[p], &b = after.result.points[p];
    CHECK(b.id == a.id);  // plan order, not alphabetical
    CHECK(b.complete == a.complete);
    CHECK(b.parameters == a.parameters);
    CHECK(b.fact_values(verdict::FactName{"noise"}) == std::vector{4.0, 2.0, 1e-300});
    CHECK(b.facts.front().text == "a grid");
    CHECK(b.prediction(verdict::PredictionName{"critical_time"}) == 1.0 / 3);
    CHECK(b.source(verdict::PredictionName{"critical_time"}) == "closed form");
    for (const auto& [name, observable] : a.observables) {
      const verdict::Observable& read = b.observables.at(name);
      CHECK(read.shape == observable.shape);
      CHECK(read.unit == observable.unit);
      CHECK(same(read.estimate.mean, observable.estimate.mean));
      CHECK(read.estimate.converged == observable.estimate.converged);
      CHECK(read.independent == observable.independent);
      CHECK(read.estimate.tau_int.size() == observable.estimate.mean.size());
      CHECK(read.estimate.tau_int.array().isNaN().all());  // missing values are NaN
      REQUIRE(read.units.size() == observable.units.size());
      for (std::size_t u = 0; u < read.units.size(); ++u) {
        CHECK(same(read.units[u], observable.units[u]));
      }
    }
  }
  record::write_result(scratch / "b.h5", after);
  CHECK(test::read_bytes(scratch / "a.h5") == test::read_bytes(scratch / "b.h5"));
  CHECK(std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()) == 2);
}

TEST_CASE("no cut, flipped, foreign or empty file is believed") {
  const Scratch scratch;
  record::write_segment(scratch / "good.h5", segment());
  const std::string good = test::read_bytes(scratch / "good.h5");
  const fs::path file = scratch / "garbage.h5";
  const auto read = [&] { record::read_segment(file); };
  std::mt19937_64 random(1);
  const auto below = [&](std::size_t n) { return random() % n; };

  int believed = 0;
  for (std::size_t length = 0; length < good.size(); length += 1 + below(60)) {
    write_bytes(file, good.substr(0, length));
    believed += !refused(read);
  }
  for (int trial = 0; trial < 500; ++trial) {
    std::string bad = good;
    for (std::size_t flips = 1 + below(3); flips > 0; --flips) {
      bad[below(bad.size())] ^= static_cast<char>(1 + below(255));
    }
    if (bad == good) continue;
    write_bytes(file, bad);
    believed += !refused(read);
  }
  CHECK(believed == 0);

  write_bytes(file, good + "x");
  CHECK(refused(read));
  write_bytes(file, std::string(100'000, 'z'));
  CHECK(refused(read));
  write_bytes(file, good.substr(512));  // HDF5, but not ours
  CHECK(refused(read));
  record::write_result(file, result());  // ours, but of another kind
  CHECK(refused(read));
  std::string newer = good;
  newer.replace(newer.find("segment 3"), 9, "segment 4");
  write_bytes(file, newer);
  CHECK_THROWS_WITH(read(),
                    Catch::Contains("format version 4; this program reads versions 1 to 3"));
  fs::remove(file);
  CHECK(refused(read));
  fs::create_directory(file);
  CHECK(refused(read));
}

TEST_CASE("a file that cannot be published leaves the old one and nothing else") {
  const Scratch scratch;
  record::write_text(scratch / "status.json", "old");
  record::write_text(scratch / "status.json", "new");
  CHECK(test::read_bytes(scratch / "status.json") == "new");
  CHECK_THROWS_AS(record::write_text(scratch / "missing/status.json", "x"), record::FileError);
  fs::create_directory(scratch / "taken");
  CHECK_THROWS_WITH(record::write_text(scratch / "taken", "x"), Catch::Contains("taken"));
  CHECK(std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()) == 2);
}
